//! One-off items of a run by name, and what service lines are with and without them.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::Money;
use results::one_off::{OneOff, OneOffItem, OneOffLine};
use results::since::month;
use results::statements::in_words;

use crate::App;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::short;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/costing_runs/one_off.html")]
pub(super) struct OneOffPage {
    shell: Shell,
    kicker: String,
    id: String,
    lead: String,
    items: Vec<Item>,
    lines: Vec<[String; 4]>,
}

/// One item.
struct Item {
    name: String,
    code: String,
    kind: String,
    booked: String,
    amount: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let run = app.shelf().run(&id)?;
    app.store().audit(visit.entry("run.one_off", &id)).await?;
    let (found, year) = reading(move || {
        let year = words::year(&run.manifest().year);
        Ok((run.one_off()?, year))
    })
    .await?;
    let shell = visit
        .shell(title(&found))
        .below("Runs", "/runs")
        .below(format!("Run {}", short(&id)), format!("/runs/{id}"));
    Ok(of(shell, (&id, &year), &found).respond())
}

/// The items as a file.
pub(super) async fn take(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let run = app.shelf().run(&id)?;
    app.store().audit(visit.entry("run.one_off.download", &id)).await?;
    let made = reading(move || table(&run.one_off()?).of_run(&run)).await?;
    made.file(&visit, &format!("one-off-{id}"))
}

fn table(found: &OneOff) -> Table {
    let columns = [
        ("cost_line", Kind::Text),
        ("name", Kind::Text),
        ("recurrence", Kind::Text),
        ("booked_in", Kind::Text),
        ("amount_gbp", Kind::Decimal),
    ];
    let row = |it: &OneOffItem| {
        vec![
            it.cost_line.code.clone(),
            it.cost_line.name.clone(),
            it.recurrence.clone(),
            booked(it),
            it.amount.to_decimal(),
        ]
    };
    Table::new(&columns, found.items.iter().map(row).collect())
}

/// The months in which an item stands in the ledger: `May and June`.
fn booked(it: &OneOffItem) -> String {
    let months: Vec<&str> =
        it.periods.iter().filter_map(|it| u8::try_from(*it).ok()).map(month).collect();
    if months.len() == 12 { "every month".to_owned() } else { words::listed(&months) }
}

fn title(found: &OneOff) -> String {
    let amount = words::pence(found.amount());
    match found.items.as_slice() {
        [] if !found.lines.is_empty() => {
            "Results of this run hold what will not come again, and its ledger no one-off item"
                .to_owned()
        }
        [] => "The ledger of this run holds no one-off item".to_owned(),
        [one] => format!("One-off: {}, {amount}", one.cost_line.words()),
        more => {
            let count = words::count(more.len() as u64, "one-off item comes", "one-off items come");
            format!("{count} to {amount}")
        }
    }
}

/// What they do to service lines, and to which most.
fn lead(found: &OneOff) -> String {
    let Some(most) = found.lines.first() else {
        if found.items.is_empty() {
            return String::new();
        }
        return "None of it is in the result of a service line.".to_owned();
    };
    let taken = found.taken();
    let done = match taken.micro_pounds() {
        0 => "took from some as much as they added to others of".to_owned(),
        1.. => format!("took {} from", words::pence(taken)),
        _ => format!("added {} to", words::pence(taken.abs())),
    };
    let (subject, object) = if found.items.len() == 1 { ("It", "it") } else { ("They", "them") };
    let lines = words::count(found.lines.len() as u64, "service line", "service lines");
    format!(
        "{subject} {done} the results of {lines}.{} {} moved most: {} without {object}.",
        rest(found.amount(), taken),
        most.service_line.words(),
        better_or_worse(most)
    )
}

/// What of the items in the ledger is in no result of a service line; blank where all of it is.
fn rest(amount: Money, taken: Money) -> String {
    let rest = amount - taken;
    if rest.is_zero() {
        return String::new();
    }
    let is_part = rest.is_negative() == amount.is_negative() && rest.abs() <= amount.abs();
    if is_part {
        return format!(" The rest, {}, is in no service line’s result.", words::pence(rest));
    }
    let [taken, amount] = [taken, amount].map(words::pence);
    format!(" Service lines bear {taken}, and the ledger holds {amount} of one-off items.")
}

/// What a service line would be without them.
fn better_or_worse(it: &OneOffLine) -> String {
    let word = if it.taken().is_negative() { "worse" } else { "better" };
    format!("{} {word}", words::pence(it.taken().abs()))
}

impl OneOffPage {
    fn file(&self) -> String {
        format!("/runs/{}/one-off.csv", self.id)
    }
}

