//! What stands of questions beside the figures that they are about, and on first screens.

use access::View;
use domain::Day;
use store::UnitCode;
use store::figure_questions::{self, Side, State, StoredQuestion};
use store::units::{self, UnitKind};

use super::escalated::Escalated;
use super::place::Place;
use super::settings::SETTINGS;
use super::{sees, view};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::session::today;
use crate::shell::variation::may_answer;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Questions about the figures of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Questions {
    /// How many were asked, and how they stand.
    pub said: String,
    /// Where they are; blank where there are none.
    pub list: String,
    /// How long answers took, by direction; only of a whole unit, and of enough answers.
    pub times: Vec<String>,
    /// Where one is asked; blank where none can be, and then nothing is shown.
    pub ask: String,
    /// Where a difference that the page shows is followed up; blank for those who may not.
    pub differs: String,
    /// Where an allocation of a service line is walked through; blank on other pages, and for those
    /// who may not.
    pub walk: String,
}

impl Questions {
    /// Of a page, as far as somebody sees them. Nothing where the page takes no questions, or its
    /// unit is none of the trust's.
    ///
    /// # Errors
    ///
    /// [`Fault::Broken`] if the store cannot be read.
    pub async fn of(
        app: &App,
        visit: &Visit,
        place: Option<Place>,
        run: &str,
    ) -> Result<Self, Fault> {
        let Some(place) = place.filter(|it| it.seen_by(visit).is_some()) else {
            return Ok(Self::default());
        };
        let unit = UnitCode::new(place.unit.as_str());
        let mut db = app.store().read().await?;
        match units::get(&mut db, &unit).await {
            Ok(found) if place.page.is_of(found.unit.kind) => {}
            Ok(_) | Err(store::Error::NotFound(_)) => return Ok(Self::default()),
            Err(error) => return Err(error.into()),
        }
        let all = figure_questions::of_unit(&mut db, &unit).await?;
        drop(db);
        let is_exact = view(visit, &place.unit) == Some(View::Exact);
        let times = if place.is_unit() && is_exact { times(&all) } else { Vec::new() };
        let address = place.address();
        let shown = all.iter().filter(|it| sees(visit, it));
        let shown: Vec<&StoredQuestion> =
            shown.filter(|it| place.is_unit() || it.question.page == address).collect();
        let list = if shown.is_empty() {
            String::new()
        } else {
            let pairs = [("list", "all"), ("unit", place.unit.as_str())];
            format!("/questions?{}", serde_urlencoded::to_string(pairs).unwrap_or_default())
        };
        let said = said(&shown, is_exact, today(visit.now));
        let is_costed = place.page.has_run && !place.page.is_of_thing();
        let may = is_costed && may_answer(visit, &place.unit);
        let differs = if may { place.follow_up(run) } else { String::new() };
        let walk = if may && place.is_unit() && place.page.kind == Some(UnitKind::ServiceLine) {
            format!("/walk-throughs/new/{unit}")
        } else {
            String::new()
        };
        Ok(Self { said, list, times, ask: place.ask(run), differs, walk })
    }

    /// With what the page says of a difference, for whoever follows it up.
    #[must_use]
    pub fn saying(mut self, differs: &[&str]) -> Self {
        let whole = |it: &&str| match it.trim() {
            asks if asks.ends_with('?') => asks.to_owned(),
            says => words::sentence(says),
        };
        let said = differs.iter().map(whole).filter(|it| !it.is_empty());
        let differs = said.collect::<Vec<_>>().join(" ");
        if !self.differs.is_empty() && !differs.trim().is_empty() {
            let pair = serde_urlencoded::to_string([("differs", differs.trim())]);
            self.differs += &format!("&{}", pair.unwrap_or_default());
        }
        self
    }

    /// For samples.
    pub fn sample() -> Self {
        Self {
            said: "3 questions were asked about these figures. 1 waits for an answer.".to_owned(),
            list: "/questions?list=all&unit=TORT".to_owned(),
            times: vec![
                "Of 26 questions from clinicians, 6 are answered by finance; half of these within 4\u{a0}days."
                    .to_owned(),
            ],
            ask: "/questions/ask?page=%2Fservices%2FTORT&run=1fe9a090556158bd".to_owned(),
            differs: "/variation/new?page=%2Fservices%2FTORT&run=1fe9a090556158bd".to_owned(),
            walk: "/walk-throughs/new/TORT".to_owned(),
        }
    }
}

