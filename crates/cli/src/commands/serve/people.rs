//! People of the demonstration by the part of their email address before the `@`, which is how its
//! files name them.

use std::collections::BTreeMap;

use demonstration::Person;
use store::PersonId;

/// References of people by login.
pub(super) type People<'a> = BTreeMap<&'a str, &'a PersonId>;

/// People with their references, by login.
pub(super) type Staff<'a> = BTreeMap<&'a str, &'a (Person, PersonId)>;

/// References of all that the site has.
pub(super) fn by_login(staff: &[(Person, PersonId)]) -> People<'_> {
    staff.iter().map(|it| (it.0.login(), &it.1)).collect()
}

/// All that the site has, with their references.
pub(super) fn staff_by_login(staff: &[(Person, PersonId)]) -> Staff<'_> {
    staff.iter().map(|it| (it.0.login(), it)).collect()
}
