//! A collection by sector or region, with groups that are too small to be shown put together.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Collection, Organisation, Register};

/// By what a collection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// By sector.
    Sector,
    /// By region.
    Region,
}

/// Organisations at each level in one group, or in several that are too small to be shown apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutRow {
    /// The groups.
    pub groups: Vec<String>,
    /// Organisations at each level; none if even together they may not be shown.
    pub trusts: Option<[u32; 4]>,
}

/// Cuts a collection by sector or region.
///
/// A group stands alone if it has the minimum of members and they are not all at one level, which
/// would tell the level of each. The others are put together, with the next smallest where these
/// are still too few: otherwise a single hidden group could be worked out from the total.
pub fn cut(collection: &Collection, register: &Register, by: Cut, minimum: u32) -> Vec<CutRow> {
    let name = |it: &Organisation| match by {
        Cut::Sector => it.sector.clone(),
        Cut::Region => it.region.clone(),
    };
    let mut groups: BTreeMap<String, [u32; 4]> = BTreeMap::new();
    for (code, it) in &collection.returns {
        let group = register.get(code).map_or_else(String::new, name);
        groups.entry(group).or_default()[it.level.index()] += 1;
    }
    let (mut alone, mut together): (Vec<_>, Vec<_>) =
        groups.into_iter().partition(|(_, trusts)| may_be_shown(*trusts, minimum));
    // Largest first, so that the smallest is taken from the end.
    alone.sort_by_key(|(name, trusts)| (Reverse(total(*trusts)), name.clone()));
    while !together.is_empty() && !may_be_shown(sum(&together), minimum) {
        let Some(smallest) = alone.pop() else { break };
        together.push(smallest);
    }
    alone.sort();
    let mut rows: Vec<CutRow> = alone
        .into_iter()
        .map(|(name, trusts)| CutRow { groups: vec![name], trusts: Some(trusts) })
        .collect();
    if !together.is_empty() {
        together.sort();
        let trusts = Some(sum(&together)).filter(|it| may_be_shown(*it, minimum));
        let groups = together.into_iter().map(|(name, _)| name).collect();
        rows.push(CutRow { groups, trusts });
    }
    rows
}

fn may_be_shown(trusts: [u32; 4], minimum: u32) -> bool {
    let levels = trusts.iter().filter(|it| **it > 0).count();
    total(trusts) >= minimum && levels > 1
}

fn sum(groups: &[(String, [u32; 4])]) -> [u32; 4] {
    std::array::from_fn(|level| groups.iter().map(|(_, trusts)| trusts[level]).sum())
}

fn total(trusts: [u32; 4]) -> u32 {
    trusts.iter().sum()
}
