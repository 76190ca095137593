//! The care of the run that is shown and of the year before, read once each.

use std::collections::BTreeMap;
use std::sync::Arc;

use results::Run;
use results::care::{Care, CareBook, CareRow, Currency, LineCare, Moved};
use rules::YearRules;

use crate::App;
use crate::shell::care;
use crate::shell::fault::Fault;
use crate::shell::kept::Kept;
use crate::shell::questions::Place;

/// What moved, by the two runs, service line and part.
static MOVED: Kept<([String; 2], String, Part), Option<Moved>> = Kept::new(PARTS);

/// Parts whose movement is kept at most.
const PARTS: usize = 5_000;

/// Two years of care.
pub(super) struct Books {
    pub(super) run: Arc<Run>,
    pub(super) book: Arc<CareBook>,
    /// The year before, where one is published.
    pub(super) last: Option<(Arc<Run>, Arc<CareBook>)>,
}

/// What of a service line is looked at: all of it, or some currencies.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Part {
    /// Point of delivery; blank for all.
    pub(super) pod: String,
    /// Beginning of the HRG; blank for all.
    pub(super) hrg: String,
}

impl Part {
    pub(super) fn is_whole(&self) -> bool {
        self.pod.is_empty() && self.hrg.is_empty()
    }

    /// What it is called: the service line as a whole by its own name.
    pub(super) fn name(&self, rules: &YearRules, line: &str) -> String {
        if self.is_whole() {
            return line.to_owned();
        }
        care::name(rules, (&self.pod, &self.hrg))
    }

    /// Where a page of the service line shows this part of it, with what else is asked there.
    pub(super) fn address(&self, page: &str, more: &[(&str, &str)]) -> String {
        let all = [("pod", self.pod.as_str()), ("hrg", self.hrg.as_str())];
        let filled: Vec<_> = all.iter().chain(more).filter(|it| !it.1.is_empty()).collect();
        match serde_urlencoded::to_string(filled) {
            Ok(query) if !query.is_empty() => format!("{page}?{query}"),
            _ => page.to_owned(),
        }
    }

    /// The same part on a page whose figures may be asked about.
    pub(super) fn place(&self, route: &str, line: &str) -> Option<Place> {
        Place::of(route, line, (&self.pod, &self.hrg))
    }

    pub(super) fn holds(&self, currency: &Currency) -> bool {
        (self.pod.is_empty() || self.pod == currency.pod) && currency.hrg.starts_with(&self.hrg)
    }
}

/// Some care of one year.
pub(super) struct Year {
    pub(super) care: Care,
    /// Patients, each counted once, where the whole service line is looked at.
    pub(super) patients: u64,
    /// Income at unit price, and recognised.
    pub(super) income: (domain::Money, domain::Money),
    pub(super) rows: Vec<CareRow>,
}

impl Books {
    /// The care of a run, and of the year before it. To be called away from the threads that answer
    /// requests.
    pub(super) fn of(app: &App, run: Arc<Run>) -> Result<Self, Fault> {
        let book = care::book(&run)?;
        let last = match app.shelf().year_before(&run)? {
            Some(last) => Some((Arc::clone(&last), care::book(&last)?)),
            None => None,
        };
        Ok(Self { run, book, last })
    }

    pub(super) fn rules(&self) -> Result<&YearRules, Fault> {
        Ok(self.run.rules()?)
    }

    /// Part of a service line in this year.
    pub(super) fn this_year(&self, line: &str, part: &Part) -> Result<Option<Year>, Fault> {
        Ok(year(&self.book, self.run.rules()?, (line, part)))
    }

    /// The same part in the year before.
    pub(super) fn last_year(&self, line: &str, part: &Part) -> Result<Option<Year>, Fault> {
        match &self.last {
            Some((run, book)) => Ok(year(book, run.rules()?, (line, part))),
            None => Ok(None),
        }
    }

    /// What moved its cost from one year to the other.
    pub(super) fn moved(&self, line: &str, part: &Part) -> Result<Option<Moved>, Fault> {
        let Some((before, last)) = &self.last else { return Ok(None) };
        let years = [before, &self.run].map(|it| it.manifest_sha256().to_owned());
        let found = MOVED.of((years, line.to_owned(), part.clone()), || {
            let wanted = |it: &Currency| part.holds(it);
            let rules = self.run.rules()?;
            Ok(self.book.moved(last, (line, rules), (&wanted, part.is_whole())))
        })?;
        Ok(found.as_ref().clone())
    }
}

fn year(book: &CareBook, rules: &YearRules, (line, part): (&str, &Part)) -> Option<Year> {
    let line = book.lines.get(line)?;
    let mut care = line.sum(|it| part.holds(it));
    let mut income = (care.at_unit_price, care.recognised);
    let mut patients = care.patients;
    if part.is_whole() {
        care.add(&line.apart);
        income.0 += line.apart.at_unit_price + line.loose.0;
        income.1 += line.apart.recognised + line.loose.1;
        patients = line.patients;
    }
    if care.events == 0 {
        return None;
    }
    let rows = book.statement(rules, &care, income);
    Some(Year { care, patients, income, rows })
}

/// Currencies of a service line that stand under one heading: a point of delivery, and the first
/// four letters of the HRG, which say what was done.
pub(super) fn roots(line: &LineCare) -> BTreeMap<(String, String), Care> {
    let mut roots: BTreeMap<(String, String), Care> = BTreeMap::new();
    for (currency, care) in &line.cells {
        roots.entry((currency.pod.clone(), root(&currency.hrg))).or_default().add(care);
    }
    roots
}

/// The first four letters of an HRG, which say what was done.
pub(super) fn root(hrg: &str) -> String {
    hrg.chars().take(4).collect()
}
