//! Figures of aggregate feeds, spread over the events that they are about.

use domain::share::share;
use domain::{Day, Key, Money, Seconds};
use rules::year::FeedRole;
use vault::Namespace;

use super::Pass;
use super::events::Events;
use crate::cells::local_time::LocalTime;
use crate::dataset::spill::Spill;
use crate::error::{IntakeError, at};
use crate::feeds::loaded::Content;
use crate::feeds::partition::Buckets;
use crate::feeds::prepared::each_row;
use crate::feeds::row::{Row, Slot};
use crate::feeds::small::{AggregateItem, Item};
use crate::findings::{Tally, finding};
use crate::run::reading::Reading;

/// An event as far as aggregate figures need it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Brief {
    pub(super) patient: u32,
    pub(super) event: Key,
    pub(super) event_type: u32,
    pub(super) specialty: u32,
    pub(super) site: u32,
    pub(super) day: Day,
    pub(super) start: Seconds,
    pub(super) start_is_day: bool,
}

impl Pass<'_, '_> {
    /// Makes a row for each event that a figure is about, in key order, by the share kernel.
    ///
    /// A figure that is about no event becomes one row without patient, so that nothing is lost.
    pub(super) fn spread_aggregates(
        &mut self,
        reading: &mut Reading<'_>,
        events: &mut Events,
        tally: &mut Tally,
    ) -> Result<(), IntakeError> {
        for feed in reading.of_role(FeedRole::Aggregate) {
            let plan = reading.feeds[feed];
            let target = reading.feeds.iter().position(|it| it.name == plan.feed.event_type);
            let Some(target) = target else { continue };
            let path = self.intake.folder.spills().join(format!("aggregate-{}", plan.name));
            let spill = events.aggregates.entry(target).or_insert_with(|| Spill::new(path));
            for number in 0..reading.files.len() {
                let file = &mut reading.files[number];
                if file.feed != feed {
                    continue;
                }
                let Content::Small(items) = std::mem::take(&mut file.content) else { continue };
                let mut made = 0;
                for (line, item) in items {
                    let Item::Aggregate(item) = item else { continue };
                    let rows = self.spread(&item, (number, line, plan.name), &events.briefs);
                    if rows.first().is_some_and(|it| it.event.is_none()) {
                        let name = file.name.clone();
                        let message = "the figure is about no event that is known";
                        tally.list(finding("N3", message).at(name, line, "").with_rows(1));
                    }
                    made += u64::try_from(rows.len()).unwrap_or(0);
                    for row in rows {
                        let add = spill.add(|out| row.encode(out));
                        add.map_err(at(self.intake.folder.path()))?;
                    }
                }
                file.counts.made = made;
            }
        }
        Ok(())
    }

    fn spread(
        &mut self,
        item: &AggregateItem,
        (file, line, feed): (usize, u64, &str),
        briefs: &[Brief],
    ) -> Vec<Row> {
        let rules = self.intake.rules;
        let mut number = |text: &str| self.codes.dictionary.number(text);
        let (wanted_type, wanted) = (number(&item.event_type), number(&item.specialty));
        let mut codes = [0; crate::feeds::row::SLOTS];
        codes[Slot::Code as usize] = number(&item.code);
        codes[Slot::Specialty as usize] = wanted;
        let inside = |day: Day| {
            day >= rules.year.first_day()
                && day <= rules.year.last_day()
                && rules.year.period_of(day) == item.period
        };
        let about: Vec<&Brief> = briefs
            .iter()
            .filter(|it| wanted_type == 0 || it.event_type == wanted_type)
            .filter(|it| wanted == 0 || it.specialty == wanted)
            .filter(|it| inside(it.day))
            .collect();
        let id = |event: &str| {
            let text = format!(
                "{feed}|{}|{}|{}|{}|{event}",
                item.period, item.event_type, item.specialty, item.code
            );
            self.intake.pseudonyms.of(Namespace::Row, &text)
        };
        let base = Row {
            file: u32::try_from(file).unwrap_or(u32::MAX),
            line,
            aggregate: true,
            native_id: true,
            start_is_day: true,
            codes,
            ..Row::default()
        };
        if about.is_empty() {
            let first = first_day(rules.year, item.period);
            let start = LocalTime::new().midnight(first);
            let quantity = Some(item.quantity);
            return vec![Row { id: id(""), start, end: Some(start), quantity, ..base }];
        }
        let weights = vec![1_i128; about.len()];
        let shares = share(Money::from_micro_pounds(item.quantity), &weights);
        let shares = shares.expect("there is an event, so there is weight");
        let rows = about.into_iter().zip(shares).filter(|it| !it.1.is_zero()).map(|(it, part)| {
            let mut row = Row {
                id: id(&it.event.to_string()),
                patient: it.patient,
                event: Some(it.event),
                start: it.start,
                start_is_day: it.start_is_day,
                end: Some(it.start),
                quantity: Some(part.micro_pounds()),
                ..base.clone()
            };
            row.codes[Slot::Specialty as usize] = it.specialty;
            row.codes[Slot::Site as usize] = it.site;
            row
        });
        rows.collect()
    }

    /// Puts the rows made of aggregate feeds into the buckets of the feed that they stand in for.
    pub(super) fn add_aggregates(
        &self,
        (feed, buckets): (usize, &mut Buckets),
        events: &Events,
    ) -> Result<(), IntakeError> {
        let Some(spill) = events.aggregates.get(&feed) else { return Ok(()) };
        let mut failed = Ok(());
        each_row(spill, &mut Row::default(), &mut |row| {
            if failed.is_ok() {
                failed = buckets.put(row, &self.persons);
            }
        })
        .and(failed)
        .map_err(at(self.intake.folder.path()))
    }
}

fn first_day(year: domain::FinancialYear, period: u8) -> Day {
    match period {
        0 | 1 => year.first_day(),
        later => year.period_end(later.min(12) - 1).plus(1),
    }
}
