//! Writes events and feeds, bucket by bucket.

use tables::Table as _;
use tables::dataset::{Event, FeedRow};

use super::Pass;
use super::events::Events;
use super::settle::Settled;
use crate::error::IntakeError;
use crate::feeds::write;
use crate::run::reading::Reading;

impl Pass<'_, '_> {
    /// Writes the events of all masters.
    pub(super) fn write_events(
        &self,
        reading: &Reading<'_>,
        masters: &[Settled],
        events: &Events,
    ) -> Result<(), IntakeError> {
        let writing = self.writing();
        let batch = |bucket| {
            let mut rows = Vec::new();
            for settled in masters {
                rows.extend(self.rows(reading, settled, bucket, events)?);
            }
            write::sort_events(&mut rows, writing);
            Ok(write::event_batch(&rows, writing))
        };
        let folder = &self.intake.folder;
        folder.bucketed("events.parquet", Event::schema(), self.buckets, &batch)
    }

    /// Writes the rows of a feed, if it has any file or stands for an aggregate.
    pub(super) fn write_feed(
        &self,
        reading: &Reading<'_>,
        settled: &Settled,
        events: &Events,
    ) -> Result<(), IntakeError> {
        let feed = settled.feed;
        let has_file = self.prepared[feed].iter().any(|it| !settled.refused.contains(&it.file));
        if !has_file && !events.aggregates.contains_key(&feed) {
            return Ok(());
        }
        let writing = self.writing();
        let batch = |bucket| {
            let mut rows = self.rows(reading, settled, bucket, events)?;
            write::sort_feed(&mut rows, writing);
            Ok(write::feed_batch(&rows, writing))
        };
        let name = format!("feeds/{}.parquet", reading.feeds[feed].name);
        self.intake.folder.bucketed(&name, FeedRow::schema(), self.buckets, &batch)
    }
}
