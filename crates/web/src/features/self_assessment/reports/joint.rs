//! What came of working together, for the inspection pack: joint actions with how they stand, and
//! benefits that both leads verified; for the board, how many actions are joint. No amount is told:
//! whoever reads the pack may see no costs.

use access::Capability;
use engagement::actions::{Owner, State};
use engagement::benefits::BenefitSettings;
use store::Connection;
use store::benefits::{self, StoredBenefit};
use store::joint_actions::{self, StoredAction};

use super::Section;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::joint_work::{
    day, joint_or_not, sees_action, sees_benefit, standing, unit_names,
};
use crate::shell::sit_downs::OfSitDowns;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Actions and outcomes, as far as somebody may see them.
pub(super) async fn sections(app: &App, visit: &Visit) -> Result<[Section; 2], Fault> {
    let mut db = app.store().read().await?;
    let units = unit_names(&mut db).await?;
    let unit = |code: &str| units.get(code).cloned().unwrap_or_else(|| code.to_owned());
    if !visit.may(Capability::ReadActions) {
        let said = "Your role reads no actions and no benefits.";
        return Ok([actions(Vec::new(), said.to_owned()), outcomes(Vec::new(), said.to_owned())]);
    }
    let seen = seen(&mut db, visit).await?;
    let joint = seen.iter().filter(|it| it.agreed.of.is_joint());
    let told: Vec<Vec<String>> = joint.map(|it| action(visit, it, &unit)).collect();
    let settings = BenefitSettings::own();
    let all = benefits::list(&mut db).await?;
    let seen = all.iter().filter(|it| sees_benefit(visit, it));
    let verified: Vec<Vec<String>> = seen.filter_map(|it| outcome(it, &settings, &unit)).collect();
    let count = |rows: &[Vec<String>], one: &str, more: &str| match rows.len() as u64 {
        0 => format!("There are no {more}."),
        all => format!("{}.", words::count(all, one, more)),
    };
    let said = count(&told, "joint action", "joint actions");
    let came = count(&verified, "verified benefit", "verified benefits");
    Ok([actions(told, said), outcomes(verified, came)])
}

/// Actions that somebody may see, without those of sit-downs: what is told here is handed on.
async fn seen(db: &mut Connection, visit: &Visit) -> Result<Vec<StoredAction>, Fault> {
    let mut all = joint_actions::list(db).await?;
    // Asked for after the actions, so that one that is agreed meanwhile is known to be of a sit-down.
    let of_sit_downs = OfSitDowns::of(db, visit).await?;
    all.retain(|it| !of_sit_downs.holds(it) && sees_action(visit, it, &of_sit_downs));
    Ok(all)
}

/// How many open actions are joint and how many are not, as far as somebody may see them. What a
/// sit-down agreed on is not among them: both directors read the same page.
pub(super) async fn counted(app: &App, visit: &Visit) -> Result<Section, Fault> {
    let section = |lead: String| Section {
        id: "actions",
        name: "Joint actions",
        lead: vec![
            lead,
            "Actions of the sit-down of one consultant and finance are not counted here."
                .to_owned(),
        ],
        ..Section::default()
    };
    if !visit.may(Capability::ReadActions) {
        return Ok(section("Your role reads no actions.".to_owned()));
    }
    let mut db = app.store().read().await?;
    let seen = seen(&mut db, visit).await?;
    let is_open = |it: &&StoredAction| standing(visit, it).is_open();
    let open = seen.iter().filter(is_open).map(|it| it.agreed.of.owners.as_slice());
    let open: Vec<&[Owner]> = open.collect();
    Ok(section(match open.len() as u64 {
        0 => "No action that you may see is open.".to_owned(),
        all => format!(
            "Of {} that you may see, {}.",
            words::count(all, "open action", "open actions"),
            joint_or_not(open)
        ),
    }))
}

fn actions(rows: Vec<Vec<String>>, lead: String) -> Section {
    Section {
        id: "actions",
        name: "Joint actions",
        lead: vec![lead],
        columns: vec![("What", false), ("How it stands", false), ("Of", true), ("Due", true)],
        rows,
        ..Section::default()
    }
}

fn action(visit: &Visit, it: &StoredAction, unit: &dyn Fn(&str) -> String) -> Vec<String> {
    let how = standing(visit, it);
    let stands = match how.state {
        State::Done => "Done",
        State::Stopped => "Stopped",
        State::Planned => "Planned",
        State::UnderWay if how.is_overdue => "Overdue",
        State::UnderWay => "Under way",
    };
    let of = &it.agreed;
    vec![of.of.what.clone(), stands.to_owned(), unit(of.unit.as_str()), day(how.due_on)]
}

fn outcomes(rows: Vec<Vec<String>>, lead: String) -> Section {
    Section {
        id: "outcomes",
        name: "Outcomes that a finance and a clinical lead verified",
        lead: vec![lead],
        columns: vec![("Kind", false), ("How far", false), ("Of", true), ("Beside it", true)],
        rows,
        ..Section::default()
    }
}

/// None where nothing of it is verified.
fn outcome(
    it: &StoredBenefit,
    settings: &BenefitSettings,
    unit: &dyn Fn(&str) -> String,
) -> Option<Vec<String>> {
    let account = it.account(settings);
    if account.verified == 0 {
        return None;
    }
    let whole = account.verified == account.claimed;
    let beside = if it.pair.is_some() { "A measure of quality" } else { "" };
    Some(vec![
        it.of.kind.name().to_owned(),
        if whole { "Verified in whole" } else { "Verified in part" }.to_owned(),
        unit(&it.of.ground.unit),
        beside.to_owned(),
    ])
}
