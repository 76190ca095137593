//! What was used as a file. A file goes anywhere, so no row of it is of few events, and what is in
//! no row is said.

use domain::Money;
use results::goods::{self, Goods, GoodsKind, Item, events_of};

use super::goods::quantity;
use crate::shell::download::{Kind, Table};
use crate::shell::words;

/// The file: no row of it is of few.
pub(super) fn table(goods: &Goods) -> Table {
    let columns = [
        ("kind", Kind::Text),
        ("item", Kind::Text),
        ("events", Kind::Whole),
        ("quantity", Kind::Decimal),
        ("cost_gbp", Kind::Decimal),
    ];
    Table::new(&columns, goods.kinds.iter().flat_map(rows).collect())
}

/// What is said of the file: how few stand together, and what is in no row.
pub(super) fn about(goods: &Goods) -> Vec<(&'static str, String)> {
    let fewest = goods::fewest();
    let mut says = vec![(
        "Figures",
        format!(
            "Things that fewer than {fewest} events used stand together, with those that were used least often where these are still fewer than {fewest} events, each counted once. Kinds of which fewer than {fewest} events can be told are left out."
        ),
    )];
    says.extend(goods.kinds.iter().filter_map(not_told).map(|it| ("Not told", it)));
    says
}

/// The cost of events that are in no row since their rows do not come to what the run states.
fn not_told(kind: &GoodsKind) -> Option<String> {
    let (events, fewest) = (kind.events - kind.told, goods::fewest());
    let of = match events {
        0 => return None,
        // Their cost would be that of few.
        few if few < fewest => format!("the cost of fewer than {fewest} events"),
        _ => {
            let cost = words::pence(kind.cost - kind.told_cost);
            format!("{cost} of {}", words::count(events, "event", "events"))
        }
    };
    Some(format!(
        "{}: {of} is in no row, since the rows of these events do not come to the cost that the run states.",
        kind.activity.words()
    ))
}

/// Things of one kind; an event that used two of those that stand together counts once.
fn rows(kind: &GoodsKind) -> Vec<Vec<String>> {
    let fewest = goods::fewest();
    let (mut often, mut few): (Vec<&Item>, Vec<&Item>) =
        kind.items.iter().partition(|it| it.events >= fewest);
    // Too few even together: the one that was used least often joins them.
    while !few.is_empty() && events_of(few.iter().copied()) < fewest {
        let Some(at) = (0..often.len()).min_by_key(|it| often[*it].events) else {
            return Vec::new();
        };
        few.push(often.remove(at));
    }
    let mut rows: Vec<Vec<String>> =
        often.iter().map(|it| row(kind, &it.code.with_code(), &[it])).collect();
    if !few.is_empty() {
        rows.push(row(kind, "Others together", &few));
    }
    rows
}

fn row(kind: &GoodsKind, name: &str, items: &[&Item]) -> Vec<String> {
    let cost: Money = items.iter().map(|it| it.cost).sum();
    vec![
        kind.activity.words().to_owned(),
        name.to_owned(),
        events_of(items.iter().copied()).to_string(),
        quantity(items.iter().map(|it| it.quantity_e4).sum()),
        cost.to_decimal(),
    ]
}

#[cfg(test)]
mod tests {
    use results::explain::Named;

    use super::*;

    /// Used once by each of some events.
    fn item(code: &str, used_by: std::ops::RangeInclusive<u64>, pounds: i64) -> Item {
        let events = used_by.clone().count();
        Item {
            code: Named { code: code.to_owned(), name: String::new() },
            events: u64::try_from(events).expect("small"),
            used_by: used_by.collect(),
            quantity_e4: i64::try_from(events).expect("small") * 10_000,
            cost: Money::from_pounds(pounds),
            prices: None,
        }
    }

    fn kind(items: Vec<Item>) -> GoodsKind {
        let activity = Named { code: "X".to_owned(), name: "Implants used".to_owned() };
        GoodsKind { activity, items, ..GoodsKind::default() }
    }

    fn shown(items: Vec<Item>) -> Vec<String> {
        rows(&kind(items)).iter().map(|it| it[1..].join(" ")).collect()
    }

    #[test]
    fn no_row_of_the_file_is_of_few() {
        // Nine events and two others are eleven.
        let all = vec![item("A", 1..=20, 200), item("B", 21..=29, 90), item("C", 30..=31, 30)];
        assert_eq!(shown(all), ["A 20 20 200.000000", "Others together 11 11 120.000000"]);
        // Nine alone take the least often with them, and are left out if there is none.
        let all = vec![item("A", 1..=20, 200), item("D", 21..=32, 100), item("B", 33..=41, 90)];
        assert_eq!(shown(all), ["A 20 20 200.000000", "Others together 21 21 190.000000"]);
        assert!(shown(vec![item("B", 1..=9, 90)]).is_empty());
    }

    #[test]
    fn an_event_that_used_two_things_counts_once() {
        // Nine events used B, and eight of these C, 17 things: nine events are too few, so D with
        // twelve events, three of them new, joins them. 9 + 3 = 12 events, 17 + 12 = 29 things.
        let all = vec![
            item("A", 1..=20, 200),
            item("B", 1..=9, 90),
            item("C", 1..=8, 30),
            item("D", 1..=12, 10),
        ];
        assert_eq!(shown(all), ["A 20 20 200.000000", "Others together 12 29 130.000000"]);
        assert!(shown(vec![item("B", 1..=9, 90), item("C", 1..=8, 30)]).is_empty());
    }

    #[test]
    fn what_is_in_no_row_is_said() {
        let told = |events, told| {
            let cost = Money::from_pounds(500);
            let told_cost = Money::from_pounds(380);
            let kind = GoodsKind { events, told, cost, told_cost, ..kind(Vec::new()) };
            about(&Goods { kinds: vec![kind], ..Goods::default() })
        };
        assert_eq!(told(30, 30).len(), 1);
        let many = &told(30, 20)[1];
        assert_eq!(many.0, "Not told");
        assert!(
            many.1.starts_with("Implants used: £120.00 of 10\u{a0}events is in no row"),
            "{many:?}"
        );
        // Nine of them are few.
        let few = &told(30, 21)[1].1;
        assert!(few.contains("the cost of fewer than 10 events is in no row"), "{few}");
        assert!(!few.contains('£'), "{few}");
    }
}
