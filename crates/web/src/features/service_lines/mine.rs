//! The first screen of those who answer for a service line: how is my service doing, and why?
//!
//! At most seven things: headline, where it comes from, care, money, three differences, one chart,
//! one button.

use access::View as Sight;
use axum::extract::{Query, State};
use axum::response::Response;
use charts::{Bar, Bars, Direction, Heading};
use domain::Money;
use results::care::{BarKind, GapPart};
use serde::Deserialize;

use super::answer::Asked;
use super::books::{self, Books, Part};
use super::figures::Sees;
use super::pack::content::{question_of_gap, question_of_use};
use super::sentences::{self, each, many_of, more_or_less, one_of};
use super::{outcomes, unit};
use crate::App;
use crate::shell::cube;
use crate::shell::fault::Fault;
use crate::shell::forms::go;
use crate::shell::measures::Beside;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::Provenance;
use crate::shell::questions::{self, Questions};
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::waiting::{self, Waiting};
use crate::shell::{care, evidence, joint_work, words};

/// Differences that are shown.
const DIFFERENCES: usize = 3;

/// Measures of the register that are told; the service line's page has all.
const FROM_REGISTER: usize = 2;

/// Kinds of care in the chart, those in deficit and those in surplus.
const SHOWN: usize = 3;

/// Fewer than so many in the year are no ground for a question.
pub(super) const FEWEST: u64 = 10;

#[derive(askama::Template)]
#[template(path = "features/service_lines/mine.html")]
pub(super) struct Mine {
    shell: Shell,
    kicker: String,
    provenance: Provenance,
    sees: String,
    /// Questions that wait for whoever looks; blank for none.
    waiting: String,
    /// What of their evidence waits for them; blank for nothing.
    evidence: String,
    /// Their actions that need an update; blank for none.
    actions: String,
    /// Differences, follow-ups and ideas that wait for them.
    followed: Vec<Waiting>,
    care: Vec<String>,
    money: Vec<String>,
    differences: Vec<Difference>,
    chart: String,
    note: String,
    kinds: Vec<(String, String)>,
    address: String,
    /// Other service lines of theirs.
    others: Vec<(String, String)>,
}

/// One difference to ask about.
#[derive(Clone, Debug, Default)]
pub(super) struct Difference {
    pub(super) title: String,
    pub(super) text: String,
    /// What to ask about it, in plain words.
    pub(super) question: String,
    /// Where it can be looked into.
    pub(super) address: String,
}

/// Which of one's service lines.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Chosen {
    line: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Query(chosen): Query<Chosen>,
    visit: Visit,
) -> Result<Response, Fault> {
    let sees = Sees::of(&app, &visit)?;
    let Some((run, cube)) = cube::latest(&app, &visit).await? else {
        return Ok(go("/services", ""));
    };
    let exact = |it: &&cube::Line| sees.view(it) == Some(Sight::Exact);
    let own: Vec<&cube::Line> = cube.lines.iter().filter(exact).collect();
    let line = match chosen.line.as_str() {
        "" => own.first(),
        code => own.iter().find(|it| it.code == code),
    };
    let Some(line) = line else {
        // Nobody's service is theirs in this run, or not yet.
        return if chosen.line.is_empty() { Ok(go("/services", "")) } else { Err(Fault::NotFound) };
    };
    let others = own.iter().filter(|it| it.code != line.code);
    let others: Vec<(String, String)> =
        others.map(|it| (it.name.clone(), format!("/my-service?line={}", it.code))).collect();
    let named = (line.code.clone(), line.name.clone());
    let said = sees.words(std::iter::once(*line));
    let register = Beside::of(&app, &visit, &line.code, unit::period(&run)).await?;
    let asked = questions::waiting(&app, &visit).await?;
    let evidence = evidence::waiting(&app, &visit).await?;
    let actions = joint_work::waiting(&app, &visit).await?;
    let followed = waiting::waiting(&app, &visit).await?;
    let page = reading(move || {
        let books = Books::of(&app, run)?;
        let asked = Asked {
            visit: &visit,
            books: &books,
            line: (&named.0, &named.1),
            part: &Part::default(),
            sees: said,
            recurrent: false,
            register: &register,
            questions: &Questions::default(),
        };
        Mine::of(&asked, others)
    });
    Ok(Mine { waiting: asked, evidence, actions, followed, ..page.await? }.respond())
}

