//! What is hidden: first what is small or dominated, then what would give that away.

use std::collections::BTreeMap;

use domain::Money;

use crate::bounds::Network;
use crate::layout::{Entry, Kind, Layout, Level, Line};
use crate::release::{Amount, Count, Figure, Place, Reason, Release};
use crate::rules::DisclosureRules;
use crate::table::{DisclosureError, Table};

/// Decides what of a table may be shown.
///
/// 1. A count of 1 to 7 people is hidden with all its amounts; amounts of which one or two
///    patients have nearly all are hidden.
/// 2. In each line with a shown total, at least two figures are hidden or none, of at least
///    8 people together: the next one is that with the fewest people, then the smallest
///    count, then the first key. Where a line has no other, its total gets rough, then hidden.
/// 3. Each hidden figure is worked out as closely as it can be; while that is too close, more is
///    hidden in its lines.
///
/// The same figures give the same release in whatever order they come.
///
/// # Errors
///
/// [`DisclosureError`] if the table contradicts itself.
pub fn release(table: &Table, rules: &DisclosureRules) -> Result<Release, DisclosureError> {
    table.check()?;
    let mut layout = Layout::new(table);
    hide_small(&mut layout, rules);
    close_lines(&mut layout, rules);
    check_ranges(&mut layout, rules)?;
    Ok(released(&layout, rules))
}

/// Decides what of a table may be shown to people who have an earlier release of it: of fewer rows or
/// columns, or without totals that are shown now. What was told stays told and what was hidden stays
/// hidden, so that the two together tell no more than this one does.
///
/// Totals to date cannot be published every month: each is another figure than the one before.
/// Publish months, and the total of their year with the last.
///
/// # Errors
///
/// [`DisclosureError`] if the table contradicts itself or the earlier release, or if that was
/// decided by other rules.
pub fn release_after(
    table: &Table,
    rules: &DisclosureRules,
    earlier: &Release,
) -> Result<Release, DisclosureError> {
    table.check()?;
    if earlier.rules != *rules {
        return Err(DisclosureError::OtherRules);
    }
    let mut layout = Layout::new(table);
    hide_small(&mut layout, rules);
    keep_told(&mut layout, rules, earlier)?;
    close_lines(&mut layout, rules);
    check_ranges(&mut layout, rules)?;
    Ok(released(&layout, rules))
}

/// Sets what an earlier release holds as it is there.
fn keep_told(
    layout: &mut Layout,
    rules: &DisclosureRules,
    earlier: &Release,
) -> Result<(), DisclosureError> {
    for entry in layout.entries.iter_mut().filter(|it| it.is_wanted) {
        let Some(told) = earlier.at(&entry.place) else { continue };
        entry.reason = earlier.reasons.get(&entry.place).copied();
        entry.level = match (told.count, told.amounts.first()) {
            (Count::Hidden, _) => Level::Hidden,
            (_, Some(Amount::Hidden)) => Level::AmountsHidden,
            (_, Some(Amount::Nearest(_))) => Level::Rough,
            _ => Level::Shown,
        };
        entry.is_told = true;
        if figure(entry, rules) != *told {
            return Err(DisclosureError::Contradicts(entry.place.to_string()));
        }
    }
    // A figure that is no longer there would not be reckoned with.
    let is_there =
        |it: &&Place| layout.entries.iter().any(|has| has.is_wanted && has.place == **it);
    match earlier.figures.keys().find(|it| !is_there(it)) {
        Some(place) => Err(DisclosureError::Contradicts(place.to_string())),
        None => Ok(()),
    }
}

/// Step 1.
pub(crate) fn hide_small(layout: &mut Layout, rules: &DisclosureRules) {
    for entry in layout.entries.iter_mut().filter(|it| it.is_wanted) {
        if rules.is_small(entry.people) {
            entry.lower(Level::Hidden, Reason::Primary);
        } else if is_dominated(entry, rules) {
            entry.lower(Level::AmountsHidden, Reason::Dominance);
        }
    }
}

fn is_dominated(entry: &Entry, rules: &DisclosureRules) -> bool {
    let (Some(all), Some(it)) = (entry.amounts.first(), entry.largest) else { return false };
    let exceeds = |part: Money, percent: u32| {
        let all = i128::from(all.micro_pounds()) * i128::from(percent);
        i128::from(part.micro_pounds()) * 100 > all
    };
    entry.people > 0
        && (exceeds(it.largest, rules.largest_patient.value)
            || exceeds(it.top_two, rules.two_largest_patients.value))
}

