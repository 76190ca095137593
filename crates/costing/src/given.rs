//! Reads the given tables of worked examples: a small ledger, and the model's files that matter.
//!
//! Columns are those of the model's reference; a column that an example does not need may be left
//! out, and reads as blank. `golden/<stage>/README.md` says what else is assumed.

use std::collections::BTreeMap;

use domain::number::parse_scaled;
use domain::{Day, Finding, Money};
use rules::YearRules;
use rules::year::{
    Class, CostLine, CostObject, IncomeRule, MappingRule, Pattern, Resource, ResourceMethod,
    Settings, Share, Treatment, WeightDriver, WeightSet,
};
use tables::dataset::{BudgetLine, ControlTotal, LedgerLine};
use testkit::{Case, Table, Tables};

use crate::cp1_quantum::quantum;
use crate::cp2_cost_ledger::{Classed, classes, cost_ledger};
use crate::source::{SourceList, SourceNames};

/// What holds the given tables: a folder of a worked example, or the text of a test.
pub(crate) trait Given {
    /// A table, if it is given.
    fn table(&self, name: &str) -> Option<&Table>;
}

impl Given for Case {
    fn table(&self, name: &str) -> Option<&Table> {
        self.given_if_any(name)
    }
}

impl Given for Tables {
    fn table(&self, name: &str) -> Option<&Table> {
        self.get(name)
    }
}

/// Reads tables from one text: `# name`, then CSV, then a blank line or the next name.
#[track_caller]
pub(crate) fn tables(text: &str) -> Tables {
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    let mut name = "";
    for line in text.lines().map(str::trim).filter(|it| !it.is_empty()) {
        if let Some(found) = line.strip_prefix("# ") {
            name = found;
        } else {
            let text = texts.entry(name.to_owned()).or_default();
            text.push_str(line);
            text.push('\n');
        }
    }
    let parse = |(name, text): (String, String)| {
        let table = Table::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, table)
    };
    texts.into_iter().map(parse).collect()
}

/// All tables as one text, in the form that [`tables`] reads.
pub(crate) fn text(tables: &Tables) -> String {
    let table = |(name, table): (&String, &Table)| format!("# {name}\n{}", table.to_csv());
    tables.iter().map(table).collect::<Vec<_>>().join("\n")
}

/// The ledger: period 1 of the year costed unless stated otherwise.
pub(crate) fn ledger(given: &impl Given) -> Vec<LedgerLine> {
    rows(given, "ledger", |row| LedgerLine {
        ledger_line: row.text("ledger_line"),
        cost_centre: row.text("cost_centre"),
        account: row.text("account"),
        year: row.text_or("year", &year(given)),
        period: row.number_or("period", 0, 1),
        amount: row.money("amount"),
        ..LedgerLine::default()
    })
}

/// The control totals.
pub(crate) fn control(given: &impl Given) -> Vec<ControlTotal> {
    rows(given, "control", |row| ControlTotal {
        period: row.number_or("period", 0, 0),
        amount: row.money("amount"),
    })
}

/// The budget.
pub(crate) fn budget(given: &impl Given) -> Vec<BudgetLine> {
    rows(given, "budget", |row| BudgetLine {
        cost_centre: row.text("cost_centre"),
        account: row.text("account"),
        period: row.number_or("period", 0, 1),
        amount: row.money("amount"),
    })
}

/// The rules of the year.
pub(crate) fn rules(given: &impl Given) -> YearRules {
    let mut rules = no_rules();
    rules.year = year(given).parse().expect("the example gives a financial year");
    for row in read(given, "year") {
        rules.last_period = u8::try_from(row.number_or("last_period", 0, 12)).expect("a period");
    }
    for row in read(given, "settings") {
        if row.text("setting") == "staff_pool_minimum" {
            rules.settings.staff_pool_minimum_people = row.number_or("value", 0, 0);
        }
    }
    rules.income = rows(given, "income", income_rule);
    rules.cost_lines = rows(given, "cost_lines", cost_line).into_iter().collect();
    rules.cost_objects = cost_objects(given);
    rules.mapping = mapping(given, &rules);
    for row in read(given, "statistics") {
        let of_driver = rules.statistics.entry(row.text("driver")).or_default();
        of_driver.insert(row.text("cost_line"), row.number_or("quantity", 6, 0));
    }
    rules.resources = rows(given, "resources", resource).into_iter().collect();
    rules.weight_sets = rows(given, "weight_sets", weight_set).into_iter().collect();
    for row in read(given, "shares") {
        let share =
            Share { weight_set: row.text("weight_set"), share_e4: row.number_or("share", 4, 0) };
        let of_resource = rules.shares.entry(row.text("resource")).or_default();
        of_resource.insert(row.text("activity"), share);
    }
    rules
}