impl Mine {
    fn of(asked: &Asked<'_>, others: Vec<(String, String)>) -> Result<Self, Fault> {
        let (code, line) = asked.line;
        let whole = Part::default();
        let year = asked.books.this_year(code, &whole)?.ok_or(Fault::NotFound)?;
        let last = asked.books.last_year(code, &whole)?;
        let result = year.income.1 - year.care.cost();
        let measured = outcomes::View::of(asked)?;
        let kinds = kinds(asked)?;
        let (chart, note) = chart(&kinds);
        let care = care(&measured, asked.register);
        let worse = measured.rows.iter().filter(|it| it.is_concern).count()
            + asked.register.rows.iter().filter(|it| it.is_concern).count();
        let headline = match worse {
            0 => "Steady care",
            1 => "One outcome worse than last year",
            _ => "Some outcomes worse than last year",
        };
        let said = sentences::result(result, words::in_a_sentence);
        let mut money = vec![match &last {
            Some(last) => {
                let before = last.income.1 - last.care.cost();
                format!(
                    "{}, which is {} than last year.",
                    words::capital(&said),
                    better(result - before)
                )
            }
            None => format!("{}.", words::capital(&said)),
        }];
        if let Some(it) = kinds.first().filter(|it| it.result.is_negative()) {
            money.push(format!(
                "{} had {}: each {} cost {}.",
                it.name,
                sentences::result(it.result, words::in_a_sentence),
                one_of(&it.part.pod),
                words::pounds(it.each)
            ));
        }
        Ok(Self {
            shell: asked.visit.shell(format!("{headline}, and {said}")),
            kicker: line.to_owned(),
            provenance: Provenance::of(&asked.books.run, asked.visit.now)?,
            sees: asked.sees.clone(),
            waiting: String::new(),
            evidence: String::new(),
            actions: String::new(),
            followed: Vec::new(),
            care,
            money,
            differences: differences(asked)?,
            chart,
            note,
            kinds: kinds
                .iter()
                .map(|it| (it.name.clone(), sentences::result(it.result, words::in_a_sentence)))
                .collect(),
            address: format!("/services/{code}"),
            others,
        })
    }
}

pub(super) fn better(change: Money) -> String {
    let amount = words::in_a_sentence(change.abs());
    if change.is_negative() { format!("{amount} worse") } else { format!("{amount} better") }
}

/// What patients got, in at most three sentences of each; concerns first. Where the register holds
/// nothing, it says so.
fn care(found: &outcomes::View, register: &Beside) -> Vec<String> {
    let mut rows: Vec<_> = found.rows.iter().collect();
    rows.sort_by_key(|it| !it.is_concern);
    let said = rows.iter().take(DIFFERENCES).map(|it| {
        let change = match it.change.as_str() {
            "" => String::new(),
            "No" => ": no change beyond chance".to_owned(),
            _ if it.is_concern => format!(", was {}: worse, and more than chance", it.before),
            _ => format!(", was {}: more than chance", it.before),
        };
        format!("{}: {}{change}.", it.name, it.now)
    });
    let mut said: Vec<String> = said.collect();
    if said.is_empty() {
        said.extend(found.absent.iter().take(1).cloned());
    }
    let mut kept: Vec<_> = register.rows.iter().collect();
    kept.sort_by_key(|it| !it.is_concern);
    said.extend(kept.iter().take(FROM_REGISTER).map(|it| {
        let change = match it.change.as_str() {
            "No" => "no change beyond chance".to_owned(),
            other => format!("{}{}", other[..1].to_lowercase(), &other[1..]),
        };
        format!("{}: {}; {change}.", it.name, it.now)
    }));
    if kept.is_empty() && !register.missing.is_empty() {
        said.push(register.missing.clone());
    }
    said
}

/// A kind of care with its result.
struct KindOfCare {
    part: Part,
    name: String,
    result: Money,
    each: Money,
}

/// The largest deficits and the largest surpluses.
fn kinds(asked: &Asked<'_>) -> Result<Vec<KindOfCare>, Fault> {
    let line = asked.books.book.lines.get(asked.line.0).ok_or(Fault::NotFound)?;
    let mut all = Vec::new();
    for ((pod, hrg), care) in books::roots(line) {
        if care.events < FEWEST {
            continue;
        }
        let part = Part { pod, hrg };
        all.push(KindOfCare {
            name: care::name(asked.books.rules()?, (&part.pod, &part.hrg)),
            result: care.recognised - care.cost(),
            each: each(care.cost(), care.events),
            part,
        });
    }
    all.sort_by_key(|it| it.result);
    let surplus = all.split_off(all.len().min(SHOWN).max(all.len() / 2));
    all.truncate(SHOWN);
    let from = surplus.len().saturating_sub(SHOWN);
    all.extend(surplus.into_iter().skip(from));
    Ok(all)
}

