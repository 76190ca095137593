//! What a pack says, in its order: care, quality, money, what can be changed, three differences with
//! three questions, how far the data can be trusted, and what others spend.

use domain::{FinancialYear, Money};
use results::care::BarKind;
use serde::{Deserialize, Serialize};
use store::packs::NewPack;

use super::super::answer::Asked;
use super::super::books::{Part, Year};
use super::super::mine::{Difference, better, differences};
use super::super::money_rows::Statement;
use super::super::outcomes;
use super::super::sentences::{self, one_of};
use super::super::value;
use super::peers;
use crate::shell::fault::Fault;
use crate::shell::known_issues::{IssueRow, Known};
use crate::shell::measures::{Beside, Row};
use crate::shell::named_run;
use crate::shell::provenance::{Provenance, short};
use crate::shell::words;

/// The part on how far figures can be trusted.
const TRUST: &str = "trust";

/// The part on patients.
const CARE: &str = "care";

/// Months of a year.
const MONTHS: i128 = 12; // number: of a year

/// What a pack says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Content {
    /// The answer in one sentence.
    pub(in super::super) headline: String,
    /// Which run, which period, which rules.
    pub(in super::super) from: String,
    /// How old the data were when it was made, and whether that is old for a review.
    pub(in super::super) age: String,
    pub(in super::super) is_old: bool,
    /// The last day of the period, as it is stored.
    pub(in super::super) period_end: String,
    pub(in super::super) parts: Vec<Section>,
}

/// A part of a pack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Section {
    pub(in super::super) id: String,
    pub(in super::super) name: String,
    pub(in super::super) lines: Vec<String>,
    /// Names of the columns of its rows.
    pub(in super::super) columns: Vec<String>,
    pub(in super::super) rows: Vec<Vec<String>>,
    /// Where its figures can be looked into: name and address. Each page asks for the rights of whoever
    /// goes there.
    #[serde(default)]
    pub(in super::super) looks: Vec<(String, String)>,
    /// Where each of its lines comes from; blank where nothing further stands anywhere. None in
    /// packs that were kept before lines led anywhere.
    #[serde(default)]
    pub(in super::super) lines_from: Vec<String>,
    /// The same of its rows.
    #[serde(default)]
    pub(in super::super) rows_from: Vec<String>,
}

/// A sentence, and where it comes from.
pub(super) type Said = (String, String);

impl Content {
    /// Read off the run now.
    pub(super) fn of(asked: &Asked<'_>) -> Result<Self, Fault> {
        let (code, line) = asked.line;
        let whole = Part::default();
        let year = asked.books.this_year(code, &whole)?.ok_or(Fault::NotFound)?;
        let last = asked.books.last_year(code, &whole)?;
        let provenance = Provenance::of(&asked.books.run, asked.visit.now)?;
        let result = year.income.1 - year.care.cost();
        let said = sentences::result(result, words::in_a_sentence);
        let found = differences(asked)?;
        let mut parts = vec![
            care(asked, &year, last.as_ref())?.looking(code, &["", "stays"]),
            quality(asked)?.looking(code, &[""]),
        ];
        parts.extend(cost_beside_outcome(asked)?);
        parts.extend([
            money(asked, (&year, last.as_ref()), result).looking(code, &["", "national"]),
            controllable(asked, &year).looking(code, &["budget", "goods", "week"]),
            questions(&found).looking(code, &[""]),
            trust(&provenance, (code, asked.register)),
            peers::beside_others(asked)?,
        ]);
        Ok(Self {
            headline: format!("{line} had {said}"),
            from: format!("{}. Run {}.", provenance.period, short(&provenance.run)),
            age: provenance.age.clone(),
            is_old: provenance.is_old,
            period_end: period_end(asked)?,
            parts,
        })
    }

    /// As it is kept.
    pub(super) fn kept(of: &NewPack) -> Result<Self, Fault> {
        serde_json::from_str(&of.content)
            .map_err(|error| Fault::Broken(format!("a pack of {}: {error}", of.unit)))
    }

    /// With links that stay with a run, where they lead to pages that answer for one.
    pub(super) fn naming(mut self, run: &str) -> Self {
        for part in &mut self.parts {
            let looks = part.looks.iter_mut().map(|it| &mut it.1);
            for address in looks.chain(&mut part.lines_from).chain(&mut part.rows_from) {
                *address = named_run::naming(address, run);
            }
        }
        self
    }

    /// With what stands before everything else.
    pub(super) fn beginning_with(mut self, part: Option<Section>) -> Self {
        self.parts.splice(0..0, part);
        self
    }

