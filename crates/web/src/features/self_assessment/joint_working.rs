//! How far clinicians and finance work together in a unit, what called for it where that is ad hoc,
//! how often and with whom they share data, and whether managers are supported in using it, with what
//! shows that.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Day;
use engagement::audiences::Audiences;
use engagement::triggers::Triggers;
use serde::Deserialize;
use store::assessing::{
    self, Every, Evidence, NewJointWorking, SUPPORT, SharedWith, Status, Support, Trigger,
};
use store::units::Branch;

use super::reports::evidence_state;
use super::{WORDS, day, every_words, is_trust, may, seen, shell};
use crate::App;
use crate::shell::assessing::{Gathered, gather};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::people::name_of;
use crate::shell::session::today;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/self_assessment/joint_working.html")]
pub(super) struct JointPage {
    shell: Shell,
    kicker: String,
    now: Vec<String>,
    /// Whether whoever looks may record it.
    records: bool,
    /// Whether it is the trust, of which only support is asked.
    is_trust: bool,
    statuses: Vec<(String, String)>,
    triggers: Vec<(String, String)>,
    supports: Vec<(String, String)>,
    everies: Vec<(String, String)>,
    audiences: Vec<(String, String)>,
    lapses: Vec<(String, String)>,
    /// What shows whether managers are supported, accepted or not.
    shown: Vec<Shown>,
    /// Where what shows it is added; blank for those who do not.
    add: String,
    seen: i64,
    typed: Typed,
    wrong: Wrong,
}

/// A piece of evidence that shows whether managers are supported.
#[derive(Clone, Debug, Default)]
struct Shown {
    title: String,
    address: String,
    state: String,
}

/// How it is, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    status: String,
    trigger: String,
    trigger_words: String,
    words: String,
    shared_every: String,
    last_shared_on: String,
    audience: String,
    audience_words: String,
    lapse: String,
    supports: String,
    seen: String,
}

/// How far people work together, in words.
pub(super) fn status_words(status: Status) -> &'static str {
    match status {
        Status::BoardOnly => "On the board only",
        Status::AdHoc => "Ad hoc, when something calls for it",
        Status::Norm => "It is the norm",
    }
}

/// With whom cost and quality data are shared, in words.
pub(super) fn audience_words(of: Option<&SharedWith>) -> String {
    let told = |it: &SharedWith| Audiences::own().told(&it.audience, &it.words);
    of.map_or_else(|| "audience not recorded".to_owned(), told)
}

/// An answer on support, in words.
pub(super) fn support_words(support: Support) -> &'static str {
    match support {
        Support::Yes => "Yes",
        Support::No => "No",
        Support::Unanswered => "Nobody can say yet",
    }
}

/// What called for joint work, of which kind and which; blank where it is not ad hoc.
pub(super) fn called_for(said: &NewJointWorking) -> String {
    match (&said.trigger, said.status) {
        (Some(it), _) => format!("{}: {}", Triggers::own().said(&it.kind), it.words),
        (None, Status::AdHoc) => "not asked apart when this was recorded".to_owned(),
        (None, Status::BoardOnly | Status::Norm) => String::new(),
    }
}

/// Evidence of a unit that shows whether managers are supported, and counts.
pub(super) fn shows_support<'a>(gathered: &'a Gathered, code: &str) -> Vec<&'a Evidence> {
    let mut found = gathered.evidence_for(code, SUPPORT);
    found.retain(|it| gathered.is_live(it));
    found
}

/// Whether managers of a unit are supported, and whether anything shows it, in a sentence.
pub(super) fn support_said(gathered: &Gathered, code: &str) -> String {
    let answer =
        gathered.joint.get(code).map_or(Support::Unanswered, |it| it.said.supports_managers);
    if answer == Support::Unanswered {
        return "Nobody has said whether managers are supported in using financial data."
            .to_owned();
    }
    let shown = match shows_support(gathered, code).len() as u64 {
        0 => "no evidence that counts shows it".to_owned(),
        more => words::count(
            more,
            "piece of evidence that counts shows it",
            "pieces of evidence that count show it",
        ),
    };
    let answer = support_words(answer).to_lowercase();
    format!("Managers are supported in using financial data: {answer}; {shown}.")
}

