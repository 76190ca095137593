//! Is the record of finished care right: stays of one service line that are worth a look by those
//! who gave the care, each for a reason, and how often few or no other conditions are recorded.
//!
//! What is checked is data (`data/coding_checks.toml`). A stay here is one finished episode of
//! admitted care that ended in the months that the run covers. Nothing is judged: what meets a
//! check is a question to the notes.

mod definitions;
mod lowest;
mod recorded;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use rules::YearRules;
use tables::run::CostedEvent;

use crate::explain::names::Names;
use crate::outcomes::{Calendar, Definitions as Measures, of_events};
use crate::{Caller, ResultsError, Run, kept, reading};

pub use definitions::{CodingCheck, check, checks, few, sources};
pub use lowest::LowestGroup;
pub use recorded::{Recorded, RecordedEvents};

use definitions::Definitions;
use recorded::recorded;

/// Which stays are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChecksAsked {
    /// Service line.
    pub service_line: String,
    /// Code of a check; blank for all.
    pub check: String,
    /// Month in which they ended, such as `2025-07`; blank for all.
    pub month: String,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// How many meet each check, in their order.
    pub counts: Vec<CheckCount>,
    /// Finished stays of the service line.
    pub stays: u64,
    /// Stays of one page, in the order in which they ended.
    pub listed: Vec<ToCheck>,
    /// How many there are on all pages.
    pub total: usize,
    /// Emergencies in the lowest group of their condition, by month of their end.
    pub months: Vec<LowestGroup>,
    /// The same by the time between two changeovers of doctors in training.
    pub rotations: Vec<LowestGroup>,
}

/// How many stays meet a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckCount {
    /// The check.
    pub check: &'static CodingCheck,
    /// How many.
    pub found: u64,
    /// Of how many that it looks at.
    pub of: u64,
    /// Whether the model says enough for it; where not, nothing was looked at.
    pub is_known: bool,
}

/// One stay that is worth a look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToCheck {
    /// As it is recorded.
    pub recorded: Recorded,
    /// Codes of the checks that it meets, in their order.
    pub checks: Vec<&'static str>,
}

impl Run {
    /// The stays of one service line that are worth a look, a page of them: `page` says which of
    /// so many. The question is on record before a row is read. Stays of legally restricted
    /// records are never listed.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if a table or the model cannot be read, or the question not be recorded.
    pub fn coding_checks(
        &self,
        asked: &ChecksAsked,
        caller: &Caller,
        page: &dyn Fn(usize) -> Range<usize>,
    ) -> Result<Checked, ResultsError> {
        let detail = format!("checks of records in service line {}", asked.service_line);
        self.audited(caller, ("list", &detail), || {
            let found = self.checked(asked, page)?;
            let rows = u64::try_from(found.listed.len()).unwrap_or(u64::MAX);
            Ok((found, rows))
        })
    }

    fn checked(
        &self,
        asked: &ChecksAsked,
        page: &dyn Fn(usize) -> Range<usize>,
    ) -> Result<Checked, ResultsError> {
        let rules = self.rules()?;
        let calendar = Calendar::of(rules.year, rules.last_period);
        let stays = self.finished_stays(&asked.service_line, &calendar)?;
        let known = Known::of(self, rules)?;
        let mut counts: Vec<CheckCount> = checks()
            .iter()
            .map(|check| CheckCount { check, found: 0, of: 0, is_known: known.tells(&check.code) })
            .collect();
        let mut found: Vec<(&Stay, Vec<&'static str>)> = Vec::new();
        for stay in &stays {
            let mut met = Vec::new();
            for count in counts.iter_mut().filter(|it| it.is_known) {
                let Some(is_met) = known.looks(&count.check.code, stay) else { continue };
                count.of += 1;
                count.found += u64::from(is_met);
                if is_met {
                    met.push(count.check.code.as_str());
                }
            }
            let is_asked = asked.check.is_empty() || met.contains(&asked.check.as_str());
            let is_in = asked.month.is_empty() || stay.month == asked.month;
            if !met.is_empty() && is_asked && is_in {
                found.push((stay, met));
            }
        }
        let total = found.len();
        let names = Names(rules);
        let shown = page(total);
        let listed = found.into_iter().skip(shown.start).take(shown.len());
        let listed = listed.map(|(stay, checks)| ToCheck {
            recorded: recorded(&stay.event, &names, &calendar),
            checks,
        });
        Ok(Checked {
            counts,
            stays: u64::try_from(stays.len()).unwrap_or(u64::MAX),
            listed: listed.collect(),
            total,
            months: lowest::by_month(&stays, &known, &calendar),
            rotations: lowest::by_rotation(&stays, &known, &calendar),
        })
    }

    /// Finished episodes of admitted care, in the order in which they ended.
    fn finished_stays(&self, line: &str, calendar: &Calendar) -> Result<Vec<Stay>, ResultsError> {
        let spells = &Measures::own().spells;
        let wanted = |of: &str, kind: &str| of == line && spells.event_types.contains(kind);
        let mut stays = Vec::new();
        for reader in reading::readers(self, "events")? {
            let texts = ["service_line", "event_type"];
            for event in reader.rows_with_texts::<CostedEvent>(texts, &wanted)? {
                // An end is half-open: 00:00 is the end of the day before.
                let last = event.end_s.map(|it| it.saturating_sub(1).max(event.start_s));
                let Some(day) = last.and_then(|it| calendar.day(it)) else { continue };
                let Some(began) = calendar.day(event.start_s) else { continue };
                if calendar.month(day).is_none() {
                    continue;
                }
                let (year, month, _) = day.to_civil();
                let is_emergency =
                    spells.emergency.iter().any(|it| event.admission_method.starts_with(it));
                let month = format!("{year:04}-{month:02}");
                stays.push(Stay { event, began, day, month, is_emergency });
            }
        }
        stays.sort_by(|one, other| {
            (one.event.end_s, &one.event.event).cmp(&(other.event.end_s, &other.event.event))
        });
        Ok(stays)
    }
}

/// One finished episode.
struct Stay {
    event: CostedEvent,
    began: domain::Day,
    /// Its last day.
    day: domain::Day,
    month: String,
    is_emergency: bool,
}

/// What all events of a run say that a check needs; read once, since a run never changes.
#[derive(Debug, Default)]
pub(crate) struct Whole {
    /// Numbers of events that were in theatre; none where the model names no such activity.
    theatre: Option<BTreeSet<i64>>,
    /// The specialty of consultants that belong to one.
    consultants: BTreeMap<String, String>,
}

/// The same with the rules of the run.
struct Known<'a> {
    rules: &'a YearRules,
    whole: Arc<Whole>,
}

