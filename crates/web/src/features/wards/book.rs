//! The wards of the trust in the run that is shown and in the year before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::{Capability, Scope, View};
use results::ward::{Ward, WardAsked, WardFlow};
use results::{ResultsError, Run};
use store::units::{self, Unit, UnitKind};

use super::release::{Released, is_told};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::kept::Kept;
use crate::shell::questions::{self, Questions};
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;

/// What was read of runs, by run and by what was asked of it.
static READ: Kept<String, Year> = Kept::new(RUNS);

/// Runs whose wards are kept at most.
const RUNS: usize = 20;

/// One year of all wards.
#[derive(Debug)]
pub(super) struct Year {
    wards: BTreeMap<String, WardYear>,
    /// The last month of the run.
    last_period: u8,
    /// What may be shown to those who see small numbers hidden; none without the rows of the wards.
    pub(super) released: Option<Released>,
}

/// One year of a ward.
#[derive(Clone, Debug, Default)]
pub(super) struct WardYear {
    pub(super) ward: Ward,
    /// Who lay there; none where the rows of the wards are not at hand.
    pub(super) flow: Option<WardFlow>,
}

/// A ward as a unit of the trust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) code: String,
    pub(super) name: String,
    /// The highest unit below the trust that it belongs to; none where it stands below the trust,
    /// or where that unit has no service line, so that it is not known whose patients are of it.
    pub(super) home: Option<String>,
    asked: WardAsked,
}

/// All wards, and who sees them how.
pub(super) struct Book {
    pub(super) run: Arc<Run>,
    pub(super) now: Arc<Year>,
    /// The year before, where one is published.
    pub(super) before: Option<Arc<Year>>,
    /// Wards that the run knows, by code.
    pub(super) places: Vec<Place>,
    /// The highest unit of each service line, by its code.
    pub(super) homes: BTreeMap<String, String>,
    scope: Scope,
    roles: Vec<String>,
}

impl Book {
    /// The wards of the run that was published last; none where nothing is.
    ///
    /// # Errors
    ///
    /// [`Fault::NotFound`] for those who see no costs; [`Fault::Broken`] if something cannot be
    /// read.
    pub(super) async fn of(app: &App, visit: &Visit) -> Result<Option<Self>, Fault> {
        let scope = visit.scope(Capability::AggregateCosts)?.clone();
        let roles = visit.person()?.access.roles().iter();
        let roles = roles.filter_map(|it| app.matrix().role(it)).map(|it| it.name.to_lowercase());
        let roles = roles.collect();
        let mut db = app.store().read().await?;
        let all: Vec<Unit> = units::list(&mut db).await?.into_iter().map(|it| it.unit).collect();
        drop(db);
        let app = app.clone();
        let (mut places, homes) = tree(&all);
        let read = reading(move || {
            let Some(run) = app.shelf().latest(false)? else { return Ok(None) };
            let now = year(&app, &run, &places)?;
            let before = match app.shelf().year_before(&run)? {
                Some(before) => Some(year(&app, &before, &places)?),
                None => None,
            };
            places.retain(|it| now.wards.contains_key(&it.code));
            Ok(Some((run, now, before, places)))
        });
        let Some((run, now, before, places)) = read.await? else { return Ok(None) };
        Ok(Some(Self { run, now, before, places, homes, scope, roles }))
    }

    /// A ward with its two years.
    ///
    /// # Errors
    ///
    /// [`Fault::NotFound`] if the run does not know it.
    pub(super) fn ward(&self, code: &str) -> Result<Found<'_>, Fault> {
        let place = self.places.iter().find(|it| it.code == code).ok_or(Fault::NotFound)?;
        let now = self.now.wards.get(code).ok_or(Fault::NotFound)?;
        let before = match &self.before {
            None => Err(Missing::NotPublished),
            Some(it) if it.last_period != self.now.last_period => Err(Missing::OtherMonths),
            Some(it) => it.wards.get(code).ok_or(Missing::NotKnown),
        };
        Ok(Found { place, now, before })
    }

    /// The year before of a ward as those may see it who see small numbers hidden: it is told where
    /// that year had patients enough.
    pub(super) fn told_before<'a>(&self, found: Found<'a>) -> Result<&'a WardYear, Missing> {
        let released = self.before.as_ref().and_then(|it| it.released.as_ref());
        let is_told = released.is_some_and(|it| is_told(it.year(&found.place.code)));
        found.before.and_then(|it| if is_told { Ok(it) } else { Err(Missing::Hidden) })
    }

    /// What was asked about a ward.
    ///
    /// # Errors
    ///
    /// [`Fault::Broken`] if the store cannot be read.
    pub(super) async fn questions(
        &self,
        app: &App,
        visit: &Visit,
        code: &str,
    ) -> Result<Questions, Fault> {
        let place = questions::Place::of("/wards/{unit}", code, ("", ""));
        Questions::of(app, visit, place, self.run.id()).await
    }

    /// How a ward may be seen, if it may.
    pub(super) fn view(&self, code: &str) -> Option<View> {
        self.scope.of_unit(code).map(|it| it.view)
    }

    /// Wards that are seen exactly.
    pub(super) fn own(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(|it| self.view(&it.code) == Some(View::Exact))
    }

    /// As whom somebody sees this, and how.
    pub(super) fn words(&self, view: View) -> String {
        let how = match view {
            View::Exact => "exact figures of this ward",
            View::Suppressed => "figures with small numbers hidden",
        };
        format!("You see {how}, as {}.", self.roles.join(" and "))
    }
}

/// One ward.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) place: &'a Place,
    pub(super) now: &'a WardYear,
    /// The same months of the year before, or why they are not there.
    pub(super) before: Result<&'a WardYear, Missing>,
}