/// The same; of the trust also how many specialties answered for themselves and nothing shows it.
pub(super) fn support_told(gathered: &Gathered, unit: &Branch) -> Vec<String> {
    let mut told = vec![support_said(gathered, unit.stored.unit.code.as_str())];
    let has_answered = |code: &&str| {
        let said = gathered.joint.get(*code).map(|it| it.said.supports_managers);
        said.is_some_and(|it| it != Support::Unanswered)
    };
    let codes = gathered.specialties().map(|it| it.stored.unit.code.as_str());
    let answered: Vec<&str> = codes.filter(has_answered).collect();
    let bare = answered.iter().filter(|it| shows_support(gathered, it).is_empty()).count();
    if is_trust(gathered, unit) && !answered.is_empty() {
        told.push(format!(
            "Of {} that answered for themselves, {} have no evidence that counts for it.",
            words::count(answered.len() as u64, "specialty", "specialties"),
            words::thousands(bare as u64)
        ));
    }
    told
}

/// How it is in a unit, in short: how far people work together, what called for it, and support.
pub(super) fn in_short(gathered: &Gathered, unit: &Branch) -> String {
    let code = unit.stored.unit.code.as_str();
    let Some(it) = gathered.joint.get(code) else { return "Nobody has said".to_owned() };
    let mut said = Vec::new();
    if !is_trust(gathered, unit) {
        said.extend([status_words(it.said.status).to_owned(), called_for(&it.said)]);
    }
    said.push(support_said(gathered, code));
    let said = said.iter().map(|it| words::sentence(it)).filter(|it| !it.is_empty());
    said.collect::<Vec<_>>().join(" ")
}

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = seen(&visit, &gathered, (Capability::ReadAssessments, &code))?;
    let typed = gathered.joint.get(&code).map_or_else(Typed::default, |it| {
        let said = &it.said;
        Typed {
            status: said.status.as_str().to_owned(),
            trigger: said.trigger.as_ref().map_or_else(String::new, |it| it.kind.clone()),
            trigger_words: said.trigger.as_ref().map_or_else(String::new, |it| it.words.clone()),
            words: said.words.clone(),
            shared_every: said.shared_every.map_or("", Every::as_str).to_owned(),
            last_shared_on: said.last_shared_on.map_or_else(String::new, |it| it.to_string()),
            audience: shared(said, |it| &it.audience),
            audience_words: shared(said, |it| &it.words),
            lapse: if said.lapse_confirmed { "yes" } else { "no" }.to_owned(),
            supports: said.supports_managers.as_str().to_owned(),
            seen: String::new(),
        }
    });
    Ok(page(&visit, (&gathered, unit), (typed, Wrong::default())).await?.respond())
}

/// What is kept of the audience, as it was typed.
fn shared(said: &NewJointWorking, of: fn(&SharedWith) -> &String) -> String {
    said.shared_with.as_ref().map(of).cloned().unwrap_or_default()
}

pub(super) async fn record(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = seen(&visit, &gathered, (Capability::Assess, &code))?;
    let mut typed: Typed = visit.fields.read()?;
    if is_trust(&gathered, unit) {
        // How far people work together is asked of specialties alone.
        Status::BoardOnly.as_str().clone_into(&mut typed.status);
    }
    let before = gathered.joint.get(&code).and_then(|it| it.said.trigger.as_ref());
    let (new, wrong) = read(&typed, before, today(visit.now));
    let Some(new) = new.filter(|_| wrong.is_empty()) else {
        return Ok(page(&visit, (&gathered, unit), (typed, wrong)).await?.respond());
    };
    let entry = visit.entry_in(visit.scope(Capability::Assess)?, "assessment.joint_working", "");
    let leads_to = format!("/assessment/{code}");
    let (unit, seen) = (unit.stored.unit.code.clone(), typed.seen.parse().unwrap_or_default());
    let done = visit.change(&leads_to, "How it is, is kept.", move |tx| {
        Box::pin(async move { assessing::record(tx, &unit, &new, seen, &entry).await })
    });
    done.await
}

