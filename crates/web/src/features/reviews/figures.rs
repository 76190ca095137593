//! Figures of a review: what the service line cost and earned in the published run, frozen so that
//! everybody at the table talks about the same.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::{FinancialYear, Money};
use engagement::reviews::Brought;
use results::Run;
use results::statements::in_words;
use serde::{Deserialize, Serialize};
use store::reviewing::{self, Body, Version};

use super::found::{Found, sees_figures};
use super::papers::behind;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::named_run;
use crate::shell::provenance::short;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::{care, words};

/// Figures as they are kept with a review, in millionths of a pound.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Frozen {
    /// `2025/26 to the end of March`.
    pub(super) period: String,
    pub(super) patients: u64,
    /// Rows of the statement: name, amount, and whether it adds up others.
    pub(super) rows: Vec<(String, i64, bool)>,
    /// Codes of these rows in the model; none in figures that were frozen before codes were.
    #[serde(default)]
    pub(super) codes: Vec<String>,
    /// Cost that the service decides.
    pub(super) decides: i64,
    /// Cost of which it decides how much, not what one costs.
    pub(super) how_much: i64,
    /// Cost that it cannot change.
    pub(super) outside: i64,
    /// Surplus or deficit.
    pub(super) result: i64,
    /// What the service can change, line by line, the largest first; none in figures that were frozen
    /// before lines were.
    #[serde(default)]
    pub(super) lines: Vec<Line>,
}

/// A cost line that the service can change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) name: String,
    /// Code of the row of the statement that it is part of; blank where it is not known.
    #[serde(default)]
    pub(super) row: String,
    /// Cost that the service decides.
    pub(super) decides: i64,
    /// Cost of which it decides how much, not what one costs.
    pub(super) how_much: i64,
}

/// The same as a page shows it.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    pub(super) period: String,
    pub(super) run: String,
    pub(super) patients: String,
    /// `spent £117,229 more than it earned`.
    pub(super) result: String,
    /// What can be changed first: name and amount.
    pub(super) change: Vec<(String, String)>,
    /// Cost lines that can be changed, the largest first.
    pub(super) lines: Vec<LineRow>,
    /// What the lines come to together.
    pub(super) in_lines: String,
    /// Name, amount, whether it adds up others, and its place behind.
    pub(super) rows: Vec<(String, String, bool, String)>,
    /// Where the service line is on whose page these figures come from.
    pub(super) behind: String,
}

/// A cost line that can be changed, as a page shows it.
#[derive(Clone, Debug, Default)]
pub(super) struct LineRow {
    pub(super) name: String,
    /// Its place on the page of the service line.
    pub(super) place: String,
    pub(super) amount: String,
    /// Who decides it.
    pub(super) who: &'static str,
    /// What would be unsafe to cut; more than one where two wrote at once.
    pub(super) notes: Vec<String>,
    /// Where that is written; blank for those who may not.
    pub(super) edit: String,
}

/// What could not be frozen, and why.
const NOTHING: &str = "No published run has figures of this service line. The costing team publishes; nothing is asked of you.";

