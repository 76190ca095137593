//! Prices and alternatives worked by hand.

use super::rows::Row;
use super::*;
use crate::miniature::{miniature, money};

fn row(code: &str, quantity: i64, pounds: i64) -> Row {
    Row { code: code.to_owned(), quantity_e4: quantity * UNIT_E4, cost: Money::from_pounds(pounds) }
}

/// So many events each; each event's rows, and what the run states of it in pounds.
fn kind(events: &[(u64, &[Row], i64)]) -> GoodsKind {
    let runs = miniature();
    let run = runs.open();
    let names = Names(run.rules().expect("the model reads"));
    let mut adding = Adding::default();
    for (number, rows, stated) in events {
        for _ in 0..*number {
            adding.add(Money::from_pounds(*stated), rows);
        }
    }
    adding.finish(Named { code: "IMPLANTED".to_owned(), name: String::new() }, &names)
}

#[test]
fn the_price_of_one_is_what_was_paid_for_what_was_kept() {
    assert_eq!(price(money("10"), 3 * UNIT_E4), Some(money("3.333333")));
    assert_eq!(price(money("20"), 3 * UNIT_E4), Some(money("6.666667")));
    assert_eq!(price(money("-20"), 3 * UNIT_E4), Some(money("-6.666667")));
    // Half of one for 5 pounds.
    assert_eq!(price(money("5"), UNIT_E4 / 2), Some(money("10")));
    assert_eq!((price(money("5"), 0), price(money("-5"), -UNIT_E4)), (None, None));
}

#[test]
fn one_instead_of_another_is_dearer_or_cheaper() {
    // Twenty at 100 and ten at 250: 1,500 more than thirty at 100. The rare one is not compared.
    let cheap = [row("A", 1, 100)];
    let dear = [row("B", 1, 250)];
    let rare = [row("C", 1, 900)];
    let told = |it: &GoodsKind| {
        let of = it.alternatives().expect("two are used often");
        (of.cheapest.code.code.clone(), of.dearest.code.code.clone(), of.more)
    };
    let it = kind(&[(20, &cheap, 100), (10, &dear, 250), (1, &rare, 900)]);
    assert_eq!(told(&it), ("A".to_owned(), "B".to_owned(), Money::from_pounds(1_500)));
    assert_eq!((it.events, it.told, it.alone), (31, 31, 31));
    let order: Vec<&str> = it.items.iter().map(|it| it.code.words()).collect();
    assert_eq!(order, ["B", "A", "C"], "2,500, 2,000 and 900");
    assert_eq!(events_of(&it.items), 31, "each of them used one");
    // The prices swapped, so are the words: ten at 150 less than 250 each.
    let it = kind(&[(20, &[row("A", 1, 250)], 250), (10, &[row("B", 1, 100)], 100)]);
    assert_eq!(told(&it), ("B".to_owned(), "A".to_owned(), Money::from_pounds(3_000)));
    // At the same price there is nothing to ask, nor with nine of one of them.
    assert_eq!(kind(&[(20, &cheap, 100), (10, &[row("B", 1, 100)], 100)]).alternatives(), None);
    assert_eq!(kind(&[(20, &cheap, 100), (9, &dear, 250)]).alternatives(), None);
}

#[test]
fn things_that_are_used_together_are_no_alternatives() {
    let both = [row("A", 1, 100), row("B", 1, 250)];
    let it = kind(&[(20, &both, 350)]);
    assert_eq!((it.alone, it.alternatives()), (0, None));
    assert_eq!((it.items[0].events, it.items[1].events), (20, 20));
    assert_eq!(events_of(&it.items), 20, "each of them used both");
    // Two of one thing are not one alone; one that was put back is none.
    let it = kind(&[(1, &[row("A", 2, 200)], 200), (1, &[row("A", 1, 9), row("A", -1, -9)], 0)]);
    assert_eq!((it.alone, it.items[0].quantity_e4), (0, 2 * UNIT_E4));
    assert_eq!(it.items[0].prices, Some((Money::from_pounds(9), Money::from_pounds(100))));
}

#[test]
fn rows_that_do_not_come_to_what_the_run_states_are_not_told() {
    let rows = [row("A", 1, 100)];
    let it = kind(&[(2, &rows, 100), (1, &rows, 130), (1, &[], 60)]);
    assert_eq!((it.events, it.told), (4, 2));
    assert_eq!((it.cost, it.told_cost), (Money::from_pounds(390), Money::from_pounds(200)));
    assert_eq!((it.items.len(), it.items[0].events), (1, 2));
}

#[test]
fn what_is_counted_is_said_with_its_source() {
    assert_eq!(definitions().len(), 3);
    assert!(definitions().iter().all(|it| it.ends_with('.')) && absent().ends_with('.'));
    assert!(fewest() > 1);
}
