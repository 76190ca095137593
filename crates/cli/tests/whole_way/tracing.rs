//! Every figure that is printed can be explained by a command that its own output names.

use std::collections::{BTreeMap, BTreeSet};

use domain::Money;
use results::{Caller, Run};
use serde_json::Value;

use crate::program::{TRUST, concord, last_line};

/// Rows of a statement that are explained.
const ROWS: usize = 4;

/// Commands of one kind that are run; further ones differ by a code only.
const ONE_KIND: usize = 2;

/// Verbs and pages that print figures of a run, as they are typed.
fn outputs() -> Vec<Vec<String>> {
    let run = TRUST.run.as_str();
    let event = TRUST.event_where("event_type = 'APC' and completeness = 'WITHIN'");
    let to = TRUST.folder().join("traced.csv").to_string_lossy().into_owned();
    let all: [&[&str]; 20] = [
        &["show", run],
        &["show", run, "--service-line", "TORT"],
        &["show", run, "--recurrent"],
        &["show", run, "--matching"],
        &["show", run, "--unit-costs"],
        &["show", run, "--assurance"],
        &["show", "datasets/2025-26"],
        &["cost"],
        &["intake"],
        &["verify", run],
        &["explain", run, "--event", &event],
        &["explain", run, "--residual", "UNMATCHED"],
        &["explain", run, "--residual", "NOT_OWN_PATIENT/PRIVATE"],
        &["explain", run, "--service-line", "TORT"],
        &["explain", run, "--service-line", "TORT", "--row", "income"],
        &["explain", run, "--unit-cost", "X-IMPLANTS", "X-IMPLANTED"],
        &["compare", run, run, "--outliers"],
        &["query", run, "select * from unit_costs limit 3"],
        &["export", run, "--to", &to, "--table", "unit_costs", "--replace"],
        &["show", run, "--reconciliation"],
    ];
    all.iter().map(|it| it.iter().map(|it| (*it).to_owned()).collect()).collect()
}

/// Each output names commands, and each of these does what it is named for.
#[test]
fn outputs_name_commands_that_work() {
    let mut named: BTreeSet<Vec<String>> = BTreeSet::new();
    for arguments in outputs() {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let text = TRUST.concord(&arguments).done();
        let found = commands(&text);
        assert!(!found.is_empty(), "{arguments:?} names no command:\n{text}");
        // The queries of the reconciliation have a test of their own.
        if !arguments.contains(&"--reconciliation") {
            named.extend(found);
        }
    }
    let event = TRUST.event_where("event_type = 'ED'");
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let (mut run, mut failed) = (0, Vec::new());
    for command in named {
        // These change records or take minutes, or need an earlier run; other tests run them.
        let elsewhere = ["accept", "publish", "intake", "cost", "verify"];
        if elsewhere.contains(&command[0].as_str()) || command.iter().any(|it| it == "EARLIER_RUN")
        {
            continue;
        }
        let words = filled(&command, &event);
        let seen = kinds.entry(kind(&words)).or_default();
        *seen += 1;
        if *seen > ONE_KIND {
            continue;
        }
        let arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        let printed = concord(TRUST.folder(), &arguments);
        if printed.code != 0 {
            failed.push(format!("{words:?}\n{}", printed.stderr));
        }
        run += 1;
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(run > 30, "{run} commands were named and run");
}

/// What commands of one kind have in common: verb and options, and of a query its table.
fn kind(words: &[String]) -> String {
    let options = words.iter().filter(|it| it.starts_with("--"));
    let table = |it: &String| it.split(" from ").nth(1)?.split(' ').next().map(str::to_owned);
    let mut kind = vec![words[0].clone()];
    kind.extend(options.cloned());
    kind.extend(words.iter().filter_map(table));
    kind.join(" ")
}

/// Commands in a text: from `concord` to the end of the line or of the clause.
fn commands(text: &str) -> Vec<Vec<String>> {
    let verbs =
        ["show", "explain", "query", "compare", "verify", "accept", "publish", "cost", "intake"];
    let mut found = Vec::new();
    for line in text.lines() {
        for (start, _) in line.match_indices("concord ") {
            let words = words(&line[start + "concord ".len()..]);
            if words.first().is_some_and(|it| verbs.contains(&it.as_str())) {
                found.push(words);
            }
        }
    }
    found
}

/// Words as a shell takes them; a comma, a semicolon or a colon after a word ends the command.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            ',' | ';' if !quoted => break,
            other => word.push(other),
        }
    }
    words.push(word);
    words.retain(|it| !it.is_empty());
    words
}

