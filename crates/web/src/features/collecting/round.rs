//! One round: who has returned, how many are at each level beside the round before, how they moved,
//! and what may be published.

use axum::extract::{Path, State};
use axum::response::Response;
use engagement::national::Distribution;
use engagement::returns::moves;
use store::collecting::Seen;

use super::{Levels, address, hidden, in_words, kind_words, of, title};
use crate::App;
use crate::shell::collecting::{Held, Snapshot, before};
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(Clone, askama::Template)]
#[template(path = "features/collecting/round.html")]
pub(super) struct RoundPage {
    shell: Shell,
    kicker: String,
    lead: Vec<String>,
    at: String,
    /// What is counted, how many, and what that means.
    progress: Vec<(String, String, String)>,
    levels: Option<Levels>,
    hidden: String,
    moved: Vec<String>,
    files: Vec<(String, String)>,
    /// What the next step is: register, returns or publish.
    next: &'static str,
    seen: Seen,
    /// What was published, or why nothing can be now.
    published: Vec<String>,
    has_published: bool,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(round): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let held = of(&app, &round).await?;
    let earlier = before(&mut *app.store().read().await?, &held).await?;
    let collection = &held.together.collection;
    let before_shown = earlier.as_ref().and_then(Held::shown);
    let shown = held.shown();
    let may_publish = may_publish(&held, earlier.as_ref())?;
    let all = collection.returns.len() + collection.missing.len();
    let named = if held.registers.is_empty() {
        title(&held)
    } else {
        format!("{}: {} of {all} have returned", title(&held), collection.returns.len())
    };
    let page = RoundPage {
        shell: visit.shell(named).below("Collecting", "/collecting"),
        kicker: format!(
            "{}. Organisations that are open on {} return",
            kind_words(held.round.of.kind),
            words::day(&held.round.of.open_on.to_string())
        ),
        lead: shown.as_ref().map_or_else(Vec::new, |it| in_words(it, before_shown.as_ref())),
        at: address(&held),
        progress: progress(&held),
        levels: shown.as_ref().map(|it| Levels::of(it, before_shown.as_ref())),
        hidden: hidden(held.distribution().total(), held.minimum()),
        moved: compared(&held, earlier.as_ref()).map_or_else(Vec::new, |it| moved(&held, it)),
        files: files(&held),
        next: next(&held, may_publish.is_ok()),
        seen: held.seen(),
        published: published(&held, may_publish.err()),
        has_published: !held.publications.is_empty(),
    };
    Ok(page.respond())
}

fn next(held: &Held, may_publish: bool) -> &'static str {
    if held.registers.is_empty() {
        "register"
    } else if may_publish {
        "publish"
    } else {
        "returns"
    }
}

/// Whether there is something to publish; else why not.
///
/// # Errors
///
/// If what was published before cannot be read.
pub(super) fn may_publish(
    held: &Held,
    before: Option<&Held>,
) -> Result<Result<Snapshot, String>, Fault> {
    let Some(new) = held.snapshot(before)? else {
        let why = "Nothing can be published before as many have returned as are needed.";
        return Ok(Err(why.to_owned()));
    };
    let Some(last) = held.publications.last() else { return Ok(Ok(new)) };
    if Snapshot::of(last)? == new {
        return Ok(Err("Nothing has changed since it was published.".to_owned()));
    }
    // Whoever knows who returned late would know their level from the difference of two tables.
    if held.round.of.kind != store::collecting::Kind::National {
        let why = "The table of a group or a system is published once: two of them would tell the level of whoever returned in between.";
        return Ok(Err(why.to_owned()));
    }
    Ok(Ok(new))
}

fn progress(held: &Held) -> Vec<(String, String, String)> {
    let together = &held.together;
    let asked = together.flags.len() + together.left_out.len();
    let count = |it: usize| words::thousands(it as u64);
    let row = |name: &str, number: String, means: &str| (name.to_owned(), number, means.to_owned());
    vec![
        row(
            "Received",
            words::thousands(held.rows().unsigned_abs()),
            "rows in all files that were taken",
        ),
        row(
            "Valid",
            count(together.collection.returns.len()),
            "organisations with one good return",
        ),
        row(
            "To ask about",
            count(asked),
            "rows left out, and levels that their steps do not bear out",
        ),
        row(
            "Missing",
            count(together.collection.missing.len()),
            "organisations without a good return",
        ),
    ]
}