fn read(typed: &Typed, before: Option<&Trigger>, today: Day) -> (Option<NewJointWorking>, Wrong) {
    let mut wrong = Wrong::default();
    let status = typed.status.parse::<Status>().ok();
    wrong.unless(status.is_some(), "status", "Choose how far people work together");
    let trigger = status.and_then(|it| called(&mut wrong, typed, (it, before)));
    WORDS.check(&mut wrong, "words", &typed.words, "Say how it shows");
    let every = typed.shared_every.parse::<Every>().ok();
    wrong.unless(
        every.is_some() || typed.shared_every.is_empty(),
        "shared_every",
        "Choose how often data are shared",
    );
    let last = typed.last_shared_on.parse::<Day>().ok();
    let is_day = last.is_some() || typed.last_shared_on.is_empty();
    wrong.unless(is_day, "last_shared_on", "Write the day as 2026-03-31");
    wrong.unless(last.is_none_or(|it| it <= today), "last_shared_on", "This day is still to come");
    let shared_with = shared_with(typed, &mut wrong);
    let supports = typed.supports.parse::<Support>().ok();
    wrong.unless(supports.is_some(), "supports", "Choose whether managers are supported");
    let new = status.zip(supports).map(|(status, supports_managers)| NewJointWorking {
        status,
        trigger,
        words: typed.words.trim().to_owned(),
        shared_every: every,
        last_shared_on: last,
        shared_with,
        lapse_confirmed: typed.lapse == "yes",
        supports_managers,
    });
    (new, wrong)
}

/// What called for it, which is asked where it is ad hoc alone. What the form had from before is left
/// out where it no longer is; what somebody wrote anew is not.
fn called(
    wrong: &mut Wrong,
    typed: &Typed,
    (status, before): (Status, Option<&Trigger>),
) -> Option<Trigger> {
    let new = Trigger { kind: typed.trigger.clone(), words: typed.trigger_words.trim().to_owned() };
    if status == Status::AdHoc {
        let is_kind = Triggers::own().named(&new.kind).is_some();
        wrong.unless(is_kind, "trigger", "Choose what called for it");
        WORDS.check(wrong, "trigger_words", &new.words, "Say which one it was");
        return Some(new);
    }
    let is_blank = new.kind.is_empty() && new.words.is_empty();
    wrong.unless(
        is_blank || before == Some(&new),
        "trigger",
        "You wrote what called for it, and not that it is ad hoc: choose ad hoc, or clear both fields",
    );
    None
}

/// Evidence that shows whether managers are supported, drafts left out.
fn shown(gathered: &Gathered, code: &str) -> Vec<Shown> {
    let shown = |it: &&Evidence| Shown {
        title: it.of.title.clone(),
        address: format!("/assessment/{code}/evidence/{}", it.id),
        state: evidence_state(gathered, it),
    };
    gathered.evidence_for(code, SUPPORT).iter().map(shown).collect()
}

/// With whom data are shared; asked wherever they are shared regularly, and nowhere else.
fn shared_with(typed: &Typed, wrong: &mut Wrong) -> Option<SharedWith> {
    let (audience, words) = (typed.audience.trim(), typed.audience_words.trim());
    let list = Audiences::own();
    let chosen = list.get(audience);
    if chosen.is_some() && typed.shared_every.is_empty() {
        wrong.add("shared_every", "Choose how often data are shared with them");
    }
    let is_asked = !typed.shared_every.is_empty() || !audience.is_empty() || !words.is_empty();
    wrong.unless(chosen.is_some() || !is_asked, "audience", "Choose with whom data are shared");
    let needs_words = chosen.is_some_and(|it| it.needs_words);
    if needs_words || !words.is_empty() {
        WORDS.check(wrong, "audience_words", words, "Say in your own words who they are");
    }
    chosen.map(|it| SharedWith { audience: it.id.clone(), words: words.to_owned() })
}

