//! Quantum and mapping in; cost lines, classes and findings out.

use expect_test::{Expect, expect};
use proptest::prelude::*;
use testkit::{Table, Tables, check_golden};

use super::*;
use crate::cp1_quantum::{Outcome, quantum};
use crate::given::{self, Given};
use crate::plain::{differences, sources};
use crate::random_trust::{LEDGER, trusts};

fn produce(given: &impl Given) -> Tables {
    let (ledger, rules) = (given::ledger(given), given::rules(given));
    let names = SourceNames::new(&ledger, &rules);
    let (quantum, _) = quantum(&ledger, &given::control(given), &rules);
    let (cost_ledger, mut findings) = cost_ledger(&quantum, &rules, &names);
    let (classed, of_classes) = classes(&cost_ledger, &rules);
    findings.extend(of_classes);
    let mut lines = Table::new(&["cost_line", "ledger_line", "amount"]);
    for row in cost_ledger.rows(&names) {
        lines.push([row.cost_line, row.ledger_line, row.amount.to_decimal()]);
    }
    let mut mapped = Table::new(&["ledger_line", "mapping_rule"]);
    for row in cost_ledger.quantum_rows(&quantum) {
        mapped.push([row.ledger_line, row.mapping_rule]);
    }
    let mut tables = Tables::from([
        ("cost_lines".to_owned(), lines),
        ("mapped".to_owned(), mapped),
        ("classes".to_owned(), classes_table(&classed)),
        ("findings".to_owned(), given::findings(&findings)),
    ]);
    let budget = budget(&given::budget(given), &rules);
    if !budget.lines.is_empty() {
        tables.insert("budget_lines".to_owned(), budget_table(&budget));
    }
    tables
}

fn budget_table(budget: &Budget) -> Table {
    let header = ["outcome", "cost_line", "cost_centre", "account", "period", "amount"];
    let mut table = Table::new(&header);
    for it in &budget.parts {
        let (period, amount) = (it.period.to_string(), it.amount.to_decimal());
        let texts = [&it.outcome, &it.cost_line, &it.cost_centre, &it.account, &period, &amount];
        table.push(texts.map(String::as_str));
    }
    table
}

fn classes_table(classed: &Classed) -> Table {
    let mut table = Table::new(&["class", "name", "amount"]);
    let kinds = [
        ("support", &classed.support),
        ("final", &classed.finals),
        ("reconciliation item", &classed.reconciliation),
        ("no class", &classed.unclassed),
    ];
    for (class, lists) in kinds {
        for (name, list) in lists {
            table.push([class, name, &list.total().to_decimal()]);
        }
    }
    table
}

#[test]
fn golden_cases() {
    check_golden("cp2_cost_ledger", produce);
}

#[track_caller]
fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&given::text(&produce(&given::tables(text))));
}

