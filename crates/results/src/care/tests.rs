//! The care of the miniature, worked by hand.

use std::collections::BTreeMap;

use domain::Money;
use proptest::prelude::*;
use rules::YearRules;
use rules::year::{CountUnit, Pattern, PeerKind, PeerValue};

use super::{Bar, BarKind, Care, CareBook, CostClass, Currency, LineCare, Moved, TrustActivity};
use crate::miniature::miniature;

const WARD: u16 = 0;

/// The rules of the miniature, with one activity counted in minutes.
fn rules() -> YearRules {
    let runs = miniature();
    let run = runs.open();
    let mut rules = run.rules().expect("the model reads").clone();
    let activity = rules.activities.values().next().expect("it has activities").clone();
    rules.activities.insert(
        "WARD".to_owned(),
        rules::year::Activity { count_unit: CountUnit::Minutes, ..activity },
    );
    rules
}

fn class() -> CostClass {
    CostClass {
        row: "direct".to_owned(),
        group: "NURSING".to_owned(),
        traceability: "direct".to_owned(),
        support_group: "DIRECT".to_owned(),
        cost_type: "PAY".to_owned(),
        controllable: true,
        recurrent: true,
    }
}

/// So many events with so many seconds on a ward, at so much.
fn care((events, seconds): (u64, i64), pounds: i64) -> Care {
    Care {
        events,
        patients: events,
        parts: BTreeMap::from([((WARD, 0), Money::from_pounds(pounds))]),
        counts: BTreeMap::from([(WARD, seconds)]),
        ..Care::default()
    }
}

/// A year of one service line, by HRG; half of the trust's cost of the ward is fixed.
fn book(cells: &[(&str, Care)], trust: (i64, i64)) -> CareBook {
    let currency =
        |hrg: &str| Currency { event_type: "APC".into(), pod: "EL".into(), hrg: hrg.into() };
    let line = LineCare {
        cells: cells.iter().map(|(hrg, care)| (currency(hrg), care.clone())).collect(),
        ..LineCare::default()
    };
    let (count, own) = trust;
    let all =
        TrustActivity { count, own: Money::from_pounds(own), fixed: Money::from_pounds(own / 2) };
    CareBook {
        lines: BTreeMap::from([("TORT".to_owned(), line)]),
        activities: vec!["WARD".to_owned()],
        classes: vec![class()],
        trust: BTreeMap::from([(WARD, all)]),
    }
}

fn moved(last: &CareBook, this: &CareBook) -> Moved {
    this.moved(last, ("TORT", &rules()), (&|_| true, true)).expect("both years have some")
}

fn shown(moved: &Moved) -> Vec<String> {
    moved.bars.iter().map(|it| format!("{:?} {}", it.kind, it.amount)).collect()
}

/// Last year A had 10 events and 1,000 pounds, B 10 and 3,000; this year A 10 and 1,320, B 20 and
/// 6,600, and C came with 500. Means: 200 each, A 100 and B 300.
///
/// Volume: 10 events more at 200 are 2,000. Case mix: 10 × 100 + 20 × 300 = 7,000, less 30 × 200 =
/// 6,000, is 1,000. Unit cost: 7,920 less 7,000 is 920.
///
/// A was 100 seconds an event and is 120, B 300 and is 300, at a pound a second; the trust's count
/// doubles, so that the fixed half of a pound halves: a quarter of a pound less for each second.
/// Use: 10 × 20 seconds = 200 pounds. Spread: (1,200 + 6,000) × −0.25 = −1,800. Prices: 920 − 200 +
/// 1,800 = 2,520.
#[test]
fn what_moved_is_worked_by_hand() {
    let last =
        book(&[("A", care((10, 1_000), 1_000)), ("B", care((10, 3_000), 3_000))], (10_000, 10_000));
    let this = book(
        &[
            ("A", care((10, 1_200), 1_320)),
            ("B", care((20, 6_000), 6_600)),
            ("C", care((1, 400), 500)),
        ],
        (20_000, 20_000),
    );
    let moved = moved(&last, &this);
    assert_eq!(
        shown(&moved),
        [
            "Volume £2,000.000000",
            "CaseMix £1,000.000000",
            "Use(\"NURSING\") £200.000000",
            "Spread -£1,800.000000",
            "Prices £2,520.000000",
            "OneYear £500.000000",
        ]
    );
    assert_eq!(moved.unit_cost, Money::from_pounds(920));
    assert_eq!((moved.before, moved.after), (Money::from_pounds(4_000), Money::from_pounds(8_420)));
    assert_eq!(moved.events, (20, 30));
}

