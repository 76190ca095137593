//! Whether colleagues differ by more than chance: the finding, the chart, questions, the table; or
//! the spread of all spells where there are too few to compare.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use results::Run;
use results::outcomes::{LeftOut, Uses, known_uses};
use statistics::case_mix::TooFew;
use store::comparisons::{self, Comparison};

use super::asked::{Answer, Asked, Query};
use super::newcomers::Newcomers;
use super::off::{Off, date};
use super::questions::{self, Question};
use super::rights::{Line, Sight};
use super::sentences::{Counted, Values, number};
use super::table::{Drawn, Table};
use crate::App;
use crate::shell::care;
use crate::shell::fault::Fault;
use crate::shell::page::{Link, Page, Shell};
use crate::shell::provenance::Provenance;
use crate::shell::session::today;
use crate::shell::shelf::reading;
use crate::shell::variation::may_follow_up;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Action under which views stand in the audit.
pub(super) const ACTION: &str = "colleagues.read";

#[derive(askama::Template)]
#[template(path = "features/colleagues/show.html")]
pub(super) struct Colleagues {
    shell: Shell,
    kicker: String,
    lead: Vec<String>,
    provenance: Provenance,
    sees: String,
    coded: Coded,
    measures: Vec<Link>,
    body: Body,
    /// Who is new since the year before.
    newcomers: Option<Newcomers>,
    choices: Vec<Choice>,
    /// How it is counted and compared.
    method: Vec<String>,
    /// Where somebody beyond chance is followed up; blank where nobody is, or for those who may not.
    follow_up: String,
}

/// For what and for whom, as it was recorded.
#[derive(Clone, Debug, Default)]
struct Coded {
    purpose: String,
    audience: String,
    recorded: String,
    address: String,
}

/// What there is to see.
enum Body {
    Compared {
        chart: Drawn,
        questions: Vec<Question>,
        table: Table,
    },
    Spread {
        title: String,
        rows: Vec<(&'static str, String)>,
        note: String,
    },
    /// Nothing that may be shown, and why.
    Nothing(String),
}

/// A choice of spells, as it is and what it can be changed to.
#[derive(Clone, Debug, Default)]
struct Choice {
    is: &'static str,
    change: &'static str,
    address: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    axum::extract::Query(query): axum::extract::Query<Query>,
    visit: Visit,
) -> Result<Response, Fault> {
    let line = Line::of(&app, &visit, &code).await?;
    let asked = query.read()?;
    let mut db = app.store().read().await?;
    let latest = comparisons::latest(&mut db, &line.code).await?;
    drop(db);
    let scope = visit.scope(Capability::ClinicianComparison)?;
    let Some(record) = latest.as_ref().filter(|it| it.holds_on(today(visit.now))) else {
        let object = format!("{} off", line.address());
        app.store().audit(visit.entry_in(scope, ACTION, &object)).await?;
        return Ok(Off::of(&visit, &line, latest.as_ref()).respond());
    };
    let sees_drafts = visit.may(Capability::ReadRuns);
    let (shelf, record, by) = (app.clone(), record.clone(), visit.clone());
    let made = reading(move || {
        let run = shelf.shelf().latest(sees_drafts)?.ok_or(Fault::NotFound)?;
        let before = shelf.shelf().year_before(&run)?;
        let answer = asked.answer((&run, before.as_deref()), &line)?;
        let page = Colleagues::of((&by, &record), &run, (&line, &asked), &answer)?;
        Ok((page, asked.object(&line, &run)))
    });
    let (page, object) = made.await?;
    let entry = visit.entry_in(scope, ACTION, &object).rows(page.shown());
    // On record before anything of it is sent.
    app.store().audit(entry).await?;
    Ok(page.respond())
}

impl Colleagues {
    fn of(
        (visit, record): (&Visit, &Comparison),
        run: &Run,
        (line, asked): (&Line, &Asked),
        answer: &Answer,
    ) -> Result<Self, Fault> {
        let uses = &answer.uses;
        let name = if asked.is_whole() {
            line.name.clone()
        } else {
            care::name(run.rules()?, (&asked.pod, &asked.hrg))
        };
        let values = Values::of(uses);
        let (title, lead, body) = found(line, answer, &values);
        let mut shell = visit
            .shell(title)
            .below("Services", "/services")
            .below(&line.name, format!("/services/{}", line.code));
        if !asked.is_whole() {
            let part = [("pod", &asked.pod), ("hrg", &asked.hrg)];
            let query = serde_urlencoded::to_string(part).unwrap_or_default();
            shell = shell.below(&name, format!("/services/{}?{query}", line.code));
        }
        Ok(Self {
            shell,
            kicker: name,
            lead,
            provenance: Provenance::of(run, visit.now)?,
            sees: sees(visit, line.sight)?,
            coded: Coded {
                purpose: words::sentence(&record.agreed.purpose),
                audience: words::sentence(&record.agreed.audience),
                recorded: date(today(record.recorded_at)),
                address: line.purpose(),
            },
            measures: measures(line, asked),
            body,
            newcomers: match line.sight {
                Sight::Coded => Newcomers::of(uses, &values),
                Sight::Spread => None,
            },
            choices: choices(line, asked),
            method: method(uses, asked),
            follow_up: if may_follow_up(visit, line.code.as_str()) && any_beyond(line, uses) {
                asked.follow_up(line)
            } else {
                String::new()
            },
        })
    }

