//! How each input and rule of a service line stands: who owns it, and whether it is signed as it is.

use std::collections::BTreeMap;

use store::input_owners::{self, InputOwner, OwnerSignature};
use store::walk_throughs::{self, StoredSignature};
use store::{Connection, PersonId, UnitCode};

use crate::shell::allocations::{by_input, changed};
use crate::shell::fault::Fault;
use crate::shell::words;

/// What is recorded of the inputs of a service line.
#[derive(Clone, Debug, Default)]
pub(super) struct Recorded {
    pub(super) owners: Vec<InputOwner>,
    pub(super) signatures: Vec<OwnerSignature>,
    /// The last signature of all inputs together.
    whole: Option<StoredSignature>,
}

impl Recorded {
    pub(super) async fn of(db: &mut Connection, unit: &UnitCode) -> Result<Self, Fault> {
        Ok(Self {
            owners: input_owners::owners(db, unit).await?,
            signatures: input_owners::owner_signatures(db, unit).await?,
            whole: walk_throughs::signatures(db, unit).await?.pop(),
        })
    }

    /// What whoever names an owner must have seen.
    pub(super) fn owners_seen(&self) -> i64 {
        self.owners.iter().map(|it| it.number).max().unwrap_or(0)
    }

    /// What whoever signs must have seen.
    pub(super) fn signatures_seen(&self) -> i64 {
        self.signatures.last().map_or(0, |it| it.number)
    }
}

/// An input or rule as it stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Standing {
    pub(super) input: String,
    /// What is signed of it, line by line.
    pub(super) says: Vec<String>,
    pub(super) owner: Option<PersonId>,
    pub(super) is_signed: bool,
    /// How it stands, in words.
    pub(super) state: String,
}

/// How each input stands, in the order of the lines. Where it has an owner, the owner signs it; where
/// it has none, a signature of all inputs together is enough as long as nothing of it changed. There the
/// last signature counts, be it that one or one of an earlier owner.
pub(super) fn standings(
    lines: &[String],
    recorded: &Recorded,
    names: &BTreeMap<String, String>,
) -> Vec<Standing> {
    let whole = recorded.whole.as_ref();
    let then: BTreeMap<String, Vec<String>> =
        whole.map(|it| by_input(&it.of.inputs).into_iter().collect()).unwrap_or_default();
    let standing = |(input, says): (String, Vec<String>)| {
        let owner = recorded.owners.iter().find(|it| it.input == input);
        let owner = owner.and_then(|it| it.owner.clone());
        let of = recorded.signatures.iter().rev().find(|it| it.of.input == input);
        let own = of.filter(|it| owner.is_none() || owner.as_ref() == Some(&it.by));
        let own = own.map(|it| (&it.of.says, &it.by, it.at));
        let all = whole.filter(|_| owner.is_none());
        let all = all.and_then(|it| Some((then.get(&input)?, &it.by, it.at)));
        let last = own.into_iter().chain(all).max_by_key(|it| it.2);
        let is_signed = last.is_some_and(|it| changed(it.0, &says).is_empty());
        let state = match last {
            None => "Not signed".to_owned(),
            Some((_, by, at)) => {
                let by = names.get(by.as_str()).map_or("", String::as_str);
                let on = words::moment(at);
                if is_signed {
                    format!("Signed by {by}, {on}")
                } else {
                    format!("Changed since {by} signed, {on}")
                }
            }
        };
        Standing { input, says, owner, is_signed, state }
    };
    by_input(lines).into_iter().map(standing).collect()
}

/// How many are not signed and how many have no owner, in words; blank where all are signed.
pub(super) fn unsigned_words(all: &[Standing]) -> String {
    let unsigned = all.iter().filter(|it| !it.is_signed).count();
    if unsigned == 0 {
        return String::new();
    }
    let of = words::count(all.len() as u64, "input or rule", "inputs and rules");
    let without = all.iter().filter(|it| !it.is_signed && it.owner.is_none()).count();
    let unsigned = words::thousands(unsigned as u64);
    match without {
        0 => format!("{unsigned} of {of} not signed"),
        more => {
            let more = words::thousands(more as u64);
            format!("{unsigned} of {of} not signed, {more} without an owner")
        }
    }
}

#[cfg(test)]
mod tests {
    use store::input_owners::NewOwnerSignature;
    use store::walk_throughs::NewSignature;

    use super::*;

    const BEFORE: &str = "Matching: by the hour";
    const NOW: &str = "Matching: by the minute";

    /// What Amara, who owned it once, signed in April.
    fn by_an_earlier_owner(says: &str) -> OwnerSignature {
        let of = NewOwnerSignature {
            input: "Matching".to_owned(),
            run: "45f90b5fcd55d0b4".to_owned(),
            period: "2025/26 to the end of March".to_owned(),
            says: vec![says.to_owned()],
            words: String::new(),
        };
        let at = "2026-04-10T09:00:00Z".parse().expect("a moment");
        OwnerSignature { number: 1, of, by: PersonId::new("amara"), at }
    }

    /// What Tomos signed together with everything else.
    fn of_all(says: &str, at: &str) -> StoredSignature {
        let of = NewSignature {
            unit: UnitCode::new("TORT"),
            run: "45f90b5fcd55d0b4".to_owned(),
            period: "2025/26 to the end of March".to_owned(),
            inputs: vec![says.to_owned()],
            words: String::new(),
        };
        let at = at.parse().expect("a moment");
        StoredSignature { number: 1, of, by: PersonId::new("tomos"), at }
    }

    /// Who owns it now.
    fn owned_by(owner: Option<&str>) -> InputOwner {
        InputOwner {
            number: 2,
            input: "Matching".to_owned(),
            owner: owner.map(PersonId::new),
            by: PersonId::new("daniel"),
            at: "2026-05-01T09:00:00Z".parse().expect("a moment"),
        }
    }

    #[track_caller]
    fn check(recorded: &Recorded, expected: &str) {
        let names = [("amara", "Amara"), ("tomos", "Tomos")];
        let names = BTreeMap::from(names.map(|it| (it.0.to_owned(), it.1.to_owned())));
        let found = standings(&[NOW.to_owned()], recorded, &names);
        let state = found[0].state.split(',').next().unwrap_or_default();
        assert_eq!((found.len(), state), (1, expected));
        assert_eq!(found[0].is_signed, expected.starts_with("Signed"));
    }

    #[test]
    fn where_nobody_owns_an_input_the_last_signature_counts_whoever_owned_it_before() {
        let nobodys = |owner: Option<&str>, own: &str, whole: StoredSignature| Recorded {
            owners: vec![owned_by(owner)],
            signatures: vec![by_an_earlier_owner(own)],
            whole: Some(whole),
        };
        let later = || of_all(NOW, "2026-05-02T09:00:00Z");
        check(&nobodys(None, BEFORE, later()), "Signed by Tomos");
        let earlier = |says: &str| of_all(says, "2026-04-02T09:00:00Z");
        check(&nobodys(None, BEFORE, earlier(NOW)), "Changed since Amara signed");
        check(&nobodys(None, NOW, earlier(BEFORE)), "Signed by Amara");
        // Another owner has signed nothing, and nobody signs for them.
        check(&nobodys(Some("joseph"), NOW, later()), "Not signed");
    }
}