#[test]
fn the_first_rule_by_sequence_takes_the_whole_line() {
    // Line a fits rules 1 and 2: rule 1 splits 10.000001 as 33.3333 % and 66.6667 %:
    // ⌊10000001 × 0.333333⌋ = ⌊3333330.33⌋ = 3.333330, the rest 6.666671.
    // Line b fits rule 2 only; line c none.
    check(
        "# ledger
        ledger_line,cost_centre,account,amount
        a,W01,600,10.000001
        b,W01,601,5
        c,X01,600,4
        # mapping
        sequence,cost_centre,account,cost_line,percentage
        2,W*,*,Ward,100
        1,W01,600,Ward,66.6667
        1,W01,600,Drugs,33.3333
        # cost_lines
        cost_line,class
        Drugs,PF
        Ward,PF",
        &expect![[r#"
            # classes
            class,name,amount
            final,Drugs,3.333330
            final,Ward,11.666671

            # cost_lines
            cost_line,ledger_line,amount
            ,c,4.000000
            Drugs,a,3.333330
            Ward,a,6.666671
            Ward,b,5.000000

            # findings
            code,severity,subject,rows,money
            F4,needs acceptance,X01/600,1,4.000000

            # mapped
            ledger_line,mapping_rule
            a,1
            b,2
            c,
        "#]],
    );
}

#[test]
fn what_is_not_mapped_is_listed_by_size() {
    // X1/1: 3 + 4 = 7; X2/1: −20; X3/1: nothing but zero.
    check(
        "# ledger
        ledger_line,cost_centre,account,amount
        a,X1,1,3
        b,X1,1,4
        c,X2,1,-20
        d,X3,1,0
        # mapping
        sequence,cost_centre,account,cost_line
        1,W*,*,Ward",
        &expect![[r#"
            # classes
            class,name,amount

            # cost_lines
            cost_line,ledger_line,amount
            ,a,3.000000
            ,b,4.000000
            ,c,-20.000000

            # findings
            code,severity,subject,rows,money
            F4,needs acceptance,X2/1,1,-20.000000
            F4,needs acceptance,X1/1,2,7.000000
            F4,note,X3/1,1,0.000000

            # mapped
            ledger_line,mapping_rule
            a,
            b,
            c,
            d,
        "#]],
    );
}

#[test]
fn classes_say_what_happens_next() {
    // T2 with a driver is support, although it names a resource; without one it is final.
    check(
        "# ledger
        ledger_line,cost_centre,account,amount
        a,Estates,1,1
        b,Clerks,1,2
        c,Interpreters,1,3
        d,Nurses,1,4
        e,Research,1,5
        f,Impairment,1,6
        g,Provision,1,7
        h,Nowhere,1,8
        # cost_lines
        cost_line,class,driver,resource,cost_object,reconciliation_item
        Estates,T1,AREA,,,
        Clerks,T2,STAYS,CLERKS,,
        Interpreters,T2,,INTERPRETERS,,
        Nurses,PF,,NURSES,,
        Research,OTHER,,,RES,
        Impairment,RECON,,,,Impairments
        Provision,RECON,,,,Impairments
        Nowhere,,,,,",
        &expect![[r#"
            # classes
            class,name,amount
            support,Clerks,2.000000
            support,Estates,1.000000
            final,Interpreters,3.000000
            final,Nurses,4.000000
            final,Research,5.000000
            reconciliation item,Impairments,13.000000
            no class,Nowhere,8.000000

            # cost_lines
            cost_line,ledger_line,amount
            Clerks,b,2.000000
            Estates,a,1.000000
            Impairment,f,6.000000
            Interpreters,c,3.000000
            Nowhere,h,8.000000
            Nurses,d,4.000000
            Provision,g,7.000000
            Research,e,5.000000

            # findings
            code,severity,subject,rows,money
            F4,needs acceptance,Nowhere,0,8.000000

            # mapped
            ledger_line,mapping_rule
            a,2
            b,1
            c,4
            d,6
            e,8
            f,3
            g,7
            h,5
        "#]],
    );
}

#[test]
fn a_net_credit_is_told_and_only_allowed_with_a_reason() {
    // Ward: 10 − 12 = −2, no reason. Drugs: −1, with one. Tests: 5 − 5 = 0, no credit.
    check(
        "# ledger
        ledger_line,cost_centre,account,amount
        a,Ward,1,10
        b,Ward,2,-12
        c,Drugs,1,-1
        d,Tests,1,5
        e,Tests,2,-5
        # cost_lines
        cost_line,class,negative_reason
        Ward,PF,
        Drugs,PF,rebate of last year's contract
        Tests,PF,",
        &expect![[r#"
            # classes
            class,name,amount
            final,Drugs,-1.000000
            final,Tests,0.000000
            final,Ward,-2.000000

            # cost_lines
            cost_line,ledger_line,amount
            Drugs,c,-1.000000
            Tests,d,5.000000
            Tests,e,-5.000000
            Ward,a,10.000000
            Ward,b,-12.000000

            # findings
            code,severity,subject,rows,money
            F2,warning,cost line Drugs,0,-1.000000
            F2,refused,cost line Ward,0,-2.000000

            # mapped
            ledger_line,mapping_rule
            a,3
            b,3
            c,1
            d,2
            e,2
        "#]],
    );
}

proptest! {
    /// Each ledger line of the quantum is found whole on cost lines or as unmapped.
    #[test]
    fn every_ledger_line_is_found_again(
        amounts in prop::collection::vec((0..4_u8, -1_000_000_i64..1_000_000), 0..20),
        percentage in 0..=1_000_000_i64,
    ) {
        let given = given::tables(
            "# cost_lines
            cost_line,class
            A,PF
            B,T1
            C,RECON
            D,",
        );
        let mut rules = given::rules(&given);
        rules.mapping.retain(|it| it.targets[0].0 != "D");
        rules.mapping[0].targets =
            vec![("A".to_owned(), percentage), ("D".to_owned(), 1_000_000 - percentage)];
        let line = |(index, (centre, amount)): (usize, &(u8, i64))| LedgerLine {
            ledger_line: format!("{index:02}"),
            cost_centre: ["A", "B", "C", "D"][usize::from(*centre)].to_owned(),
            year: "2025-26".to_owned(),
            period: 1,
            amount: Money::from_micro_pounds(*amount),
            ..LedgerLine::default()
        };
        let ledger: Vec<LedgerLine> = amounts.iter().enumerate().map(line).collect();
        let names = SourceNames::new(&ledger, &rules);
        let (quantum, _) = quantum(&ledger, &[], &rules);
        let (mapped, _) = cost_ledger(&quantum, &rules, &names);
        let (classed, _) = classes(&mapped, &rules);
        let lists = [&classed.support, &classed.finals, &classed.reconciliation, &classed.unclassed];
        let lists = lists.into_iter().flat_map(BTreeMap::values).chain([&mapped.unmapped]);
        let mut found: BTreeMap<&str, Money> = BTreeMap::new();
        for (key, amount) in lists.flat_map(SourceList::iter) {
            *found.entry(names.ledger_lines.name(key.ledger_line)).or_default() += amount;
        }
        for line in &ledger {
            let sum = found.get(line.ledger_line.as_str()).copied().unwrap_or_default();
            prop_assert_eq!(sum, line.amount);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// Cost lines, source by source and by class, are what the plain reading gives, credits and
    /// splits included.
    #[test]
    fn fast_and_plain_agree(trust in trusts(LEDGER)) {
        let (ledger, rules) = (&trust.rows.ledger, &trust.rules);
        let names = SourceNames::new(ledger, rules);
        let (quantum, _) = quantum(ledger, &[], rules);
        let (mapped, _) = cost_ledger(&quantum, rules, &names);
        let (classed, _) = classes(&mapped, rules);
        let unmapped = BTreeMap::from([(String::new(), mapped.unmapped)]);
        let fast: reference::Plain = [
            ("support", &classed.support),
            ("final", &classed.finals),
            ("reconciliation", &classed.reconciliation),
            ("unclassed", &classed.unclassed),
            ("unmapped", &unmapped),
        ]
        .into_iter()
        .flat_map(|(kind, lists)| {
            lists.iter().map(move |(name, list)| ((kind, name.clone()), sources(list)))
        })
        .filter(|(_, list)| !list.is_empty())
        .collect();
        let lines = quantum.with_outcome(Outcome::Cost);
        let plain = reference::classed(lines, rules, &names);
        prop_assert_eq!(differences(&fast, &plain), "");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// A budget that says what the ledger says lies on the same cost lines, pound for pound; and
    /// whatever it says, nothing of it is lost.
    #[test]
    fn the_budget_goes_the_way_of_the_ledger(trust in trusts(LEDGER)) {
        let (ledger, rules) = (&trust.rows.ledger, &trust.rules);
        let names = SourceNames::new(ledger, rules);
        let (quantum, _) = quantum(ledger, &[], rules);
        let lines = quantum.with_outcome(Outcome::Cost);
        let plain = reference::classed(lines, rules, &names);
        let of_year = ledger.iter().filter(|it| it.year == rules.year.to_string());
        let line = |it: &LedgerLine| tables::dataset::BudgetLine {
            cost_centre: it.cost_centre.clone(),
            account: it.account.clone(),
            period: it.period,
            amount: it.amount,
        };
        let of_year: Vec<_> = of_year.map(line).collect();
        let budget = budget(&of_year, rules);
        let given: Money = of_year.iter().map(|it| it.amount).sum();
        prop_assert_eq!(budget.total(), given);
        prop_assert_eq!(budget.parts.iter().map(|it| it.amount).sum::<Money>(), given);
        let mapped = budget.sum(Outcome::Cost, true) + budget.sum(Outcome::Cost, false);
        let expected: i128 = plain.values().flat_map(BTreeMap::values).sum();
        prop_assert_eq!(i128::from(mapped.micro_pounds()), expected);
        let unmapped = plain.get(&("unmapped", String::new()));
        let expected: i128 = unmapped.into_iter().flat_map(BTreeMap::values).sum();
        let found = budget.sum(Outcome::Cost, false);
        prop_assert_eq!(i128::from(found.micro_pounds()), expected);
    }
}