/// A stay of 2 days beside 1.5: over 10 stays 5 days more, at 4,000 pounds for 20 days.
#[test]
fn use_and_price_beside_similar_trusts() {
    let peer = |kind, counted: &str, value_e4, unit: &str| PeerValue {
        peers: "nine similar trusts".to_owned(),
        hrg: Pattern::parse("HN12*"),
        pod: "EL".to_owned(),
        measure: "it".to_owned(),
        kind,
        counted_by: vec![Pattern::parse(counted)],
        costed_by: vec![Pattern::parse("WARD")],
        value_e4,
        unit: unit.to_owned(),
        source: "x".to_owned(),
    };
    let mut rules = rules();
    rules.peers = vec![
        peer(PeerKind::Use, "WARD", 15_000, "days"),
        peer(PeerKind::Price, "WARD", 4_500_000, "pounds"),
    ];
    let care = care((10, 20 * 86_400), 4_000);
    let book = book(&[("HN12A", care.clone())], (1, 1));
    let found = book.beside_peers(&rules, ("EL", "HN12A"), &care);
    let shown: Vec<String> =
        found.iter().map(|it| format!("{} {} {}", it.own_e4, it.peers_e4, it.amount)).collect();
    // 400 pounds a stay beside 450 is 50 less, 500 in all.
    assert_eq!(shown, ["20000 15000 £1,000.000000", "4000000 4500000 -£500.000000"]);
    assert!(book.beside_peers(&rules, ("NEL", "HN12A"), &care).is_empty());
    assert!(book.beside_peers(&rules, ("EL", ""), &care).is_empty(), "a wider part is not it");
}

fn any_care() -> impl Strategy<Value = Care> {
    ((1_u64..50), (0_i64..100_000), (0_i64..90_000))
        .prop_map(|(events, seconds, pounds)| care((events, seconds), pounds))
}

proptest! {
    /// Bars add up from one year to the next; with the years swapped they add up backwards.
    #[test]
    fn bars_add_up_both_ways(
        first in proptest::collection::vec(any_care(), 1..4),
        second in proptest::collection::vec(any_care(), 1..4),
    ) {
        let hrgs = ["A", "B", "C", "D"];
        let cells = |all: &[Care]| -> Vec<(&str, Care)> {
            hrgs.iter().copied().zip(all.iter().cloned()).collect()
        };
        let (last, this) =
            (book(&cells(&first), (7, 1_000)), book(&cells(&second), (11, 1_700)));
        for (one, other) in [(&last, &this), (&this, &last)] {
            let moved = moved(one, other);
            let sum: Money = moved.bars.iter().map(|it: &Bar| it.amount).sum();
            prop_assert_eq!(moved.before + sum, moved.after);
            let of_unit = |it: &&Bar| !matches!(
                it.kind,
                BarKind::Volume | BarKind::CaseMix | BarKind::OneYear | BarKind::Apart
            );
            let unit: Money = moved.bars.iter().filter(of_unit).map(|it| it.amount).sum();
            prop_assert_eq!(unit, moved.unit_cost);
        }
    }
}

