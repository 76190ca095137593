//! Questions that nobody answered in time, and to whom they go up: by settings, not by code.

use std::collections::BTreeMap;

use access::{Access, Capability, View};
use domain::Day;
use jiff::Timestamp;
use store::figure_questions::{Side, State, StoredQuestion};
use store::people::{self, PersonState};
use store::{Connection, PersonId};

use super::place::Place;
use super::settings::SETTINGS;
use super::side;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::session::{self, today};
use crate::shell::words;

/// A question that has gone up, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Up {
    /// Who, with their name; none where nobody is known.
    pub to: Option<(PersonId, String)>,
    /// The first day on which it was up.
    pub since: Day,
    /// Roles of which one would have it, in words.
    roles: String,
}

/// Questions that have gone up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Escalated(BTreeMap<String, Up>);

/// Somebody to whom questions may go up, by one of their roles.
struct Senior {
    id: PersonId,
    name: String,
    role: String,
    access: Access,
}

impl Escalated {
    /// Which of these questions have gone up. Nobody's rights are read where none has.
    ///
    /// # Errors
    ///
    /// [`Fault::Broken`] if the store cannot be read.
    pub async fn of(
        app: &App,
        db: &mut Connection,
        all: &[StoredQuestion],
        now: Timestamp,
    ) -> Result<Self, Fault> {
        let day = today(now);
        let up: Vec<&StoredQuestion> = all.iter().filter(|it| is_up(it, day)).collect();
        if up.is_empty() {
            return Ok(Self::default());
        }
        let (seniors, sides) = seniors(app, db, now).await?;
        let one = |it: &StoredQuestion| {
            let asked = sides.get(it.owner().as_str()).copied().unwrap_or(Side::Other);
            let ladder = ladder(it.question.side, asked);
            let names = ladder.iter().filter_map(|it| app.matrix().role(it));
            let names: Vec<String> = names.map(|it| words::lower(&it.name)).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let to = chosen(&seniors, ladder, it).map(|it| (it.id.clone(), it.name.clone()));
            (it.id.to_string(), Up { to, since: goes_up_on(it), roles: names.join(" or ") })
        };
        Ok(Self(up.into_iter().map(one).collect()))
    }

    /// To whom a question has gone up; none where it has not.
    pub fn of_question(&self, question: &StoredQuestion) -> Option<&Up> {
        self.0.get(question.id.as_str())
    }

    /// Whether a question has gone up to somebody.
    pub fn is_to(&self, question: &StoredQuestion, who: &PersonId) -> bool {
        let up = self.of_question(question).and_then(|it| it.to.as_ref());
        up.is_some_and(|it| it.0 == *who)
    }
}

impl Up {
    /// To whom it has gone, and since when, in sentences.
    pub fn said(&self) -> String {
        let days = SETTINGS.escalates_after_days.value;
        let days = words::count(days.into(), "day", "days");
        match &self.to {
            Some((_, name)) => {
                let since = words::day(&self.since.to_string());
                format!("Nobody answered within {days}, so it went up to {name} on {since}.")
            }
            None => format!(
                "Nobody answered within {days}, and nobody is known to whom it would go up: ask an \
                 administrator to name a {} for this unit.",
                self.roles
            ),
        }
    }

    /// For samples; to nobody where the name is blank.
    pub fn sample(name: &str) -> Self {
        Self {
            to: (!name.is_empty()).then(|| (PersonId::new("2"), name.to_owned())),
            since: "2026-06-23".parse().expect("a day"),
            roles: "finance business partner or finance director".to_owned(),
        }
    }
}

/// The first day on which a question that still waits has gone up: so many days after it was asked,
/// but never before the day by which an answer was asked for is over.
fn goes_up_on(question: &StoredQuestion) -> Day {
    let days = i32::try_from(SETTINGS.escalates_after_days.value).unwrap_or(0);
    let waited = today(question.waits_since()).plus(days);
    waited.max(question.due_on()).plus(1)
}

fn is_up(question: &StoredQuestion, day: Day) -> bool {
    question.state() == State::Waiting && goes_up_on(question) <= day
}

/// Roles to which a question goes up: of the side of whoever is to answer; where they stand on
/// neither, of the side opposite to whoever asked.
fn ladder(asks: Side, asked: Side) -> &'static [String] {
    let is_of_finance = match (asks, asked) {
        (_, Side::Finance) | (Side::Clinical | Side::Other, Side::Other) => true,
        (_, Side::Clinical) | (Side::Finance, Side::Other) => false,
    };
    let ladders = &SETTINGS.escalates_to;
    if is_of_finance { &ladders.finance } else { &ladders.clinical }
}

