//! Counts what the second pass kept apart and refused, and tells it.

use domain::Severity;

use super::Pass;
use super::events::Events;
use super::settle::{Settled, used};
use crate::cells::local_time::LocalTime;
use crate::error::{IntakeError, at};
use crate::findings::{Tally, count_of, finding};
use crate::run::reading::Reading;
use crate::run::thresholds;

impl Pass<'_, '_> {
    /// Brings the counts of a feed's files up to date and lists every row kept apart.
    pub(super) fn apply(
        &self,
        reading: &mut Reading<'_>,
        settled: &Settled,
        events: &Events,
        tally: &mut Tally,
    ) -> Result<(), IntakeError> {
        for file in &settled.refused {
            thresholds::refuse(self.intake.rules, reading, *file);
        }
        let mut verdicts = settled.verdicts.clone().without(&settled.refused);
        let mut time = LocalTime::new();
        if !verdicts.is_empty() {
            for file in used(&self.prepared[settled.feed], &settled.refused) {
                file.each(&mut |row| verdicts.met(row, &self.codes.dictionary, &mut time))
                    .map_err(at(self.intake.folder.path()))?;
            }
        }
        for ((file, line), verdict) in verdicts.in_order() {
            let loaded = &mut reading.files[file as usize];
            loaded.counts.quarantined += 1;
            loaded.counts.made -= verdict.made;
            loaded.counts.quarantined_money += verdict.money;
            let kept = verdict.line(&loaded.name, line);
            reading.late.entry(file).or_default().push(kept);
            let mut found =
                finding(verdict.code, verdict.message).at(loaded.name.clone(), line, "");
            found.severity = Severity::Warning;
            loaded.tally.list(found.with_rows(1).with_money(verdict.money));
        }
        let mut counted = settled.counted.clone();
        if reading.feeds[settled.feed].mapping.rebase.is_some() {
            counted.extend(self.left_behind(settled, events)?);
        }
        for (code, files) in counted {
            for (file, (rows, line)) in files {
                let name = reading.files[file as usize].name.clone();
                let text = crate::catalogue::entry(code).text;
                let message = format!("{text}: {}", count_of(rows));
                tally.sum(finding(code, message).at(name, line, "").with_rows(rows));
            }
        }
        Ok(())
    }
}
