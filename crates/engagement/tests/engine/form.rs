//! Reads an assessment from a text that an accountant could write, and says a proposal in short.
//!
//! `tests/vectors/README.md` explains the lines. A line that cannot be read fails the test.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use engagement::assessment::{
    Evidence, Frequency, MaterialityStatement, Rated, Rating, Ratings, ReviewState, Sharing,
    Status, Support, UnitKind,
};
use engagement::confirm::{Confirmation, Signatory, check};
use engagement::level::{Change, Lacks, Proposed, Shown, Tests, Warning};
use engagement::words::Words;
use engagement::{
    Assessment, Framework, FrameworkId, Level, Mode, Proposal, Share, StepId, Thresholds, Unit,
    UnitId, propose,
};
use jiff::civil::Date;

/// The national framework, read once.
pub(crate) static NATIONAL: LazyLock<Framework> = LazyLock::new(Framework::national_2013);
/// Our thresholds, read once.
pub(crate) static THRESHOLDS: LazyLock<Thresholds> = LazyLock::new(Thresholds::own);

/// The day of an assessment that names none.
pub(crate) const DAY: &str = "2013-07-01";
/// The day of evidence that names none.
const EVENT: &str = "2013-05-01";

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap_or_else(|_| panic!("`{text}` is no day"))
}

pub(crate) fn step(text: &str) -> StepId {
    StepId::from(text)
}

pub(crate) fn live() -> Evidence {
    Evidence {
        reference: "minutes".to_owned(),
        state: ReviewState::Accepted,
        event: day(EVENT),
        expires: None,
    }
}

pub(crate) fn shown_consistently() -> Rated {
    Rated { rating: Rating::Consistently, evidence: vec![live()] }
}

pub(crate) fn unit(id: &str) -> Unit {
    Unit::new(UnitId::from(id), id, UnitKind::Specialty)
}

pub(crate) fn assessment() -> Assessment {
    Assessment::new(FrameworkId::from("2013"), day(DAY), Mode::Organisation)
}

/// What a text gives: an assessment, levels to be confirmed, and the version it is asked under.
pub(crate) struct Given {
    pub(crate) assessment: Assessment,
    confirmations: Vec<String>,
    under: Option<FrameworkId>,
    in_words: bool,
    in_counts: bool,
}

pub(crate) fn given(text: &str, framework: &Framework) -> Given {
    let mut given = Given {
        assessment: assessment(),
        confirmations: Vec::new(),
        under: None,
        in_words: false,
        in_counts: false,
    };
    for line in text.lines().map(str::trim).filter(|it| !it.is_empty() && !it.starts_with('#')) {
        let (key, value) = line.split_once(':').unwrap_or_else(|| panic!("no colon in `{line}`"));
        let (key, value) = (key.trim(), value.trim());
        match key.split_once(' ') {
            Some(("unit", id)) => given.assessment.units.push(unit_of(id, value)),
            Some(("without", "evidence")) => {
                rate(&mut given.assessment.organisation, framework, (value, Rating::Consistently));
            }
            Some(("not", "yet")) => {
                rate(&mut given.assessment.organisation, framework, (value, Rating::NotYet));
            }
            Some(("statement", "names")) => {
                let statement = MaterialityStatement { units: units(value), signed: true };
                given.assessment.statement = Some(statement);
            }
            Some(("plan", "covers")) => given.assessment.roll_out = units(value),
            Some(("counted", id)) => {
                count(&mut find(&mut given.assessment, id).ratings, framework, value);
            }
            Some(("evidence", id)) => {
                let rated = given.assessment.organisation.entry(step(id)).or_default();
                rated.rating = Rating::Consistently;
                rated.evidence.push(evidence(value));
            }
            _ => plain(&mut given, framework, (key, value)),
        }
    }
    given
}