fn chart(kinds: &[KindOfCare]) -> (String, String) {
    let bar = |it: &KindOfCare| Bar {
        name: it.name.clone(),
        value: sentences::result(it.result, words::in_a_sentence)
            .trim_start_matches("a ")
            .to_owned(),
        size: Some(it.result.micro_pounds() / 1_000_000),
        is_strong: false,
        is_rest: false,
    };
    let heading = Heading {
        id: "mine-chart".to_owned(),
        title: "Where the money goes".to_owned(),
        description: "A bar for each kind of care, to the left for a deficit and to the right for a surplus. The table below holds the same figures.".to_owned(),
    };
    let direction = Direction::Balance { below: "deficit".to_owned(), above: "surplus".to_owned() };
    let bars = kinds.iter().map(bar).collect();
    let chart = Bars { heading, width: 900, direction, bars }.draw();
    (chart.svg(), chart.note)
}

/// What similar trusts use or pay beside kinds of care with enough events: which, of how many events,
/// and the comparison.
pub(super) fn gaps(asked: &Asked<'_>) -> Result<Vec<(Part, u64, GapPart)>, Fault> {
    let line = asked.books.book.lines.get(asked.line.0).ok_or(Fault::NotFound)?;
    let rules = asked.books.rules()?;
    let mut found = Vec::new();
    for ((pod, hrg), care) in books::roots(line) {
        if care.events < FEWEST {
            continue;
        }
        let parts = asked.books.book.beside_peers(rules, (&pod, &hrg), &care).into_iter();
        let part = Part { pod, hrg };
        found.extend(parts.map(|it| (part.clone(), care.events, it)));
    }
    Ok(found)
}

/// What to ask about: where similar trusts use or pay less, then what moved most since last year.
pub(super) fn differences(asked: &Asked<'_>) -> Result<Vec<Difference>, Fault> {
    let code = asked.line.0;
    let rules = asked.books.rules()?;
    let mut found = gaps(asked)?;
    found.retain(|it| it.2.amount > Money::ZERO);
    found.sort_by_key(|it| std::cmp::Reverse(it.2.amount));
    found.truncate(DIFFERENCES);
    let mut all = Vec::new();
    for (part, events, gap) in found {
        let name = care::name(rules, (&part.pod, &part.hrg));
        all.push(Difference {
            title: format!("{}: more than in {}", words::capital(&gap.measure), gap.peers),
            text: format!(
                "{name}: about {} {}, over {}.",
                words::pounds(each(gap.amount, events)),
                sentences::a(one_of(&part.pod)),
                words::count(events, one_of(&part.pod), many_of(&part.pod))
            ),
            question: question_of_gap(&part.pod),
            address: part.address(&format!("/services/{code}"), &[]) + "#gap",
        });
    }
    if let Some(moved) = asked.books.moved(code, &Part::default())? {
        let mut bars: Vec<_> =
            moved.bars.iter().filter(|it| matches!(it.kind, BarKind::Use(_))).collect();
        bars.sort_by_key(|it| std::cmp::Reverse(it.amount));
        for bar in bars.into_iter().filter(|it| it.amount > Money::ZERO) {
            all.push(Difference {
                title: format!("{}: more than last year", sentences::name(&bar.kind, (0, 0))),
                text: format!("For the same care, {} in all.", more_or_less(bar.amount)),
                question: question_of_use(&bar.kind),
                address: format!("/services/{code}#moved"),
            });
        }
    }
    all.truncate(DIFFERENCES);
    Ok(all)
}

impl Page for Mine {
    const TEMPLATE: &'static str = "features/service_lines/mine.html";

    fn samples() -> Vec<Self> {
        let page = |differences: Vec<Difference>, others| Self {
            shell: Shell::sample("Steady care, and a deficit of £0.62 million"),
            kicker: "Trauma and orthopaedics".to_owned(),
            provenance: Provenance::sample(),
            sees: "You see exact figures, as clinical director.".to_owned(),
            evidence: "Of your evidence, 1 piece expires within 7 days.".to_owned(),
            waiting: "1 question waits for your answer, 1 is overdue.".to_owned(),
            actions: "1\u{a0}of your actions needs an update.".to_owned(),
            followed: Waiting::sample(),
            care: vec!["Average stay: 5.1 days: no change beyond chance.".to_owned()],
            money: vec![
                "A deficit of £0.62 million, which is £0.24 million worse than last year."
                    .to_owned(),
            ],
            differences,
            chart: String::new(),
            note: "A solid bar is a deficit.".to_owned(),
            kinds: vec![("Planned stays".to_owned(), "a deficit of £1.05 million".to_owned())],
            address: "/services/TORT".to_owned(),
            others,
        };
        let difference = Difference {
            title: "Days in a bed: more than in nine similar trusts".to_owned(),
            text: "Very major hip procedures, planned stays: about £560 a stay, over 824 stays."
                .to_owned(),
            question: question_of_gap("EL"),
            address: "/services/TORT?pod=EL&hrg=HN12#gap".to_owned(),
        };
        let other = ("Pain management".to_owned(), "/my-service?line=PAIN".to_owned());
        vec![page(vec![difference], vec![other]), page(Vec::new(), Vec::new())]
    }
}