/// Why a ward has no year before to set beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    NotPublished,
    /// Its run ends with another month.
    OtherMonths,
    NotKnown,
    NotUsed,
    /// Few patients lay there, or it is not known how many.
    Hidden,
}

impl Missing {
    /// In a sentence.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::NotPublished => "No run of the year before is published to set beside it.",
            Self::OtherMonths => {
                "The run of the year before ends with another month, so it is not set beside this one."
            }
            Self::NotKnown => "The run of the year before does not know this ward.",
            Self::NotUsed => "No bed was used in the year before.",
            Self::Hidden => "What it cost in the year before is hidden.",
        }
    }

    /// In a table.
    pub(super) const fn cell(self) -> &'static str {
        match self {
            Self::NotPublished => "not published",
            Self::OtherMonths => "other months",
            Self::NotKnown => "not known",
            Self::NotUsed => "not used",
            Self::Hidden => "hidden",
        }
    }
}

/// Wards among the units, by code, and the highest unit of each service line.
fn tree(all: &[Unit]) -> (Vec<Place>, BTreeMap<String, String>) {
    let by_code: BTreeMap<&str, &Unit> = all.iter().map(|it| (it.code.as_str(), it)).collect();
    let home = |unit: &Unit| -> Option<&Unit> {
        let mut at = by_code.get(unit.code.as_str()).copied()?;
        // No path is longer than there are units, so a ring ends too.
        for _ in 0..all.len() {
            match at.parent.as_ref().and_then(|it| by_code.get(it.as_str())) {
                Some(above) if above.kind != UnitKind::Trust => at = above,
                _ => break,
            }
        }
        (at.code != unit.code || unit.kind == UnitKind::ServiceLine).then_some(at)
    };
    let lines = all.iter().filter(|it| it.kind == UnitKind::ServiceLine);
    let homes: Vec<(&str, &Unit)> =
        lines.filter_map(|it| Some((it.code.as_str(), home(it)?))).collect();
    let place = |unit: &Unit| {
        let home = home(unit);
        let own = home.map(|home| {
            let own = homes.iter().filter(|it| it.1.code == home.code);
            own.map(|it| it.0.to_owned()).collect::<BTreeSet<String>>()
        });
        let own_lines = own.filter(|it| !it.is_empty());
        let code = unit.code.as_str().to_owned();
        Place {
            code: code.clone(),
            name: unit.name.clone(),
            home: own_lines.as_ref().and(home).map(|it| it.name.clone()),
            asked: WardAsked { code, own_lines },
        }
    };
    let mut places: Vec<Place> =
        all.iter().filter(|it| it.kind == UnitKind::Ward).map(place).collect();
    places.sort_by(|one, other| one.code.cmp(&other.code));
    let homes = homes.into_iter().map(|(line, it)| (line.to_owned(), it.name.clone())).collect();
    (places, homes)
}

fn year(app: &App, run: &Run, places: &[Place]) -> Result<Arc<Year>, Fault> {
    let folder = app.settings().datasets.join(&run.manifest().year);
    let is_there = folder.is_dir();
    let key = format!("{} {is_there} {places:?}", run.manifest_sha256());
    READ.of(key, || {
        let codes: Vec<String> = places.iter().map(|it| it.code.clone()).collect();
        let asked: Vec<WardAsked> = places.iter().map(|it| it.asked.clone()).collect();
        let flow = if is_there { run.ward_flow(&asked, &folder) } else { Ok(None) };
        let flow = match flow {
            // Another dataset than the run's says nothing of it.
            Err(ResultsError::OtherDataset { .. }) => None,
            other => other?,
        };
        let mut flow: BTreeMap<String, WardFlow> =
            codes.iter().cloned().zip(flow.into_iter().flatten()).collect();
        let released = if flow.is_empty() { None } else { Some(Released::of(&flow)?) };
        let wards = run.wards(&codes)?.into_iter().map(|(code, ward)| {
            let flow = flow.remove(&code);
            (code, WardYear { ward, flow })
        });
        let last_period = run.manifest().last_period;
        Ok(Year { wards: wards.collect(), last_period, released })
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use store::UnitCode;

    use super::*;

    #[test]
    fn patients_are_at_home_on_the_wards_of_their_division() {
        let unit = |code: &str, kind, parent: &str| Unit {
            code: UnitCode::new(code),
            name: code.to_lowercase(),
            kind,
            parent: (!parent.is_empty()).then(|| UnitCode::new(parent)),
            from: "2024-04-01".parse().expect("a day"),
            until: None,
        };
        let all = [
            unit("T", UnitKind::Trust, ""),
            unit("SURGERY", UnitKind::Division, "T"),
            unit("BONES", UnitKind::Directorate, "SURGERY"),
            unit("HIP", UnitKind::ServiceLine, "BONES"),
            unit("BOWEL", UnitKind::ServiceLine, "SURGERY"),
            unit("EYE", UnitKind::ServiceLine, "T"),
            unit("W2", UnitKind::Ward, "HIP"),
            unit("W1", UnitKind::Ward, "T"),
            unit("W3", UnitKind::Ward, "EYE"),
            unit("TESTS", UnitKind::Division, "T"),
            unit("W4", UnitKind::Ward, "TESTS"),
        ];
        let (places, homes) = tree(&all);
        let shown: Vec<String> = places
            .iter()
            .map(|it| format!("{} {:?} {:?}\n", it.code, it.home, it.asked.own_lines))
            .collect();
        expect![[r#"
            W1 None None
            W2 Some("surgery") Some({"BOWEL", "HIP"})
            W3 Some("eye") Some({"EYE"})
            W4 None None
        "#]]
        .assert_eq(&shown.concat());
        assert_eq!(homes["HIP"], "surgery");
        assert_eq!(homes["EYE"], "eye");
    }
}
