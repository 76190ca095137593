//! Classed cost lines and statistics in; weights, final lines and findings out.

use std::fmt::Write;

use expect_test::{Expect, expect};
use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed};
use proptest::prelude::*;
use testkit::{Table, Tables, check_golden};

use super::*;
use crate::given::{self, Given};

fn produce(given: &impl Given) -> Tables {
    let rules = given::rules(given);
    let (classed, names) = given::classed(given, &rules);
    let (supported, findings) = match support(&classed, &rules, &names) {
        Ok((supported, findings)) => (supported, findings),
        Err(findings) => (Supported::default(), findings),
    };
    let mut weights = Table::new(&["support_line", "final_line", "weight_e18"]);
    for row in supported.weights.rows() {
        weights.push([row.support_line, row.final_line, row.weight_e18.to_string()]);
    }
    let stepped = step_down(&classed, &rules, &names).map(|it| it.0).unwrap_or_default();
    let mut step_down = Table::new(&["final_line", "amount"]);
    for (line, list) in &stepped.finals {
        step_down.push([line, &list.total().to_decimal()]);
    }
    Tables::from([
        ("support_weights".to_owned(), weights),
        ("final_lines".to_owned(), given::sources("final_line", &supported.finals, &names)),
        ("step_down".to_owned(), step_down),
        ("findings".to_owned(), given::findings(&findings)),
    ])
}

#[test]
fn golden_cases() {
    check_golden("cp3_support", produce);
}

#[track_caller]
fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&given::text(&produce(&given::tables(text))));
}

/// Only the findings, in whole sentences.
#[track_caller]
fn check_findings(text: &str, expected: &Expect) {
    let given = given::tables(text);
    let rules = given::rules(&given);
    let (classed, names) = given::classed(&given, &rules);
    let findings = match support(&classed, &rules, &names) {
        Ok((_, findings)) | Err(findings) => findings,
    };
    expected.assert_eq(&given::sentences(&findings));
}