/// The command with values of this trust for what stands in capitals.
fn filled(command: &[String], event: &str) -> Vec<String> {
    let values = BTreeMap::from([
        ("REF", event),
        ("CODE", "TORT"),
        ("ROW", "income"),
        ("NAME", "NO_DRIVER"),
        ("RESOURCE", "X-IMPLANTS"),
        ("ACTIVITY", "X-IMPLANTED"),
        ("DATASET", "datasets/2025-26"),
        ("DATASET_A", "datasets/2025-26"),
        ("DATASET_B", "datasets/2025-26"),
        ("FEED", "PATH"),
    ]);
    let value =
        |word: &String| values.get(word.as_str()).map_or(word.clone(), |it| (*it).to_owned());
    let words = command.iter().map(value);
    words.map(|it| it.replace("from TABLE", "from unit_costs")).collect()
}

/// Residuals, unit costs and service lines add up to their ledger lines; rows of a statement to it.
#[test]
fn figures_go_back_to_ledger_lines() {
    let run = TRUST.run.as_str();
    let shown = TRUST.concord(&["show", run, "--format", "json"]).json();
    let explain = |arguments: &[&str]| -> Value {
        let all = [&["explain", run, "--format", "json"][..], arguments].concat();
        TRUST.concord(&all).json()
    };
    let ledger = |trace: &Value| -> Money {
        let lines = trace["ledger_lines"].as_array().expect("a list").iter();
        lines.map(|it| money(&it["own"]) + money(&it["absorbed"])).sum::<Money>()
            + money(&trace["restricted"])
    };
    let mut residuals = 0;
    for it in shown["residuals"].as_array().expect("a list") {
        let name = format!("{}/{}", text(&it["residual"]), text(&it["reason"]));
        let trace = explain(&["--residual", &name]);
        assert_eq!(ledger(&trace), money(&it["amount"]), "{name}");
        residuals += 1;
    }
    assert!(residuals > 10, "{residuals} residuals");
    for it in shown["statements"].as_array().expect("a list").iter().take(1) {
        let code = text(&it["service_line"]["code"]);
        let whole = explain(&["--service-line", code]);
        assert_eq!(ledger(&whole), money(&whole["amount"]), "{code}");
        let rows = it["rows"].as_array().expect("a list").iter();
        let costs = rows.filter(|it| it["subtotal"] == false && !is_income(text(&it["row"])));
        let costs: Vec<&Value> = costs.collect();
        let cost: Money = costs.iter().map(|it| money(&it["amount"])).sum();
        assert_eq!(cost, money(&whole["amount"]), "{code}: rows and whole");
        for row in costs.iter().filter(|it| !money(&it["amount"]).is_zero()).take(ROWS) {
            let trace = explain(&["--service-line", code, "--row", text(&row["row"])]);
            assert_eq!(ledger(&trace), money(&row["amount"]), "{code} {}", row["row"]);
        }
    }
    let unit = explain(&["--unit-cost", "X-IMPLANTS", "X-IMPLANTED"]);
    assert_eq!(ledger(&unit), money(&unit["amount"]));
}

/// Whether a row of the demonstration's statement is income.
fn is_income(row: &str) -> bool {
    ["income", "unit_price", "price_difference"].contains(&row)
}

/// Both sides of identities, asked of the tables: all lines of reports 1 to 5, some of the others.
#[test]
fn identities_name_the_queries_that_give_them() {
    let run = Run::open(&TRUST.folder().join(&TRUST.run)).expect("the run is sound");
    let caller = Caller { who: "test".into(), at: "now".into(), reason: String::new() };
    let mut asked: BTreeMap<String, usize> = BTreeMap::new();
    for line in run.reconciliation().expect("it reconciles") {
        let count = asked.entry(line.report.clone()).or_default();
        *count += 1;
        if *count > 9 {
            continue;
        }
        let [input, output] = line.questions.expect("every line has its queries");
        for (sql, stated) in [(input, line.input), (output, line.output)] {
            let rows = run.query(&sql, None, &caller).expect("the query can be answered");
            let amounts = rows.rows.iter().filter_map(|it| it.last().cloned().flatten());
            let sum: Money = amounts.map(|it| it.parse::<Money>().expect("an amount")).sum();
            assert_eq!(sum, stated, "{}, {}: {sql}", line.report, line.line);
        }
    }
    assert_eq!(asked.len(), 8, "{asked:?}");
}

/// A figure that is not there is told with those that are.
#[test]
fn figures_that_are_not_there() {
    for (arguments, known) in
        [(["--residual", "NONE"], "NO_DRIVER"), (["--service-line", "NONE"], "TORT")]
    {
        let printed = TRUST.concord(&[&["explain", &TRUST.run][..], &arguments].concat());
        assert_eq!(printed.code, 1);
        assert!(printed.stderr.contains(known), "{}", printed.stderr);
    }
    assert_eq!(
        last_line(&TRUST.concord(&["explain", &TRUST.run]).stderr),
        "For more information, try '--help'."
    );
}

fn money(value: &Value) -> Money {
    text(value).parse().expect("an amount")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
