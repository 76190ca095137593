//! On which side of the conversation somebody stands: clinical, finance, or neither.

use access::ProfessionGroup;
use store::Connection;
use store::figure_questions::Side;
use store::people;

use super::settings::{Group, SETTINGS};
use crate::shell::fault::Fault;
use crate::shell::visit::Visit;

/// By profession; where that says nothing, by the roles that are held.
pub fn side(profession: &str, roles: &[String]) -> Side {
    let holds = |it: &Group| roles.iter().any(|role| it.roles.contains(role));
    let (clinical, finance) = (&SETTINGS.clinical, &SETTINGS.finance);
    match ProfessionGroup::of(profession) {
        ProfessionGroup::Clinician => Side::Clinical,
        ProfessionGroup::Finance => Side::Finance,
        _ if holds(clinical) => Side::Clinical,
        _ if holds(finance) => Side::Finance,
        _ => Side::Other,
    }
}

/// Where who is signed in stands.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn of_person(db: &mut Connection, visit: &Visit) -> Result<Side, Fault> {
    let me = visit.person()?;
    let stored = people::get(db, &me.id).await?;
    Ok(side(&stored.person.profession, me.access.roles()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profession_counts_before_the_role() {
        let side = |profession: &str, roles: &[&str]| {
            let roles: Vec<String> = roles.iter().map(|it| (*it).to_owned()).collect();
            super::side(profession, &roles)
        };
        assert_eq!(side("Nursing", &["WARD_MANAGER"]), Side::Clinical);
        // A nurse who now keeps the costing is still a nurse.
        assert_eq!(side("nursing", &["COSTING_ACCOUNTANT"]), Side::Clinical);
        assert_eq!(side("", &["FINANCE_DIRECTOR"]), Side::Finance);
        assert_eq!(side("orthopaedics", &["CLINICIAN"]), Side::Clinical);
        assert_eq!(side("management", &["SERVICE_MANAGER"]), Side::Other);
        assert_eq!(side("", &[]), Side::Other);
    }
}
