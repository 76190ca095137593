//! Where the trust stands beside the national distribution of 2012 and 2013, how that moved, and how
//! far patient-level costing had come, with those of the own type of organisation where that is
//! known. Trusts are counted and never named.

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use charts::{Bar, Bars, Direction, Heading};
use engagement::Level;
use engagement::national::{Distribution, Movement};
use engagement::organisation_types::OrganisationTypes;
use engagement::reference::Reference;
use store::assessing::organisation::{self, StatedType};
use store::assessing::plics::{self, PlicsState};

use super::list::level_of;
use super::organisation::told;
use super::{WORDS, level_name};
use crate::App;
use crate::shell::assessed::led;
use crate::shell::assessing::gather;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::people::name_of;
use crate::shell::shelf;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/self_assessment/national.html")]
pub(super) struct NationalPage {
    shell: Shell,
    lead: Vec<String>,
    chart: String,
    years: [String; 2],
    rows: Vec<Row>,
    notes: Vec<String>,
    own_plics: Vec<String>,
    stating: Option<Stating>,
    plics: Vec<Adopted>,
    plics_notes: Vec<String>,
    /// What type of organisation this is, as somebody said.
    own_type: String,
}

/// A state of patient-level costing.
#[derive(Clone, Debug, Default)]
struct Adopted {
    name: String,
    trusts: String,
    /// How many of them are of the own type; blank where nobody has said which that is.
    of_type: String,
    about: String,
}

/// What stands in place of the position for those who do not read the level of the trust.
const ELSEWHERE: &str = "Where this trust stands is told to those who read its own assessment.";

/// A level, or the total, in both years.
#[derive(Clone, Debug, Default)]
struct Row {
    name: String,
    cells: Vec<String>,
    is_total: bool,
}

/// What somebody who leads the trust may say of its patient-level costing.
#[derive(Clone, Debug, Default)]
pub(super) struct Stating {
    seen: String,
    states: Vec<(String, String)>,
    state: String,
    words: String,
    wrong: Wrong,
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let stated = plics::latest(&mut *app.store().read().await?).await?;
    let stating = Stating {
        seen: stated.as_ref().map_or(0, |it| it.number).to_string(),
        state: stated.as_ref().map_or_else(String::new, |it| it.state.to_string()),
        words: stated.as_ref().map_or_else(String::new, |it| it.words.clone()),
        ..Stating::default()
    };
    page(&app, &visit, stating).await
}

async fn page(app: &App, visit: &Visit, stating: Stating) -> Result<Response, Fault> {
    let gathered = gather(app, visit.now).await?;
    let trust = gathered.trust().map_or("", |it| it.stored.unit.code.as_str());
    let may_see = visit.scope(Capability::ReadAssessments)?.of_unit(trust).is_some();
    let own = gathered.confirmed(trust).filter(|_| may_see).map(|it| level_of(it.of.level));
    let shell =
        visit.shell("Where trusts stood in 2012 and 2013").below("Working together", "/assessment");
    let states = PlicsState::ALL.iter().map(|it| (it.to_string(), words::capital(it.as_str())));
    let states = std::iter::once((String::new(), "Choose".to_owned())).chain(states).collect();
    let own_plics = own_plics(app).await?;
    let recorded = organisation::latest(&mut *app.store().read().await?).await?;
    let reference = Reference::own();
    let mut page = NationalPage::of(shell.with_errors(&stating.wrong), &reference, own)?
        .of_type(&reference, recorded.as_ref());
    if !may_see {
        page.lead = vec![ELSEWHERE.to_owned()];
    }
    let stating = led(visit, &gathered).is_ok().then_some(Stating { states, ..stating });
    Ok(NationalPage { own_plics, stating, ..page }.respond())
}

/// Records how far the trust says it is with patient-level costing.
pub(super) async fn say(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    led(&visit, &gather(&app, visit.now).await?)?;
    let mut typed = Stating {
        seen: visit.fields.get("seen").to_owned(),
        state: visit.fields.get("state").to_owned(),
        words: visit.fields.get("words").trim().to_owned(),
        ..Stating::default()
    };
    let state = typed.state.parse::<PlicsState>().ok();
    typed.wrong.unless(state.is_some(), "state", "Choose how far the trust is");
    WORDS.check(&mut typed.wrong, "words", &typed.words, "Write the reason in a sentence");
    let Some(state) = state.filter(|_| typed.wrong.is_empty()) else {
        return page(&app, &visit, typed).await;
    };
    let seen = typed.seen.parse().unwrap_or(-1);
    let entry = visit.entry_in(visit.scope(Capability::SignLevels)?, "assessment.plics", "");
    let done = visit.change("/assessment/national", "It is recorded.", move |tx| {
        Box::pin(async move { plics::state(tx, (state, &typed.words), seen, &entry).await })
    });
    done.await
}

