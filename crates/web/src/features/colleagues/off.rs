//! That colleagues are not compared, why, and who can turn it on.

use access::Capability;
use domain::Day;
use store::comparisons::Comparison;

use super::rights::Line;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/colleagues/off.html")]
pub(super) struct Off {
    shell: Shell,
    why: String,
    purpose: String,
    /// Whether whoever reads it can turn it on.
    can_turn_on: bool,
}

impl Off {
    pub(super) fn of(visit: &Visit, line: &Line, latest: Option<&Comparison>) -> Self {
        let shell = visit
            .shell(format!("Colleagues in {} are not compared", line.name))
            .below("Services", "/services")
            .below(&line.name, format!("/services/{}", line.code));
        Self {
            shell,
            why: why(latest),
            purpose: line.purpose(),
            can_turn_on: visit.may(Capability::AgreeComparison),
        }
    }
}

/// Why there is no comparison, of a record that does not hold, or of none.
pub(super) fn why(latest: Option<&Comparison>) -> String {
    match latest {
        None => "Nobody has recorded for what and for whom colleagues would be compared, and how \
                 they were consulted."
            .to_owned(),
        Some(Comparison { withdrawn: Some(it), .. }) => {
            format!("The record was taken back on {}.", date(crate::shell::session::today(it.at)))
        }
        Some(it) => format!(
            "What was agreed was to be reviewed by {}. That is past, so the comparison is off \
             until it is recorded again.",
            date(it.agreed.review_on)
        ),
    }
}

/// A day as people read it.
pub(super) fn date(day: Day) -> String {
    words::day(&day.to_string())
}

impl Page for Off {
    const TEMPLATE: &'static str = "features/colleagues/off.html";

    fn samples() -> Vec<Self> {
        let page = |can_turn_on| Self {
            shell: Shell::sample("Colleagues in Trauma and orthopaedics are not compared")
                .below("Services", "/services"),
            why: why(None),
            purpose: "/services/TORT/colleagues/purpose".to_owned(),
            can_turn_on,
        };
        vec![page(false), page(true)]
    }
}