    /// With what is known to be wrong with the data, in the part on trust, and the way to the briefing.
    pub(super) fn knowing(mut self, known: &Known) -> Self {
        if let Some(part) = self.parts.iter_mut().find(|it| it.id == TRUST) {
            part.lines.extend(known.lines());
            part.lines_from.resize(part.lines.len(), known.address.clone());
            part.columns =
                ["What is wrong", "Effect", "Who sees to it", "Found"].map(str::to_owned).to_vec();
            let row = |it: &IssueRow| {
                vec![it.what.clone(), it.effect.clone(), it.owner.clone(), it.found.clone()]
            };
            part.rows = known.issues.iter().map(row).collect();
            part.rows_from = vec![known.address.clone(); part.rows.len()];
            part.looks.push(("What is known of the data".to_owned(), known.address.clone()));
        }
        if let Some(part) = self.parts.iter_mut().find(|it| it.id == CARE) {
            let stands = if known.briefing_warns {
                format!("Briefing: {}", known.briefing)
            } else {
                "Briefing".to_owned()
            };
            part.looks.push((stands, known.briefing_address.clone()));
        }
        self
    }

    /// With values of single trusts that were brought in, in the part on others.
    pub(super) fn beside(mut self, brought: Vec<Said>) -> Self {
        if let Some(at) = self.parts.iter().position(|it| it.id == peers::PEERS) {
            let part = self.parts.remove(at);
            self.parts.insert(at, peers::with(part, brought));
        }
        self
    }

    /// All that it says as one text, for its words.
    pub(super) fn text(&self) -> String {
        let mut all = vec![self.headline.as_str(), &self.from];
        for part in &self.parts {
            all.push(&part.name);
            all.extend(part.lines.iter().map(String::as_str));
            all.extend(part.columns.iter().map(String::as_str));
            all.extend(part.rows.iter().flatten().map(String::as_str));
        }
        all.join(" \n")
    }

    pub(in super::super) fn sample() -> Self {
        let part = |id: &str, name: &str, lines: &[&str]| {
            let said = |it: &&str| ((*it).to_owned(), page_of("TORT", "#statement"));
            section(id, name, lines.iter().map(said).collect())
        };
        let money = Section {
            columns: vec!["Row".to_owned(), "In all".to_owned(), "For one".to_owned()],
            rows: vec![vec![
                "Surplus or deficit".to_owned(),
                "deficit of £0.62 million".to_owned(),
                "deficit of £94".to_owned(),
            ]],
            rows_from: vec![page_of("TORT", "#row-net")],
            ..part("money", "Money", &["A deficit of £0.62 million."])
        };
        Self {
            headline: "Trauma and orthopaedics had a deficit of £0.62 million".to_owned(),
            from: "2025/26 to the end of March, published 20 May 2026. Run 0123abcd.".to_owned(),
            age: "57 days old".to_owned(),
            is_old: true,
            period_end: "2026-03-31".to_owned(),
            parts: vec![
                part("care", "Patients treated and waiting", &["6,586 patients were treated."])
                    .looking("TORT", &["", "stays"]),
                part("quality", "Quality", &["Average stay: 5.1 days, was 4.6."]),
                money,
                part("questions", "Three differences, three questions", &["Theatre time: more."]),
                peers::with(part(peers::PEERS, "Beside others", &[]), Vec::new()),
            ],
        }
    }
}

/// Pages of a service line by the end of their address.
const PAGES: [(&str, &str); 6] = [
    ("", "The service line"),
    ("stays", "Stays"),
    ("national", "Beside other trusts"),
    ("budget", "Beside the budget"),
    ("goods", "What was used"),
    ("week", "Week by week"),
];

impl Section {
    /// With pages of the service line that show what is behind it.
    fn looking(mut self, unit: &str, pages: &[&str]) -> Self {
        let wanted = PAGES.iter().filter(|it| pages.contains(&it.0));
        let look = |(end, name): &(&str, &str)| {
            let end = if end.is_empty() { String::new() } else { format!("/{end}") };
            ((*name).to_owned(), page_of(unit, &end))
        };
        self.looks = wanted.map(look).collect();
        self
    }

    /// Its lines, each with what it is about in a few words and where it comes from; blank for
    /// nowhere.
    pub(in super::super) fn told(&self) -> Vec<(&str, &str, &str)> {
        let mut told = Vec::new();
        for (at, line) in self.lines.iter().enumerate() {
            let about = line.split([':', ';', ',']).next().unwrap_or_default();
            let from = self.lines_from.get(at).map_or("", String::as_str);
            told.push((line.as_str(), about, from));
        }
        told
    }