/// How far this trust has come with patient-level costing: by what it says, with the reason, and by
/// what it has published here.
async fn own_plics(app: &App) -> Result<Vec<String>, Fault> {
    let mut said = Vec::new();
    let mut db = app.store().read().await?;
    if let Some(it) = plics::latest(&mut db).await? {
        let who = name_of(&mut db, it.by.as_str()).await?;
        let (why, at) = (words::sentence(&it.words), words::moment(it.at));
        said.push(format!("This trust says: {}. {why} {who}, {at}.", it.state));
    }
    drop(db);
    let at = app.clone();
    let run = shelf::reading(move || at.shelf().latest(false)).await?;
    said.push(run.map_or_else(
        || "No costing of this trust is published here.".to_owned(),
        |run| {
            let manifest = run.manifest();
            let until = results::since::month(manifest.last_period.min(12));
            let year = words::year(&manifest.year);
            format!("Its costing of {year} to the end of {until} is published here.")
        },
    ));
    Ok(said)
}

/// The table as a file.
pub(super) async fn take(visit: Visit) -> Result<Response, Fault> {
    let reference = Reference::own();
    let movement = movement(&reference)?;
    let rows = movement.rows().into_iter().map(|it| {
        vec![
            it.level.map_or_else(|| "Total".to_owned(), |it| it.number().to_string()),
            it.from.0.to_string(),
            it.from.1.to_string(),
            it.to.0.to_string(),
            it.to.1.to_string(),
            it.change.to_string(),
        ]
    });
    let (before, after) = (movement.from.year, movement.to.year);
    let names = [
        format!("trusts_{before}"),
        format!("percent_{before}"),
        format!("trusts_{after}"),
        format!("percent_{after}"),
    ];
    let mut columns = vec![("level", Kind::Text)];
    columns.extend(names.iter().map(|it| (it.as_str(), Kind::Whole)));
    columns.push(("change", Kind::Whole));
    let table = Table::new(&columns, rows.collect()).about("Source", reference.national.source);
    table.file(&visit, "national-levels")
}

fn movement(reference: &Reference) -> Result<Movement, Fault> {
    let missing = || Fault::Broken("the national distributions are two years".to_owned());
    let [.., before, after] = reference.national.years.as_slice() else { return Err(missing()) };
    let of = |year| reference.distribution(year).ok_or_else(missing);
    Ok(Movement { from: of(before.year)?, to: of(after.year)? })
}

impl NationalPage {
    fn of(shell: Shell, reference: &Reference, own: Option<u8>) -> Result<Self, Fault> {
        let movement = movement(reference)?;
        let mut lead = Vec::new();
        let own = Level::ALL.iter().find(|it| Some(it.number()) == own);
        match own {
            Some(level) => {
                lead.push(format!("{} is signed for this trust.", level_name(level.number())));
                lead.push(format!("{}.", movement.to.in_words(*level)));
            }
            None => {
                lead.push("No level is signed for this trust yet, so nothing stands beside these figures.".to_owned());
            }
        }
        let rows = movement.rows().into_iter().map(|it| Row {
            name: it.level.map_or_else(|| "Total".to_owned(), |it| level_name(it.number())),
            cells: vec![
                words::thousands(it.from.0.into()),
                format!("{}%", it.from.1),
                words::thousands(it.to.0.into()),
                format!("{}%", it.to.1),
                words::signed(it.change),
            ],
            is_total: it.level.is_none(),
        });
        let plics = &reference.plics;
        Ok(Self {
            shell,
            lead,
            chart: chart(&movement.to, own.copied()),
            years: [movement.from.year.to_string(), movement.to.year.to_string()],
            rows: rows.collect(),
            notes: vec![reference.national.note.clone(), reference.national.source.clone()],
            own_plics: Vec::new(),
            stating: None,
            plics: plics.states.iter().map(|it| state(it, plics.total)).collect(),
            plics_notes: vec![plics.note.clone(), plics.source.clone()],
            own_type:
                "Nobody has said what type of organisation this is, so no figure is told by it."
                    .to_owned(),
        })
    }

