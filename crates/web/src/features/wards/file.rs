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
    let periods = periods(flow, small);
    if periods.is_empty() {
        return Err(Fault::Refused(format!(
            "It is not sure that more than {small} patients were here, so there is no file. The page shows the figures."
        )));
    }
    let table = table(&found.now.ward, &periods).of_run(&book.run)?;
    let few = format!(
        "Months of {small} or fewer patients stand together with those that follow; the last are left out until those that follow are there."
    );
    taken(&app, &visit, &format!("{} {code}", book.run.id())).await?;
    table.about("Figures", few).file(&visit, &format!("ward-{code}-{}", book.run.id()))
}

/// Months one after another; one of few patients together with those behind it, until there are
/// patients enough. The last are left out where there are not: joined to what stands before them
/// they could be taken out of it again with the file of an earlier month.
fn periods(flow: &WardFlow, small: u64) -> Vec<Period<'_>> {
    let mut all: Vec<Period<'_>> = Vec::new();
    for month in &flow.months {
        match all.last_mut().filter(|it| it.patients() <= small) {
            Some(before) => before.join(month),
            None => all.push(Period::of(month)),
        }
    }
    if all.last().is_some_and(|it| it.patients() <= small) {
        all.pop();
    }
    all
}

fn table(ward: &Ward, periods: &[Period<'_>]) -> Table {
    let rows = periods.iter().map(|it| {
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
    /// Patients of the month with most of them.
    most: u64,
    /// Patients of its first month, and those who came later for the first time in the year.
    newcomers: u64,
    used_s: i64,
    length_s: i64,
}

impl<'a> Period<'a> {
    fn of(month: &'a WardMonth) -> Self {
        Self {
            first: &month.month,
            last: &month.month,
            most: month.all.patients,
            newcomers: month.all.patients,
            used_s: month.all.used_s,
            length_s: month.length_s,
        }
    }

    /// At least so many patients: one of two months counts in each.
    fn patients(&self) -> u64 {
        self.most.max(self.newcomers)
    }

    fn join(&mut self, month: &'a WardMonth) {
        self.most = self.most.max(month.all.patients);
        self.newcomers += month.newcomers;
        self.used_s += month.all.used_s;
        self.length_s += month.length_s;
        self.last = &month.month;
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use results::ward::Lain;

    use super::*;

    #[test]
    fn no_period_of_the_file_is_of_few_patients() {
        // 30 days each; patients 9, 3, 8, 12, 0: the third is joined to the second, the last is
        // left out.
        let month = |index: usize, patients, used_s| WardMonth {
            month: format!("2025-{index:02}"),
            length_s: 2_592_000,
            all: Lain { patients, used_s, ..Lain::default() },
            ..WardMonth::default()
        };
        let mut months = vec![
            month(4, 9, 2_592_000),
            month(5, 3, 0),
            month(6, 8, 5_184_000),
            month(7, 12, 2_592_000),
            month(8, 0, 0),
        ];
        let ward = Ward { beds_e2: 241, ..Ward::default() };
        let file = |months: &[WardMonth]| {
            let flow = WardFlow { months: months.to_vec(), ..WardFlow::default() };
            table(&ward, &periods(&flow, 7)).csv()
        };
        let first = file(&months);
        expect![[r#"
            from,to,beds_in_use,staffed_beds
            2025-04,2025-04,1.0,2.4
            2025-05,2025-06,1.0,2.4
            2025-07,2025-07,1.0,2.4
        "#]]
        .assert_eq(&first);
        // A month later nothing of the earlier file is told otherwise. 0 and 7 are too few until
        // one more patient comes who was never here.
        months.push(WardMonth { newcomers: 7, ..month(9, 7, 2_592_000) });
        assert_eq!(file(&months), first);
        months.push(WardMonth { newcomers: 1, ..month(10, 1, 2_592_000) });
        assert!(file(&months).starts_with(&first));
        assert!(file(&months).ends_with("2025-08,2025-10,0.7,2.4\n"));
    }
}
