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
/// it has none, a signature of all inputs together is enough as long as nothing of it changed.
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
        let last = match own {
            Some(it) => Some((&it.of.says, &it.by, it.at)),
            None if owner.is_none() => {
                whole.and_then(|it| Some((then.get(&input)?, &it.by, it.at)))
            }
            None => None,
        };
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
