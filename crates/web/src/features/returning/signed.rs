//! Levels of the trust that two leads signed, as a collector is told of them.

use std::collections::BTreeSet;

use access::Capability;
use engagement::returns::{OrganisationCode, Return, StatedSteps};
use engagement::{FrameworkId, Level, StepId};
use serde::Deserialize;
use store::assessing::{self, Side};
use store::people::Person;
use store::units::{self, UnitKind};
use store::{Connection, LevelId, people};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::visit::Visit;
use crate::shell::words;

/// A level of the trust that both leads signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Signed {
    pub(super) id: LevelId,
    pub(super) level: Level,
    /// The day on which the second lead signed, as people read it.
    pub(super) on: String,
    steps: StatedSteps,
    framework: FrameworkId,
    /// Name and job title of both leads.
    clinical_lead: String,
    finance_lead: String,
}

/// What was kept beside a level when it was put forward. Everything else in it is for other pages.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Kept {
    mode: String,
    framework: String,
    national_framework: String,
    counted: Vec<String>,
}

/// Steps that are recorded for the organisation as a whole.
const OF_ORGANISATION: &str = "organisation";

/// Whether somebody may do something with the trust's assessment; its code.
pub(super) async fn trust(
    app: &App,
    visit: &Visit,
    capability: Capability,
) -> Result<String, Fault> {
    let all = units::list(&mut *app.store().read().await?).await?;
    let found = all.into_iter().find(|it| it.unit.kind == UnitKind::Trust);
    let code = found.ok_or(Fault::NotFound)?.unit.code.to_string();
    let is_seen = visit.scope(capability)?.of_unit(&code).is_some();
    if is_seen { Ok(code) } else { Err(Fault::NotFound) }
}

/// Whether somebody may send and share the trust's level.
pub(super) fn may_sign(visit: &Visit, trust: &str) -> bool {
    visit.scope(Capability::SignLevels).is_ok_and(|it| it.of_unit(trust).is_some())
}

/// The levels of the trust that both leads signed, the latest first.
pub(super) async fn all(db: &mut Connection, trust: &str) -> Result<Vec<Signed>, Fault> {
    let assessments = assessing::list(db).await?;
    let mut found = Vec::new();
    for it in assessing::levels(db, None).await? {
        let of = assessments.iter().find(|of| of.id == it.assessment);
        let Some(of) = of.filter(|it| it.unit.as_str() == trust) else { continue };
        if let Some(at) = it.confirmed_at() {
            found.push((at, signed(db, &it, &of.framework).await?));
        }
    }
    // Of two that were signed at one moment, the one that was put forward later comes first.
    found.reverse();
    found.sort_by_key(|it| std::cmp::Reverse(it.0));
    Ok(found.into_iter().map(|it| it.1).collect())
}

async fn signed(
    db: &mut Connection,
    it: &assessing::Level,
    framework: &str,
) -> Result<Signed, Fault> {
    let kept: Kept = serde_json::from_str(&it.of.snapshot).unwrap_or_default();
    let broken = || Fault::Broken(format!("level {}", it.id));
    let level = u8::try_from(it.of.level).ok().and_then(|it| Level::try_from(it).ok());
    let mut leads = Vec::new();
    for side in [Side::Clinical, Side::Finance] {
        let answer = it.answers.iter().find(|it| it.side == side).ok_or_else(broken)?;
        leads.push(lead(&people::get(db, &answer.by).await?.person));
    }
    let [clinical_lead, finance_lead] = leads.try_into().map_err(|_| broken())?;
    // Before the mode was kept beside a level, steps were always recorded by unit.
    let steps = if kept.mode == OF_ORGANISATION {
        let counted: BTreeSet<StepId> =
            kept.counted.iter().map(|it| StepId::from(it.as_str())).collect();
        StatedSteps::Counted(counted)
    } else {
        StatedSteps::ByUnit
    };
    let versions = [kept.national_framework.as_str(), kept.framework.as_str(), framework];
    let version = versions.into_iter().find(|it| !it.is_empty()).unwrap_or(framework);
    Ok(Signed {
        id: it.id.clone(),
        level: level.ok_or_else(broken)?,
        on: it.confirmed_at().map(words::moment).unwrap_or_default(),
        steps,
        framework: FrameworkId::from(version),
        clinical_lead,
        finance_lead,
    })
}

/// `Helen Marsh, medical director`: a collector asks a person, and knows no reference of ours.
fn lead(person: &Person) -> String {
    let title = person.job_title.trim().to_lowercase();
    let name = person.name.trim();
    if title.is_empty() { name.to_owned() } else { format!("{name}, {title}") }
}

impl Signed {
    /// `Level 3, signed 11 June 2026, 10:00`.
    pub(super) fn in_words(&self) -> String {
        format!("Level\u{a0}{}, signed {}", self.level.number(), self.on)
    }

    /// Its return for an organisation and a year, or why its collector could not take it.
    pub(super) fn returned(&self, organisation: &str, year: i64) -> Result<Return, String> {
        let it = Return {
            organisation: OrganisationCode::from(organisation),
            year: u16::try_from(year).map_err(|_| format!("{year} is no year"))?,
            level: self.level,
            steps: self.steps.clone(),
            clinical_lead: self.clinical_lead.clone(),
            finance_lead: self.finance_lead.clone(),
            framework: self.framework.clone(),
        };
        it.checked().map_err(|what| words::sentence(&format!("The return cannot be sent: {what}")))
    }

    /// What stands in the return, by name.
    pub(super) fn particulars(&self) -> Vec<(String, String)> {
        let steps = match &self.steps {
            StatedSteps::ByUnit => "Recorded by specialty, so none are stated".to_owned(),
            StatedSteps::Counted(steps) => {
                words::count(steps.len() as u64, "step counts", "steps count")
            }
        };
        let row = |name: &str, said: String| (name.to_owned(), said);
        vec![
            row("Level", self.in_words()),
            row("Steps", steps),
            row("Confirmed for clinicians by", self.clinical_lead.clone()),
            row("Confirmed for finance by", self.finance_lead.clone()),
            row("Version of the framework", self.framework.to_string()),
        ]
    }
}
