//! How closely a hidden figure can be worked out from everything that is shown: exactly, not about.
//!
//! A table with totals of rows and columns is a network. A cell runs from its row to its column, a
//! total of a row from the source to the row, a total of a column from the column to the sink, the
//! grand total from the sink back to the source; a group of rows is a node between the source and its
//! rows, and one in each column between its cells and the column. That figures add up means that what comes into
//! a node goes out of it. So the most that a hidden figure can be is the true figure and what can
//! still flow around through other hidden figures, and the least likewise. Flows of whole numbers
//! are whole numbers: the range is that of the best linear programme, without its rounding.

use std::collections::VecDeque;

use crate::layout::{Entry, Kind, Layout, Level};
use crate::rules::DisclosureRules;
use crate::table::Sign;

/// More than any figure, and no overflow when some are added.
const UNBOUNDED: i128 = i128::MAX / 8;

/// The hidden figures of one kind, and how far each can move from the truth.
pub(crate) struct Network {
    /// Two for each entry that can move, one after the other: up, and down.
    arcs: Vec<Arc>,
    /// The arcs that leave each node.
    leaving: Vec<Vec<usize>>,
    /// The first arc of each entry that can move.
    of_entry: Vec<Option<usize>>,
}

#[derive(Clone, Copy)]
struct Arc {
    to: usize,
    room: i128,
}

impl Network {
    pub(crate) fn new(layout: &Layout, rules: &DisclosureRules, kind: Kind) -> Self {
        let mut network = Self {
            arcs: Vec::new(),
            leaving: vec![Vec::new(); layout.nodes],
            of_entry: vec![None; layout.entries.len()],
        };
        for (index, entry) in layout.entries.iter().enumerate() {
            let (down, up) = room(entry, rules, kind, &layout.signs);
            if down == 0 && up == 0 {
                continue;
            }
            let first = network.arcs.len();
            network.of_entry[index] = Some(first);
            network.arcs.push(Arc { to: entry.to, room: up });
            network.leaving[entry.from].push(first);
            network.arcs.push(Arc { to: entry.from, room: down });
            network.leaving[entry.to].push(first + 1);
        }
        network
    }

    /// How wide the range is in which the attacker knows the entry's figure to lie. Not worked out
    /// further than `enough`.
    pub(crate) fn width(&self, entry: &Entry, index: usize, enough: i128) -> i128 {
        let Some(first) = self.of_entry[index] else { return 0 };
        let (up, down) = (self.arcs[first].room, self.arcs[first + 1].room);
        let up = self.flow((entry.to, entry.from), first, up.min(enough));
        let down = self.flow((entry.from, entry.to), first, down.min(enough - up));
        up + down
    }

    /// The largest flow between two nodes that leaves out one entry, up to a limit.
    fn flow(&self, (from, to): (usize, usize), without: usize, limit: i128) -> i128 {
        let mut arcs = self.arcs.clone();
        arcs[without].room = 0;
        arcs[without + 1].room = 0;
        let mut total = 0;
        while total < limit {
            let Some(path) = self.path(&arcs, from, to) else { break };
            let narrowest = path.iter().map(|it| arcs[*it].room).min().unwrap_or(0);
            let more = narrowest.min(limit - total);
            for arc in path {
                arcs[arc].room -= more;
                arcs[arc ^ 1].room += more;
            }
            total += more;
        }
        total
    }

    /// The arcs of a shortest way with room.
    fn path(&self, arcs: &[Arc], from: usize, to: usize) -> Option<Vec<usize>> {
        let mut reached_by: Vec<Option<usize>> = vec![None; self.leaving.len()];
        let mut queue = VecDeque::from([from]);
        while let Some(node) = queue.pop_front() {
            for &arc in &self.leaving[node] {
                let next = arcs[arc].to;
                if arcs[arc].room > 0 && next != from && reached_by[next].is_none() {
                    reached_by[next] = Some(arc);
                    queue.push_back(next);
                }
            }
        }
        let mut path = Vec::new();
        let mut node = to;
        while node != from {
            let arc = reached_by[node]?;
            path.push(arc);
            node = arcs[arc ^ 1].to;
        }
        Some(path)
    }
}

/// How far below and above the truth an entry may be, from what is shown of itself.
fn room(entry: &Entry, rules: &DisclosureRules, kind: Kind, signs: &[Sign]) -> (i128, i128) {
    if entry.people == 0 {
        return (0, 0);
    }
    let (truth, least) = match kind {
        Kind::Count => (i128::from(entry.count), 1),
        Kind::Amount(measure) => {
            let least = if signs[measure] == Sign::Either { -UNBOUNDED } else { 0 };
            (i128::from(entry.amounts[measure].micro_pounds()), least)
        }
    };
    let (low, high) = match (kind, entry.level) {
        (_, Level::Shown) | (Kind::Count, Level::AmountsHidden) => (truth, truth),
        (_, Level::Hidden) | (Kind::Amount(_), Level::AmountsHidden) => (least, UNBOUNDED),
        (Kind::Count, Level::Rough) => {
            let step = i128::from(rules.count_rounding.value);
            let shown = i128::from(rules.round_count(entry.count));
            (shown - step / 2, shown + (step - 1) / 2)
        }
        (Kind::Amount(measure), Level::Rough) => {
            let half = rules.total_step() / 2;
            let shown = i128::from(rules.round_total(entry.amounts[measure]).micro_pounds());
            // An amount just between two is rounded away from zero.
            (truth.min(shown - half + 1), truth.max(shown + half - 1))
        }
    };
    (truth - low.max(least), high - truth)
}
