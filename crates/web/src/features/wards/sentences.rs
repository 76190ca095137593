//! Short sentences made from the figures of a ward: each is true by how it is made.

use domain::Money;
use results::ward::{NIGHT_S, Ward, WardFlow, WardMonth, fewest, long_days, per_night};

use crate::shell::words;

/// Days of the week, from Monday.
const WEEK: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Hundredths as people read them: one decimal below ten, whole from ten on.
pub(super) fn tenths(value_e2: i64) -> String {
    let sign = if value_e2 < 0 { "−" } else { "" };
    let value = value_e2.unsigned_abs();
    // From 9.95 on it is ten.
    if value >= 995 {
        return format!("{sign}{}", words::thousands((value + 50) / 100));
    }
    let tenths = (value + 5) / 10;
    format!("{sign}{}.{}", tenths / 10, tenths % 10)
}

/// Beds in use at a time, in hundredths, half up; none of no time.
pub(super) fn beds_in_use(used_s: i64, length_s: i64) -> Option<i64> {
    (length_s > 0).then(|| (2 * used_s * 100 + length_s).div_euclid(2 * length_s))
}

/// One part of a whole in percent, half up; none of nothing.
pub(super) fn percent(part: i64, whole: i64) -> Option<i64> {
    let (part, whole) = (i128::from(part), i128::from(whole));
    (whole > 0).then(|| i64::try_from((200 * part + whole).div_euclid(2 * whole)).ok()).flatten()
}

/// Whole nights of a time, half up.
pub(super) fn nights(seconds: i64) -> u64 {
    u64::try_from((2 * seconds + NIGHT_S).div_euclid(2 * NIGHT_S)).unwrap_or_default()
}

fn said_nights(seconds: i64) -> String {
    words::count(nights(seconds), "night", "nights")
}

/// How full it was, in percent of the staffed beds; none where the model states no beds.
pub(super) fn occupancy(ward: &Ward) -> Option<i64> {
    percent(ward.used_s, ward.available_s)
}

/// The headline: how full the ward was and what a night on it cost.
pub(super) fn headline(ward: &Ward) -> String {
    let night = ward.cost_of_night().map(words::pounds);
    let cost = night.map(|it| format!("a night costs {it}"));
    let full = occupancy(ward).map(|it| format!("{it} in 100 staffed beds are in use"));
    match (full, cost) {
        (Some(full), Some(cost)) => format!("{full}, and {cost}"),
        (Some(one), None) | (None, Some(one)) => words::capital(&one),
        (None, None) => "Nobody lay here".to_owned(),
    }
}

/// How many of its staffed beds are empty, and whether that was so last year.
pub(super) fn beds(ward: &Ward, before: Option<&Ward>) -> String {
    let Some(now) = occupancy(ward) else {
        return "The model states no staffed beds for this ward, so this page cannot say how full it is.".to_owned();
    };
    let staffed = ward.beds_e2;
    let used = beds_in_use(ward.used_s * staffed, ward.available_s).unwrap_or_default() / 100;
    let last = before.and_then(occupancy);
    let last = match last {
        None => String::new(),
        Some(last) if last == now => "; last year as many".to_owned(),
        Some(last) => format!("; last year {last}"),
    };
    let (said, of) = match staffed - used {
        empty @ 0.. => {
            (format!("{} of {} staffed beds are empty", tenths(empty), tenths(staffed)), now)
        }
        more => (
            format!(
                "{} patients more than its {} staffed beds lie here",
                tenths(-more),
                tenths(staffed)
            ),
            now,
        ),
    };
    format!("On a mean day {said}: {of} in 100 are in use{last}.")
}

/// How many nights, of how many patients.
pub(super) fn patients(flow: &WardFlow, before: Option<&WardFlow>) -> String {
    let said = |it: &WardFlow| {
        format!(
            "{} of {}",
            said_nights(it.all.used_s),
            words::count(it.all.patients, "patient", "patients")
        )
    };
    match before {
        Some(before) => format!("{}; last year {}.", said(flow), said(before)),
        None => format!("{}.", said(flow)),
    }
}

/// What a night in use cost, whether that is more than last year, and what accounts for most of it.
pub(super) fn money(ward: &Ward, before: Option<&Ward>) -> Vec<String> {
    let Some(now) = ward.cost_of_night() else {
        return vec!["No bed was used, so there is no cost of a night.".to_owned()];
    };
    let mut said = vec![format!("A night in use cost {}", words::pounds(now))];
    if let Some((before, last)) = before.and_then(|it| Some((it, it.cost_of_night()?))) {
        let change = now - last;
        let shown = words::pounds(change.abs());
        said[0] += &match change.is_negative() {
            _ if shown == "£0" => ", as much as last year.".to_owned(),
            false => format!(", {shown} more than last year.{}", most(ward, before, change)),
            true => format!(", {shown} less than last year.{}", most(ward, before, change)),
        };
    } else {
        said[0] += ". No run of the year before is published to set beside it.";
    }
    said.push(temporary(ward, before));
    said
}

