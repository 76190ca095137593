//! What must hold of what people write in a review that no field tells alone.

use engagement::reviews::{
    BackfillFault, Needs, Perspective, Side, StageState as Stands, backfill, needs, needs_reason,
    outstanding, unheard,
};
use store::reviewing::{Body, Coming, Question, Stage, StageState};

use super::found::{Found, side};
use super::review::checklist;
use crate::shell::forms::Wrong;
use crate::shell::words;

/// What cannot be told of one field alone.
pub(super) fn further(found: &Found, (before, after): (&Body, &Body), wrong: &mut Wrong) {
    match (before, after) {
        (Body::Stage(before), Body::Stage(after)) => {
            let reason = needs_reason(&stage(before), &stage(after));
            let is_said = !after.because.is_empty();
            wrong.unless(is_said || !reason, "because", "Say why this departs from what was");
            if after.state == StageState::Done && before.state != StageState::Done {
                closed(found, (before, after), wrong);
            }
        }
        (_, Body::Question(it)) if !it.answer.is_empty() && asked_of(it) != Side::Other => {
            let is_named = !it.answers.is_empty() && is_of_side(found, &it.answers, asked_of(it));
            wrong.unless(is_named, "answers", "Choose who answers it for their side");
        }
        (_, Body::Input(it)) => {
            let is_waived = it.state == store::reviewing::InputState::Waived;
            let say = "Say why the review goes on without it";
            wrong.unless(!is_waived || !it.words.is_empty(), "words", say);
        }
        (_, Body::Priority(it)) => {
            let area = Needs {
                baseline: [&it.value, &it.unit, &it.period, &it.source],
                size: [&it.low, &it.high, &it.size_unit],
            };
            for (field, say) in needs(area) {
                wrong.add(field, say);
            }
        }
        (_, Body::Challenge(it)) if !it.closed_on.is_empty() => {
            let is_day = it.closed_on.parse::<domain::Day>().is_ok();
            wrong.unless(is_day, "closed_on", "Write the day as 2026-06-11");
            wrong.unless(!it.answer.is_empty(), "answer", "Write what was answered");
        }
        (_, Body::Decision(it)) => {
            let is_named = !it.senior.is_empty() && is_of_side(found, &it.senior, Side::Clinical);
            let say = "Name the senior clinician who took part: it touches the safety of patients";
            wrong.unless(!it.touches_safety || is_named, "senior", say);
            let is_shown = !it.evidence.is_empty() || !it.rests_on.is_empty();
            let say = "Write what it rested on, or choose it from what this review holds";
            wrong.unless(is_shown, "evidence", say);
            if it.touches_safety && is_named && !is_senior(found, &it.senior) {
                wrong.add("senior", not_senior(found, &it.senior));
            }
        }
        (_, Body::Backfill(it)) => {
            let read = backfill((&it.sessions, &it.cost), (&it.from, &it.to));
            if let Err(fault) = read {
                let field = match fault {
                    BackfillFault::Sessions => "sessions",
                    BackfillFault::Cost(_) => "cost",
                    BackfillFault::Period => "to",
                };
                wrong.add(field, fault.to_string());
            }
        }
        (_, Body::Presented(it)) => {
            let is_day = it.on.parse::<domain::Day>().is_ok();
            wrong.unless(is_day, "on", "Write the day as 2026-06-11");
        }
        (_, Body::Participant(it)) => {
            let is_deputy = it.coming == Coming::Deputy;
            let say = "Choose for whom they stand in";
            wrong.unless(!is_deputy || !it.deputy_for.is_empty(), "deputy_for", say);
        }
        _ => {}
    }
}

/// A stage as the rules take it.
pub(super) fn stage(it: &Stage) -> engagement::reviews::Stage {
    engagement::reviews::Stage {
        name: it.name.clone(),
        place: it.place,
        state: match it.state {
            StageState::Open => Stands::Open,
            StageState::Done => Stands::Done,
            StageState::Skipped => Stands::Skipped,
        },
    }
}

/// From whose side a question is asked; neither where it waits for both, or for anybody.
pub(super) fn asked_of(it: &Question) -> Side {
    Side::of_word(&it.side)
}

/// Whether somebody is of a side; anybody is where it is neither of the two.
pub(super) fn is_of_side(found: &Found, person: &str, of: Side) -> bool {
    of == Side::Other || side(&found.people, person) == of
}

/// Whether a role, a post or a job title makes somebody senior.
pub(super) fn is_senior(found: &Found, person: &str) -> bool {
    found.people.get(person).is_some_and(|it| it.is_senior)
}

/// That somebody is not recorded as senior, who would be, and what to do.
fn not_senior(found: &Found, person: &str) -> String {
    format!(
        "{} is not recorded as a senior clinician: name {}. If they are one, an administrator can put it into their role or job title",
        found.name(person),
        found.guide.senior.says
    )
}

/// Questions of a stage to one side that nobody has answered.
pub(super) fn unheard_in<'a>(found: &'a Found, stage: &'a str) -> Vec<&'a str> {
    unheard(found.items.iter().filter_map(|it| match &it.latest().body {
        Body::Question(of) if of.stage == stage => Some(Perspective {
            asks: &of.asks,
            side: asked_of(of),
            is_answered: !of.answer.trim().is_empty(),
        }),
        _ => None,
    }))
}

/// A stage is behind us once what it asks for is there, and both sides were heard or somebody says why
/// not: a reason that was given for something else is none.
fn closed(found: &Found, (before, after): (&Stage, &Stage), wrong: &mut Wrong) {
    let open = outstanding(checklist(found, &before.stage));
    if !open.is_empty() {
        wrong.add(
            "state",
            format!("Still to be brought, or waived with a reason: {}", words::listed(&open)),
        );
    }
    let open = unheard_in(found, &before.stage);
    let is_said = !after.because.is_empty() && after.because != before.because;
    if !open.is_empty() && !is_said {
        let say = "Say why the stage is behind us though nobody has answered this";
        wrong.add("because", format!("{say}: {}", words::listed(&open)));
    }
}