/// The round before, if both are shown: of too few nothing is told, how they moved neither.
pub(super) fn compared<'a>(held: &Held, earlier: Option<&'a Held>) -> Option<&'a Held> {
    earlier.filter(|it| held.shown().is_some() && it.shown().is_some())
}

/// How organisations moved since the round before, in sentences.
fn moved(held: &Held, earlier: &Held) -> Vec<String> {
    let found = moves(&held.register, &earlier.together.collection, &held.together.collection);
    let [stayed, rose, fell] = found.stayed_rose_fell();
    let both = u64::from(stayed + rose + fell);
    if both == 0 {
        return vec![format!("No organisation returned in {} too.", earlier.year())];
    }
    let mut said = vec![format!(
        "Of {} that returned in both years, {} rose, {} fell and {} stayed.",
        words::count(both, "organisation", "organisations"),
        words::thousands(rose.into()),
        words::thousands(fell.into()),
        words::thousands(stayed.into())
    )];
    if !found.restructured.is_empty() {
        let many =
            words::count(found.restructured.len() as u64, "merger or split", "mergers and splits");
        said.push(format!("{many} cannot be held against one organisation before."));
    }
    said
}

/// Sentences and addresses of the files that are held.
fn files(held: &Held) -> Vec<(String, String)> {
    let at = address(held);
    let register = held.registers.last().map(|it| {
        let rows =
            words::count(it.of.organisations.unsigned_abs(), "organisation", "organisations");
        let said = format!("Register {}: {rows}, brought {}", it.number, words::moment(it.at));
        (said, format!("{at}/registers/{}", it.number))
    });
    let file = |it: &store::collecting::ReceivedFile| {
        let said = format!(
            "Returns {}: {} of {} taken, {}",
            it.number,
            it.of.taken.len(),
            words::count(it.of.rows.unsigned_abs(), "row", "rows"),
            words::moment(it.at)
        );
        (said, format!("{at}/files/{}", it.number))
    };
    register.into_iter().chain(held.files.iter().map(file)).collect()
}

fn published(held: &Held, why_not: Option<String>) -> Vec<String> {
    let last = held.publications.last();
    let last = last.map(|it| format!("Published {}.", words::moment(it.at)));
    last.into_iter().chain(why_not).collect()
}

impl Page for RoundPage {
    const TEMPLATE: &'static str = "features/collecting/round.html";

    fn samples() -> Vec<Self> {
        let now = Distribution { year: 2013, trusts: [7, 89, 92, 56] };
        let before = Distribution { year: 2012, trusts: [20, 94, 85, 49] };
        let row =
            |name: &str, number: &str| (name.to_owned(), number.to_owned(), "rows".to_owned());
        let full = Self {
            shell: Shell::sample("National collection 2013: 244 of 244 have returned"),
            kicker: "For a nation. Organisations that are open on 31 July 2013 return".to_owned(),
            lead: in_words(&now, Some(&before)),
            at: "/collecting/1".to_owned(),
            progress: vec![row("Received", "246"), row("Missing", "0")],
            levels: Some(Levels::of(&now, Some(&before))),
            hidden: String::new(),
            moved: vec!["Of 240 organisations that returned in both years, 40 rose.".to_owned()],
            files: vec![(
                "Returns 1: 244 of 246 rows taken".to_owned(),
                "/collecting/1/files/1".to_owned(),
            )],
            next: "publish",
            seen: Seen::default(),
            published: vec!["Published 1 August 2013, 10:00.".to_owned()],
            has_published: true,
        };
        let few = Self {
            shell: Shell::sample("Vale group 2013: 4 of 6 have returned"),
            lead: Vec::new(),
            levels: None,
            hidden: hidden(4, 5),
            moved: Vec::new(),
            next: "returns",
            has_published: false,
            ..full.clone()
        };
        let empty = Self {
            shell: Shell::sample("National collection 2014"),
            progress: Vec::new(),
            files: Vec::new(),
            published: Vec::new(),
            next: "register",
            ..few.clone()
        };
        vec![full, few, empty]
    }
}
