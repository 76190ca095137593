//! Who may compare colleagues of a service line, and what they see of them.

use access::{Capability, View};
use store::UnitCode;
use store::units::{self, UnitKind};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::visit::Visit;

/// What somebody sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// Each colleague under a code.
    Coded,
    /// The spread of all spells: whoever may see their own and it is not known which is theirs.
    Spread,
}

/// A service line whose colleagues somebody may see.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) code: UnitCode,
    pub(super) name: String,
    pub(super) sight: Sight,
}

impl Line {
    /// # Errors
    ///
    /// [`Fault::NotFound`] where there is no such service line for them.
    pub(super) async fn of(app: &App, visit: &Visit, code: &str) -> Result<Self, Fault> {
        let sight = sight(visit, code)?;
        let code = UnitCode::new(code);
        let mut db = app.store().read().await?;
        let unit = units::get(&mut db, &code).await?.unit;
        if unit.kind != UnitKind::ServiceLine {
            return Err(Fault::NotFound);
        }
        Ok(Self { code, name: unit.name, sight })
    }

    /// Address of the comparison.
    pub(super) fn address(&self) -> String {
        format!("/services/{}/colleagues", self.code)
    }

    /// Address of the record of its purpose.
    pub(super) fn purpose(&self) -> String {
        format!("{}/purpose", self.address())
    }
}

fn sight(visit: &Visit, unit: &str) -> Result<Sight, Fault> {
    let scope = visit.scope(Capability::ClinicianComparison)?;
    let exact = |it: access::InScope| it.view == View::Exact;
    if scope.of_unit(unit).is_some_and(exact) {
        return Ok(Sight::Coded);
    }
    // Nothing here ties a person to a consultant of the run, so nobody's own can be picked out.
    let costs = visit.scope(Capability::AggregateCosts)?;
    if scope.of_own() && costs.of_unit(unit).is_some_and(exact) {
        return Ok(Sight::Spread);
    }
    Err(Fault::NotFound)
}
