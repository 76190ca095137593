//! Final lines and resources in; resources, cost objects, shares and findings out.

use std::fmt::Write;

use expect_test::{Expect, expect};
use proptest::prelude::*;
use testkit::{Table, Tables, check_golden};

use super::*;
use crate::cp3_support::support;
use crate::given::{self, Given};
use crate::pipeline::LedgerStages;
use crate::plain::{Sources, differences, sources};
use crate::random_trust::{LEDGER, trusts};

fn produce(given: &impl Given) -> Tables {
    let rules = given::rules(given);
    let (classed, names) = given::classed(given, &rules);
    let (supported, _) = support(&classed, &rules, &names).expect("the example allows support");
    let (found, findings) = match resources(&supported, &rules) {
        Ok(found) => found,
        Err(findings) => (Resources::default(), findings),
    };
    let mut shares = Table::new(&["resource", "activity", "weight_set", "share"]);
    for (resource, of_resource) in &found.shares {
        for (activity, it) in of_resource {
            shares.push([resource, activity, &it.weight_set, &it.share.to_string()]);
        }
    }
    Tables::from([
        ("resources".to_owned(), given::sources("resource", &found.resources, &names)),
        ("cost_objects".to_owned(), given::sources("cost_object", &found.cost_objects, &names)),
        ("unmapped".to_owned(), given::sources("final_line", &found.unmapped, &names)),
        ("shares".to_owned(), shares),
        ("findings".to_owned(), given::findings(&findings)),
    ])
}

#[test]
fn golden_cases() {
    check_golden("cp3_resources", produce);
}

/// Totals by resource, shares and findings, the findings in whole sentences.
#[track_caller]
fn check(text: &str, expected: &Expect) {
    let given = given::tables(text);
    let rules = given::rules(&given);
    let (classed, names) = given::classed(&given, &rules);
    let (supported, _) = support(&classed, &rules, &names).expect("the example allows support");
    let (found, findings) = match resources(&supported, &rules) {
        Ok(found) => found,
        Err(findings) => (Resources::default(), findings),
    };
    let mut shown = Vec::new();
    let kinds = [
        ("resource", &found.resources),
        ("object", &found.cost_objects),
        ("unmapped", &found.unmapped),
    ];
    for (kind, lists) in kinds {
        shown.extend(lists.iter().map(|(name, list)| format!("{kind} {name} {}", list.total())));
    }
    for (resource, of_resource) in &found.shares {
        let share = |(activity, it): (&String, &PoolShare)| {
            format!("{resource} {activity} {} {}", it.weight_set, it.share)
        };
        shown.extend(of_resource.iter().map(share));
    }
    shown.extend(found.merged.iter().map(|(pool, stays)| format!("{pool} is in {stays}")));
    shown.push(given::sentences(&findings));
    expected.assert_eq(&shown.join("\n"));
}

/// Four cost lines of £10 to £40, each with the resource of its own number, and a minimum of five.
const LINES: &str = "# settings
    setting,value
    staff_pool_minimum,5
    # cost_lines
    cost_line,class,resource
    L1,PF,R1
    L2,PF,R2
    L3,PF,R3
    L4,PF,R4
    # ledger
    ledger_line,cost_centre,account,amount
    a,L1,1,10
    b,L2,1,20
    c,L3,1,30
    d,L4,1,40";

