//! What a review rests on beyond itself: the pack, the pages of the service line behind the frozen
//! figures, ideas of staff that were taken to it, and the benefits that its actions brought.

use access::Capability;
use engagement::benefits::BenefitSettings;
use engagement::reviews::{Backfill, backfill, tenths};
use store::benefits::StoredBenefit;
use store::ideas::StoredIdea;
use store::reviewing::Body;

use super::found::{Found, sees_figures};
use crate::shell::joint_work::{amount, unit_of};
use crate::shell::named_run;
use crate::shell::visit::Visit;
use crate::shell::words;

/// A page of the service line of a review, or a place on one, that shows where a figure comes from.
pub(super) fn behind(found: &Found, place: &str) -> String {
    format!("/services/{}{place}", found.unit.code)
}

/// Where a kept pack of a service line is.
pub(super) fn pack_address(unit: &str, id: &str) -> String {
    format!("/services/{unit}/packs/{id}")
}

/// Where whoever looks finds the pack and the pages behind the frozen figures: what it is, and where.
/// Nothing for those who do not see the figures exactly.
pub(super) fn papers(visit: &Visit, found: &Found) -> Vec<(String, String)> {
    let unit = found.unit.code.as_str();
    if !sees_figures(visit, unit) {
        return Vec::new();
    }
    let frozen = found.figures.as_ref();
    let mut all = Vec::new();
    match &found.pack {
        Some((id, at)) => {
            let name = format!("The pack as it was kept, {}", words::moment(*at));
            all.push((name, pack_address(unit, id.as_str())));
        }
        None if frozen.is_some() => {
            all.push(("The pack as it would be now".to_owned(), behind(found, "/pack")));
        }
        None => {}
    }
    if let Some(frozen) = frozen {
        let pages = [
            ("The service line behind the figures", ""),
            ("What was used, and at what price", "/goods"),
            ("What the service did this week", "/week"),
        ];
        let page = |it: (&str, &str)| {
            (it.0.to_owned(), named_run::naming(&behind(found, it.1), &frozen.run))
        };
        all.extend(pages.map(page));
    }
    all
}

/// Pages with the practice of one consultant, for a sit-down: each under the rules of its own page.
pub(super) fn practice(visit: &Visit, found: &Found) -> Vec<(String, String)> {
    let unit = found.unit.code.as_str();
    if !found.is_sit_down() || !sees_figures(visit, unit) {
        return Vec::new();
    }
    let scope = |capability| visit.scope(capability).ok();
    let mut all = Vec::new();
    if found.takes_part {
        all.push((
            "This consultant’s cost, quality and income, on one page".to_owned(),
            format!("{}/practice", found.address()),
        ));
    }
    if scope(Capability::ClinicianComparison)
        .is_some_and(|it| it.of_own() || it.of_unit(unit).is_some())
    {
        all.push((
            "What patients of each consultant needed, under codes".to_owned(),
            format!("/services/{unit}/colleagues"),
        ));
        all.push((
            "Cost beside quality of whoever is followed up".to_owned(),
            "/follow-ups".to_owned(),
        ));
    }
    let rows = scope(Capability::PatientRows).and_then(|it| it.of_unit(unit));
    if rows.is_some_and(|it| it.condition.is_none()) {
        all.push((
            "Stays of the service line, with what is worth a look".to_owned(),
            format!("/services/{unit}/my-work"),
        ));
    }
    all.push((
        "Cost, income and outcomes of the service line".to_owned(),
        format!("/services/{unit}"),
    ));
    all
}

/// The time that is bought for clinicians in a review, added up, in a sentence.
pub(super) fn released(found: &Found) -> String {
    let all: Vec<Backfill> = found
        .items
        .iter()
        .filter_map(|it| match &it.latest().body {
            Body::Backfill(it) => backfill((&it.sessions, &it.cost), (&it.from, &it.to)).ok(),
            _ => None,
        })
        .collect();
    if all.is_empty() {
        return "None is noted. Whoever must find cover for their clinic cannot come.".to_owned();
    }
    let sum = engagement::reviews::released(&found.guide, &all);
    format!(
        "{} sessions are bought for {}: {} of clinicians.",
        tenths(sum.tenths),
        sum.cost,
        hours(sum.minutes)
    )
}

/// Minutes as hours, and the minutes that are left: `34 hours 24 minutes`.
pub(super) fn hours(minutes: u64) -> String {
    let (hours, minutes) = (minutes / 60, minutes % 60);
    let rest = match minutes {
        0 => String::new(),
        more => format!(" {}", words::count(more, "minute", "minutes")),
    };
    format!("{}{rest}", words::count(hours, "hour", "hours"))
}

/// Ideas of staff that were taken to the review: what each says, how it stands, and where it is.
pub(super) fn ideas(found: &Found) -> Vec<(String, String, String)> {
    let row =
        |it: &StoredIdea| (it.of.words.clone(), it.standing().said(), format!("/ideas/{}", it.id));
    found.ideas.iter().map(row).collect()
}

/// A benefit that an action of the review brought.
#[derive(Clone, Debug, Default)]
pub(super) struct Brought {
    pub(super) title: String,
    pub(super) address: String,
    pub(super) claimed: String,
    pub(super) verified: String,
}

/// Benefits of the actions of a review that whoever looks sees, in the order in which they were claimed.
/// They are never added up: cash and bed days are not the same.
pub(super) fn brought(found: &Found) -> Vec<Brought> {
    let settings = BenefitSettings::own();
    let row = |it: &StoredBenefit| {
        let (account, unit) = (it.account(&settings), unit_of(&it.of, &settings));
        Brought {
            title: it.of.title.clone(),
            address: format!("/benefits/{}", it.id),
            claimed: amount(account.claimed, unit.as_deref()),
            verified: amount(account.verified, unit.as_deref()),
        }
    };
    found.benefits.iter().map(row).collect()
}

impl Brought {
    pub(super) fn sample() -> Self {
        Self {
            title: "Weekend physiotherapy".to_owned(),
            address: "/benefits/1".to_owned(),
            claimed: "184\u{a0}bed days".to_owned(),
            verified: "120\u{a0}bed days".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_pack_is_beneath_its_service_line() {
        assert_eq!(pack_address("TORT", "0123abcd"), "/services/TORT/packs/0123abcd");
    }
}