#[test]
fn the_worked_miniature() {
    // Section 10. e = 0.6 + 0.2p and p = 0.5 + 0.25e give e = 14/19, p = 13/19: 0.7368421052631578
    // 947368… and 0.6842105263157894 7368…, so weights …895 and …474; the others are 5/19 and 6/19.
    // Estates gives Nurses ⌊100000000 × 14/19⌋ = 73.684210, Research the other 26.315790; People
    // ⌊60000000 × 13/19⌋ = 41.052631 and 18.947369.
    // Stepped down, Estates first: People 2/3 and 1/3, Estates 0.6 + 0.2 × 2/3 = 11/15:
    // Nurses 300 + 73.333333 + 40 = 413.333333, Research 40 + 26.666667 + 20 = 86.666667.
    check(
        "# cost_lines
        cost_line,class,support_group,driver
        Estates,T1,ESTATES,AREA
        People,T1,PEOPLE,HEADS
        Nurses,PF,,
        Research,OTHER,,
        # statistics
        driver,cost_line,quantity
        AREA,People,20
        AREA,Nurses,60
        AREA,Research,20
        HEADS,Estates,1
        HEADS,Nurses,2
        HEADS,Research,1
        # ledger
        ledger_line,cost_centre,account,amount
        e,Estates,1,100
        p,People,1,60
        n,Nurses,1,300
        r,Research,1,40",
        &expect![[r#"
            # final_lines
            final_line,support_group,cost_line,ledger_line,amount
            Nurses,DIRECT,Nurses,n,300.000000
            Nurses,ESTATES,Estates,e,73.684210
            Nurses,PEOPLE,People,p,41.052631
            Research,DIRECT,Research,r,40.000000
            Research,ESTATES,Estates,e,26.315790
            Research,PEOPLE,People,p,18.947369

            # findings
            code,severity,subject,rows,money

            # step_down
            final_line,amount
            Nurses,413.333333
            Research,86.666667

            # support_weights
            support_line,final_line,weight_e18
            Estates,Nurses,736842105263157895
            Estates,Research,263157894736842105
            People,Nurses,684210526315789474
            People,Research,315789473684210526
        "#]],
    );
}

#[test]
fn halves_are_rounded_up_and_nothing_less_is() {
    // Half: 1 of 2×10¹⁸ is 0.5 × 10⁻¹⁸, so 1; the rest is 10¹⁸ − 0.5, so 10¹⁸.
    // Below: 1 of 2×10¹⁸ + 1 is less than a half, so 0; the rest more than 10¹⁸ − 0.5, so 10¹⁸.
    // Round: half of its money to Back, which sends all of it back; so again 1 of 2×10¹⁸.
    // Stepped down, Back is last and has nobody left: half of Round's pound stays there.
    check(
        "# cost_lines
        cost_line,class,support_group,driver
        Back,T1,G,B
        Below,T1,G,L
        Half,T1,G,H
        Round,T1,G,R
        W1,PF,,
        W2,PF,,
        # statistics
        driver,cost_line,quantity
        H,W1,0.000001
        H,W2,1999999999999.999999
        L,W1,0.000001
        L,W2,2000000000000.000000
        R,Back,2000000000000.000000
        R,W1,0.000001
        R,W2,1999999999999.999999
        B,Round,1
        # ledger
        ledger_line,cost_centre,account,amount
        a,Half,1,1
        b,Below,1,1
        c,Round,1,1",
        &expect![[r#"
            # final_lines
            final_line,support_group,cost_line,ledger_line,amount
            W2,G,Below,b,1.000000
            W2,G,Half,a,1.000000
            W2,G,Round,c,1.000000

            # findings
            code,severity,subject,rows,money

            # step_down
            final_line,amount
            Back,0.500000
            W2,2.500000

            # support_weights
            support_line,final_line,weight_e18
            Back,W1,1
            Back,W2,1000000000000000000
            Below,W2,1000000000000000000
            Half,W1,1
            Half,W2,1000000000000000000
            Round,W1,1
            Round,W2,1000000000000000000
        "#]],
    );
}

#[test]
fn support_that_reaches_nothing_is_refused_naming_all_of_it() {
    // Finance and IT support each other only; Estates sends to IT. Audit's only statistic is its
    // own, which does not count. Idle holds and is sent nothing.
    check_findings(
        "# cost_lines
        cost_line,class,support_group,driver
        Audit,T1,G,DAYS
        Estates,T1,G,AREA
        Finance,T1,G,INVOICES
        IT,T1,G,USERS
        Idle,T1,G,NONE
        Ward,PF,,
        # statistics
        driver,cost_line,quantity
        DAYS,Audit,3
        AREA,IT,1
        AREA,Ward,1
        INVOICES,IT,1
        USERS,Finance,1
        # ledger
        ledger_line,cost_centre,account,amount
        a,Audit,1,5
        b,Estates,1,7
        c,Finance,1,11",
        &expect![[r#"
            F13 refused: the support line `Audit` holds or is sent money, but its driver `DAYS` has no statistic on another line (£5.000000)
            F15 refused: the support line `Finance` holds or is sent money that can reach no final line: its driver `INVOICES` leads only to IT (£11.000000)
            F15 refused: the support line `IT` holds or is sent money that can reach no final line: its driver `USERS` leads only to Finance (£0.000000)"#]],
    );
}

#[test]
fn statistics_must_be_possible() {
    check_findings(
        "# cost_lines
        cost_line,class,support_group,driver
        Estates,T1,G,AREA
        Impairment,RECON,,
        Ward,PF,,
        # statistics
        driver,cost_line,quantity
        AREA,Impairment,1
        AREA,Wrad,1
        AREA,Ward,-1
        # ledger
        ledger_line,cost_centre,account,amount
        a,Estates,1,5",
        &expect![[r#"
            F14 refused: driver `AREA` has a statistic on cost line `Impairment`, which is a reconciliation item and never receives support (£0.000000)
            F14 refused: driver `AREA` has a statistic on cost line `Ward`, which is negative (£0.000000)
            F14 refused: driver `AREA` has a statistic on cost line `Wrad`, which is not in cost_lines.csv (£0.000000)"#]],
    );
}

#[test]
fn expenditure_is_cost_before_support_and_never_a_credit() {
    // Board by expenditure of all but itself: Estates 100, Ward 300, Tests max(0, −50) = 0; not the
    // reconciliation item, not the line without a class. Estates goes to Ward and Tests by 3 to 1.
    // Board to Ward: 0.75 + 0.25 × 0.75 = 0.9375, to Tests 0.0625: 8 × 0.9375 = 7.5 and 0.5.
    // Ward 300 + 7.5 + 75 = 382.5; Tests −50 + 0.5 + 25 = −24.5.
    // Stepped down, Estates first, then Board without it, so all to Ward: Ward 300 + 75 + 8 = 383,
    // Tests −50 + 25 = −25.
    check(
        "# cost_lines
        cost_line,class,support_group,driver,negative_reason
        Board,T1,BOARD,EXPENDITURE,
        Estates,T1,ESTATES,AREA,
        Impairment,RECON,,,
        Nowhere,,,,
        Tests,PF,,,a rebate
        Ward,PF,,,
        # statistics
        driver,cost_line,quantity
        AREA,Ward,3
        AREA,Tests,1
        # ledger
        ledger_line,cost_centre,account,amount
        b,Board,1,8
        e,Estates,1,100
        i,Impairment,1,1000
        n,Nowhere,1,1000
        t,Tests,1,-50
        w,Ward,1,300",
        &expect![[r#"
            # final_lines
            final_line,support_group,cost_line,ledger_line,amount
            Tests,BOARD,Board,b,0.500000
            Tests,DIRECT,Tests,t,-50.000000
            Tests,ESTATES,Estates,e,25.000000
            Ward,BOARD,Board,b,7.500000
            Ward,DIRECT,Ward,w,300.000000
            Ward,ESTATES,Estates,e,75.000000

            # findings
            code,severity,subject,rows,money
            F2,warning,final line Tests,0,-24.500000

            # step_down
            final_line,amount
            Tests,-25.000000
            Ward,383.000000

            # support_weights
            support_line,final_line,weight_e18
            Board,Tests,62500000000000000
            Board,Ward,937500000000000000
            Estates,Tests,250000000000000000
            Estates,Ward,750000000000000000
        "#]],
    );
}

#[test]
fn other_and_unclassed_lines_receive_support_and_credits_are_shared() {
    // Estates is a net credit of 10 µ£ over three equals: ⌊−10/3⌋ = −4, ⌊−20/3⌋ + 4 = −3, −3.
    // Equal weights of 333333333333333333 each. No line has cost of its own, so all are credits.
    check(
        "# cost_lines
        cost_line,class,support_group,driver
        Estates,T1,ESTATES,AREA
        Nowhere,,,
        Research,OTHER,,
        Ward,PF,,
        # statistics
        driver,cost_line,quantity
        AREA,Nowhere,7
        AREA,Research,7
        AREA,Ward,7
        # ledger
        ledger_line,cost_centre,account,amount
        e,Estates,1,-0.00001",
        &expect![[r#"
            # final_lines
            final_line,support_group,cost_line,ledger_line,amount
            Nowhere,ESTATES,Estates,e,-0.000004
            Research,ESTATES,Estates,e,-0.000003
            Ward,ESTATES,Estates,e,-0.000003

            # findings
            code,severity,subject,rows,money
            F2,refused,final line Nowhere,0,-0.000004
            F2,refused,final line Research,0,-0.000003
            F2,refused,final line Ward,0,-0.000003

            # step_down
            final_line,amount
            Nowhere,-0.000004
            Research,-0.000003
            Ward,-0.000003

            # support_weights
            support_line,final_line,weight_e18
            Estates,Nowhere,333333333333333333
            Estates,Research,333333333333333333
            Estates,Ward,333333333333333333
        "#]],
    );
}

/// Support lines with driver and cost, final lines, and each driver's statistics on all of them.
#[derive(Clone, Debug)]
struct Random {
    support: Vec<(usize, i64)>,
    finals: Vec<i64>,
    statistics: Vec<Vec<i64>>,
}

impl Random {
    fn strategy() -> impl Strategy<Value = Self> {
        let statistic = prop_oneof![
            4 => Just(0_i64),
            3 => 1..10_i64,
            1 => 1..1_000_000_000_000_i64,
            1 => (0..62_u32).prop_map(|power| 1 << power),
            1 => Just(i64::MAX),
        ];
        (1..9_usize, 1..5_usize, 1..6_usize).prop_flat_map(move |(support, finals, drivers)| {
            let money = -1_000_000_000_i64..1_000_000_000_000;
            let line = prop::collection::vec(statistic.clone(), support + finals);
            (
                prop::collection::vec((0..drivers, money.clone()), support),
                prop::collection::vec(money, finals),
                prop::collection::vec(line, drivers),
            )
                .prop_map(|(support, finals, statistics)| Self {
                    support,
                    finals,
                    statistics,
                })
        })
    }

    /// Names whose order mixes support and final lines, since no key order may matter.
    fn names(&self) -> Vec<String> {
        let support = (0..self.support.len()).map(|it| format!("{it} S"));
        support.chain((0..self.finals.len()).map(|it| format!("{it} F"))).collect()
    }

    fn rules(&self) -> YearRules {
        let names = self.names();
        let mut text = "# cost_lines\ncost_line,class,support_group,driver\n".to_owned();
        for (name, (driver, _)) in names.iter().zip(&self.support) {
            writeln!(text, "{name},T1,G{},{driver}", driver % 2).expect("a text takes more");
        }
        for name in &names[self.support.len()..] {
            writeln!(text, "{name},PF,,").expect("a text takes more");
        }
        let mut rules = given::rules(&given::tables(&text));
        for (driver, statistics) in self.statistics.iter().enumerate() {
            let of_driver = names.iter().cloned().zip(statistics.iter().copied());
            rules.statistics.insert(driver.to_string(), of_driver.collect());
        }
        rules
    }

    /// Two ledger lines for each cost line, and what the stages before make of them.
    fn classed(&self, rules: &YearRules, turn: usize) -> (Classed, SourceNames) {
        let mut text = "# ledger\nledger_line,cost_centre,account,amount\n".to_owned();
        let amounts = self.support.iter().map(|it| it.1).chain(self.finals.iter().copied());
        let mut lines: Vec<String> = self
            .names()
            .iter()
            .zip(amounts)
            .flat_map(|(name, amount)| {
                let one = Money::from_micro_pounds(amount / 3).to_decimal();
                let rest = Money::from_micro_pounds(amount - amount / 3).to_decimal();
                [format!("{name}/1,{name},1,{one}\n"), format!("{name}/2,{name},2,{rest}\n")]
            })
            .collect();
        let turn = turn % lines.len();
        lines.rotate_left(turn);
        text.extend(lines);
        given::classed(&given::tables(&text), rules)
    }

    /// Whether some support line that holds or is sent money reaches no final line.
    fn is_trapped(&self) -> bool {
        let lines = self.support.len();
        let sends = |from: usize, to: usize| {
            from < lines && from != to && self.statistics[self.support[from].0][to] > 0
        };
        let all = lines + self.finals.len();
        let mut reaches = vec![vec![false; all]; all];
        for (from, row) in reaches.iter_mut().enumerate() {
            for (to, reached) in row.iter_mut().enumerate() {
                *reached = from == to || sends(from, to);
            }
        }
        for via in 0..all {
            for from in 0..all {
                for to in 0..all {
                    reaches[from][to] |= reaches[from][via] && reaches[via][to];
                }
            }
        }
        let holds = |line: usize| self.support[line].1 != 0;
        let is_trapped = |line: usize| {
            (0..lines).any(|from| holds(from) && reaches[from][line])
                && !(lines..all).any(|end| reaches[line][end])
        };
        (0..lines).any(is_trapped)
    }
}

/// Whether the weight of this share lies within 2⁻⁴⁰ of a half, so that intervals may leave it.
fn is_almost_half(share: &BigRational) -> bool {
    let doubled = share * BigRational::from_integer(BigInt::from(2 * solve::SCALE));
    let (nearest, apart) = (doubled.round(), BigInt::from(1_u64 << 39));
    let distance = (&doubled - &nearest).abs();
    nearest.to_integer().is_odd()
        && distance * BigRational::from_integer(apart) < BigRational::one()
}

fn by_ledger_line(lists: &BTreeMap<String, SourceList>) -> BTreeMap<u32, Money> {
    let mut sums: BTreeMap<u32, Money> = BTreeMap::new();
    for (key, amount) in lists.values().flat_map(SourceList::iter) {
        *sums.entry(key.ledger_line).or_default() += amount;
    }
    sums.retain(|_, amount| !amount.is_zero());
    sums
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// The fast weights, the exact ones and the obvious ones are the same, cycles, zeros, tiny and
    /// huge statistics included; what is refused is what is trapped.
    #[test]
    fn fast_exact_and_obvious_weights_agree(random in Random::strategy()) {
        let rules = random.rules();
        let (classed, _) = random.classed(&rules, 0);
        let system = System::new(&classed, &rules);
        prop_assert_eq!(system.is_err(), random.is_trapped());
        let Ok(system) = system else { return Ok(()) };
        let wanted = reference::weights(&system);
        prop_assert_eq!(&solve::weights(&system), &wanted);
        let shares = reference::shares(&system);
        for (line, end) in solve::decided(&system).1 {
            prop_assert!(is_almost_half(&shares[line][end]), "{} is decided", shares[line][end]);
        }
        let pair = |line: usize| (0..system.finals.len()).map(move |end| (line, end));
        let pairs: Vec<(usize, usize)> = (0..system.support.len()).flat_map(pair).collect();
        for (line, end, weight) in exact::weights(&system, &pairs) {
            prop_assert_eq!(weight, wanted[line][end]);
        }
        let (stepped, _) = system.stepped_down(&classed);
        prop_assert_eq!(solve::weights(&stepped), reference::weights(&stepped));
    }

    /// Each ledger line's money is found again on final lines; the order of rows does not matter.
    #[test]
    fn support_loses_nothing_in_any_order(random in Random::strategy(), turn in 0..20_usize) {
        let rules = random.rules();
        let (classed, names) = random.classed(&rules, 0);
        let Ok((supported, findings)) = support(&classed, &rules, &names) else { return Ok(()) };
        let mut before = by_ledger_line(&classed.support);
        before.extend(by_ledger_line(&classed.finals));
        let (stepped, _) = step_down(&classed, &rules, &names).expect("support was possible");
        prop_assert_eq!(by_ledger_line(&stepped.finals), before.clone());
        prop_assert_eq!(by_ledger_line(&supported.finals), before);
        let (turned, names) = random.classed(&rules, turn);
        prop_assert_eq!(support(&turned, &rules, &names), Ok((supported, findings)));
    }
}