fn plain(given: &mut Given, framework: &Framework, (key, value): (&str, &str)) {
    let assessment = &mut given.assessment;
    match key {
        "date" => assessment.date = day(value),
        "steps" => {
            assessment.mode = match value {
                "organisation" => Mode::Organisation,
                "by unit" => Mode::ByUnit,
                _ => panic!("steps are recorded for `{value}`?"),
            }
        }
        "counted" => count(&mut assessment.organisation, framework, value),
        "partly" => rate(&mut assessment.organisation, framework, (value, Rating::Partly)),
        "support" => assessment.support = support(value),
        "confirm" => given.confirmations.push(value.to_owned()),
        "under" => given.under = Some(FrameworkId::from(value)),
        "show" if value == "words" => given.in_words = true,
        "show" if value == "counts" => given.in_counts = true,
        _ => panic!("nobody knows `{key}`"),
    }
}

fn find<'a>(assessment: &'a mut Assessment, id: &str) -> &'a mut Unit {
    let found = assessment.units.iter_mut().find(|it| it.id.as_str() == id);
    found.unwrap_or_else(|| panic!("no unit `{id}` above"))
}

fn units(text: &str) -> BTreeSet<UnitId> {
    text.split_whitespace().map(UnitId::from).collect()
}

fn support(text: &str) -> Support {
    match text {
        "yes" => Support::Yes,
        "no" => Support::No,
        "unanswered" => Support::Unanswered,
        _ => panic!("support is `{text}`?"),
    }
}

/// `all`, `column 3` or identifiers; then what to leave out after `but`.
fn steps(framework: &Framework, text: &str) -> Vec<StepId> {
    let (with, without) = text.split_once(" but ").unwrap_or((text, ""));
    let mut found: Vec<StepId> = Vec::new();
    let mut words = with.split_whitespace();
    while let Some(word) = words.next() {
        match word {
            "all" => found.extend(framework.steps().iter().map(|it| it.id.clone())),
            "column" => {
                let number: u8 = words.next().and_then(|it| it.parse().ok()).expect("a level");
                let level = Level::try_from(number).expect("a level");
                found.extend(framework.column(level).map(|it| it.id.clone()));
            }
            id => found.push(known(framework, id)),
        }
    }
    let without: Vec<StepId> = without.split_whitespace().map(|it| known(framework, it)).collect();
    found.retain(|it| !without.contains(it));
    found
}

fn known(framework: &Framework, id: &str) -> StepId {
    assert!(framework.knows(&step(id)), "`{id}` is no step");
    step(id)
}

fn count(ratings: &mut Ratings, framework: &Framework, text: &str) {
    for step in steps(framework, text) {
        ratings.insert(step, shown_consistently());
    }
}

fn rate(ratings: &mut Ratings, framework: &Framework, (text, rating): (&str, Rating)) {
    for step in steps(framework, text) {
        ratings.insert(step, Rated { rating, evidence: Vec::new() });
    }
}

/// `accepted 2013-05-01`, `draft 2013-05-01` or `accepted 2013-01-01 to 2013-07-01`.
fn evidence(text: &str) -> Evidence {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (state, event, expires) = match words.as_slice() {
        [state, event] => (*state, *event, None),
        [state, event, "to", expires] => (*state, *event, Some(day(expires))),
        _ => panic!("evidence `{text}`?"),
    };
    let state = match state {
        "draft" => ReviewState::Draft,
        "in-review" => ReviewState::InReview,
        "accepted" => ReviewState::Accepted,
        "rejected" => ReviewState::Rejected,
        _ => panic!("evidence `{text}`?"),
    };
    Evidence { reference: "a paper".to_owned(), state, event: day(event), expires }
}

