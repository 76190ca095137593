//! Actions from last time, as a pack begins with them: what is open, and what ended since.

use access::Capability;
use engagement::actions::{Standing, State};
use jiff::SignedDuration;
use store::joint_actions::{self, StoredAction};

use super::content::Section;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::joint_work::{day, may, standing};
use crate::shell::people::names;
use crate::shell::sit_downs::OfSitDowns;
use crate::shell::visit::Visit;
use crate::shell::words;

/// What ended so many days ago is told once more.
const TOLD_AGAIN: SignedDuration = SignedDuration::from_hours(92 * 24); // number: a quarter, the usual time between two reviews

/// The part of the pack; none for those who read no actions of the service line.
pub(super) async fn section(
    app: &App,
    visit: &Visit,
    unit: &str,
) -> Result<Option<Section>, Fault> {
    if !may(visit, Capability::ReadActions, unit) {
        return Ok(None);
    }
    let mut db = app.store().read().await?;
    let mut all = joint_actions::list(&mut db).await?;
    // A pack tells what was known on its day.
    all.retain(|it| it.added_at <= visit.now);
    for it in &mut all {
        it.updates.retain(|said| said.at <= visit.now);
    }
    let people = names(&mut db).await?;
    let name = |id: &str| people.get(id).cloned().unwrap_or_else(|| id.to_owned());
    // The pack is kept for all who see the figures: what a sit-down agreed on stands in none.
    let of_sit_downs = OfSitDowns::of(&mut db, visit).await?;
    let own = all.iter().filter(|it| it.agreed.unit.as_str() == unit && !of_sit_downs.holds(it));
    let told = own.map(|it| (it, standing(visit, it))).filter(|it| is_told(visit, it));
    let (mut rows, mut rows_from) = (Vec::new(), Vec::new());
    let mut late = 0;
    for (it, how) in told {
        late += u64::from(how.is_overdue);
        let owners: Vec<String> = it.agreed.of.owners.iter().map(|it| name(&it.person)).collect();
        let owners: Vec<&str> = owners.iter().map(String::as_str).collect();
        let last = it.updates.last().map_or_else(String::new, |it| it.says.because.clone());
        let stands = [stands(how).to_owned(), words::sentence(&last)];
        let stands: Vec<&str> =
            stands.iter().map(String::as_str).filter(|it| !it.is_empty()).collect();
        rows_from.push(format!("/actions/{}", it.id));
        rows.push(vec![
            it.agreed.of.what.clone(),
            stands.join(". "),
            words::listed(&owners),
            day(how.due_on),
        ]);
    }
    let lead = match (rows.len() as u64, late) {
        (0, _) => "No action is open.".to_owned(),
        (all, 0) => format!("{}, none overdue.", words::count(all, "action", "actions")),
        (all, late) => format!("{}, {late} overdue.", words::count(all, "action", "actions")),
    };
    Ok(Some(Section {
        id: "actions".to_owned(),
        name: "Actions from last time".to_owned(),
        lines: vec![lead],
        columns: ["Action", "How it stands", "Owners", "Due"].map(str::to_owned).to_vec(),
        rows,
        rows_from,
        looks: vec![("All actions".to_owned(), "/actions".to_owned())],
        ..Section::default()
    }))
}

/// Whether it is open, or ended since the review before.
fn is_told(visit: &Visit, (it, how): &(&StoredAction, Standing)) -> bool {
    let ended = it.updates.last().map(|it| it.at);
    how.is_open() || ended.is_some_and(|it| it >= visit.now - TOLD_AGAIN)
}

fn stands(how: Standing) -> &'static str {
    match how.state {
        State::Done => "Done",
        State::Stopped => "Stopped",
        State::Planned => "Planned",
        State::UnderWay if how.is_overdue => "Overdue",
        State::UnderWay => "Under way",
    }
}