/// How many were asked, and how many of them wait.
fn said(shown: &[&StoredQuestion], is_exact: bool, today: Day) -> String {
    if shown.is_empty() {
        let nobody = if is_exact { "Nobody has" } else { "You have" };
        let what = if is_exact { "asked" } else { "not asked" };
        return format!("{nobody} {what} about these figures yet.");
    }
    let count = |holds: &dyn Fn(&StoredQuestion) -> bool| {
        shown.iter().filter(|it| holds(it)).count() as u64
    };
    let waiting = count(&|it| it.state() == State::Waiting);
    let late = count(&|it| it.is_overdue(today));
    let asked = shown.len() as u64;
    let were = if asked == 1 { "was" } else { "were" };
    let who = if is_exact { "" } else { " by you" };
    let open = match (waiting, late) {
        (0, _) => "None waits for an answer.".to_owned(),
        (waiting, 0) => format!("{} for an answer.", of(waiting, "waits", "wait")),
        (waiting, late) => {
            format!("{} for an answer, {}.", of(waiting, "waits", "wait"), overdue(late))
        }
    };
    let asked = words::count(asked, "question", "questions");
    format!("{asked} {were} asked{who} about these figures. {open}")
}

fn of(number: u64, one: &str, more: &str) -> String {
    format!("{} {}", words::thousands(number), if number == 1 { one } else { more })
}

fn overdue(late: u64) -> String {
    format!("{} overdue", of(late, "is", "are"))
}

/// How long answers took between clinicians and finance, each way, and of how many questions.
fn times(all: &[StoredQuestion]) -> Vec<String> {
    let ways = [
        (Side::Clinical, Side::Finance, ("clinicians", "finance")),
        (Side::Finance, Side::Clinical, ("finance", "clinicians")),
    ];
    let told = ways.into_iter().filter_map(|(from, to, (who, whom))| {
        let mut days: Vec<u64> = all.iter().filter_map(|it| days_to_answer(it, from, to)).collect();
        if days.len() < SETTINGS.answers_before_a_median.value as usize {
            return None;
        }
        days.sort_unstable();
        // So many or fewer days for at least half of them.
        let half = days.get((days.len() - 1) / 2)?;
        let within = match half {
            0 => "within a day".to_owned(),
            days => format!("within {}", words::count(days + 1, "day", "days")),
        };
        let asked = all.iter().filter(|it| it.question.side == from).count();
        let asked = words::count(u64::try_from(asked).ok()?, "question", "questions");
        let answered = days.len();
        Some(format!(
            "Of {asked} from {who}, {answered} are answered by {whom}; half of these {within}."
        ))
    });
    told.collect()
}

/// Whole days from a question of one side to the first answer of the other.
fn days_to_answer(it: &StoredQuestion, from: Side, to: Side) -> Option<u64> {
    let first = it.answers().find(|it| it.side == to).filter(|_| it.question.side == from)?;
    let hours = first.at.duration_since(it.asked_at).as_hours();
    u64::try_from(hours / 24).ok()
}