async fn page(
    visit: &Visit,
    (gathered, unit): (&Gathered, &Branch),
    (typed, wrong): (Typed, Wrong),
) -> Result<JointPage, Fault> {
    let code = unit.stored.unit.code.as_str();
    let recorded = gathered.joint.get(code);
    let mut now = Vec::new();
    match recorded {
        None => now.push("Nobody has said how it is.".to_owned()),
        Some(it) => {
            let who = name_of(&mut *visit.app.store().read().await?, it.by.as_str()).await?;
            if !is_trust(gathered, unit) {
                now.push(format!("{}.", status_words(it.said.status)));
                let called = called_for(&it.said);
                if !called.is_empty() {
                    now.push(words::sentence(&format!("What called for it: {called}")));
                }
            }
            now.push(it.said.words.clone());
            now.push(support_said(gathered, code));
            if let Some(every) = it.said.shared_every {
                let last = it.said.last_shared_on;
                let last = last.map_or_else(|| "not yet".to_owned(), |it| day(&it));
                let every = every_words(every).to_lowercase();
                now.push(format!("Cost and quality data are shared {every}, last: {last}."));
                let with = audience_words(it.said.shared_with.as_ref());
                now.push(format!("Shared with: {with}."));
            }
            now.push(format!("Said by {who}, {}.", words::moment(it.at)));
        }
    }
    let records = may(visit, Capability::Assess, code);
    Ok(JointPage {
        shell: shell(visit, unit, "How far people work together").with_errors(&wrong),
        kicker: unit.stored.unit.name.clone(),
        now,
        records,
        is_trust: is_trust(gathered, unit),
        shown: shown(gathered, code),
        add: if records {
            format!("/assessment/{code}/evidence?step={SUPPORT}#add")
        } else {
            String::new()
        },
        seen: typed.seen.parse().unwrap_or(recorded.map_or(0, |it| it.number)),
        typed,
        wrong,
        ..JointPage::blank()
    })
}

impl JointPage {
    /// The choices of the form.
    fn blank() -> Self {
        let pair = |code: &str, name: &str| (code.to_owned(), name.to_owned());
        let mut triggers = vec![pair("", "Choose what called for it")];
        triggers.extend(Triggers::own().trigger.iter().map(|it| pair(&it.code, &it.name)));
        let mut everies = vec![pair("", "No time is agreed")];
        everies.extend(Every::ALL.iter().map(|it| pair(it.as_str(), every_words(*it))));
        let mut audiences = vec![pair("", "Nobody is chosen")];
        audiences.extend(Audiences::own().audiences.iter().map(|it| pair(&it.id, &it.name)));
        Self {
            shell: Shell::default(),
            kicker: String::new(),
            now: Vec::new(),
            records: false,
            is_trust: false,
            statuses: Status::ALL.iter().map(|it| pair(it.as_str(), status_words(*it))).collect(),
            triggers,
            supports: Support::ALL.iter().map(|it| pair(it.as_str(), support_words(*it))).collect(),
            everies,
            audiences,
            lapses: vec![pair("no", "No"), pair("yes", "Yes, sharing has stopped")],
            shown: Vec::new(),
            add: String::new(),
            seen: 0,
            typed: Typed::default(),
            wrong: Wrong::default(),
        }
    }
}

impl Page for JointPage {
    const TEMPLATE: &'static str = "features/self_assessment/joint_working.html";