#[test]
fn final_lines_go_where_the_model_says() {
    // Wards 10 + 5 = 15. Two lines of research. Lost names no resource, Odd one that is not listed.
    check(
        "# cost_lines
        cost_line,class,resource,cost_object
        Ward1,PF,WARDS,
        Ward2,T2,WARDS,
        Trials,OTHER,,RESEARCH
        Grants,OTHER,,RESEARCH
        Vague,OTHER,,
        Lost,PF,,
        Odd,PF,ODD,
        # resources
        resource,method
        WARDS,SHARE
        # ledger
        ledger_line,cost_centre,account,amount
        a,Ward1,1,10
        b,Ward2,1,5
        c,Trials,1,3
        d,Grants,1,4
        e,Vague,1,2
        f,Lost,1,6
        g,Odd,1,7",
        &expect![[r#"
            resource WARDS £15.000000
            object RESEARCH £7.000000
            unmapped Lost £6.000000
            unmapped Odd £7.000000
            unmapped Vague £2.000000
            F4 needs acceptance: the cost line `Lost` has no resource (£6.000000)
            F4 needs acceptance: the cost line `Odd` has no resource (£7.000000)
            F4 needs acceptance: the cost line `Vague` has no cost object (£2.000000)"#]],
    );
}

#[test]
fn a_small_pool_joins_its_specialty() {
    // R1 has 2 people of 100 sessions: 60 and 40; R2 has 6 people, percentages 50 and 50.
    // For each person R1 gives 0.6 and 0.4, R2 0.5 and 0.5; so CLINIC 2 × 0.6 = 1.2, WARD
    // 2 × 0.4 + 6 × 0.5 = 3.8, THEATRE 6 × 0.5 = 3: as whole numbers 6, 19, 15 of 40 for 8 people.
    // R3 is of another staff group, R4 of another specialty: both stay as they are.
    check(
        &format!(
            "{LINES}
            # resources
            resource,staff_pool,people,staff_group,specialty,directorate
            R1,yes,2,MEDICAL,100,SURGERY
            R2,yes,6,MEDICAL,100,SURGERY
            R3,yes,9,NURSING,100,SURGERY
            R4,yes,9,MEDICAL,110,SURGERY
            # shares
            resource,activity,weight_set,share
            R1,CLINIC,CLINIC-COUNT,6
            R1,WARD,WARD-TIME,4
            R2,WARD,WARD-TIME,50
            R2,THEATRE,THEATRE-TIME,50
            R3,WARD,WARD-TIME,100
            R4,WARD,WARD-TIME,100"
        ),
        &expect![[r#"
            resource R2 £30.000000
            resource R3 £30.000000
            resource R4 £40.000000
            R2 CLINIC CLINIC-COUNT 6
            R2 THEATRE THEATRE-TIME 15
            R2 WARD WARD-TIME 19
            R3 WARD WARD-TIME 1000000
            R4 WARD WARD-TIME 1000000
            R1 is in R2
            FIN-003 note: the staff pools R1, R2 are costed as one, `R2`, since one of them has too few people to be shown (£30.000000)"#]],
    );
}

#[test]
fn a_small_specialty_joins_its_directorate() {
    // R1 and R2 make 4, so the directorate's R3 joins them, though R3 is large enough by itself:
    // each is all on one activity, so its weight is its people, 1, 3 and 5. R4 are nurses.
    check(
        &format!(
            "{LINES}
            # resources
            resource,staff_pool,people,staff_group,specialty,directorate
            R1,yes,1,MEDICAL,100,SURGERY
            R2,yes,3,MEDICAL,100,SURGERY
            R3,yes,5,MEDICAL,110,SURGERY
            R4,yes,9,NURSING,100,SURGERY
            # shares
            resource,activity,weight_set,share
            R1,A,A,100
            R2,B,B,100
            R3,C,C,100
            R4,D,D,100"
        ),
        &expect![[r#"
            resource R3 £60.000000
            resource R4 £40.000000
            R3 A A 1
            R3 B B 3
            R3 C C 5
            R4 D D 1000000
            R1 is in R3
            R2 is in R3
            FIN-003 note: the staff pools R1, R2, R3 are costed as one, `R3`, since one of them has too few people to be shown (£60.000000)"#]],
    );
}

#[test]
fn mergers_that_share_a_pool_are_one() {
    // R1 finds enough people in its specialty with R2. R3 needs the directorate, which is all.
    check(
        &format!(
            "{LINES}
            # resources
            resource,staff_pool,people,staff_group,specialty,directorate
            R1,yes,2,MEDICAL,100,SURGERY
            R2,yes,6,MEDICAL,100,SURGERY
            R3,yes,1,MEDICAL,110,SURGERY
            R4,no,0,,,
            # shares
            resource,activity,weight_set,share
            R1,A,A,100
            R2,A,B,100
            R3,A,C,100"
        ),
        &expect![[r#"
            resource R2 £60.000000
            resource R4 £40.000000
            R2 A B 1
            R1 is in R2
            R3 is in R2
            FIN-006 warning: the merged staff pools R1, R2, R3 share activity `A` by different weight sets; `B` is used (£0.000000)
            FIN-003 note: the staff pools R1, R2, R3 are costed as one, `R2`, since one of them has too few people to be shown (£60.000000)"#]],
    );
}

#[test]
fn too_few_people_anywhere_is_refused_without_saying_the_cost() {
    // R1 and R2 make 4. R3 has neither specialty nor directorate, which is no group of its own.
    // R4 has no activities, and alone as UNMAPPED it would show what one person earns.
    check(
        &format!(
            "{LINES}
            # resources
            resource,staff_pool,people,staff_group,specialty,directorate
            R1,yes,1,MEDICAL,100,SURGERY
            R2,yes,3,MEDICAL,110,SURGERY
            R3,yes,4,MEDICAL,,
            R4,yes,1,MEDICAL,,
            # shares
            resource,activity,weight_set,share
            R1,A,A,100
            R2,B,B,100
            R3,C,C,100"
        ),
        &expect![[r#"
            FIN-004 refused: the staff pool `R1` has fewer than 5 people, and so have the `MEDICAL` pools of its specialty and directorate together (£0.000000)
            FIN-004 refused: the staff pool `R2` has fewer than 5 people, and so have the `MEDICAL` pools of its specialty and directorate together (£0.000000)
            FIN-004 refused: the staff pool `R3` has fewer than 5 people, and so have the `MEDICAL` pools of its specialty and directorate together (£0.000000)
            FIN-004 refused: the staff pool `R4` has fewer than 5 people, and so have the `MEDICAL` pools of its specialty and directorate together (£0.000000)"#]],
    );
}

#[test]
fn a_small_pool_without_activities_goes_by_those_of_the_others() {
    // R1 (1 person, £10) and R2 (6 people, £20) are one pool of 7, shared as R2 is: of its own
    // shares 1 and 3, times 6 people, without a common divisor 1 and 3. R3 (9 people, £30) has no
    // activities either, and is large enough to be told alone.
    let given = format!(
        "{LINES}
        # resources
        resource,staff_pool,people,staff_group,specialty,directorate
        R1,yes,1,MEDICAL,100,SURGERY
        R2,yes,6,MEDICAL,100,SURGERY
        R3,yes,9,MEDICAL,100,SURGERY
        R4,yes,8,NURSE,,
        # shares
        resource,activity,weight_set,share
        R4,D,D,1
        R2,A,A,1
        R2,B,B,3"
    );
    check(
        &given,
        &expect![[r#"
        resource R2 £30.000000
        resource R3 £30.000000
        resource R4 £40.000000
        R2 A A 1
        R2 B B 3
        R4 D D 10000
        R1 is in R2
        FIN-003 note: the staff pools R1, R2 are costed as one, `R2`, since one of them has too few people to be shown (£30.000000)
        FIN-008 needs acceptance: the staff pool `R1` has no activities and too few people to be shown by itself, so that its cost goes by the activities of `R2` (£0.000000)"#]],
    );
    // Nobody has activities: the two are one, and UNMAPPED together; R1 is not seen alone.
    let idle = given.replace("R2,A,A,1", "").replace("R2,B,B,3", "").replace("yes,6,", "yes,4,");
    check(
        &idle,
        &expect![[r#"
        resource R2 £30.000000
        resource R3 £30.000000
        resource R4 £40.000000
        R4 D D 10000
        R1 is in R2
        FIN-003 note: the staff pools R1, R2 are costed as one, `R2`, since one of them has too few people to be shown (£30.000000)"#]],
    );
}

const FEEDS: &str = "# resources
    resource,method,staff_pool,people,staff_group,specialty,directorate
    R1,FEED,yes,2,MEDICAL,100,SURGERY
    R2,FEED,yes,6,MEDICAL,100,SURGERY
    # weight_sets
    weight_set,activity,driver
    WARD-TIME,WARD,DURATION
    THEATRE-TIME,THEATRE,DURATION
    CLINIC-COUNT,CLINIC,COUNT
    # shares
    resource,activity,weight_set,share
    R1,WARD,WARD-TIME,0.5
    R2,WARD,WARD-TIME,1";

#[test]
fn pools_of_feeds_join_by_people_and_kind_of_driver() {
    // Factors for each person: WARD 2 × 0.5 + 6 × 1 = 7, THEATRE 6 × 2 = 12.
    check(
        &format!("{LINES}\n{FEEDS}\nR2,THEATRE,THEATRE-TIME,2").replace("L3,PF", "L3,RECON"),
        &expect![[r#"
            resource R2 £30.000000
            unmapped L4 £40.000000
            R2 THEATRE THEATRE-TIME 12
            R2 WARD WARD-TIME 7
            R1 is in R2
            F4 needs acceptance: the cost line `L4` has no resource (£40.000000)
            FIN-003 note: the staff pools R1, R2 are costed as one, `R2`, since one of them has too few people to be shown (£30.000000)"#]],
    );
    check(
        &format!("{LINES}\n{FEEDS}\nR2,CLINIC,CLINIC-COUNT,2"),
        &expect![
            "FIN-005 refused: the staff pools R1, R2 must be merged, since one of them has too few people to be shown, but they reach their activities by feeds with different kinds of driver (£0.000000)"
        ],
    );
    check(
        &format!("{LINES}\n{FEEDS}").replace("R2,FEED", "R2,SHARE"),
        &expect![
            "FIN-005 refused: the staff pools R1, R2 must be merged, since one of them has too few people to be shown, but they reach their activities some by stated shares and some by feeds (£0.000000)"
        ],
    );
}

#[test]
fn a_resource_that_is_a_net_credit_is_told() {
    check(
        "# cost_lines
        cost_line,class,resource,negative_reason
        L1,PF,R1,a rebate
        L2,PF,R2,a rebate
        # resources
        resource,negative_reason
        R1,
        R2,rebates of the year before
        # ledger
        ledger_line,cost_centre,account,amount
        a,L1,1,-10
        b,L2,1,-20",
        &expect![[r#"
            resource R1 -£10.000000
            resource R2 -£20.000000
            F2 refused: the resource `R1` is a net credit of £10.000000 (-£10.000000)
            F2 warning: the resource `R2` is a net credit of £20.000000, which the model allows: rebates of the year before (-£20.000000)"#]],
    );
}

proptest! {
    /// No pool below the minimum stays by itself, no money is lost, and shares keep the rate of a
    /// person the same in all activities of a merged pool.
    #[test]
    fn small_pools_never_stay_alone(
        pools in prop::collection::vec((0..9_i64, 0..2_u8, 0..3_u8, 0..2_u8, 0..1000_i64), 1..9),
    ) {
        let mut text = "# settings\nsetting,value\nstaff_pool_minimum,5\n".to_owned();
        let mut ledger = "# ledger\nledger_line,cost_centre,account,amount\n".to_owned();
        let mut lines = "# cost_lines\ncost_line,class,resource\n".to_owned();
        let mut shares = "# shares\nresource,activity,weight_set,share\n".to_owned();
        text.push_str("# resources\nresource,staff_pool,people,staff_group,specialty,directorate\n");
        for (index, (people, group, specialty, directorate, share)) in pools.iter().enumerate() {
            writeln!(text, "R{index},yes,{people},{group},{specialty},{directorate}").expect("a text takes more");
            writeln!(lines, "L{index},PF,R{index}").expect("a text takes more");
            writeln!(ledger, "{index},L{index},1,{}", index + 1).expect("a text takes more");
            // Without a share the pool has no activities.
            if *share > 0 {
                writeln!(shares, "R{index},A{index},W,{share}").expect("a text takes more");
            }
        }
        let given = given::tables(&(text + &lines + &ledger + &shares));
        let rules = given::rules(&given);
        let (classed, names) = given::classed(&given, &rules);
        let (supported, _) = support(&classed, &rules, &names).expect("there is no support");
        let plain = reference::resources(&supported.finals, &rules);
        let fast = resources(&supported, &rules);
        prop_assert_eq!(fast.is_ok(), plain.is_some());
        let (Ok((found, _)), Some(plain)) = (fast, plain) else { return Ok(()) };
        prop_assert_eq!(differences(&lists(&found.resources), &plain.resources), "");
        for (name, list) in &found.resources {
            let is_member = |it: &&String| *it == name || found.merged.get(*it) == Some(name);
            let members: Vec<&String> = rules.resources.keys().filter(is_member).collect();
            let people = |it: &&String| rules.resources[*it].people;
            prop_assert!(members.iter().map(people).sum::<i64>() >= 5);
            let money: i64 = members.iter().map(|it| it[1..].parse::<i64>().expect("a number") + 1).sum();
            prop_assert_eq!(list.total(), Money::from_pounds(money));
            let sharing: Vec<&String> =
                members.iter().copied().filter(|it| rules.shares.contains_key(*it)).collect();
            for (one, other) in sharing.iter().zip(sharing.iter().skip(1)) {
                let share = |it: &String| found.shares[name][&format!("A{}", &it[1..])].share;
                prop_assert_eq!(
                    share(one) * i128::from(people(other)),
                    share(other) * i128::from(people(one))
                );
            }
        }
    }
}

fn lists(lists: &BTreeMap<String, SourceList>) -> BTreeMap<String, Sources> {
    lists.iter().map(|(name, list)| (name.clone(), sources(list))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// Final lines of every class go where the plain reading leads them, with all their sources.
    #[test]
    fn fast_and_plain_agree(trust in trusts(LEDGER)) {
        let rules = &trust.rules;
        let small = LedgerStages::run(&trust.rows.ledger, Vec::new(), rules).expect("no refusal");
        let plain = reference::resources(&small.supported.finals, rules).expect("no staff pools");
        let fast = &small.resources;
        prop_assert_eq!(differences(&lists(&fast.resources), &plain.resources), "");
        prop_assert_eq!(differences(&lists(&fast.cost_objects), &plain.cost_objects), "");
        prop_assert_eq!(differences(&lists(&fast.unmapped), &plain.unmapped), "");
    }
}

/// Neither the credit of a small pool nor that of one that it is merged with is named: each would
/// give the other away beside the merged total.
#[test]
fn the_credit_of_a_merged_pool_is_told_without_its_amount() {
    for (small, large) in [("-10", "200"), ("210", "-20")] {
        let given = given::tables(&format!(
            "# settings
            setting,value
            staff_pool_minimum,5
            # ledger
            ledger_line,cost_centre,account,amount
            l1,BAND5,A,{small}
            l2,BAND6,A,{large}
            # cost_lines
            cost_line,class,resource,negative_reason
            BAND5,PF,NURSE5,refund
            BAND6,PF,NURSE6,refund
            # resources
            resource,staff_pool,people,staff_group,specialty,negative_reason
            NURSE5,yes,2,NURSE,100,refund
            NURSE6,yes,9,NURSE,100,refund
            # weight_sets
            weight_set,activity,driver
            N,WARD,COUNT
            # shares
            resource,activity,weight_set,share
            NURSE5,WARD,N,1
            NURSE6,WARD,N,1"
        ));
        let rules = given::rules(&given);
        let small = LedgerStages::run(&given::ledger(&given), Vec::new(), &rules);
        let found = small.expect("all credits have a reason").findings;
        let credits: Vec<_> = found.iter().filter(|it| it.code == "F2").collect();
        assert_eq!(credits.len(), 3, "cost line, final line and resource: {credits:?}");
        for it in credits {
            assert!(it.money.is_zero() && !it.message.contains('£'), "{it:?}");
            assert!(it.message.contains("an amount that may not be told"), "{it:?}");
        }
    }
}

#[test]
fn a_net_credit_does_not_hide_in_a_merged_pool() {
    // Band 5 nurses hold -10 and have two people, fewer than five; merged with the 200 of the band
    // 6 nurses the pool is 190, and the credit would not be seen.
    check(
        "# settings
        setting,value
        staff_pool_minimum,5
        # ledger
        ledger_line,cost_centre,account,amount
        l1,BAND5,A,-10
        l2,BAND6,A,200
        # cost_lines
        cost_line,class,resource,negative_reason
        BAND5,PF,NURSE5,refund
        BAND6,PF,NURSE6,
        # resources
        resource,staff_pool,people,staff_group,specialty
        NURSE5,yes,2,NURSE,100
        NURSE6,yes,9,NURSE,100
        # weight_sets
        weight_set,activity,driver
        N,WARD,COUNT
        # shares
        resource,activity,weight_set,share
        NURSE5,WARD,N,1
        NURSE6,WARD,N,1",
        &expect![[r#"
            resource NURSE6 £190.000000
            NURSE6 WARD N 1
            NURSE5 is in NURSE6
            FIN-003 note: the staff pools NURSE5, NURSE6 are costed as one, `NURSE6`, since one of them has too few people to be shown (£190.000000)
            F2 refused: the resource `NURSE5` is a net credit of an amount that may not be told (£0.000000)"#]],
    );
}