    /// Colleagues who are shown.
    fn shown(&self) -> usize {
        match &self.body {
            Body::Compared { table, .. } => table.rows.len(),
            Body::Spread { .. } | Body::Nothing(_) => 0,
        }
    }
}

/// Whether somebody of those who are shown lies beyond what chance leaves.
fn any_beyond(line: &Line, uses: &Uses) -> bool {
    line.sight == Sight::Coded && !uses.beyond_chance().is_empty()
}

/// Heading, sentences and what follows.
fn found(line: &Line, answer: &Answer, values: &Values) -> (String, Vec<String>, Body) {
    let uses = &*answer.uses;
    if let Some(why) = &uses.absent {
        let title = format!("{} cannot be compared here", uses.name);
        return (title, Vec::new(), Body::Nothing(why.clone()));
    }
    if line.sight == Sight::Spread || !uses.is_compared() {
        return spread(line, uses, values);
    }
    let counted = Counted::of(uses.consultants.iter().filter_map(|it| it.compared.as_ref().ok()));
    let body = Body::Compared {
        chart: Drawn::of(uses, values),
        questions: questions::of(uses, &answer.peers, values),
        table: Table::of(uses, values),
    };
    (counted.title(&uses.name), vec![counted.lead()], body)
}

/// The spread of all spells: too few are compared, or whoever asks may see their own alone.
fn spread(line: &Line, uses: &Uses, values: &Values) -> (String, Vec<String>, Body) {
    let name = words::lower(&uses.name);
    let why = match line.sight {
        Sight::Spread => "You may see yourself among colleagues without names. Nothing here says \
                          which code is yours, so you see how all spells of the specialty spread."
            .to_owned(),
        Sight::Coded => too_few(uses),
    };
    let with_spells = uses.consultants.iter().filter(|it| has_spells(&it.compared)).count();
    let few = |it: &statistics::quantile::Spread| it.n >= uses.floors.cases && with_spells > 1;
    let Some(it) = uses.spread.filter(few) else {
        let title = format!("Too few spells to say how {name} spread");
        let nothing = format!(
            "At least {} spells of two or more colleagues are needed for the spread of a specialty.",
            uses.floors.cases
        );
        return (title, vec![why], Body::Nothing(nothing));
    };
    let range = values.range((it.lower_quartile, it.upper_quartile));
    let title = if name.ends_with(&uses.unit) {
        format!("Half of the spells had {range} {name}")
    } else {
        format!("Half of the spells had {range} {} of {name}", uses.unit)
    };
    let rows = vec![
        ("A quarter of spells had at most", values.with_unit(it.lower_quartile)),
        ("Half had at most", values.with_unit(it.median)),
        ("Three quarters had at most", values.with_unit(it.upper_quartile)),
    ];
    let note = format!("{} of the specialty, as recorded.", words::count(it.n, "spell", "spells"));
    (title, vec![why], Body::Spread { title: "How spells spread".to_owned(), rows, note })
}

fn has_spells(compared: &Result<statistics::case_mix::Adjusted, LeftOut>) -> bool {
    match compared {
        Err(LeftOut::TooFew(TooFew::Cases { found, .. })) => *found > 0,
        Ok(_) | Err(LeftOut::TooFew(TooFew::Peers { .. } | TooFew::NoScale)) => true,
        Err(LeftOut::SeveralSpecialties(_)) => false,
    }
}

/// The number there is, and the number that is needed.
fn too_few(uses: &Uses) -> String {
    let floors = uses.floors;
    let enough = |it: &&results::outcomes::ConsultantUse| {
        matches!(it.compared, Err(LeftOut::TooFew(TooFew::Peers { .. } | TooFew::NoScale)))
    };
    let enough = u64::try_from(uses.consultants.iter().filter(enough).count()).unwrap_or(u64::MAX);
    if enough > floors.peers {
        return format!(
            "Nothing varies between the spells of {} colleagues, so there is nothing to compare.",
            number(enough)
        );
    }
    let has = if enough < 2 { "colleague has" } else { "colleagues have" };
    let how_many = if enough == 0 { "no".to_owned() } else { number(enough) };
    format!(
        "{} {has} {} or more spells here that can be compared. At least {} are needed, so that \
         each has {} peers; until then only the spread of the specialty is shown.",
        words::capital(&how_many),
        floors.cases,
        number(floors.peers + 1),
        number(floors.peers),
    )
}

fn sees(visit: &Visit, sight: Sight) -> Result<String, Fault> {
    let matrix = visit.app.matrix();
    let roles = visit.person()?.access.roles().iter();
    let roles: Vec<String> =
        roles.filter_map(|it| matrix.role(it)).map(|it| it.name.to_lowercase()).collect();
    let what = match sight {
        Sight::Coded => "colleagues under codes",
        Sight::Spread => "the spread of the specialty",
    };
    Ok(format!("You see {what}, as {}. That you looked is on record.", roles.join(" and ")))
}

fn measures(line: &Line, asked: &Asked) -> Vec<Link> {
    let measure = |(code, name): (&str, &str)| Link {
        name: name.to_owned(),
        address: Asked { code: code.to_owned(), ..asked.clone() }.address(line),
        current: code == asked.code,
    };
    known_uses().map(measure).collect()
}

fn choices(line: &Line, asked: &Asked) -> Vec<Choice> {
    let shared = Asked { leave_out_shared: !asked.leave_out_shared, ..asked.clone() };
    let urgent = Asked { leave_out_emergencies: !asked.leave_out_emergencies, ..asked.clone() };
    let (is, change) = if asked.leave_out_shared {
        ("Spells that several consultants had are left out.", "Count them")
    } else {
        ("Spells that several consultants had count for whoever discharged.", "Leave them out")
    };
    let (is_urgent, change_urgent) = if asked.leave_out_emergencies {
        ("Emergency spells are left out.", "Count them")
    } else {
        ("Emergency spells count, and may stand under whoever was on call.", "Leave them out")
    };
    vec![
        Choice { is, change, address: shared.address(line) },
        Choice { is: is_urgent, change: change_urgent, address: urgent.address(line) },
    ]
}

fn method(uses: &Uses, asked: &Asked) -> Vec<String> {
    let mut said = vec![
        format!("{} {}.", words::sentence(&uses.definition), uses.source),
        "A spell is that of the consultant who discharged it. Adjusted for HRG, admission method \
         and age band: each spell beside like spells of other colleagues, never one’s own."
            .to_owned(),
        format!("{}.", uses.rules_source),
    ];
    let sum = |of: fn(&results::outcomes::ConsultantUse) -> u64| -> u64 {
        uses.consultants.iter().map(of).sum()
    };
    if asked.leave_out_shared {
        let count = words::count(sum(|it| it.shared), "spell", "spells");
        said.push(format!("{count} of several consultants left out."));
    }
    if asked.leave_out_emergencies {
        let count = words::count(sum(|it| it.emergencies), "emergency spell", "emergency spells");
        said.push(format!("{count} left out."));
    }
    if uses.without_consultant > 0 {
        let count = words::count(uses.without_consultant, "spell", "spells");
        said.push(format!("{count} without a known consultant in no row."));
    }
    said
}

impl Page for Colleagues {
    const TEMPLATE: &'static str = "features/colleagues/show.html";