fn unit_of(id: &str, text: &str) -> Unit {
    let mut unit = unit(id);
    for attribute in text.split(',').map(str::trim).filter(|it| !it.is_empty()) {
        let words: Vec<&str> = attribute.split_whitespace().collect();
        match words.as_slice() {
            ["specialty"] => unit.kind = UnitKind::Specialty,
            ["clinical", "support"] => unit.kind = UnitKind::ClinicalSupport,
            ["corporate"] => unit.kind = UnitKind::Corporate,
            ["directorate"] => unit.kind = UnitKind::Directorate,
            ["division"] => unit.kind = UnitKind::Division,
            ["in", parent] => unit.parent = Some(UnitId::from(*parent)),
            ["board", "only"] => unit.status = Some(Status::BoardOnly),
            ["ad", "hoc"] => unit.status = Some(Status::AdHoc),
            ["norm"] => unit.status = Some(Status::Norm),
            ["very", "small"] => unit.very_small = true,
            ["cost", percent] => unit.cost_object_share = Some(share(percent)),
            ["expenditure", percent] => unit.expenditure_share = Some(share(percent)),
            ["activity", percent] => unit.activity_share = Some(share(percent)),
            ["support", answer] => unit.support = support(answer),
            ["shares", often, "last", last] => {
                unit.sharing = Some(Sharing { every: frequency(often), last: Some(day(last)) });
            }
            ["lapse", "confirmed"] => unit.lapse_confirmed = true,
            ["open", "from", from] => unit.open_from = Some(day(from)),
            ["open", "to", to] => unit.open_to = Some(day(to)),
            _ => panic!("nobody knows `{attribute}` of a unit"),
        }
    }
    unit
}

fn frequency(text: &str) -> Frequency {
    match text {
        "weekly" => Frequency::Weekly,
        "fortnightly" => Frequency::Fortnightly,
        "monthly" => Frequency::Monthly,
        "quarterly" => Frequency::Quarterly,
        "half-yearly" => Frequency::HalfYearly,
        "yearly" => Frequency::Yearly,
        _ => panic!("how often is `{text}`?"),
    }
}

/// A percentage with up to two decimals, exactly.
fn share(text: &str) -> Share {
    let percent = text.strip_suffix('%').expect("a share ends in %");
    let (whole, part) = percent.split_once('.').unwrap_or((percent, ""));
    let hundredths: i64 = format!("{whole}{part:0<2}").parse().expect("a percentage");
    Share::of(hundredths, 10_000).expect("from nothing to all")
}

/// The outcome of a text, in short.
pub(crate) fn outcome(text: &str) -> String {
    let framework = Framework::national_2013();
    let given = given(text, &framework);
    let framework = match &given.under {
        None => framework,
        Some(id) => {
            framework.with_local_steps(id.clone(), "Another", Vec::new()).expect("another version")
        }
    };
    let proposal = match propose(&framework, &Thresholds::own(), &given.assessment) {
        Ok(proposal) => proposal,
        Err(error) => return format!("error: {error}\n"),
    };
    let mut lines = short(&proposal);
    for confirmation in &given.confirmations {
        lines.push(format!("confirm {confirmation}: {}", confirmed(&proposal, confirmation)));
    }
    if given.in_counts {
        lines.extend(Words::new(&framework, &proposal).counts());
    }
    if given.in_words {
        let words = Words::new(&framework, &proposal);
        lines.extend(words.all());
        if proposal.mode == Mode::ByUnit {
            lines.extend(words.units());
        }
    }
    lines.join("\n") + "\n"
}

