//! How feasible the owners of an action find it: as forms ask for it, and as pages tell it.

use engagement::actions::View;
use engagement::benefits::BenefitSettings;
use jiff::Timestamp;
use store::joint_actions::StoredAction;

use super::form_page::{Field, Kind};
use super::forms::Wrong;
use super::typed::Text;
use super::words;

/// The levels to choose from: code and words.
pub fn levels(settings: &BenefitSettings) -> Vec<(String, String)> {
    settings.feasibility.iter().map(|it| (it.code.clone(), it.name.clone())).collect()
}

/// The two fields in which an owner's view is written; `whose` begins their names.
pub fn fields(settings: &BenefitSettings, whose: &str, label: &str, view: &View) -> [Field; 2] {
    [
        Field::new(Kind::Radios, format!("{whose}_view"), label, "")
            .with(view.level.clone())
            .of(levels(settings)),
        Field::new(
            Kind::Line,
            format!("{whose}_because"),
            "What it needs",
            "Where it cannot be done with what you have",
        )
        .with(view.because.clone()),
    ]
}

/// Adds what is wrong with a view as it was typed.
pub fn check(
    settings: &BenefitSettings,
    (whose, view): (&str, &View),
    text: &Text,
    wrong: &mut Wrong,
) {
    let (level, because) = (format!("{whose}_view"), format!("{whose}_because"));
    let place = settings.feasibility.iter().position(|it| it.code == view.level);
    wrong.unless(place.is_some(), &level, "Choose how feasible it is");
    if place.is_some_and(|it| it > 0) || !view.because.trim().is_empty() {
        text.check(wrong, &because, &view.because, "Write what it needs");
    }
}

/// What the owners of an action said up to a moment, in a sentence each; blank where nobody spoke.
pub fn told(
    settings: &BenefitSettings,
    action: &StoredAction,
    until: Option<Timestamp>,
    name: impl Fn(&str) -> String,
) -> String {
    let views = action.views_until(until);
    let level = |it: &View| {
        let found = settings.feasible(&it.level);
        words::lower(found.map_or(it.level.as_str(), |it| it.name.as_str()))
    };
    let first = settings.feasibility.first().map_or("", |it| it.code.as_str());
    let all_owners = views.len() == action.agreed.of.owners.len();
    let are_content = views.iter().all(|it| it.level == first && it.because.is_empty());
    if let (Some(it), true, true) = (views.first(), all_owners, are_content) {
        return words::sentence(&level(it));
    }
    let one = |it: &&View| {
        let because = match it.because.trim().trim_end_matches('.') {
            "" => String::new(),
            because => format!(" ({because})"),
        };
        format!("{}: {}{because}.", name(&it.person), level(it))
    };
    views.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use engagement::actions::{Action, Effort, Owner, Priority, Profession};
    use store::joint_actions::{NewAction, StoredView};
    use store::{ActionId, PersonId, UnitCode};

    use super::*;

    fn action(views: &[(&str, &str, &str)]) -> StoredAction {
        let owner = |person: &str, profession| Owner { person: person.to_owned(), profession };
        let day = "2026-06-11".parse().expect("a day");
        let of = Action {
            what: "Discharge by criteria".to_owned(),
            owners: vec![owner("a", Profession::Clinical), owner("b", Profession::Finance)],
            joint: true,
            size: None,
            effort: Effort::Low,
            priority: Priority::High,
            measure: "Stay".to_owned(),
            quality: "None".to_owned(),
            starts_on: day,
            due_on: day,
        };
        let view = |it: &(&str, &str, &str)| StoredView {
            says: View { person: it.0.into(), level: it.1.into(), because: it.2.into() },
            by: PersonId::new(it.0),
            at: Timestamp::UNIX_EPOCH,
        };
        StoredAction {
            id: ActionId::new("1"),
            agreed: NewAction { unit: UnitCode::new("HIP"), origin: String::new(), of },
            added_by: PersonId::new("a"),
            added_at: Timestamp::UNIX_EPOCH,
            updates: Vec::new(),
            views: views.iter().map(view).collect(),
        }
    }

    #[track_caller]
    fn tells(views: &[(&str, &str, &str)], expected: &str) {
        let name = |it: &str| if it == "a" { "Amara" } else { "Daniel" }.to_owned();
        assert_eq!(told(&BenefitSettings::own(), &action(views), None, name), expected);
    }

    #[test]
    fn owners_who_agree_are_told_once_and_others_by_name_with_what_it_needs() {
        tells(&[], "");
        tells(&[("a", "as-is", ""), ("b", "as-is", "")], "Can be done with what we have.");
        tells(&[("a", "as-is", "")], "Amara: can be done with what we have.");
        tells(
            &[("a", "as-is", ""), ("b", "decision", "The board decides in July.")],
            "Amara: can be done with what we have. Daniel: needs a decision of others (The board decides in July).",
        );
        // What was said last counts, whatever came before it.
        tells(
            &[("a", "means", "A post"), ("b", "as-is", ""), ("a", "as-is", "")],
            "Can be done with what we have.",
        );
    }

    #[test]
    fn every_level_but_the_first_needs_a_reason() {
        let text = Text { letters: 10, nhs_number: "no number", reference: None };
        let wrong = |level: &str, because: &str| {
            let view = View { person: "a".into(), level: level.into(), because: because.into() };
            let mut wrong = Wrong::default();
            check(&BenefitSettings::own(), ("clinical", &view), &text, &mut wrong);
            wrong.all().iter().map(|it| format!("{}: {}", it.0, it.1)).collect::<Vec<_>>()
        };
        assert_eq!(wrong("as-is", ""), Vec::<String>::new());
        assert_eq!(wrong("means", "A post"), Vec::<String>::new());
        assert_eq!(wrong("means", " "), ["clinical_because: Write what it needs"]);
        assert_eq!(wrong("", ""), ["clinical_view: Choose how feasible it is"]);
        assert_eq!(wrong("as-is", "far too long").len(), 1);
    }
}