/// The stages up to classes: names and classed cost lines.
pub(crate) fn classed(given: &impl Given, rules: &YearRules) -> (Classed, SourceNames) {
    let ledger = ledger(given);
    let names = SourceNames::new(&ledger, rules);
    let (quantum, _) = quantum(&ledger, &control(given), rules);
    let (cost_ledger, _) = cost_ledger(&quantum, rules, &names);
    (classes(&cost_ledger, rules).0, names)
}

/// Findings as a table: what is wrong in one sentence is left to the tests of each stage.
pub(crate) fn findings(findings: &[Finding]) -> Table {
    let mut table = Table::new(&["code", "severity", "subject", "rows", "money"]);
    for it in findings {
        let money = it.money.to_decimal();
        table.push([it.code, it.severity.word(), &it.subject, &it.rows.to_string(), &money]);
    }
    table
}

/// Findings in whole sentences, one a line.
pub(crate) fn sentences(findings: &[Finding]) -> String {
    let sentence =
        |it: &Finding| format!("{} {}: {} ({})", it.code, it.severity.word(), it.message, it.money);
    findings.iter().map(sentence).collect::<Vec<_>>().join("\n")
}

/// Lists by name as a table of their sources.
pub(crate) fn sources(
    column: &str,
    lists: &BTreeMap<String, SourceList>,
    names: &SourceNames,
) -> Table {
    let mut table = Table::new(&[column, "support_group", "cost_line", "ledger_line", "amount"]);
    for (name, list) in lists {
        for (key, amount) in list.iter() {
            let (group, cost_line, ledger_line) = names.texts(key);
            table.push([name, group, cost_line, ledger_line, &amount.to_decimal()]);
        }
    }
    table
}

/// A row whose table may leave columns out.
pub(crate) struct Row<'a> {
    row: testkit::table::Row<'a>,
    header: &'a [String],
}

impl Row<'_> {
    pub(crate) fn text(&self, column: &str) -> String {
        self.text_or(column, "")
    }

    pub(crate) fn text_or(&self, column: &str, otherwise: &str) -> String {
        let text =
            if self.header.iter().any(|it| it == column) { self.row.text(column) } else { "" };
        if text.is_empty() { otherwise } else { text }.to_owned()
    }

    /// A number of so many decimals, as a whole number of the smallest unit.
    #[track_caller]
    pub(crate) fn number_or(&self, column: &str, places: u32, otherwise: i64) -> i64 {
        let text = self.text(column);
        if text.is_empty() {
            return otherwise;
        }
        parse_scaled(&text, places).unwrap_or_else(|error| panic!("{column}: {error}"))
    }

    #[track_caller]
    pub(crate) fn money(&self, column: &str) -> Money {
        Money::from_micro_pounds(self.number_or(column, 6, 0))
    }

    pub(crate) fn pattern(&self, column: &str) -> Pattern {
        Pattern::parse(&self.text_or(column, "*"))
    }
}

pub(crate) fn read<'a>(given: &'a impl Given, name: &str) -> impl Iterator<Item = Row<'a>> {
    let tables = given.table(name).into_iter();
    tables.flat_map(|table| table.rows().map(|row| Row { row, header: table.header() }))
}

pub(crate) fn rows<T>(given: &impl Given, name: &str, make: impl Fn(&Row) -> T) -> Vec<T> {
    read(given, name).map(|row| make(&row)).collect()
}

fn year(given: &impl Given) -> String {
    let stated = read(given, "year").next().map(|it| it.text("year"));
    stated.unwrap_or_else(|| "2025-26".to_owned())
}

fn income_rule(row: &Row) -> IncomeRule {
    let treatment = match row.text("treatment").as_str() {
        "patient_income" => Treatment::PatientIncome,
        "netting_permitted" => Treatment::NettingPermitted,
        "netting_not_permitted" => Treatment::NettingNotPermitted,
        "other_activity" => Treatment::OtherActivity,
        other => panic!("`{other}` is no treatment"),
    };
    IncomeRule {
        sequence: row.number_or("sequence", 0, 0),
        cost_centre: row.pattern("cost_centre"),
        account: row.pattern("account"),
        treatment,
    }
}

fn cost_line(row: &Row) -> (String, CostLine) {
    let class = match row.text("class").as_str() {
        "PF" => Class::PatientFacing,
        "T1" => Class::Type1,
        "T2" => Class::Type2,
        "OTHER" => Class::Other,
        "RECON" => Class::Reconciliation,
        "" => Class::Missing,
        other => panic!("`{other}` is no class"),
    };
    let line = CostLine {
        name: row.text("name"),
        class,
        support_group: row.text("support_group"),
        driver: row.text("driver"),
        resource: row.text("resource"),
        cost_object: row.text("cost_object"),
        reconciliation_item: row.text("reconciliation_item"),
        traceability: row.text("traceability"),
        behaviour: row.text("behaviour"),
        controllable: row.text("controllable") == "yes",
        cost_type: row.text("cost_type"),
        pay_type: row.text("pay_type"),
        wte_funded_e2: row.number_or("wte_funded", 2, 0),
        wte_contracted_e2: row.number_or("wte_contracted", 2, 0),
        wte_worked_e2: row.number_or("wte_worked", 2, 0),
        recurrence: row.text("recurrence"),
        negative_reason: row.text("negative_reason"),
    };
    (row.text("cost_line"), line)
}