/// What waits for somebody, in a sentence or two; blank for nothing.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn waiting(app: &App, visit: &Visit) -> Result<String, Fault> {
    let me = visit.person()?;
    let mut db = app.store().read().await?;
    let mut all = figure_questions::list(&mut db).await?;
    all.retain(|it| sees(visit, it));
    let escalated = Escalated::of(app, &mut db, &all, visit.now).await?;
    drop(db);
    let up = all.iter().filter(|it| escalated.is_to(it, &me.id)).count() as u64;
    let mine = all.iter().filter(|it| *it.owner() == me.id && it.state() == State::Waiting);
    let (mine, now) = (mine.collect::<Vec<_>>(), today(visit.now));
    let late = mine.iter().filter(|it| it.is_overdue(now)).count() as u64;
    let answered = |it: &&StoredQuestion| it.asked_by == me.id && it.state() == State::Answered;
    let answered = all.iter().filter(answered).count() as u64;
    let mut said = Vec::new();
    if !mine.is_empty() {
        let wait = of(mine.len() as u64, "question waits", "questions wait");
        let late = if late == 0 { String::new() } else { format!(", {}", overdue(late)) };
        said.push(format!("{wait} for your answer{late}."));
    }
    if up > 0 {
        let went =
            of(up, "question that nobody answered has", "questions that nobody answered have");
        said.push(format!("{went} gone up to you."));
    }
    if answered > 0 {
        said.push(format!(
            "{} answered.",
            of(answered, "of your questions is", "of your questions are")
        ));
    }
    Ok(said.join(" "))
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use store::figure_questions::{Act, NewQuestion, Step};
    use store::{PersonId, QuestionId};

    use super::*;

    fn asked_at() -> Timestamp {
        "2026-06-01T09:00:00Z".parse().expect("a moment")
    }

    /// A question of one side that the other answered so many hours later; never where none.
    fn question((from, to): (Side, Side), hours: Option<i64>) -> StoredQuestion {
        let step = |hours| Step {
            act: Act::Answered,
            words: "So".to_owned(),
            owner: None,
            due_on: None,
            side: to,
            by: PersonId::new("B"),
            at: asked_at() + SignedDuration::from_hours(hours),
        };
        StoredQuestion {
            id: QuestionId::new("1"),
            question: NewQuestion {
                unit: UnitCode::new("TORT"),
                run: "1fe9".to_owned(),
                page: "/services/TORT".to_owned(),
                figure: "page".to_owned(),
                words: "Why?".to_owned(),
                side: from,
                owner: PersonId::new("B"),
                due_on: "2026-06-15".parse().expect("a day"),
            },
            asked_by: PersonId::new("A"),
            asked_at: asked_at(),
            steps: hours.map(step).into_iter().collect(),
        }
    }

    #[test]
    fn times_are_told_by_direction_and_only_of_five_answers() {
        let to_finance = (Side::Clinical, Side::Finance);
        let mut all: Vec<StoredQuestion> =
            [1, 30, 50, 100].map(|it| question(to_finance, Some(it))).to_vec();
        all.push(question(to_finance, None));
        // Answered by a colleague of the same side, and asked by neither.
        all.push(question((Side::Clinical, Side::Clinical), Some(1)));
        all.push(question((Side::Other, Side::Finance), Some(1)));
        assert_eq!(times(&all), Vec::<String>::new());
        all.push(question(to_finance, Some(400)));
        // 0, 1, 2, 4 and 16 whole days: three of five, so half and more, were answered before the
        // third day was over.
        // Beside them stand the one without an answer and the one of a colleague.
        let said = "Of 7\u{a0}questions from clinicians, 5 are answered by finance; half of these within 3\u{a0}days.";
        assert_eq!(times(&all), [said]);
        all.extend([2, 3, 4, 5, 6].map(|it| question((Side::Finance, Side::Clinical), Some(it))));
        let back = "Of 5\u{a0}questions from finance, 5 are answered by clinicians; half of these within a day.";
        assert_eq!(times(&all), [said, back]);
    }

    #[test]
    fn how_many_wait_is_said_in_words() {
        let to_finance = (Side::Clinical, Side::Finance);
        let (open, done) = (question(to_finance, None), question(to_finance, Some(1)));
        let on = |day: &str| day.parse::<Day>().expect("a day");
        let due = on("2026-06-15");
        assert_eq!(said(&[], true, due), "Nobody has asked about these figures yet.");
        assert_eq!(said(&[], false, due), "You have not asked about these figures yet.");
        assert_eq!(
            said(&[&open], false, due),
            "1\u{a0}question was asked by you about these figures. 1 waits for an answer."
        );
        assert_eq!(
            said(&[&done, &open, &open], true, on("2026-06-16")),
            "3\u{a0}questions were asked about these figures. 2 wait for an answer, 2 are overdue."
        );
        assert_eq!(
            said(&[&done], true, on("2026-06-16")),
            "1\u{a0}question was asked about these figures. None waits for an answer."
        );
    }
}
