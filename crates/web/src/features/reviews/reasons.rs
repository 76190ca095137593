//! What good engagement rests on in a service line (guide, 3.4): good data, a clinical and a finance
//! champion, and a shared vision; each with what there is, or that there is none.

use store::assessing::champions::Kind;

use crate::App;
use crate::shell::assessing::Gathered;
use crate::shell::fault::Fault;
use crate::shell::provenance::Provenance;
use crate::shell::session::today;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

/// One of the four.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reason {
    pub(super) name: &'static str,
    /// What there is.
    pub(super) there: String,
    /// Whether there is none, or it is old.
    pub(super) is_missing: bool,
}

/// The four of a service line.
pub(super) async fn of(
    app: &App,
    visit: &Visit,
    (gathered, code): (&Gathered, &str),
) -> Result<Vec<Reason>, Fault> {
    let champion = |kind: Kind| {
        gathered.champions.get(code).and_then(|it| it.of(kind)).map(|it| it.name.clone())
    };
    Ok(vec![
        data(app, visit).await?,
        reason("Clinical champion", champion(Kind::Clinical), "None"),
        reason("Finance champion", champion(Kind::Cost), "None"),
        reason("Shared vision", vision(gathered, code), "Nobody has written one"),
    ])
}

fn reason(name: &'static str, there: Option<String>, none: &str) -> Reason {
    let is_missing = there.is_none();
    Reason { name, there: there.unwrap_or_else(|| none.to_owned()), is_missing }
}

/// How good and how old the figures are.
async fn data(app: &App, visit: &Visit) -> Result<Reason, Fault> {
    let (at, now) = (app.clone(), visit.now);
    let found = reading(move || {
        let run = at.shelf().latest(false)?;
        run.map(|it| Provenance::of(&it, now)).transpose()
    });
    let found = found.await?;
    Ok(Reason {
        name: "Good data",
        is_missing: found.as_ref().is_none_or(|it| it.is_old),
        there: found.map_or_else(
            || "No costing is published".to_owned(),
            |it| format!("{}; the costing is {}", it.quality, it.age),
        ),
    })
}

/// What was written last of how people work together, with its day.
fn vision(gathered: &Gathered, code: &str) -> Option<String> {
    let found = gathered.joint.get(code).filter(|it| !it.said.words.is_empty())?;
    let day = words::day(&today(found.at).to_string());
    Some(format!("{} Written on {day}.", words::sentence(&found.said.words)))
}

pub(super) fn sample() -> Vec<Reason> {
    vec![
        reason("Good data", Some("Quality: good; the costing is 20 days old".to_owned()), ""),
        reason("Finance champion", None, "None"),
    ]
}