fn of(shell: Shell, (id, year): (&str, &str), found: &OneOff) -> OneOffPage {
    let item = |it: &OneOffItem| Item {
        name: it.cost_line.words().to_owned(),
        code: it.cost_line.code.clone(),
        kind: words::capital(&it.recurrence),
        booked: booked(it),
        amount: words::pence(it.amount),
    };
    let line = |it: &OneOffLine| {
        let [with, without] = [it.with, it.without].map(in_words);
        [it.service_line.words().to_owned(), with, without, better_or_worse(it)]
    };
    OneOffPage {
        shell,
        kicker: format!("Run {}, {year}", short(id)),
        id: id.to_owned(),
        lead: lead(found),
        items: found.items.iter().map(item).collect(),
        lines: found.lines.iter().map(line).collect(),
    }
}

/// Invented items and service lines in whole pounds, for samples and tests.
fn invented(items: &[(&str, i64)], lines: &[(&str, i64, i64)]) -> OneOff {
    let named =
        |name: &str| results::explain::Named { code: name.to_uppercase(), name: name.to_owned() };
    OneOff {
        items: items
            .iter()
            .map(|(name, pounds)| OneOffItem {
                cost_line: named(name),
                recurrence: "non-recurrent".to_owned(),
                periods: [2].into(),
                amount: Money::from_pounds(*pounds),
            })
            .collect(),
        lines: lines
            .iter()
            .map(|(name, with, without)| OneOffLine {
                service_line: named(name),
                with: Money::from_pounds(*with),
                without: Money::from_pounds(*without),
            })
            .collect(),
    }
}

impl Page for OneOffPage {
    const TEMPLATE: &'static str = "features/costing_runs/one_off.html";

    fn samples() -> Vec<Self> {
        let page = |found: &OneOff| {
            of(Shell::sample(&title(found)), ("1fe9a090556158bd", "2025/26"), found)
        };
        let all = invented(
            &[("Supplies of an earlier year", 5168)],
            &[("Gynaecology", -2000, 200), ("Urology", 400, 1900)],
        );
        vec![page(&all), page(&invented(&[("Impairment", 33_900)], &[])), page(&OneOff::default())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_and_what_they_took_are_told() {
        let found = invented(
            &[("Supplies of an earlier year", 50), ("Impairment", 30)],
            &[("Gynaecology", -20, 10), ("Urology", 5, 20)],
        );
        assert_eq!(title(&found), "2\u{a0}one-off items come to £80.00");
        // 10 less −20 is 30, 20 less 5 is 15; 80 less 45 is 35.
        assert_eq!(
            lead(&found),
            "They took £45.00 from the results of 2\u{a0}service lines. The rest, £35.00, is in no service \
             line’s result. Gynaecology moved most: £30.00 \
             better without them."
        );
        let page = of(Shell::sample(""), ("1fe9a090", "2025/26"), &found);
        assert_eq!(page.items[0].booked, "May");
        assert_eq!(
            page.lines[0],
            [
                "Gynaecology",
                "spent £20.00 more than it earned",
                "earned £10.00 more than it spent",
                "£30.00 better"
            ]
        );
    }

    #[test]
    fn nothing_is_lost_where_effects_cancel_or_no_item_is_named() {
        let found = invented(&[("Refund", -30), ("Repair", 30)], &[("A", 0, 20), ("B", 0, -20)]);
        let told = lead(&found);
        assert!(
            told.starts_with(
                "They took from some as much as they added to others of the results of 2\u{a0}service lines. A moved most"
            ),
            "{told}"
        );
        let unnamed = invented(&[], &[("A", 0, 20)]);
        assert!(title(&unnamed).starts_with("Results of this run hold what will not come again"));
        let told = lead(&unnamed);
        assert!(
            told.starts_with("They took £20.00 from the results of 1\u{a0}service line."),
            "{told}"
        );
        assert!(
            told.contains(
                "Service lines bear £20.00, and the ledger holds £0.00 of one-off items."
            ),
            "{told}"
        );
        assert_eq!(rest(Money::from_pounds(80), Money::from_pounds(80)), "");
    }

    #[test]
    fn turned_round_they_added_and_none_is_none() {
        let found = invented(&[("Refund", -30)], &[("Gynaecology", 10, -20)]);
        assert_eq!(title(&found), "One-off: Refund, −£30.00");
        assert_eq!(
            lead(&found),
            "It added £30.00 to the results of 1\u{a0}service line. Gynaecology moved most: £30.00 \
             worse without it."
        );
        let page = of(Shell::sample(""), ("1fe9a090", "2025/26"), &found);
        assert_eq!(page.lines[0][3], "£30.00 worse");
        let outside = invented(&[("Impairment", 30)], &[]);
        assert_eq!(lead(&outside), "None of it is in the result of a service line.");
        assert_eq!(title(&OneOff::default()), "The ledger of this run holds no one-off item");
        assert!(lead(&OneOff::default()).is_empty());
    }

    #[test]
    fn the_file_holds_each_item() {
        let text = table(&invented(&[("Supplies", 50)], &[])).csv();
        assert_eq!(text.lines().nth(1), Some("SUPPLIES,Supplies,non-recurrent,May,50.000000"));
    }
}