/// Cost objects need not be listed: those that cost lines name are known.
fn cost_objects(given: &impl Given) -> BTreeMap<String, CostObject> {
    let named = read(given, "cost_lines").map(|row| row.text("cost_object"));
    named
        .filter(|it| !it.is_empty())
        .map(|name| (name.clone(), CostObject { name, kind: "OTHER".to_owned() }))
        .collect()
}

/// Without `mapping.csv`, each cost centre goes to the cost line of its name.
fn mapping(given: &impl Given, rules: &YearRules) -> Vec<MappingRule> {
    if given.table("mapping").is_none() {
        let whole = |(sequence, line): (i64, &String)| MappingRule {
            sequence,
            cost_centre: Pattern::Exact(line.clone()),
            account: Pattern::parse("*"),
            targets: vec![(line.clone(), 1_000_000)],
        };
        return (1..).zip(rules.cost_lines.keys()).map(whole).collect();
    }
    let mut mapping: BTreeMap<i64, MappingRule> = BTreeMap::new();
    for row in read(given, "mapping") {
        let sequence = row.number_or("sequence", 0, 0);
        let rule = mapping.entry(sequence).or_insert_with(|| MappingRule {
            sequence,
            cost_centre: row.pattern("cost_centre"),
            account: row.pattern("account"),
            targets: Vec::new(),
        });
        rule.targets.push((row.text("cost_line"), row.number_or("percentage", 4, 1_000_000)));
        rule.targets.sort();
    }
    mapping.into_values().collect()
}

fn resource(row: &Row) -> (String, Resource) {
    let method = match row.text_or("method", "SHARE").as_str() {
        "SHARE" => ResourceMethod::Share,
        "FEED" => ResourceMethod::Feed,
        other => panic!("`{other}` is no method"),
    };
    let resource = Resource {
        name: row.text("name"),
        collection_resource: row.text("collection_resource"),
        method,
        statement_group: row.text("statement_group"),
        staff_pool: row.text("staff_pool") == "yes",
        people: row.number_or("people", 0, 0),
        staff_group: row.text("staff_group"),
        specialty: row.text("specialty"),
        directorate: row.text("directorate"),
        negative_reason: row.text("negative_reason"),
    };
    (row.text("resource"), resource)
}

fn weight_set(row: &Row) -> (String, WeightSet) {
    let driver = match row.text_or("driver", "COUNT").as_str() {
        "COUNT" => WeightDriver::Count,
        "DURATION" => WeightDriver::Duration,
        "QUANTITY" => WeightDriver::Quantity,
        "COST" => WeightDriver::Cost,
        other => panic!("`{other}` is no driver of a weight set"),
    };
    let set = WeightSet {
        activity: row.text("activity"),
        driver,
        staff: row.text("staff") == "yes",
        relative: None,
        minimum_seconds: row.number_or("minimum_seconds", 0, 0),
        absolute: row.text("basis") == "ABSOLUTE",
    };
    (row.text("weight_set"), set)
}

/// A year without any rule, costed to its last period.
pub(crate) fn no_rules() -> YearRules {
    YearRules {
        model: "worked example".to_owned(),
        title: String::new(),
        organisation: "X-TST".to_owned(),
        footnote: String::new(),
        test_identities: Vec::new(),
        year: domain::FinancialYear::beginning(2025),
        last_period: 12,
        extract_date: Day(0),
        settings: Settings::default(),
        mapping: Vec::new(),
        income: Vec::new(),
        cost_lines: BTreeMap::new(),
        support_groups: BTreeMap::new(),
        cost_objects: BTreeMap::new(),
        drivers: BTreeMap::new(),
        statistics: BTreeMap::new(),
        resources: BTreeMap::new(),
        activities: BTreeMap::new(),
        activity_rules: BTreeMap::new(),
        weight_sets: BTreeMap::new(),
        relative_weights: BTreeMap::new(),
        shares: BTreeMap::new(),
        session_kinds: BTreeMap::new(),
        feeds: BTreeMap::new(),
        matching: BTreeMap::new(),
        specialties: BTreeMap::new(),
        service_lines: BTreeMap::new(),
        event_types: BTreeMap::new(),
        statement_groups: BTreeMap::new(),
        statement: Vec::new(),
        reference_costs: BTreeMap::new(),
        decisions: Vec::new(),
        capacity: BTreeMap::new(),
        stated_activity: Vec::new(),
        plausibility: BTreeMap::new(),
        peers: Vec::new(),
        budget_holders: Vec::new(),
        reference_codes: BTreeMap::new(),
        sources: BTreeMap::new(),
    }
}