/// Step 2, repeated until no line asks for more.
pub(crate) fn close_lines(layout: &mut Layout, rules: &DisclosureRules) {
    let lines = layout.lines.clone();
    while lines.iter().any(|line| {
        close(layout, rules, line, Kind::Count) || close(layout, rules, line, Kind::Amount(0))
    }) {}
}

/// Hides one more figure if the line needs it, and says whether it did.
fn close(layout: &mut Layout, rules: &DisclosureRules, line: &Line, kind: Kind) -> bool {
    let total = &layout.entries[line.total];
    let is_exact = match kind {
        Kind::Count => matches!(total.level, Level::Shown | Level::AmountsHidden),
        Kind::Amount(_) => total.level == Level::Shown,
    };
    let hidden: Vec<usize> =
        line.parts.iter().copied().filter(|it| hides(&layout.entries[*it], kind)).collect();
    let joint = layout.joint_people(&hidden);
    if hides(total, kind) && hidden.is_empty() {
        // A hidden total with no hidden part is no secret.
        let smallest = by_size(layout, &line.parts, kind).first().copied();
        return smallest.is_some_and(|it| hide(&mut layout.entries[it], kind));
    }
    if !is_exact || hidden.is_empty() || (hidden.len() > 1 && !rules.is_small(joint)) {
        return false;
    }
    if let Some(next) = by_size(layout, &line.parts, kind).first() {
        return hide(&mut layout.entries[*next], kind);
    }
    roughen(&mut layout.entries[line.total])
}

fn hides(entry: &Entry, kind: Kind) -> bool {
    let shows = match kind {
        Kind::Count => entry.shows_count(),
        Kind::Amount(_) => entry.shows_amounts(),
    };
    entry.people > 0 && !shows
}

/// Those of the entries that can still be hidden, the smallest first.
fn by_size(layout: &Layout, entries: &[usize], kind: Kind) -> Vec<usize> {
    let can_be = |it: &Entry| it.is_wanted && !it.is_told && it.people > 0 && !hides(it, kind);
    let mut found: Vec<usize> =
        entries.iter().copied().filter(|it| can_be(&layout.entries[*it])).collect();
    found.sort_by_key(|it| (layout.entries[*it].people, layout.entries[*it].count, *it));
    found.dedup();
    found
}

/// Hides the entry, and says whether that is new.
fn hide(entry: &mut Entry, kind: Kind) -> bool {
    let before = entry.level;
    let level = match (kind, entry.level) {
        (Kind::Amount(_), Level::Shown) => Level::AmountsHidden,
        _ => Level::Hidden,
    };
    entry.lower(level, Reason::Complementary);
    entry.level != before
}

/// Takes a total's exact form away, then the total; says whether that could be.
fn roughen(entry: &mut Entry) -> bool {
    let before = entry.level;
    let level = if before == Level::Shown { Level::Rough } else { Level::Hidden };
    entry.lower(level, Reason::Complementary);
    entry.level != before
}

/// Step 3. To hide more never makes a range narrower, so one that is wide enough stays so.
pub(crate) fn check_ranges(
    layout: &mut Layout,
    rules: &DisclosureRules,
) -> Result<(), DisclosureError> {
    let kinds: Vec<Kind> =
        std::iter::once(Kind::Count).chain((0..layout.signs.len()).map(Kind::Amount)).collect();
    let mut is_stable = false;
    while !is_stable {
        is_stable = true;
        for kind in &kinds {
            is_stable &= !check_kind(layout, rules, *kind)?;
        }
    }
    Ok(())
}

/// Widens what is too narrow, and says whether anything was.
fn check_kind(
    layout: &mut Layout,
    rules: &DisclosureRules,
    kind: Kind,
) -> Result<bool, DisclosureError> {
    let mut network = Network::new(layout, rules, kind);
    let mut changed = false;
    let mut index = 0;
    while index < layout.entries.len() {
        let needed = needed(&layout.entries[index], rules, kind);
        if network.width(&layout.entries[index], index, needed) >= needed {
            index += 1;
            continue;
        }
        if !widen(layout, rules, kind, index) {
            return Err(DisclosureError::AlreadyTold(layout.entries[index].place.to_string()));
        }
        close_lines(layout, rules);
        network = Network::new(layout, rules, kind);
        changed = true;
    }
    Ok(changed)
}

