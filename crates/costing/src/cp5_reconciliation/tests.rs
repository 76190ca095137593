//! A whole costing in; its books, line by line, out. Books that do not close are refused.

use std::collections::BTreeMap;

use domain::Money;
use expect_test::{Expect, expect};
use tables::run::{CostedEvent, ResidualSource};
use testkit::{Tables, check_golden};

use super::{Outcomes, check as refuse_open, reconcile};
use crate::error::CostingError;
use crate::given::{self, Given};
use crate::given_activity::{Ran, Trust, WHOLE};
use crate::pipeline::Costing;
use crate::source::{SourceKey, SourceList};

fn produce(given: &impl Given) -> Tables {
    Trust::new(given).show(|ran| {
        let columns = ["report", "line", "input", "output", "difference"];
        let books = ran.table("reconciliation.parquet", &columns);
        Tables::from([("reconciliation".to_owned(), books)])
    })
}

#[test]
fn golden_cases() {
    check_golden("cp5_reconciliation", produce);
}

/// Estates of £4 and a ward of £16; one admission, and one private; £1 of income, £1 outside.
const TRUST: &str = "# year
    year,last_period
    2025-26,1
    # control
    period,amount
    2,20
    # ledger
    ledger_line,cost_centre,account,period,amount
    a,Estates,7000,1,4
    b,Ward,6000,1,16
    c,Ward,1000,1,-1
    d,Ward,6000,2,1
    # income
    sequence,cost_centre,account,treatment
    1,*,1000,patient_income
    # cost_lines
    cost_line,class,support_group,driver,resource
    Estates,T1,ESTATES,AREA,
    Ward,PF,,,WARD
    # statistics
    driver,cost_line,quantity
    AREA,Ward,1
    # resources
    resource
    WARD
    # shares
    resource,activity,weight_set,share
    WARD,STAY,STAY-COUNT,100
    # weight_sets
    weight_set,activity,driver
    STAY-COUNT,STAY,COUNT
    # feeds
    feed,role,event_type
    apc,master,APC
    # activities
    activity
    STAY
    # activity_rules
    feed,activity
    apc,STAY
    # events
    patient,event,event_type,start,end,category
    p1,e1,APC,2025-04-10,2025-04-12,
    p1,e2,APC,2025-04-20,2025-04-22,PRIVATE";

/// What stages after the pools came to, to be changed.
struct Figures {
    events: Money,
    others: Money,
    residuals: Vec<ResidualSource>,
    statements: Money,
}

impl Figures {
    fn new(ran: &Ran) -> Self {
        let cost = |it: &CostedEvent| it.own + it.absorbed;
        let events: Vec<CostedEvent> = ran.rows("events.parquet");
        let others = events.iter().filter(|it| it.category == "PRIVATE");
        let all: Money = events.iter().map(cost).sum();
        Self {
            events: all,
            others: others.map(cost).sum(),
            residuals: ran.rows("residuals.parquet"),
            statements: all,
        }
    }
}

const ONE: Money = Money::from_micro_pounds(1);

/// One micro-pound more of the source with this number, in key order.
fn more(list: &mut SourceList, number: usize) {
    let (key, _) = list.iter().nth(number).expect("there are so many sources");
    list.merge(&one_of(key));
}

fn one_of(key: SourceKey) -> SourceList {
    [(key, ONE)].into_iter().collect()
}

