//! Worked cases of benefits: what is claimed above a line `---`, what must come of it below.

use std::fs;
use std::path::Path;

use engagement::benefits::{
    Account, BenefitSettings, Decision, Evidence, Good, Ground, Kind, Pair, Proposal, Rate,
    Reading, Side, Use,
};
use jiff::civil::Date;

/// Millionths of one.
const MICRO: u32 = 6;
/// Ten-thousandths of one.
const E4: u32 = 4;

/// A case as it is read.
struct Case {
    proposal: Proposal,
    decisions: Vec<Decision>,
    explained: (Option<Date>, Option<Date>),
}

fn day(text: &str) -> Date {
    text.parse().unwrap_or_else(|_| panic!("`{text}` is no day"))
}

fn scaled(text: &str, places: u32) -> i64 {
    let text = text.trim().trim_start_matches('£').replace(',', "");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let width = usize::try_from(places).expect("few places");
    format!("{whole}{rest:0<width$}").parse().unwrap_or_else(|_| panic!("`{text}` is no number"))
}

fn number(amount: i64) -> String {
    let one = 10_i64.pow(MICRO);
    let rest = format!("{:06}", amount.abs() % one);
    let rest = rest.trim_end_matches('0');
    let point = if rest.is_empty() { "" } else { "." };
    format!("{}{}{point}{rest}", if amount < 0 { "-" } else { "" }, amount.abs() / one)
}

fn empty() -> Case {
    Case {
        proposal: Proposal {
            title: "A benefit".to_owned(),
            kind: Kind::Cost,
            is_cash: false,
            owner: "owner".to_owned(),
            ground: Ground {
                basis: "bed-days".to_owned(),
                unit: "HIP".to_owned(),
                from: day("2026-04-01"),
                to: day("2027-03-31"),
            },
            uses: None,
            costed: None,
            used_by: String::new(),
            claimed: 0,
            evidence: Vec::new(),
            pair: None,
        },
        decisions: Vec::new(),
        explained: (None, None),
    }
}

fn read(text: &str) -> Case {
    let mut case = empty();
    for line in text.lines().filter(|it| !it.starts_with('#') && !it.trim().is_empty()) {
        let (name, rest) = line.split_once(':').unwrap_or_else(|| panic!("`{line}` has no colon"));
        let rest = rest.trim();
        let words: Vec<&str> = rest.split_whitespace().collect();
        let it = &mut case.proposal;
        match name {
            "kind" => it.kind = rest.parse().expect("a kind"),
            "rests on" => rest.clone_into(&mut it.ground.basis),
            "used by" => rest.clone_into(&mut it.used_by),
            "use" => it.uses = Some(use_of(&words)),
            "cash" | "claim" => {
                it.is_cash = name == "cash";
                it.claimed = scaled(rest, MICRO);
            }
            "evidence" => it.evidence.push(Evidence {
                kind: words[0].to_owned(),
                amount: scaled(words[1], MICRO),
                reference: "Ledger".to_owned(),
            }),
            "pair" => it.pair = Some(pair_of(&words)),
            "finance" | "clinical" => case.decisions.push(decision(name, &words)),
            "finance explains" => case.explained.0 = Some(day(rest)),
            "clinical explains" => case.explained.1 = Some(day(rest)),
            month => reading(it.pair.as_mut().expect("the pair comes first"), month, &words),
        }
    }
    case
}

/// `412 to 228 at 38 212 150`: variable, semi-fixed and fixed.
fn use_of(words: &[&str]) -> Use {
    let amount = |at: usize| scaled(words[at], MICRO);
    let rate = Rate { variable: amount(4), semi_fixed: amount(5), fixed: amount(6) };
    Use { before: amount(0), after: amount(2), rate }
}

fn pair_of(words: &[&str]) -> Pair {
    Pair {
        form: words[0].parse().expect("a form"),
        good: words[1].parse::<Good>().expect("a direction"),
        limit_e4: scaled(words[3], E4),
        readings: Vec::new(),
    }
}

/// `2026-05: 129 of 190`.
fn reading(pair: &mut Pair, month: &str, words: &[&str]) {
    let of_e4 = words.get(2).map(|it| scaled(it, E4));
    let month = day(&format!("{month}-01"));
    pair.readings.push(Reading { month, value_e4: scaled(words[0], E4), of_e4 });
}

/// `accepts 80 refuses 10`.
fn decision(side: &str, words: &[&str]) -> Decision {
    let after = |word: &str| {
        let at = words.iter().position(|it| *it == word);
        at.and_then(|at| words.get(at + 1)).map_or(0, |it| scaled(it, MICRO))
    };
    Decision {
        side: side.parse::<Side>().expect("a side"),
        by: side.to_owned(),
        accepted: after("accepts"),
        not_accepted: after("refuses"),
        because: "So".to_owned(),
    }
}

fn outcome(text: &str) -> String {
    let settings = BenefitSettings::own();
    let case = read(text);
    let it = &case.proposal;
    let mut lines = Vec::new();
    if let Some(worth) = it.worth() {
        let [variable, semi_fixed, fixed] =
            [worth.variable, worth.semi_fixed, worth.fixed].map(number);
        let full = number(i64::try_from(worth.full()).expect("it is small"));
        lines.push(format!("worth: {variable} + {semi_fixed} + {fixed} = {full}"));
    }
    if it.is_cash {
        let most = it.most_cash(&settings).expect("it is counted");
        lines.push(format!("cash at most: {}", number(i64::try_from(most).expect("it is small"))));
    }
    lines.extend(it.faults(&settings).iter().map(|fault| format!("refused: {fault}")));
    if let Some(looked) = it.looked(&settings) {
        let (before, now) = (looked.before_e4 * 100, looked.now_e4 * 100);
        let worse = if looked.is_worse { ", worse" } else { "" };
        lines.push(format!("quality: {} then {}{worse}", number(before), number(now)));
    }
    let last = |side| case.decisions.iter().rfind(|it| it.side == side);
    let is_guarded = it.is_guarded(case.explained, &settings);
    if is_guarded {
        lines.push("false-saving risk".to_owned());
    }
    let account = Account::of(it.claimed, (last(Side::Finance), last(Side::Clinical)), is_guarded);
    let parts = [account.verified, account.held, account.not_accepted].map(number);
    lines.push(format!("{} = {} + {} + {}", number(it.claimed), parts[0], parts[1], parts[2]));
    lines.iter().map(|it| format!("{it}\n")).collect()
}

#[test]
fn worked_cases_come_out_as_worked() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/benefit_vectors");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("the folder of worked cases")
        .map(|it| it.expect("a file").path())
        .filter(|it| it.extension().is_some_and(|it| it == "txt"))
        .collect();
    files.sort();
    let mut wrong = Vec::new();
    for file in &files {
        let name = file.file_stem().and_then(|it| it.to_str()).expect("a name");
        let text = fs::read_to_string(file).expect("a text");
        let (given, expected) =
            text.split_once("\n---\n").unwrap_or_else(|| panic!("{name} has no line ---"));
        let actual = outcome(given);
        if actual != expected {
            wrong.push(format!("{name}\nexpected:\n{expected}\nwas:\n{actual}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(files.len(), 7, "worked cases");
}