fn confirmed(proposal: &Proposal, text: &str) -> String {
    let (level, reason) = text.split_once(' ').unwrap_or((text, ""));
    let signatory = |it: &str| Some(Signatory { person: it.to_owned() });
    let confirmation = Confirmation {
        level: level.parse::<u8>().ok().and_then(|it| Level::try_from(it).ok()),
        reason: if reason == "with reason" { "We know better." } else { "" }.to_owned(),
        culture: "We meet every week.".to_owned(),
        clinical_lead: signatory("clinician"),
        finance_lead: signatory("accountant"),
    };
    let faults = check(proposal, &confirmation);
    if faults.is_empty() {
        return "confirmed".to_owned();
    }
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// The proposal in short lines.
pub(crate) fn short(proposal: &Proposal) -> Vec<String> {
    let mut lines = vec![
        match &proposal.proposed {
            Proposed::Shown(shown) => format!("proposed: {shown}"),
            Proposed::Refused(_) => "proposed: refused".to_owned(),
        },
        format!("tests: {}", tests(proposal.tests)),
    ];
    let binding: Vec<String> = proposal.binding.iter().map(ToString::to_string).collect();
    lines.extend(line("binding", &binding, ", "));
    let left_out: Vec<String> =
        proposal.exemption.left_out().iter().map(ToString::to_string).collect();
    lines.extend(line("left out", &left_out, " "));
    let left_out: Vec<String> =
        proposal.cap_exemption.left_out().iter().map(ToString::to_string).collect();
    lines.extend(line("left out of the cap", &left_out, " "));
    lines.extend(proposal.warnings.iter().map(|it| format!("warning: {}", warning(it))));
    for lift in &proposal.lifts {
        let mut changes: Vec<String> = lift.changes.iter().map(change).collect();
        if changes.is_empty() {
            changes.push("nothing else".to_owned());
        }
        lines.push(format!("lift {} to {}: {}", lift.test, lift.to, changes.join("; ")));
    }
    if let Some(unanswered) = &proposal.unanswered {
        let units: Vec<String> = unanswered.units.iter().map(ToString::to_string).collect();
        lines.extend(line("unanswered", &units, " "));
    }
    for it in &proposal.not_used {
        let unit = it.unit.as_ref().map_or("organisation", UnitId::as_str);
        lines.push(format!("not used: {unit}/{}", it.step));
    }
    lines
}

fn line(name: &str, words: &[String], between: &str) -> Option<String> {
    (!words.is_empty()).then(|| format!("{name}: {}", words.join(between)))
}

fn tests(tests: Tests) -> String {
    let named = [
        ("steps", tests.steps),
        ("spread", tests.spread),
        ("units", tests.units),
        ("cap", Some(Shown::Level(tests.cap))),
    ];
    let shown = named.iter().filter_map(|(name, it)| Some(format!("{name} {}", (*it)?)));
    shown.collect::<Vec<_>>().join(", ")
}

fn warning(warning: &Warning) -> String {
    match warning {
        Warning::NoRollOutPlan => "no roll-out plan".to_owned(),
        Warning::FoundationGap(step) => format!("foundation gap {step}"),
        Warning::EvidenceNeeded { unit: None, step } => format!("evidence needed {step}"),
        Warning::EvidenceNeeded { unit: Some(unit), step } => {
            format!("evidence needed {unit}/{step}")
        }
        Warning::Lapsed { unit, confirmed: false } => format!("lapsed {unit}"),
        Warning::Lapsed { unit, confirmed: true } => format!("lapsed {unit}, confirmed"),
        Warning::NoStatus(unit) => format!("no status {unit}"),
    }
}

fn change(change: &Change) -> String {
    match change {
        Change::Step { lacks, unit, step } => {
            let unit = unit.as_ref().map_or_else(String::new, |it| format!("{it}/"));
            let lacks = match lacks {
                Lacks::Evidence => "evidence",
                Lacks::Partly => "partly",
                Lacks::NotYet => "not yet",
                Lacks::NotAssessed => "not assessed",
            };
            format!("{unit}{step} ({lacks})")
        }
        Change::Status { unit, from, to } => {
            format!("{unit} {} to {}", status(*from), status(*to))
        }
        Change::ShareAgain(unit) => format!("{unit} shares again"),
        Change::Support(None) => "support".to_owned(),
        Change::Support(Some(unit)) => format!("support {unit}"),
    }
}

fn status(status: Status) -> &'static str {
    match status {
        Status::BoardOnly => "board only",
        Status::AdHoc => "ad hoc",
        Status::Norm => "norm",
    }
}