    fn samples() -> Vec<Self> {
        let page = |records: bool, wrong: Wrong| Self {
            shell: Shell::sample("How far people work together").with_errors(&wrong),
            kicker: "Trauma and orthopaedics".to_owned(),
            now: vec!["Ad hoc, when something calls for it.".to_owned()],
            records,
            shown: if records {
                Vec::new()
            } else {
                vec![Shown {
                    title: "Notes of the budget surgery".to_owned(),
                    address: "/assessment/TORT/evidence/1".to_owned(),
                    state: "Counts to 1 May 2027".to_owned(),
                }]
            },
            add: if records {
                "/assessment/TORT/evidence?step=SUPPORT#add".to_owned()
            } else {
                String::new()
            },
            wrong,
            ..Self::blank()
        };
        let mut wrong = Wrong::default();
        wrong.add("status", "Choose how far people work together");
        wrong.add("trigger", "Choose what called for it");
        vec![page(true, Wrong::default()), page(false, Wrong::default()), page(true, wrong)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_read_or_named() {
        let day = |text: &str| text.parse::<Day>().expect("a day");
        let typed = Typed {
            status: "norm".to_owned(),
            words: "Every month".to_owned(),
            shared_every: "month".to_owned(),
            last_shared_on: "2026-05-20".to_owned(),
            audience: "both_professions".to_owned(),
            supports: "yes".to_owned(),
            ..Typed::default()
        };
        let (new, wrong) = read(&typed, None, day("2026-05-20"));
        assert!(wrong.is_empty(), "{wrong:?}");
        let both = SharedWith { audience: "both_professions".to_owned(), words: String::new() };
        assert_eq!(
            new.map(|it| (it.status, it.shared_every, it.shared_with)),
            Some((Status::Norm, Some(Every::Month), Some(both)))
        );
        let (_, wrong) = read(&typed, None, day("2026-05-19"));
        assert_eq!(wrong.of("last_shared_on"), "This day is still to come");
        let (new, wrong) = read(&Typed::default(), None, day("2026-05-19"));
        assert_eq!((new, wrong.all().len()), (None, 3), "status, words and support are missing");
    }

    #[test]
    fn what_called_for_it_is_asked_where_it_is_ad_hoc_and_nowhere_else() {
        let day = "2026-05-20".parse::<Day>().expect("a day");
        let typed = |status: &str, trigger: &str, which: &str| Typed {
            status: status.to_owned(),
            trigger: trigger.to_owned(),
            trigger_words: which.to_owned(),
            words: "Two meetings".to_owned(),
            supports: "yes".to_owned(),
            ..Typed::default()
        };
        let falls = Trigger { kind: "contract_goal".to_owned(), words: "Falls".to_owned() };
        let (new, wrong) = read(&typed("ad_hoc", "contract_goal", " Falls "), None, day);
        assert!(wrong.is_empty(), "{wrong:?}");
        assert_eq!(new.and_then(|it| it.trigger), Some(falls.clone()));
        let (_, wrong) = read(&typed("ad_hoc", "", ""), None, day);
        assert_eq!(wrong.of("trigger"), "Choose what called for it");
        assert_eq!(wrong.of("trigger_words"), "Say which one it was");
        let (_, wrong) = read(&typed("ad_hoc", "weather", "Snow"), None, day);
        assert_eq!(wrong.all().len(), 1, "it is none of the list: {wrong:?}");
        // What the form still has from before goes with the state that it belonged to.
        let (new, wrong) = read(&typed("norm", "contract_goal", "Falls"), Some(&falls), day);
        assert!(wrong.is_empty(), "{wrong:?}");
        assert_eq!(new.map(|it| it.trigger), Some(None));
        let (_, wrong) = read(&typed("norm", "contract_goal", "Sepsis"), Some(&falls), day);
        assert!(wrong.of("trigger").contains("choose ad hoc, or clear both fields"), "{wrong:?}");
    }

    #[test]
    fn sharing_says_with_whom() {
        let check = |(every, audience, words): (&str, &str, &str), field: &str, expected: &str| {
            let typed = Typed {
                status: "norm".to_owned(),
                words: "Every month".to_owned(),
                shared_every: every.to_owned(),
                audience: audience.to_owned(),
                audience_words: words.to_owned(),
                supports: "yes".to_owned(),
                ..Typed::default()
            };
            let (new, wrong) = read(&typed, None, "2026-05-20".parse().expect("a day"));
            assert_eq!(wrong.of(field), expected, "{typed:?}");
            new.map(|it| audience_words(it.shared_with.as_ref())).unwrap_or_default()
        };
        let missing = "Choose with whom data are shared";
        check(("month", "", ""), "audience", missing);
        check(("month", "invented", ""), "audience", missing);
        check(("", "", "The league of friends"), "audience", missing);
        check(("month", "others", " "), "audience_words", "Say in your own words who they are");
        let often = "Choose how often data are shared with them";
        check(("", "board", ""), "shared_every", often);
        assert_eq!(check(("month", "board", ""), "audience", ""), "The board");
        let named = check(("month", "others", "The league of friends"), "audience", "");
        assert_eq!(named, "Others: The league of friends");
        assert_eq!(check(("", "", ""), "audience", ""), "audience not recorded");
    }
}
