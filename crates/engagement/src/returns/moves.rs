//! How organisations moved between levels from one collection to the next, with mergers.

use std::collections::BTreeSet;

use super::{Collection, OrganisationCode, Register};
use crate::framework::Level;

/// Organisations that merged or split between two collections: their levels cannot be compared one
/// by one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restructured {
    /// Those before, with the level that each returned.
    pub before: Vec<(OrganisationCode, Option<Level>)>,
    /// Those after.
    pub after: Vec<(OrganisationCode, Option<Level>)>,
}

/// Moves from one collection to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moves {
    /// Organisations by level before and level after; a change of code alone is no difference.
    pub by_level: [[u32; 4]; 4],
    /// Mergers and splits.
    pub restructured: Vec<Restructured>,
    /// Who returned after and not before.
    pub new: Vec<OrganisationCode>,
    /// Who returned before and not after.
    pub gone: Vec<OrganisationCode>,
}

/// Follows each organisation from one collection to the next.
///
/// Every return is in exactly one place: in the table of levels, in a merger or split, new, or gone.
pub fn moves(register: &Register, before: &Collection, after: &Collection) -> Moves {
    let mut found = Moves {
        by_level: [[0; 4]; 4],
        restructured: Vec::new(),
        new: Vec::new(),
        gone: Vec::new(),
    };
    for group in groups(register, before, after) {
        place(&mut found, &group, (before, after));
    }
    assert_eq!(found.before(), before.returns.len(), "a return of the first year is lost");
    assert_eq!(found.after(), after.returns.len(), "a return of the second year is lost");
    found
}

/// Organisations before and after that belong together.
#[derive(Clone, Debug, Default)]
struct Group {
    before: BTreeSet<OrganisationCode>,
    after: BTreeSet<OrganisationCode>,
}

/// Joins what an organisation was to what it became, until no group touches another.
fn groups(register: &Register, before: &Collection, after: &Collection) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let was = register.iter().filter(|it| it.is_open(before.day));
    for it in was {
        let stays = it.is_open(after.day).then(|| it.code.clone());
        let heirs = if stays.is_some() { Vec::new() } else { register.heirs(&it.code, after.day) };
        let mut group = Group {
            before: BTreeSet::from([it.code.clone()]),
            after: stays.into_iter().chain(heirs).collect(),
        };
        let (touching, others): (Vec<Group>, Vec<Group>) =
            groups.into_iter().partition(|other| !other.after.is_disjoint(&group.after));
        for other in touching {
            group.before.extend(other.before);
            group.after.extend(other.after);
        }
        groups = others;
        groups.push(group);
    }
    let known: BTreeSet<&OrganisationCode> = groups.iter().flat_map(|it| &it.after).collect();
    let founded = after.returns.keys().filter(|it| !known.contains(it));
    let founded: Vec<Group> = founded
        .map(|it| Group { before: BTreeSet::new(), after: BTreeSet::from([it.clone()]) })
        .collect();
    groups.extend(founded);
    groups.sort_by(|a, b| {
        (a.before.first(), a.after.first()).cmp(&(b.before.first(), b.after.first()))
    });
    groups
}

fn place(found: &mut Moves, group: &Group, (before, after): (&Collection, &Collection)) {
    let level = |it: &Collection, code: &OrganisationCode| it.returns.get(code).map(|it| it.level);
    let of = |it: &Collection,
              codes: &BTreeSet<OrganisationCode>|
     -> Vec<(OrganisationCode, Option<Level>)> {
        codes.iter().map(|code| (code.clone(), level(it, code))).collect()
    };
    let (from, to) = (of(before, &group.before), of(after, &group.after));
    let returned =
        |some: &[(OrganisationCode, Option<Level>)]| some.iter().any(|it| it.1.is_some());
    match (from.as_slice(), to.as_slice()) {
        ([(_, Some(from))], [(_, Some(to))]) => found.by_level[from.index()][to.index()] += 1,
        _ if !returned(&from) && !returned(&to) => {}
        ([_] | [], _) if !returned(&from) => {
            found.new.extend(to.into_iter().filter(|it| it.1.is_some()).map(|it| it.0));
        }
        (_, [_] | []) if !returned(&to) => {
            found.gone.extend(from.into_iter().filter(|it| it.1.is_some()).map(|it| it.0));
        }
        _ => found.restructured.push(Restructured { before: from, after: to }),
    }
}

impl Moves {
    /// Organisations that stayed at their level, rose and fell.
    pub fn stayed_rose_fell(&self) -> [u32; 3] {
        let mut counts = [0; 3];
        for (from, row) in self.by_level.iter().enumerate() {
            for (to, count) in row.iter().enumerate() {
                let index = match to.cmp(&from) {
                    std::cmp::Ordering::Equal => 0,
                    std::cmp::Ordering::Greater => 1,
                    std::cmp::Ordering::Less => 1 + 1,
                };
                counts[index] += count;
            }
        }
        counts
    }

    fn in_table(&self) -> usize {
        let sum: u32 = self.by_level.iter().flatten().sum();
        usize::try_from(sum).expect("a number of organisations fits")
    }

    fn before(&self) -> usize {
        let apart = self.restructured.iter().flat_map(|it| &it.before);
        self.in_table() + apart.filter(|it| it.1.is_some()).count() + self.gone.len()
    }

    fn after(&self) -> usize {
        let apart = self.restructured.iter().flat_map(|it| &it.after);
        self.in_table() + apart.filter(|it| it.1.is_some()).count() + self.new.len()
    }
}