/// How wide the range of an entry has to be; nothing where it is shown, or no secret.
fn needed(entry: &Entry, rules: &DisclosureRules, kind: Kind) -> i128 {
    // A total that is hidden for the sake of others is no secret in itself.
    let is_secret = !entry.is_total()
        || match kind {
            Kind::Count => entry.reason == Some(Reason::Primary),
            Kind::Amount(_) => matches!(entry.reason, Some(Reason::Primary | Reason::Dominance)),
        };
    if !entry.is_wanted || !hides(entry, kind) || !is_secret {
        return 0;
    }
    match kind {
        // From 1 to 8 is wider than from 1 to 7.
        Kind::Count => i128::from(rules.small_number.value),
        Kind::Amount(measure) => {
            let truth = i128::from(entry.amounts[measure].micro_pounds()).abs();
            (truth * i128::from(rules.hidden_amount_width.value) + 99) / 100
        }
    }
}

/// Hides one more figure in the entry's lines, with what its own lines then ask for: the smallest
/// that is enough, else the one that widens the range most, else a total's exact form. Without a
/// single total any figure can be anything, so it fails only for what an earlier release told.
fn widen(layout: &mut Layout, rules: &DisclosureRules, kind: Kind, index: usize) -> bool {
    let needed = needed(&layout.entries[index], rules, kind);
    let lines = lines_of(layout, index);
    let parts: Vec<usize> = lines.iter().flat_map(|it| it.parts.iter().copied()).collect();
    let width = |layout: &Layout| {
        Network::new(layout, rules, kind).width(&layout.entries[index], index, needed)
    };
    let mut best = (width(layout), None);
    for candidate in by_size(layout, &parts, kind) {
        let mut tried = layout.clone();
        hide(&mut tried.entries[candidate], kind);
        close_lines(&mut tried, rules);
        let now = width(&tried);
        if now > best.0 {
            best = (now, Some(candidate));
        }
        if now >= needed {
            break;
        }
    }
    if let Some(candidate) = best.1 {
        return hide(&mut layout.entries[candidate], kind);
    }
    // The entry's own totals first; those of other lines can only matter when these are hidden.
    let own = lines.iter().map(|it| it.total);
    let every = layout.lines.iter().map(|it| it.total);
    let can_be = |it: &Entry| it.level < Level::Hidden && !it.is_told;
    let shown = own.chain(every).find(|it| can_be(&layout.entries[*it]));
    shown.is_some_and(|it| roughen(&mut layout.entries[it]))
}

/// The lines that tell of an entry, those of a total's own parts included, whose total is shown.
fn lines_of(layout: &Layout, index: usize) -> Vec<Line> {
    let parts: Vec<usize> = layout
        .lines
        .iter()
        .filter(|it| it.total == index)
        .flat_map(|it| it.parts.clone())
        .collect();
    let tells = |line: &&Line| {
        layout.entries[line.total].level < Level::Hidden
            && line.parts.iter().any(|it| *it == index || parts.contains(it))
    };
    layout.lines.iter().filter(tells).cloned().collect()
}

/// What may be shown of each entry.
pub(crate) fn released(layout: &Layout, rules: &DisclosureRules) -> Release {
    let mut release =
        Release { figures: BTreeMap::new(), reasons: BTreeMap::new(), rules: rules.clone() };
    for entry in layout.entries.iter().filter(|it| it.is_wanted) {
        release.figures.insert(entry.place.clone(), figure(entry, rules));
        if let Some(reason) = entry.reason {
            release.reasons.insert(entry.place.clone(), reason);
        }
    }
    release
}

fn figure(entry: &Entry, rules: &DisclosureRules) -> Figure {
    let count = match entry.level {
        Level::Hidden => Count::Hidden,
        _ => Count::Nearest(rules.round_count(entry.count)),
    };
    let amount = |it: &Money| match entry.level {
        Level::Shown => Amount::Exact(*it),
        Level::Rough => Amount::Nearest(rules.round_total(*it)),
        Level::AmountsHidden | Level::Hidden => Amount::Hidden,
    };
    let mean = |it: &Money| (entry.level == Level::Shown).then(|| mean(*it, entry.count)).flatten();
    Figure {
        count,
        amounts: entry.amounts.iter().map(amount).collect(),
        means: entry.amounts.iter().map(mean).collect(),
    }
}

/// The amount for one, to the nearest micro-pound, half away from zero.
fn mean(amount: Money, count: u64) -> Option<Money> {
    let count = i128::from(count);
    if count == 0 {
        return None;
    }
    let size = (i128::from(amount.micro_pounds()).abs() * 2 + count) / (count * 2);
    let size = i64::try_from(size).expect("a mean is no larger than its amount");
    Some(Money::from_micro_pounds(if amount.is_negative() { -size } else { size }))
}