/// The first of the ladder's roles that somebody has in the unit, who sees the page and neither asked
/// nor is to answer already; of several, whoever is nearest to the unit.
fn chosen<'a>(
    seniors: &'a [Senior],
    ladder: &[String],
    question: &StoredQuestion,
) -> Option<&'a Senior> {
    let unit = question.question.unit.as_str();
    let page = Place::of_question(&question.question);
    let is_free = |it: &&Senior| it.id != *question.owner() && it.id != question.asked_by;
    let place = |it: &'a Senior| {
        let rank = ladder.iter().position(|role| *role == it.role)?;
        let answers = it.access.scope(Capability::AnswerQuestions)?;
        answers.of_unit(unit)?;
        let sees = it.access.scope(Capability::AggregateCosts)?.of_unit(unit)?;
        let is_far = answers.of_trust().is_some();
        let is_seen = page.as_ref().is_none_or(|of| of.seen_with(&it.access) == Some(View::Exact));
        let key = (rank, is_far, it.name.as_str(), it.id.as_str());
        (is_seen && sees.view == View::Exact).then_some((key, it))
    };
    let found = seniors.iter().filter(is_free).filter_map(place);
    found.min_by_key(|it| it.0).map(|it| it.1)
}

/// Everybody at work to whom questions may go up, and on which side each person stands.
async fn seniors(
    app: &App,
    db: &mut Connection,
    now: Timestamp,
) -> Result<(Vec<Senior>, BTreeMap<String, Side>), Fault> {
    let ladders = &SETTINGS.escalates_to;
    let (mut found, mut sides) = (Vec::new(), BTreeMap::new());
    for it in people::list(db).await? {
        let access = session::access_of(app, db, &it.id, now).await?;
        sides.insert(it.id.to_string(), side::side(&it.person.profession, access.roles()));
        if it.state != PersonState::Active {
            continue;
        }
        for role in ladders.finance.iter().chain(&ladders.clinical) {
            if !access.roles().contains(role) {
                continue;
            }
            let access = session::access_in_role(app, db, &it.id, (role, now)).await?;
            let (id, name) = (it.id.clone(), it.person.name.clone());
            found.push(Senior { id, name, role: role.clone(), access });
        }
    }
    Ok((found, sides))
}

#[cfg(test)]
mod tests {
    use store::figure_questions::{Act, NewQuestion, Step};
    use store::{QuestionId, UnitCode};

    use super::*;

    fn question(asked_at: &str, due_on: &str) -> StoredQuestion {
        StoredQuestion {
            id: QuestionId::new("1"),
            question: NewQuestion {
                unit: UnitCode::new("TORT"),
                run: "1fe9".to_owned(),
                page: "/services/TORT".to_owned(),
                figure: "page".to_owned(),
                words: "Why?".to_owned(),
                side: Side::Clinical,
                owner: PersonId::new("B"),
                due_on: day(due_on),
            },
            asked_by: PersonId::new("A"),
            asked_at: asked_at.parse().expect("a moment"),
            steps: Vec::new(),
        }
    }

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    fn step(act: Act, at: &str) -> Step {
        Step {
            act,
            words: "So".to_owned(),
            owner: None,
            due_on: (act == Act::Reopened).then(|| day("2026-07-01")),
            side: Side::Finance,
            by: PersonId::new("B"),
            at: at.parse().expect("a moment"),
        }
    }

    #[test]
    fn a_question_goes_up_after_three_weeks_and_never_before_its_day_is_over() {
        let mut it = question("2026-06-01T09:00:00Z", "2026-06-15");
        // Asked on the first: the twenty-first day after it is the 22nd, and more is the 23rd.
        assert!(!is_up(&it, day("2026-06-22")) && is_up(&it, day("2026-06-23")));
        let later = question("2026-06-01T09:00:00Z", "2026-08-31");
        assert!(!is_up(&later, day("2026-08-31")) && is_up(&later, day("2026-09-01")));
        it.steps.push(step(Act::Answered, "2026-06-20T09:00:00Z"));
        assert!(!is_up(&it, day("2031-01-01")), "it is answered");
        it.steps.push(step(Act::Reopened, "2026-06-21T09:00:00Z"));
        assert_eq!(goes_up_on(&it), day("2026-07-13"), "the time begins anew");
    }

    #[test]
    fn each_direction_has_its_own_roles() {
        let first = |asks, asked| ladder(asks, asked)[0].as_str();
        assert_eq!(first(Side::Clinical, Side::Finance), "FINANCE_BUSINESS_PARTNER");
        assert_eq!(first(Side::Finance, Side::Clinical), "CLINICAL_DIRECTOR");
        assert_eq!(first(Side::Clinical, Side::Clinical), "CLINICAL_DIRECTOR");
        assert_eq!(first(Side::Finance, Side::Other), "CLINICAL_DIRECTOR");
        assert_eq!(first(Side::Other, Side::Other), "FINANCE_BUSINESS_PARTNER");
    }

    #[test]
    fn where_nobody_is_known_it_says_who_would_be() {
        let said = Up::sample("").said();
        assert!(said.contains("nobody is known to whom it would go up"), "{said}");
        assert!(said.contains("finance business partner or finance director"), "{said}");
        let said = Up::sample("Daniel Osei").said();
        assert_eq!(
            said,
            "Nobody answered within 21\u{a0}days, so it went up to Daniel Osei on 23 June 2026."
        );
    }
}