    /// With those of the own type, where somebody has said which that is.
    fn of_type(mut self, reference: &Reference, stated: Option<&StatedType>) -> Self {
        let Some(stated) = stated else { return self };
        self.own_type = told(stated);
        self.notes.push("The levels were published for all types together.".to_owned());
        let own = OrganisationTypes::own().named(&stated.code);
        let figures = own.and_then(|it| it.figures.as_deref());
        for (row, state) in self.plics.iter_mut().zip(&reference.plics.states) {
            let known = figures.and_then(|it| state.by_type.get(it));
            row.of_type = known.map_or_else(
                || "Of this type: not known".to_owned(),
                |it| format!("Of this type: {it} of {}", state.trusts),
            );
        }
        self
    }
}

/// A state of patient-level costing with its trusts, and what is known of their kind.
fn state(it: &engagement::reference::PlicsState, total: u32) -> Adopted {
    let share = (u64::from(it.trusts) * 2_000 + u64::from(total)) / (2 * u64::from(total.max(1)));
    let by_type: Vec<String> =
        it.by_type.iter().map(|(kind, trusts)| format!("{trusts} {kind}")).collect();
    let about = [by_type.join(", "), it.note.clone().unwrap_or_default()];
    let about: Vec<&str> = about.iter().map(String::as_str).filter(|it| !it.is_empty()).collect();
    Adopted {
        name: words::capital(&it.state),
        trusts: format!("{} of {total}, {}.{}%", it.trusts, share / 10, share % 10),
        of_type: String::new(),
        about: about.join(". "),
    }
}

fn chart(of: &Distribution, own: Option<Level>) -> String {
    let bar = |level: &Level| Bar {
        name: level_name(level.number()),
        value: format!("{} trusts, {}%", of.at(*level), of.percent(*level)),
        size: Some(i64::from(of.at(*level))),
        is_strong: own == Some(*level),
        is_rest: false,
    };
    let heading = Heading {
        id: "national-levels".to_owned(),
        title: format!("Trusts by level in {}", of.year),
        description: "How many trusts said that they were at each level. The table below holds the same figures.".to_owned(),
    };
    let bars = Level::ALL.iter().map(bar).collect();
    Bars { heading, width: 900, direction: Direction::Amounts, bars }.draw().svg() // number: as other charts
}

impl Page for NationalPage {
    const TEMPLATE: &'static str = "features/self_assessment/national.html";

    fn samples() -> Vec<Self> {
        let page = |own| {
            let shell = Shell::sample("Where trusts stood in 2012 and 2013");
            let page = Self::of(shell, &Reference::own(), own);
            Self {
                own_plics: vec!["This trust says: implementing. Feeds are mapped.".to_owned()],
                ..page.expect("the reference comes with the program")
            }
        };
        let mut stating = Stating {
            states: vec![("planning".to_owned(), "Planning".to_owned())],
            ..Stating::default()
        };
        stating.wrong.add("words", "Write the reason in a sentence");
        let mut told = Self { stating: Some(stating), ..page(Some(2)) };
        "Type of this organisation: acute hospitals.".clone_into(&mut told.own_type);
        for row in &mut told.plics {
            "Of this type: not known".clone_into(&mut row.of_type);
        }
        vec![told, page(None)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_published_one() {
        let [page, _] = NationalPage::samples().try_into().ok().expect("two samples");
        let rows: Vec<String> =
            page.rows.iter().map(|it| format!("{} {}", it.name, it.cells.join(" "))).collect();
        // The guide, section 2.5: counts, percentages, and what moved between the years.
        let expected = [
            "Level\u{a0}1 20 8% 7 3% −13",
            "Level\u{a0}2 94 38% 89 36% −5",
            "Level\u{a0}3 85 34% 92 38% +7",
            "Level\u{a0}4 49 20% 56 23% +7",
            "Total 248 100% 244 100% −4",
        ];
        assert_eq!(rows, expected);
        let told = page.lead.join(" ").replace('\u{a0}', " ");
        assert!(
            told.contains("96 of 244 trusts (39%) were at Level 2 or below; 148 (61%) above"),
            "{told}"
        );
        // 121 of 244 are 49.59 in 100.
        assert_eq!(page.plics[0].trusts, "121 of 244, 49.6%");
    }
}
