//! Wards as files. A file goes anywhere, so small numbers are hidden in it for everybody.

use access::{Capability, View};
use axum::extract::{Path, State};
use axum::response::Response;
use disclosure::DisclosureRules;
use results::ward::{Ward, WardFlow, WardMonth};

use super::book::Book;
use super::list::row;
use super::sentences::{self, tenths};
use crate::App;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::visit::Visit;

/// Puts on record that a file is taken.
async fn taken(app: &App, visit: &Visit, object: &str) -> Result<(), Fault> {
    let scope = visit.scope(Capability::AggregateCosts)?;
    app.store().audit(visit.entry_in(scope, "wards.download", object)).await?;
    Ok(())
}

pub(super) async fn wards(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let book = Book::of(&app, &visit).await?.ok_or(Fault::NotFound)?;
    taken(&app, &visit, book.run.id()).await?;
    let said = DisclosureRules::own().explanation();
    let table = all(&book).of_run(&book.run)?.about("Figures", said);
    table.file(&visit, &format!("wards-{}", book.run.id()))
}

/// All wards that somebody may see, by code.
fn all(book: &Book) -> Table {
    let columns = [
        ("ward", Kind::Text),
        ("name", Kind::Text),
        ("staffed_beds", Kind::Decimal),
        ("beds_in_use_percent", Kind::Decimal),
        ("cost_of_a_night", Kind::Decimal),
        ("temporary_staff_percent_of_pay", Kind::Decimal),
        ("stays", Kind::Whole),
        ("stays_of_other_divisions", Kind::Whole),
    ];
    let seen = book.places.iter().filter(|it| book.view(&it.code).is_some());
    let rows = seen.filter_map(|it| row(book, it, View::Suppressed).ok()).map(|it| {
        let figures = [it.staffed, it.full, it.night, it.temporary, it.stays, it.others];
        [it.code, it.name].into_iter().chain(figures.map(|it| plain(&it))).collect()
    });
    Table::new(&columns, rows.collect())
}

/// A figure as a spreadsheet reads it: without its unit, its thousands and its part of a whole.
fn plain(figure: &str) -> String {
    let figure = figure.split_once(" (").map_or(figure, |it| it.0);
    let figure = if figure == "none" { "0" } else { figure };
    figure.chars().filter(|it| !matches!(it, '£' | '%' | ',')).collect()
}

/// Beds in use by month, for those who see the ward exactly.
pub(super) async fn beds(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let book = Book::of(&app, &visit).await?.ok_or(Fault::NotFound)?;
    if book.view(&code) != Some(View::Exact) {
        return Err(Fault::NotFound);
    }
    let found = book.ward(&code)?;
    let flow = found.now.flow.as_ref().ok_or(Fault::NotFound)?;
    let small = u64::from(DisclosureRules::own().small_number.value);
    if flow.all.patients <= small {
        return Err(Fault::Refused(format!(
            "There were {small} or fewer patients, so there is no file. The page shows the figures."
        )));
    }
    taken(&app, &visit, &format!("{} {code}", book.run.id())).await?;
    let table = by_month(&found.now.ward, flow, small).of_run(&book.run)?;
    let few = format!("Months of {small} or fewer patients stand together with others.");
    table.about("Figures", few).file(&visit, &format!("ward-{code}-{}", book.run.id()))
}

/// Months one after another; one of few patients together with those behind it, or, if these are
/// too few as well, with those before it, so that none can be taken away from another figure.
fn by_month(ward: &Ward, flow: &WardFlow, small: u64) -> Table {
    let mut all: Vec<Period<'_>> = Vec::new();
    for month in &flow.months {
        // A patient of two months counts in each: of both together there are at least as many as in
        // the month with more.
        match all.last_mut().filter(|it| it.patients <= small) {
            Some(before) => before.join(month),
            None => all.push(Period::of(month)),
        }
    }
    if all.len() > 1 && all.last().is_some_and(|it| it.patients <= small) {
        let last = all.pop().expect("there are two");
        all.last_mut().expect("there is one more").append(&last);
    }
    let rows = all.iter().map(|it| {
        let beds = sentences::beds_in_use(it.used_s, it.length_s).map(tenths);
        let staffed = if ward.beds_e2 > 0 { tenths(ward.beds_e2) } else { String::new() };
        vec![it.first.to_owned(), it.last.to_owned(), beds.unwrap_or_default(), staffed]
    });
    let columns = [
        ("from", Kind::Text),
        ("to", Kind::Text),
        ("beds_in_use", Kind::Decimal),
        ("staffed_beds", Kind::Decimal),
    ];
    Table::new(&columns, rows.collect())
}

/// Some months on end.
struct Period<'a> {
    first: &'a str,
    last: &'a str,
    /// At least so many.
    patients: u64,
    used_s: i64,
    length_s: i64,
}

impl<'a> Period<'a> {
    fn of(month: &'a WardMonth) -> Self {
        Self {
            first: &month.month,
            last: &month.month,
            patients: month.all.patients,
            used_s: month.all.used_s,
            length_s: month.length_s,
        }
    }

    fn join(&mut self, month: &'a WardMonth) {
        self.append(&Self::of(month));
    }

    fn append(&mut self, other: &Self) {
        self.patients = self.patients.max(other.patients);
        self.used_s += other.used_s;
        self.length_s += other.length_s;
        self.last = other.last;
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use results::ward::Lain;

    use super::*;

    #[test]
    fn no_period_of_the_file_is_of_few_patients() {
        // 30 days each; patients 9, 3, 8, 12, 0: the third is joined to the second, the last to the
        // fourth.
        let month = |index: usize, patients, used_s| WardMonth {
            month: format!("2025-{index:02}"),
            length_s: 2_592_000,
            all: Lain { patients, used_s, ..Lain::default() },
            ..WardMonth::default()
        };
        let months = vec![
            month(4, 9, 2_592_000),
            month(5, 3, 0),
            month(6, 8, 5_184_000),
            month(7, 12, 2_592_000),
            month(8, 0, 0),
        ];
        let flow = WardFlow { months, ..WardFlow::default() };
        let ward = Ward { beds_e2: 241, ..Ward::default() };
        expect![[r#"
            from,to,beds_in_use,staffed_beds
            2025-04,2025-04,1.0,2.4
            2025-05,2025-06,1.0,2.4
            2025-07,2025-08,0.5,2.4
        "#]]
        .assert_eq(&by_month(&ward, &flow, 7).csv());
    }
}