/// The step that accounts for most of a change of the cost of a night, said by its sign.
fn most(ward: &Ward, before: &Ward, change: Money) -> String {
    let steps = steps(ward, before);
    let same = steps.iter().filter(|it| it.1.is_negative() == change.is_negative());
    let Some((name, amount)) = same.max_by_key(|it| it.1.abs()) else { return String::new() };
    let words = match (name.as_str(), amount.is_negative()) {
        (NIGHTS, true) => "More nights share what the ward costs".to_owned(),
        (NIGHTS, false) => "Fewer nights share what the ward costs".to_owned(),
        (name, true) => format!("Less was spent on {name}"),
        (name, false) => format!("More was spent on {name}"),
    };
    format!(" {words}: {} of it.", part_of(*amount, change))
}

/// The step of the number of nights.
const NIGHTS: &str = "nights";

/// What moved the cost of a night: what was spent more or less on each kind, over the nights of
/// now, and last year's cost over more or fewer nights. They add up but for their rounding.
pub(super) fn steps(ward: &Ward, before: &Ward) -> Vec<(String, Money)> {
    let each = |amount: Money, seconds| per_night(amount, seconds).unwrap_or_default();
    let mut steps: Vec<(String, Money)> = kinds(ward, Some(before))
        .into_iter()
        .map(|it| {
            (in_a_sentence(&it.name), each(it.now - it.before.unwrap_or_default(), ward.used_s))
        })
        .collect();
    let fewer = each(before.cost, ward.used_s) - each(before.cost, before.used_s);
    steps.push((NIGHTS.to_owned(), fewer));
    steps
}

fn in_a_sentence(name: &str) -> String {
    let mut letters = name.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_lowercase).collect();
    first + letters.as_str()
}

fn part_of(part: Money, whole: Money) -> String {
    let (part, whole) = (i128::from(part.micro_pounds()), i128::from(whole.micro_pounds()));
    let percent = (200 * part.abs() + whole.abs()) / (2 * whole.abs().max(1));
    match percent {
        101.. => "more than all".to_owned(),
        95..=100 => "almost all".to_owned(),
        other => format!("{other}%"),
    }
}

/// One kind of cost of a ward in two years.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) name: String,
    pub(super) now: Money,
    /// None where there is no year before.
    pub(super) before: Option<Money>,
}

/// The share of what supports the ward, as a kind of cost.
const SUPPORT: &str = "Its share of buildings, meals, cleaning and overheads";

/// The cost of a ward by kind: its cost lines, and its share of support. One kind where small staff
/// pools may not be shown apart.
pub(super) fn kinds(ward: &Ward, before: Option<&Ward>) -> Vec<Kind> {
    let is_told = ward.lines.is_some() && before.is_none_or(|it| it.lines.is_some());
    let (Some(lines), Some(support), true) = (&ward.lines, ward.support(), is_told) else {
        let name = "All of it: staff in small teams are not shown apart".to_owned();
        return vec![Kind { name, now: ward.cost, before: before.map(|it| it.cost) }];
    };
    let of_before = before.and_then(|it| it.lines.as_deref()).unwrap_or_default();
    let line = |code: &str| of_before.iter().find(|it| it.line.code == code);
    let mut kinds: Vec<Kind> = lines
        .iter()
        .map(|it| Kind {
            name: short(it.line.words()),
            now: it.amount,
            before: before.map(|_| line(&it.line.code).map_or(Money::ZERO, |it| it.amount)),
        })
        .collect();
    let is_gone =
        |it: &&results::ward::WardLine| !lines.iter().any(|now| now.line.code == it.line.code);
    kinds.extend(of_before.iter().filter(is_gone).map(|it| Kind {
        name: short(it.line.words()),
        now: Money::ZERO,
        before: Some(it.amount),
    }));
    kinds.push(Kind {
        name: SUPPORT.to_owned(),
        now: support,
        before: before.and_then(Ward::support),
    });
    kinds
}

/// The name of a cost line without the ward's own before it.
fn short(name: &str) -> String {
    words::capital(name.split_once(": ").map_or(name, |it| it.1))
}

/// The part of temporary staff in the pay of a ward, in percent; none where it is not told.
pub(super) fn temporary_percent(ward: &Ward) -> Option<i64> {
    let (part, pay) = ward.temporary()?;
    percent(part.micro_pounds(), pay.micro_pounds())
}

fn temporary(ward: &Ward, before: Option<&Ward>) -> String {
    let Some(now) = temporary_percent(ward) else {
        return if ward.lines.is_none() {
            "Staff in small teams are not shown apart, so this page cannot say how many are temporary.".to_owned()
        } else {
            "No pay was booked on this ward.".to_owned()
        };
    };
    let last = before.and_then(temporary_percent).map_or_else(String::new, |last| {
        if last == now { "; last year as much".to_owned() } else { format!("; last year {last}%") }
    });
    format!("{now}% of the pay on this ward is for temporary staff, bank and agency{last}.")
}