    /// Its rows, each with where it comes from; blank for nowhere.
    pub(in super::super) fn tabled(&self) -> Vec<(&[String], &str)> {
        let from = |at: usize| self.rows_from.get(at).map_or("", String::as_str);
        self.rows.iter().enumerate().map(|(at, it)| (it.as_slice(), from(at))).collect()
    }
}

/// A page of a service line, or a place on one: `#statement` on its first, `/stays` for another.
pub(super) fn page_of(unit: &str, place: &str) -> String {
    format!("/services/{unit}{place}")
}

fn period_end(asked: &Asked<'_>) -> Result<String, Fault> {
    let manifest = asked.books.run.manifest();
    let year: FinancialYear = manifest
        .year
        .parse()
        .map_err(|_| Fault::Broken("the year of a run is no financial year".to_owned()))?;
    Ok(year.period_end(manifest.last_period.clamp(1, 12)).to_string())
}

pub(super) fn section(id: &str, name: &str, lines: Vec<Said>) -> Section {
    let (lines, lines_from) = lines.into_iter().unzip();
    Section { id: id.to_owned(), name: name.to_owned(), lines, lines_from, ..Section::default() }
}

/// How many were treated and, where the register holds it, how many wait.
fn care(asked: &Asked<'_>, year: &Year, last: Option<&Year>) -> Result<Section, Fault> {
    let before = last.map_or_else(String::new, |it| {
        format!(", {} the year before", words::thousands(it.patients))
    });
    let treated = format!(
        "{} treated{before}, in {}.",
        words::count(year.patients, "patient was", "patients were"),
        words::count(year.care.events, "event", "events")
    );
    let mut lines = vec![(treated, page_of(asked.line.0, "#statement"))];
    let moved = asked.books.moved(asked.line.0, &Part::default())?;
    let unit_cost = moved.as_ref().and_then(|it| sentences::unit_cost(it, "event"));
    lines.extend(unit_cost.map(|it| (it, page_of(asked.line.0, "#moved"))));
    lines.extend(registered(asked.register, true));
    Ok(section(CARE, "Patients treated and waiting", lines))
}

/// Measures of the register: those of waiting, or all others.
fn registered(register: &Beside, of_waiting: bool) -> Vec<Said> {
    let rows = register.rows.iter().filter(|it| it.is_waiting == of_waiting);
    let said = |it: &Row| {
        let said = format!("{}: {}, was {}. Changed? {}.", it.name, it.now, it.before, it.change);
        (said, it.address.clone())
    };
    rows.map(said).collect()
}

fn quality(asked: &Asked<'_>) -> Result<Section, Fault> {
    let found = outcomes::View::of(asked)?;
    let row = |it: &outcomes::Row| {
        vec![it.name.clone(), it.now.clone(), it.before.clone(), it.change.clone()]
    };
    let from = |it: &outcomes::Row| page_of(asked.line.0, &format!("#outcome-{}", it.code));
    let mut lines = registered(asked.register, false);
    lines.extend(found.absent.iter().map(|it| (it.clone(), page_of(asked.line.0, "#outcomes"))));
    if !asked.register.missing.is_empty() {
        lines.push((asked.register.missing.clone(), page_of(asked.line.0, "#register")));
    }
    let names = ["What patients got", "This year", "Last year", "More than chance?"];
    Ok(Section {
        columns: names.iter().map(|it| (*it).to_owned()).collect(),
        rows: found.rows.iter().map(row).collect(),
        rows_from: found.rows.iter().map(from).collect(),
        ..section("quality", "Quality, for the same patients and months", lines)
    })
}

/// What one cost and one outcome of the same patients, month by month, each with the way it goes.
fn cost_beside_outcome(asked: &Asked<'_>) -> Result<Option<Section>, Fault> {
    let Some(found) = value::View::of(asked)? else { return Ok(None) };
    let said = |it: &value::Series| [it.direction.clone(), it.line.clone()];
    let lines = found.both().into_iter().flat_map(said);
    let lines = lines.map(|it| (it, page_of(asked.line.0, "#value"))).collect();
    Ok(Some(section("value", "Cost beside outcome, month by month", lines)))
}