    fn samples() -> Vec<Self> {
        let page = |title: &str, lead: &str, body| Self {
            shell: Shell::sample(title).below("Services", "/services"),
            kicker: "Very major hip procedures for non-trauma, planned stays".to_owned(),
            lead: vec![lead.to_owned()],
            provenance: Provenance::sample(),
            sees: "You see colleagues under codes, as clinical director.".to_owned(),
            coded: Coded {
                purpose: "Support for surgeons.".to_owned(),
                audience: "The seven colleagues and the medical director.".to_owned(),
                recorded: "12 January 2026".to_owned(),
                address: "/services/TORT/colleagues/purpose".to_owned(),
            },
            measures: vec![
                Link { current: true, ..Link::new("Bed days", "/services/TORT/colleagues") },
                Link::new("Tests", "/services/TORT/colleagues?use=tests"),
            ],
            newcomers: Some(Newcomers::sample()).filter(|_| !matches!(body, Body::Nothing(_))),
            body,
            choices: vec![Choice {
                is: "Emergency spells are left out.",
                change: "Count them",
                address: "/services/TORT/colleagues".to_owned(),
            }],
            method: vec!["Nights of the spell. Admission and discharge.".to_owned()],
            follow_up: "/follow-ups/new/TORT?use=bed-days".to_owned(),
        };
        let row = super::table::Row::sample;
        let compared = |rows, questions| Body::Compared {
            chart: Drawn { title: "Bed days for each spell".to_owned(), ..Drawn::default() },
            questions,
            table: Table {
                caption: "Bed days for each spell, in order of code".to_owned(),
                rows,
                together: vec![(
                    "Two colleagues with fewer than 10 spells each".to_owned(),
                    "14".to_owned(),
                    "Not shown singly".to_owned(),
                )],
                all: ("824".to_owned(), "5.1".to_owned()),
            },
        };
        let question = Question {
            asks: "What differs for K5’s patients?".to_owned(),
            says: "6.3 days after adjustment, where chance leaves 4.1 to 6.1.".to_owned(),
        };
        let all = Counted { all: 7, above: 0, below: 0 };
        let one = Counted { all: 7, above: 1, below: 0 };
        let spread = Body::Spread {
            title: "How spells spread".to_owned(),
            rows: vec![("Half had at most", "4.0 days".to_owned())],
            note: "48 spells of the specialty, as recorded.".to_owned(),
        };
        vec![
            page(&all.title("Bed days"), &all.lead(), compared(vec![row("K1", "No")], Vec::new())),
            page(
                &one.title("Bed days"),
                &one.lead(),
                compared(vec![row("K1", "No"), row("K5", "▲ Yes, higher")], vec![question]),
            ),
            page("Half of the spells had 3.0 to 6.0 bed days", "Three are too few.", spread),
            page("Tests cannot be compared here", "", Body::Nothing("We hold none.".to_owned())),
        ]
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::made;
    use super::*;
    use crate::shell::costed::visible;

    fn line(sight: Sight) -> Line {
        Line { code: store::UnitCode::new("HIP"), name: "Hips".to_owned(), sight }
    }

    /// The sample page with what these uses say, as it is read.
    fn page(uses: Uses, sight: Sight) -> String {
        let answer = Answer { uses: std::sync::Arc::new(uses), peers: Vec::new() };
        let values = Values::of(&answer.uses);
        let (title, lead, body) = found(&line(sight), &answer, &values);
        let sample = Colleagues::samples().remove(0);
        let page = Colleagues { shell: Shell::sample(&title), lead, body, ..sample };
        askama::Template::render(&page).expect("it renders")
    }

    #[test]
    fn colleagues_are_listed_by_code_and_small_ones_together() {
        // K2 has most and stands second; K4 and K6 have too few.
        let page = page(
            made::uses(&[Some(5.0), Some(9.0), Some(4.5), None, Some(5.2), None]),
            Sight::Coded,
        );
        let table = &page[page.find("<table").expect("a table")..];
        let table = visible(table.split_once("</table>").expect("its end").0);
        let words: Vec<&str> = table.split_whitespace().collect();
        expect![[r#"
            Bed days for each spell, in order of code Colleague Spells As recorded Adjusted 95% interval 95% interval Expected from chance Beyond chance? K1 20 5.0 5.0 4.0 to 6.0 4.0 to 6.0 4.0 to 6.0 No K2 ▲ beyond chance 20 9.0 9.0 8.0 to 10.0 8.0 to 10.0 4.0 to 6.0 ▲ Yes, higher K3 20 4.5 4.5 3.5 to 5.5 3.5 to 5.5 4.0 to 6.0 No K5 20 5.2 5.2 4.2 to 6.2 4.2 to 6.2 4.0 to 6.0 No Two colleagues with fewer than 10 spells each 18 Not shown singly Specialty 98 5.0 5.0"#]]
        .assert_eq(&words.join(" "));
        for not in ["REFERENCE", "Colleague K4", "Colleague K6", "£", "download", "rank"] {
            assert!(!page.contains(not), "{not}");
        }
        assert!(page.contains("Colleague K2") && page.contains("9.0, beyond chance"));
        assert!(page.contains("What differs for K2’s patients?"));
        assert!(page.contains("mostly differ by no more than chance"));
    }

    #[test]
    fn of_one_small_colleague_not_even_the_spells_can_be_worked_out() {
        let page = page(
            made::uses(&[Some(5.0), Some(5.0), Some(4.5), Some(5.1), Some(5.2), Some(5.0), None]),
            Sight::Coded,
        );
        let text = visible(&page);
        let text: Vec<&str> = text.split_whitespace().collect();
        let text = text.join(" ");
        assert!(text.contains("One colleague with fewer than 10 spells not shown"), "{text}");
        assert!(text.contains("Specialty not shown 5.0"), "{text}");
        // Six with twenty and one with nine are 129.
        assert!(!text.contains("129"), "{text}");
    }

    #[test]
    fn with_too_few_the_number_the_need_and_the_spread_are_said() {
        let few = made::too_few(&[12, 15, 11, 4]);
        let text = visible(&page(few.clone(), Sight::Coded));
        assert!(
            text.contains(
                "Three colleagues have 10 or more spells here that can be compared. At least six \
                 are needed, so that each has five peers"
            ),
            "{text}"
        );
        assert!(text.contains("Half of the spells had 3.0 to 6.0 bed days"), "{text}");
        assert!(!text.contains("Colleague") || !text.contains("K1"), "{text}");
        // Whoever may see their own alone sees the same spread, also where others are compared.
        let compared = made::uses(&[Some(5.0); 6]);
        let text = visible(&page(compared, Sight::Spread));
        assert!(text.contains("Nothing here says which code is yours"), "{text}");
        assert!(!text.contains("K1"), "{text}");
    }

    #[test]
    fn a_spread_that_would_be_one_persons_is_not_shown() {
        for of in [vec![30], vec![4, 3]] {
            let text = visible(&page(made::too_few(&of), Sight::Coded));
            assert!(text.contains("Too few spells to say how bed days spread"), "{text}");
            assert!(!text.contains("3.0 to 6.0"), "{text}");
        }
    }
}