/// Whose patients lay here beside the ward's own, and when most.
pub(super) fn others(
    flow: &WardFlow,
    home: Option<&str>,
    home_of: impl Fn(&str) -> Option<String>,
) -> Vec<String> {
    let (Some(others), Some(home)) = (&flow.others, home) else {
        return vec!["The units of the trust do not say to which division this ward belongs, so this page cannot say whose patients lay here.".to_owned()];
    };
    if others.patients == 0 {
        return vec![format!("Nobody but patients of {home} lay here.")];
    }
    let of = percent(others.used_s, flow.all.used_s).unwrap_or_default();
    let mut said = vec![format!(
        "{} of {} were patients of other divisions than {home}: {}, {of}% of all.",
        words::thousands(others.patients),
        words::count(flow.all.patients, "patient", "patients"),
        said_nights(others.used_s),
    )];
    let mut homes: std::collections::BTreeMap<String, i64> = std::collections::BTreeMap::new();
    for (line, used_s) in &flow.others_by_line {
        *homes.entry(home_of(line).unwrap_or_else(|| line.clone())).or_default() += used_s;
    }
    if let Some((name, used_s)) = homes.iter().max_by_key(|it| it.1) {
        said.push(format!(
            "{} of these nights were of patients of {name}.",
            out_of(nights(*used_s), nights(others.used_s))
        ));
    }
    said.extend(when(&flow.months, others.used_s));
    said
}

/// `All 12` or `9 of 12`.
fn out_of(part: u64, whole: u64) -> String {
    if part == whole {
        return format!("All {}", words::thousands(whole));
    }
    format!("{} of {}", words::thousands(part), words::thousands(whole))
}

/// The three months on end with most nights of others, where a year to date has more than three.
fn when(months: &[WardMonth], all_s: i64) -> Option<String> {
    if months.len() < 4 {
        return None;
    }
    let sum = |it: &[WardMonth]| it.iter().map(|it| it.others.used_s).sum::<i64>();
    let mut quarters = months.windows(3);
    let first = quarters.next()?;
    let most = quarters.fold(first, |most, it| if sum(it) > sum(most) { it } else { most });
    Some(format!(
        "{} of them were in the three months from {} to {}, when most lay here.",
        out_of(nights(sum(most)), nights(all_s)),
        month(&most[0].month),
        month(&most[2].month)
    ))
}

/// `December 2025`, from `2025-12`.
pub(super) fn month(iso: &str) -> String {
    let day = words::day(&format!("{iso}-01"));
    day.strip_prefix("1 ").map_or_else(|| iso.to_owned(), str::to_owned)
}

/// How long patients stayed on the ward.
pub(super) fn stays(flow: &WardFlow, before: Option<&WardFlow>) -> String {
    let mean = |it: &WardFlow| {
        let ended = i64::try_from(it.ended).ok().filter(|_| it.ended >= fewest())?;
        beds_in_use(it.ended_s, NIGHT_S * ended)
    };
    let Some(now) = mean(flow) else {
        return format!("Too few stays ended for a mean: {}.", flow.ended);
    };
    let last = before.and_then(mean);
    let last = last.map_or_else(String::new, |it| format!("; last year {}", tenths(it)));
    let long = match flow.long {
        0 => format!("No stay was of {} days or more.", long_days()),
        1 => format!("One was of {} days or more.", long_days()),
        more => format!("{} were of {} days or more.", words::thousands(more), long_days()),
    };
    format!(
        "{} lasted {} nights on average{last}. {long}",
        words::count(flow.ended, "stay here", "stays here"),
        tenths(now)
    )
}

/// Where they went: out of the hospital, and on which days, or to other wards.
pub(super) fn leaving(flow: &WardFlow, name: impl Fn(&str) -> String) -> Vec<String> {
    let left: u64 = flow.left.iter().sum();
    let mut said = Vec::new();
    if left > 0 {
        let most = flow.left.iter().max().copied().unwrap_or_default();
        let mut days = (0..7).filter(|it| flow.left[*it] == most);
        let weekend = flow.left[5] + flow.left[6];
        let on = match (days.next(), days.next()) {
            (Some(day), None) => format!("most on a {} ({})", WEEK[day], words::thousands(most)),
            _ => "on no day more than on all others".to_owned(),
        };
        said.push(format!(
            "{} ended in leaving the hospital, {on}; {} on a Saturday or Sunday.",
            words::count(left, "stay", "stays"),
            if weekend == 0 { "none".to_owned() } else { words::thousands(weekend) }
        ));
    }
    let went: u64 = flow.went_to.values().sum::<u64>() + flow.elsewhere;
    if went > 0 {
        let most = flow.went_to.iter().max_by_key(|it| it.1);
        let most = most.map_or_else(String::new, |(ward, count)| {
            format!(", {} of them to {}", words::thousands(*count), name(ward))
        });
        said.push(format!("{} ended in going on to another ward{most}.", words::thousands(went)));
    }
    said
}