impl<'a> Known<'a> {
    fn of(run: &Run, rules: &'a YearRules) -> Result<Self, ResultsError> {
        let whole = kept::once(&run.kept.coding, || {
            let (theatre, consultants) = (theatre(run, rules)?, consultants(run)?);
            Ok(Arc::new(Whole { theatre, consultants }))
        })?;
        Ok(Self { rules, whole })
    }

    /// Whether there is enough to look at for a check.
    fn tells(&self, check: &str) -> bool {
        match check {
            "procedure" => self.whole.theatre.is_some(),
            "comorbidity" => {
                let names = self.rules.reference_codes.get("hrg");
                names.is_some_and(|it| it.keys().any(|hrg| self.is_lowest(hrg).is_some()))
            }
            _ => true,
        }
    }

    /// Whether a price group is the lowest of its condition; none where it is not split.
    fn is_lowest(&self, hrg: &str) -> Option<bool> {
        let name = &self.rules.reference_codes.get("hrg")?.get(hrg)?.name;
        Definitions::own().is_lowest(name)
    }

    /// Whether a stay meets a check; none where the check does not look at it.
    fn looks(&self, check: &str, stay: &Stay) -> Option<bool> {
        let event = &stay.event;
        match check {
            "procedure" => {
                let was_there = self.whole.theatre.as_ref()?.contains(&event.event_number);
                was_there.then_some(event.procedure.is_empty())
            }
            "comorbidity" => is_long_or_old(stay).then(|| self.is_lowest(&event.hrg)).flatten(),
            "uncoded" => {
                let is_grouped = Definitions::own().is_grouped(&event.hrg);
                Some(event.diagnosis.is_empty() || !is_grouped)
            }
            "consultant" => {
                let of = self.whole.consultants.get(&event.consultant);
                Some(event.consultant.is_empty() || of.is_some_and(|it| *it != event.specialty))
            }
            _ => None,
        }
    }
}

fn is_long_or_old(stay: &Stay) -> bool {
    let rule = &Definitions::own().long_or_old;
    let nights = i64::from(stay.day.0 - stay.began.0);
    let age: String = stay.event.age_band.chars().take_while(char::is_ascii_digit).collect();
    let is_old = age.parse::<u32>().is_ok_and(|it| it >= rule.age);
    nights >= rule.nights || (stay.is_emergency && is_old && nights > 0)
}

/// Events that were on a theatre list.
fn theatre(run: &Run, rules: &YearRules) -> Result<Option<BTreeSet<i64>>, ResultsError> {
    let Some(of) = Measures::own().uses.iter().find(|it| it.in_session) else { return Ok(None) };
    let in_session: BTreeSet<&String> =
        rules.session_kinds.values().flat_map(|it| &it.used_by).collect();
    let is_theatre = |code: &str| {
        let activity = rules.activities.get(code);
        activity.is_some_and(|it| of.collection_activities.contains(&it.collection_activity))
    };
    let wanted: BTreeSet<&str> =
        in_session.into_iter().map(String::as_str).filter(|it| is_theatre(it)).collect();
    if wanted.is_empty() {
        return Ok(None);
    }
    let counts = of_events(run, &|it| wanted.contains(it))?;
    Ok(Some(counts.into_iter().filter(|it| it.1 > 0).map(|it| it.0).collect()))
}

/// The specialty of each consultant that belongs to one, by all of their events.
fn consultants(run: &Run) -> Result<BTreeMap<String, String>, ResultsError> {
    let mut counts: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for reader in reading::readers(run, "events")? {
        reader.each_pair(["consultant", "specialty"], &mut |consultant, specialty| {
            if !consultant.is_empty() {
                let of = counts.entry(consultant.to_owned()).or_default();
                *of.entry(specialty.to_owned()).or_default() += 1;
            }
        })?;
    }
    let rule = &Definitions::own().other_specialty;
    let mut belong = BTreeMap::new();
    for (consultant, of) in counts {
        let events: u64 = of.values().sum();
        let most = of.into_iter().max_by_key(|it| it.1);
        let Some((specialty, most)) = most else { continue };
        if events >= rule.events && most * 100 >= rule.of_hundred * events {
            belong.insert(consultant, specialty);
        }
    }
    Ok(belong)
}