pub(super) async fn freeze(
    State(app): State<App>,
    Path((unit, review)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = Found::of(&app, &visit, Capability::RunReviews, (&unit, &review)).await?;
    if !sees_figures(&visit, &unit) {
        return Err(Fault::NotFound);
    }
    let (shelf, line) = (app.clone(), unit.clone());
    let read = reading(move || of(&shelf, &line)).await?;
    let (run, end, frozen) = read.ok_or_else(|| Fault::Refused(NOTHING.to_owned()))?;
    let document = serde_json::to_string(&frozen)
        .map_err(|error| Fault::Broken(format!("figures of a review: {error}")))?;
    let seen = visit.fields.get("seen").parse().unwrap_or_default();
    let entry = visit.entry_in(visit.scope(Capability::RunReviews)?, "review.freeze", "");
    let (id, home) = (found.review.id.clone(), found.address());
    let asks = found.guide.brings(Brought::Figures).map_or_else(Vec::new, |it| it.asks.clone());
    let (told, place) = (figures_attached(&run, end), format!("{home}#figures"));
    let done = visit.change(&home, "The figures are frozen for this review.", move |tx| {
        Box::pin(async move {
            reviewing::freeze(tx, &id, (&run, end, &document), seen, &entry).await?;
            reviewing::attach(tx, &id, &asks, (&told, &place), &entry).await
        })
    });
    done.await
}

/// What is said of frozen figures where a checklist asks for them: of which run, and up to which day.
pub fn figures_attached(run: &str, end: domain::Day) -> String {
    format!("Figures to {}, run {}", words::day(&end.to_string()), short(run))
}

/// The figures of a service line in the latest published run, with the run and the end of its
/// period; nothing where there are none.
fn of(app: &App, code: &str) -> Result<Option<(String, domain::Day, Frozen)>, Fault> {
    let Some(run) = app.shelf().latest(false)? else { return Ok(None) };
    let found = read(&run, code)?;
    Ok(found.map(|(end, frozen)| (run.id().to_owned(), end, frozen)))
}

/// The figures of a service line in a run as they are frozen for a review, as a document, with the
/// last day of their period; none where the run has none.
///
/// # Errors
///
/// [`Fault::Broken`] if the run cannot be read.
pub fn figures_to_freeze(run: &Run, code: &str) -> Result<Option<(domain::Day, String)>, Fault> {
    let Some((end, frozen)) = read(run, code)? else { return Ok(None) };
    let document = serde_json::to_string(&frozen)
        .map_err(|error| Fault::Broken(format!("figures of a review: {error}")))?;
    Ok(Some((end, document)))
}

fn read(run: &Run, code: &str) -> Result<Option<(domain::Day, Frozen)>, Fault> {
    let book = care::book(run)?;
    let Some(line) = book.lines.get(code) else { return Ok(None) };
    let mut all = line.sum(|_| true);
    let income = (
        all.at_unit_price + line.apart.at_unit_price + line.loose.0,
        all.recognised + line.apart.recognised + line.loose.1,
    );
    all.add(&line.apart);
    let statement = book.statement(run.rules()?, &all, income);
    let change = book.controllable(&all);
    let micro = |it: Money| it.micro_pounds();
    let is_total = |it: &results::care::CareRow| it.kind == results::care::CareRowKind::Subtotal;
    let result = statement.iter().rfind(|it| is_total(it)).map_or(Money::ZERO, |it| it.amount);
    let manifest = run.manifest();
    let year = manifest.year.parse::<FinancialYear>();
    let year = year.map_err(|_| Fault::Broken(format!("the year of run {}", run.id())))?;
    let until = results::since::month(manifest.last_period.min(12));
    let frozen = Frozen {
        period: format!("{} to the end of {until}", words::year(&manifest.year)),
        patients: line.patients,
        rows: statement
            .iter()
            .map(|it| (it.name.clone(), micro(it.amount), is_total(it)))
            .collect(),
        codes: statement.iter().map(|it| it.row.clone()).collect(),
        decides: micro(change.decides),
        how_much: micro(change.how_much),
        outside: micro(change.outside),
        result: micro(result),
        lines: book
            .controllable_lines(run.rules()?, &all)
            .into_iter()
            .map(|it| Line {
                name: it.name,
                row: it.row,
                decides: micro(it.decides),
                how_much: micro(it.how_much),
            })
            .collect(),
    };
    let end = year.period_end(manifest.last_period.clamp(1, 12));
    Ok(Some((end, frozen)))
}

impl Shown {
    /// Frozen figures as they are shown.
    ///
    /// # Errors
    ///
    /// [`Fault::Broken`] if what is kept cannot be read.
    pub(super) fn of(kept: &reviewing::Figures) -> Result<Self, Fault> {
        let frozen: Frozen = serde_json::from_str(&kept.figures)
            .map_err(|error| Fault::Broken(format!("figures of a review: {error}")))?;
        let pounds = |it: i64| words::pounds(Money::from_micro_pounds(it));
        let change = [
            ("The service decides: its own people and goods", frozen.decides),
            ("The service decides how much, not what one costs", frozen.how_much),
            ("Neither", frozen.outside),
        ];
        let row = |(at, it): (usize, &(String, i64, bool))| {
            let amount = if it.2 { balance(it.1) } else { pounds(it.1) };
            let code = frozen.codes.get(at).map_or("", String::as_str);
            (it.0.clone(), amount, it.2, place_of_row(code))
        };
        Ok(Self {
            period: frozen.period.clone(),
            run: short(&kept.run),
            patients: words::count(frozen.patients, "patient", "patients"),
            result: in_words(Money::from_micro_pounds(frozen.result)),
            change: change.iter().map(|it| (it.0.to_owned(), pounds(it.1))).collect(),
            lines: frozen.lines.iter().map(LineRow::of).collect(),
            in_lines: pounds(frozen.lines.iter().map(|it| it.decides + it.how_much).sum()),
            rows: frozen.rows.iter().enumerate().map(row).collect(),
            behind: String::new(),
        })
    }
}

impl LineRow {
    fn of(it: &Line) -> Self {
        let who = match (it.decides, it.how_much) {
            (_, 0) => "The service decides",
            (0, _) => "The service decides how much",
            _ => "The service decides some, and of the rest how much",
        };
        let amount = Money::from_micro_pounds(it.decides + it.how_much);
        Self {
            name: it.name.clone(),
            place: place_of_row(&it.row),
            amount: words::pounds(amount),
            who,
            notes: Vec::new(),
            edit: String::new(),
        }
    }
}

impl Shown {
    /// With what people wrote of the lines, where whoever may writes it, and where the figures come
    /// from: the page of the run that they were frozen of.
    pub(super) fn with_notes(mut self, found: &Found) -> Self {
        let run = found.figures.as_ref().map_or("", |it| it.run.as_str());
        self.behind = named_run::naming(&behind(found, ""), run);
        let runs = found.runs && !found.is_finished();
        for row in &mut self.lines {
            let note = found.items.iter().find(|it| match &it.latest().body {
                Body::LineNote(of) => of.line == row.name,
                _ => false,
            });
            let new = [("line", row.name.as_str())];
            let new = serde_urlencoded::to_string(new).unwrap_or_default();
            row.edit = match (runs, note) {
                (false, _) => String::new(),
                (true, Some(it)) => format!("{}/items/{}", found.address(), it.id),
                (true, None) => format!("{}/add/line_note?{new}", found.address()),
            };
            let words = |it: &&Version| match &it.body {
                Body::LineNote(of) => of.words.clone(),
                _ => String::new(),
            };
            row.notes = note.map_or_else(Vec::new, |it| it.standing().iter().map(words).collect());
        }
        self
    }
}

/// The place at which a row of the statement stands on the page of the service line.
pub(super) fn place_of_row(row: &str) -> String {
    if row.is_empty() { "#statement".to_owned() } else { format!("#row-{row}") }
}

/// A balance in words, since signs and brackets mean different things to different people.
pub(super) fn balance(micro: i64) -> String {
    let amount = Money::from_micro_pounds(micro);
    let pounds = words::pounds(amount.abs());
    if micro < 0 { format!("deficit of {pounds}") } else { format!("surplus of {pounds}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_balance_is_told_in_words() {
        assert_eq!(balance(-117_229_000_000), "deficit of £117,229");
        assert_eq!(balance(4_430_000_000), "surplus of £4,430");
    }

    #[test]
    fn figures_that_were_frozen_before_lines_were_are_still_read() {
        let kept = r#"{"period":"2025/26","patients":1,"rows":[],"decides":1,"how_much":2,
            "outside":3,"result":4}"#;
        let read: Frozen = serde_json::from_str(kept).expect("it is read");
        assert!(read.lines.is_empty() && read.codes.is_empty());
        let line = Line { name: "Nursing".to_owned(), how_much: 5_000_000, ..Line::default() };
        let row = LineRow::of(&line);
        assert_eq!((row.amount.as_str(), row.who), ("£5", "The service decides how much"));
    }
}