/// A: 10 events for £1,200, of which £200 is left out nationally; at the mean of £90 they would cost
/// £900, so £100 more. B: 4 events for £400 at £120 each are £480: £80 less. C has no national unit
/// cost. D consists mostly of what is left out.
#[test]
fn care_beside_the_national_mean_is_worked_by_hand() {
    let mut rules = rules();
    let reference = |pounds: i64| rules::year::ReferenceCost {
        unit_cost: Money::from_pounds(pounds),
        activity: 1,
        sources: std::collections::BTreeSet::from(["ncc".to_owned()]),
    };
    rules.reference_costs = [("A", 90), ("B", 120), ("D", 10)]
        .map(|(hrg, pounds)| (("EL".to_owned(), hrg.to_owned()), reference(pounds)))
        .into();
    let left_out = rules::year::ReferenceCode {
        name: "Dear medicines".to_owned(),
        length: None,
        valid_from: None,
        valid_to: None,
    };
    rules.reference_codes.insert(
        rules::year::NATIONAL_LEFT_OUT.to_owned(),
        BTreeMap::from([("MEDICINES".to_owned(), left_out)]),
    );
    let with = |mut it: Care, pounds: i64| {
        it.parts.insert((1, 0), Money::from_pounds(pounds));
        it
    };
    let cells = [
        ("A", with(care((10, 0), 1_000), 200)),
        ("B", care((4, 0), 400)),
        ("C", care((3, 0), 50)),
        ("D", with(care((2, 0), 10), 90)),
    ];
    let mut book = book(&cells, (1, 1));
    book.activities.push("MEDICINES".to_owned());
    let found = book.beside_national(&rules, &book.lines["TORT"], |_| true);
    let shown: Vec<_> = found
        .kinds
        .iter()
        .map(|it| format!("{} {}: {} beside {}", it.hrg, it.events, it.cost, it.expected))
        .collect();
    assert_eq!(
        shown,
        ["A 10: £1,000.000000 beside £900.000000", "B 4: £400.000000 beside £480.000000"]
    );
    let pounds = Money::from_pounds;
    assert_eq!(found.sums(), (pounds(1_400), pounds(1_380)));
    assert_eq!(found.dearer_and_cheaper(), (pounds(100), pounds(80)));
    assert_eq!((found.not_compared, found.left_out), ((5, pounds(150)), pounds(200)));
    assert_eq!(super::index_permille(pounds(1_400), pounds(1_380)), Some(1_014));
    assert_eq!(found.sources.into_iter().collect::<Vec<_>>(), ["ncc"]);
}

/// 300 of own nurses and 500 of own doctors can be decided, 200 of a test that it used only in number,
/// and 900 of overheads not at all: 500, 300 and 200, together 1,000.
#[test]
fn cost_lines_that_can_be_changed_come_largest_first_and_add_up() {
    let of = |row: &str, traceability: &str, controllable| CostClass {
        row: row.to_owned(),
        traceability: traceability.to_owned(),
        controllable,
        ..class()
    };
    let classes = vec![
        of("nurses", "direct", true),
        of("doctors", "direct", true),
        of("tests", "indirect", true),
        of("overheads", "overhead", false),
    ];
    let amounts = [300, 500, 200, 900];
    let parts = (0..).zip(amounts).map(|(it, pounds)| ((WARD, it), Money::from_pounds(pounds)));
    let care = Care { parts: parts.collect(), ..Care::default() };
    let book = CareBook { classes, ..book(&[], (1, 1)) };
    let lines = book.controllable_lines(&rules(), &care);
    let shown: Vec<_> = lines.iter().map(|it| (it.row.as_str(), it.decides, it.how_much)).collect();
    let pounds = Money::from_pounds;
    assert_eq!(
        shown,
        [
            ("doctors", pounds(500), Money::ZERO),
            ("nurses", pounds(300), Money::ZERO),
            ("tests", Money::ZERO, pounds(200)),
        ]
    );
    let whole = book.controllable(&care);
    let sum: Money = lines.iter().map(super::statement::ControllableLine::amount).sum();
    assert_eq!(sum, whole.decides + whole.how_much);
    assert_eq!((sum, whole.outside), (pounds(1_000), pounds(900)));
}
