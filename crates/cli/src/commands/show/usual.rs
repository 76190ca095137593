//! Beds by ward, and figures of the run beside what is usual.

use std::path::Path;

use anyhow::Result;
use results::Run;
use results::records::Records;
use results::reports::{Measured, WardBeds};

use super::head;
use crate::context::{Context, Outcome};

/// Wards shown on the first page, those with most empty bed-days first.
const WARDS_SHOWN: usize = 3;

/// Figures shown on the first page.
const FIGURES_SHOWN: usize = 3;

/// Every ward.
pub(super) fn run_beds(run: &Run, path: &Path, context: &Context) -> Result<Outcome> {
    let wards = run.beds()?;
    let path = path.display();
    context.print_of(
        run,
        || {
            let blocks = if wards.is_empty() {
                "\nThe model states no beds: capacity.csv has no row\n".to_owned()
            } else {
                beds(&wards, true)
            };
            head(run, &Records::default())
                + &blocks
                + &format!(
                    "\nWhere this comes from\n  \
                     bed-time in seconds     concord query {path} \"select * from bed_use\"\n  \
                     that it all recomputes  concord verify {path}\n"
                )
        },
        || serde_json::json!({ "run": run.id(), "beds": wards }),
    )?;
    Ok(Outcome::Done)
}

/// Every figure that the model gives a range for.
pub(super) fn run_measured(run: &Run, path: &Path, context: &Context) -> Result<Outcome> {
    let figures = run.measured()?;
    let path = path.display();
    context.print_of(
        run,
        || {
            let block = if figures.is_empty() {
                "\nThe model states no ranges: plausibility.csv has no row\n".to_owned()
            } else {
                measured(&figures, true)
            };
            head(run, &Records::default())
                + &block
                + &format!(
                    "\nA range changes no cost.\n\nWhere this comes from\n  \
                     the figures             concord query {path} \"select * from measured_figures\"\n  \
                     where a range is from   sources.csv of the model in {path}/model\n  \
                     that it all recomputes  concord verify {path}\n"
                )
        },
        || serde_json::json!({ "run": run.id(), "measured": figures }),
    )?;
    Ok(Outcome::Done)
}

/// Wards with their beds, occupancy and empty bed-days; nothing if no beds are stated.
pub(super) fn beds(wards: &[WardBeds], all: bool) -> String {
    if wards.is_empty() {
        return String::new();
    }
    let mut wards: Vec<&WardBeds> = wards.iter().collect();
    if !all {
        let empty = |it: &WardBeds| it.empty_bed_days.replace('.', "").parse::<i64>().unwrap_or(0);
        wards.sort_by_key(|it| std::cmp::Reverse(empty(it)));
    }
    let limit = if all { wards.len() } else { WARDS_SHOWN.min(wards.len()) };
    let mut text = "\nBeds\n".to_owned();
    for it in &wards[..limit] {
        let occupancy = match &it.occupancy {
            Some(percent) => format!("{percent:>7}% of {} beds in use", it.beds),
            None => "no staffed beds stated".to_owned(),
        };
        text += &format!("  {occupancy}, {} empty bed-days  {}\n", it.empty_bed_days, it.ward);
    }
    if wards.len() > limit {
        text += &format!("  and {} more wards with fewer empty bed-days\n", wards.len() - limit);
    }
    text
}

/// Figures outside what is usual, or with `all` every one; nothing if no range is stated.
pub(super) fn measured(figures: &[Measured], all: bool) -> String {
    if figures.is_empty() {
        return String::new();
    }
    let outside = figures.iter().filter(|it| it.outside).count();
    let mut text = match outside {
        0 => format!("\nIs this usual? All {} figures lie in their range\n", figures.len()),
        more => {
            format!(
                "\nIs this usual? {more} of {} figures lie outside their range\n",
                figures.len()
            )
        }
    };
    let limit = if all { figures.len() } else { FIGURES_SHOWN };
    for it in figures.iter().filter(|it| all || it.outside).take(limit) {
        let value = it.value.as_deref().unwrap_or("nothing to measure");
        let usual = if it.low == it.high {
            format!("{} is published", it.low)
        } else {
            format!("{} to {} is usual", it.low, it.high)
        };
        let mark = if it.outside { "  OUTSIDE" } else { "" };
        let mark = if all { mark } else { "" };
        text += &format!(
            "  {}: {value} {}; {usual} ({}, source {}){mark}\n",
            it.words, it.unit, it.measure, it.source
        );
    }
    if !all && outside > limit {
        text += &format!("  and {} more\n", outside - limit);
    }
    text
}