/// What refuses the run, once something was changed.
#[track_caller]
fn check(change: impl FnOnce(&mut Costing<'_>, &mut Figures) + Send, expected: &Expect) {
    let trust = Trust::new(&given::tables(TRUST));
    let mut figures = Figures::new(&trust.run(WHOLE).expect("it closes"));
    let outcome = trust.with_costing(|costing| {
        change(costing, &mut figures);
        let outcomes = Outcomes {
            events: figures.events,
            others: figures.others,
            residuals: &figures.residuals,
            statements: figures.statements,
        };
        refuse_open(&reconcile(costing, &outcomes))
    });
    let shown = match outcome.expect("the trust can be costed") {
        Ok(()) => "it closes".to_owned(),
        Err(CostingError::NotConserved { what, difference, .. }) => format!("{what} {difference}"),
        Err(error) => panic!("it is refused for another reason: {error}"),
    };
    expected.assert_eq(&shown);
}

#[test]
fn unchanged_books_close() {
    check(|_, _| {}, &expect!["it closes"]);
}

#[test]
fn a_micro_pound_in_the_ledger_is_enough() {
    check(
        |it, _| it.small.quantum.control = Some(ONE),
        &expect!["1 General ledger to cost ledger: Ledger = control total £19.999999"],
    );
    check(
        |it, _| it.small.quantum.walk.outside += ONE,
        &expect![
            "1 General ledger to cost ledger: Ledger = quantum + income + outside the period -£0.000001"
        ],
    );
    check(
        |it, _| more(list(&mut it.small.ledger.lines, "Ward"), 0),
        &expect!["1 General ledger to cost ledger: Quantum = cost lines + unmapped -£0.000001"],
    );
    check(
        |it, _| more(list(&mut it.small.classed.finals, "Ward"), 0),
        &expect![
            "2 Cost ledger by class, before and after support: Cost lines = classed lines -£0.000001"
        ],
    );
    check(
        |it, _| more(list(&mut it.small.supported.finals, "Ward"), 0),
        &expect![
            "2 Cost ledger by class, before and after support: Support and final lines before = final lines after -£0.000001"
        ],
    );
}

#[test]
fn a_micro_pound_in_resources_and_pools_is_enough() {
    check(
        |it, _| more(list(&mut it.small.resources.resources, "WARD"), 0),
        &expect![
            "3 Resources and activities: Final lines = resources + cost objects + unmapped -£0.000001"
        ],
    );
    check(
        |it, _| more(pool(it), 0),
        &expect!["3 Resources and activities: Resources = pools + no driver + unmapped -£0.000001"],
    );
    check(
        |it, _| settled(it).own += ONE,
        &expect!["3 Resources and activities: Pools = own + absorbed + residuals -£0.000001"],
    );
}

#[test]
fn a_micro_pound_at_the_patients_is_enough() {
    check(
        |_, it| it.events += ONE,
        &expect![
            "4 Patients and reconciliation items: Events = own + absorbed of all pools £0.000001"
        ],
    );
    check(
        |_, it| it.others += ONE,
        &expect![
            "4 Patients and reconciliation items: Ledger = own-patient events + all residuals + income £0.000001"
        ],
    );
    check(
        |_, it| it.residuals[0].amount += ONE,
        &expect![
            "4 Patients and reconciliation items: Ledger = own-patient events + all residuals + income -£0.000001"
        ],
    );
    check(
        |_, it| drop(it.residuals.pop()),
        &expect![
            "4 Patients and reconciliation items: Ledger = own-patient events + all residuals + income £1.000000"
        ],
    );
    check(
        |_, it| it.statements += ONE,
        &expect![
            "4 Patients and reconciliation items: Events = cost rows of the service lines' statements -£0.000001"
        ],
    );
}

/// Every sum closes if a micro-pound goes from one ledger line of a pool to another; the ledger
/// lines do not.
#[test]
fn a_micro_pound_of_another_ledger_line_is_enough() {
    check(
        |it, _| {
            let sources = pool(it);
            let moved = sources.iter().collect::<Vec<_>>();
            let [(first, one), (second, other)] = moved[..] else { panic!("two sources") };
            *sources = [(first, one - ONE), (second, other + ONE)].into_iter().collect();
        },
        &expect!["1 General ledger by account: 6000 £0.000001"],
    );
}

fn list<'a>(lists: &'a mut BTreeMap<String, SourceList>, name: &str) -> &'a mut SourceList {
    lists.get_mut(name).expect("it has money")
}

fn pool<'a>(costing: &'a mut Costing<'_>) -> &'a mut SourceList {
    let pools = costing.activities.pools.get_mut("WARD").expect("the resource has money");
    &mut pools.get_mut("STAY").expect("it has one activity").sources
}

fn settled<'a>(costing: &'a mut Costing<'_>) -> &'a mut crate::cp4_patients::SettledPool {
    costing.settled.values_mut().next().expect("there is one pool")
}
