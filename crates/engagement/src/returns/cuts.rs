//! A collection by sector or region, with groups that are too small to be shown put together.

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
    /// Organisations at each level; none if even together they are too few.
    pub trusts: Option<[u32; 4]>,
}

/// Cuts a collection by sector or region.
///
/// Groups below the minimum are put together, with the next smallest where these are still too few:
/// otherwise a single hidden group could be worked out from the total and the others.
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
    let mut by_size: Vec<(String, [u32; 4])> = groups.into_iter().collect();
    // Largest first, so that the smallest are taken from the end.
    by_size.sort_by_key(|(name, trusts)| (std::cmp::Reverse(total(*trusts)), name.clone()));
    let mut together = CutRow { groups: Vec::new(), trusts: Some([0; 4]) };
    while let Some((name, trusts)) = by_size.pop() {
        let held = together.trusts.unwrap_or_default();
        let is_enough = together.groups.is_empty() || total(held) >= minimum;
        if is_enough && total(trusts) >= minimum {
            by_size.push((name, trusts));
            break;
        }
        together.groups.push(name);
        together.trusts = Some(std::array::from_fn(|level| held[level] + trusts[level]));
    }
    let mut rows: Vec<CutRow> = by_size
        .into_iter()
        .map(|(name, trusts)| CutRow { groups: vec![name], trusts: Some(trusts) })
        .collect();
    rows.sort_by(|a, b| a.groups.cmp(&b.groups));
    if !together.groups.is_empty() {
        together.groups.sort();
        together.trusts = together.trusts.filter(|it| total(*it) >= minimum);
        rows.push(together);
    }
    rows
}

fn total(trusts: [u32; 4]) -> u32 {
    trusts.iter().sum()
}