/// Result, what it is beside last year, where the year would end, and the steps from income to it.
fn money(asked: &Asked<'_>, (year, last): (&Year, Option<&Year>), result: Money) -> Section {
    let said = sentences::result(result, words::in_a_sentence);
    let mut lines = vec![match last {
        Some(last) => {
            let change = result - (last.income.1 - last.care.cost());
            format!("{}, {} than last year.", words::capital(&said), better(change))
        }
        None => format!("{}.", words::capital(&said)),
    }];
    lines.extend(forecast(result, asked.books.run.manifest().last_period));
    let lines = lines.into_iter().map(|it| (it, page_of(asked.line.0, "#statement"))).collect();
    let statement = Statement::of(asked, year, last);
    let rows = || statement.rows.iter().filter(|it| it.is_total);
    let rows_from = rows().map(|it| page_of(asked.line.0, &format!("#row-{}", it.code))).collect();
    let mut columns = vec!["Step".to_owned(), "In all".to_owned(), "For one".to_owned()];
    if statement.has_last {
        columns.push("For one, last year".to_owned());
    }
    let row = |it: &super::super::money_rows::Row| {
        let mut row = vec![it.name.clone(), it.total.clone(), it.each.clone()];
        row.extend(statement.has_last.then(|| it.last.clone()));
        row
    };
    let rows = rows().map(row).collect();
    Section { columns, rows, rows_from, ..section("money", "Money", lines) }
}

/// Where the year ends if it goes on as it has; nothing of a whole year.
fn forecast(result: Money, months: u8) -> Option<String> {
    let months = i128::from(months);
    if months == 0 || months >= MONTHS {
        return None;
    }
    let micro = i128::from(result.micro_pounds()) * MONTHS / months;
    let year = Money::from_micro_pounds(i64::try_from(micro).ok()?);
    Some(format!(
        "If the months to come are as those so far, the year ends with {}.",
        sentences::result(year, words::in_a_sentence)
    ))
}

fn controllable(asked: &Asked<'_>, year: &Year) -> Section {
    let found = asked.books.book.controllable(&year.care);
    let said = |name: &str, amount: Money| {
        let said = format!("{name}: {}.", words::in_a_sentence(amount));
        (said, page_of(asked.line.0, "#change"))
    };
    let lines = vec![
        said("What the service line decides, its own people and goods", found.decides),
        said(
            "What it decides how much of, not the rate, such as theatres and tests",
            found.how_much,
        ),
        said("Outside its control, overheads and capital charges", found.outside),
    ];
    section("controllable", "What can be changed", lines)
}

/// Each difference with its question, in plain words.
fn questions(found: &[Difference]) -> Section {
    let said = |(at, it): (usize, &Difference)| {
        let said = format!("{}. {}. {} {}", at + 1, it.title, it.text, it.question);
        (said, it.address.clone())
    };
    let mut lines: Vec<Said> = found.iter().enumerate().map(said).collect();
    if lines.is_empty() {
        let nothing = "Nothing here is dearer than in similar trusts or last year.";
        lines.push((nothing.to_owned(), String::new()));
    }
    section("questions", "Three differences, three questions", lines)
}

/// Age, matching and what is known to be wrong.
fn trust(provenance: &Provenance, (unit, register): (&str, &Beside)) -> Section {
    let old = if provenance.is_old { ": old for a review" } else { "" };
    let mut lines = vec![
        format!("The data are {}{old}.", provenance.age),
        format!("{}.", provenance.quality),
        provenance.matched.clone(),
    ];
    lines.extend(provenance.comes_from.iter().cloned());
    if register.rows.is_empty() {
        lines.push("No measure of the register is beside these costs.".to_owned());
    }
    // What is said of the run stands beneath the headline of the service line.
    let lines = lines.into_iter().map(|it| (it, page_of(unit, ""))).collect();
    section(TRUST, "How far these figures can be trusted", lines)
}

/// The question that goes with what moved or differs.
pub(in super::super) fn question_of_gap(pod: &str) -> String {
    format!("Does what is used beyond that help the patient, {} by {}?", one_of(pod), one_of(pod))
}

/// The question that goes with a use that grew.
pub(in super::super) fn question_of_use(kind: &BarKind) -> String {
    match kind {
        BarKind::Use(_) => "What did we begin to do otherwise, and is it better for patients?",
        _ => "What lies behind it?",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forecast_is_told_of_part_of_a_year_alone() {
        // £30,000 in three months is £120,000 in twelve.
        let deficit = Money::ZERO - Money::from_pounds(30_000);
        assert_eq!(
            forecast(deficit, 3).expect("part of a year"),
            "If the months to come are as those so far, the year ends with a deficit of £120,000."
        );
        assert_eq!((forecast(deficit, 12), forecast(deficit, 0)), (None, None));
    }
}
