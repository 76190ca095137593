//! Short sentences made from the figures of a ward: each is true by how it is made.

use domain::Money;
use results::ward::{NIGHT_S, OwnCosts, Ward, WardFlow, WardMonth, fewest, long_days, per_night};

use super::book::Missing;
use crate::shell::words;

/// Days of the week, from Monday.
const WEEK: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Hundredths as people read them: one decimal below ten, whole from ten on; what is less than a
/// tenth keeps both.
pub(super) fn tenths(value_e2: i64) -> String {
    let sign = if value_e2 < 0 { "−" } else { "" };
    let value = value_e2.unsigned_abs();
    // From 9.95 on it is ten.
    if value >= 995 {
        return format!("{sign}{}", words::thousands((value + 50) / 100));
    }
    if (1..10).contains(&value) {
        return format!("{sign}0.0{value}");
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
pub(super) fn money(ward: &Ward, before: Result<&Ward, Missing>) -> Vec<String> {
    let Some(now) = ward.cost_of_night() else {
        return vec!["No bed was used, so there is no cost of a night.".to_owned()];
    };
    let mut said = vec![format!("A night in use cost {}", words::pounds(now))];
    let with_night =
        before.and_then(|it| it.cost_of_night().map(|last| (it, last)).ok_or(Missing::NotUsed));
    said[0] += &match with_night {
        Err(missing) => format!(". {}", missing.words()),
        Ok((before, last)) => {
            let change = now - last;
            let shown = words::pounds(change.abs());
            let kind = if change.is_negative() { "less" } else { "more" };
            if shown == "£0" {
                ", as much as last year.".to_owned()
            } else {
                format!(", {shown} {kind} than last year.{}", most(ward, before, change))
            }
        }
    };
    said.push(temporary(ward, before.ok()));
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
    format!(" {words}, which accounts for {} of that.", part_of(*amount, change))
}

/// The step of the number of nights.
const NIGHTS: &str = "nights";

/// What moved the cost of a night: what was spent more or less on each kind, at the mean of both
/// years' nights, and the mean of both years' cost over more or fewer nights. They add up but for
/// their rounding, and the years swapped give the same steps the other way.
pub(super) fn steps(ward: &Ward, before: &Ward) -> Vec<(String, Money)> {
    let each = |amount: Money, ward: &Ward| {
        per_night(amount, ward.used_s).unwrap_or_default().micro_pounds()
    };
    let half = |micro: i64| Money::from_micro_pounds(micro / 2);
    let spent = |it: Kind| {
        let more = it.now - it.before.unwrap_or_default();
        (in_a_sentence(&it.name), half(each(more, ward) + each(more, before)))
    };
    let mut steps: Vec<(String, Money)> =
        kinds(ward, Some(before)).into_iter().map(spent).collect();
    let both = ward.cost + before.cost;
    steps.push((NIGHTS.to_owned(), half(each(both, ward) - each(both, before))));
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
const SUPPORT: &str = "The ward’s share of buildings, meals, cleaning and overheads";

/// The cost of a ward by kind: its own costs as sums, and its share of support. One kind where small
/// staff pools may not be shown apart.
pub(super) fn kinds(ward: &Ward, before: Option<&Ward>) -> Vec<Kind> {
    let own_before = before.map(|it| it.own.zip(it.support()));
    let (Some((own, support)), true) = (ward.own.zip(ward.support()), own_before != Some(None))
    else {
        let name = "All of it: staff in small teams are not shown apart".to_owned();
        return vec![Kind { name, now: ward.cost, before: before.map(|it| it.cost) }];
    };
    let own_before = own_before.flatten();
    let kind = |name: &str, sum: fn(&OwnCosts) -> Money| Kind {
        name: name.to_owned(),
        now: sum(&own),
        before: own_before.map(|it| sum(&it.0)),
    };
    let mut kinds = vec![
        kind("Permanent staff", |it| it.permanent_pay),
        kind("Temporary staff", |it| it.temporary_pay),
        kind("Supplies and other costs of its own", |it| it.other),
    ];
    let is_nothing =
        |it: &Kind| it.now == Money::ZERO && it.before.is_none_or(|it| it == Money::ZERO);
    kinds.retain(|it| !is_nothing(it));
    kinds.push(Kind { name: SUPPORT.to_owned(), now: support, before: own_before.map(|it| it.1) });
    kinds
}

/// The part of temporary staff in the pay of a ward, in percent; none where it is not told.
pub(super) fn temporary_percent(ward: &Ward) -> Option<i64> {
    let (part, pay) = ward.temporary()?;
    percent(part.micro_pounds(), pay.micro_pounds())
}

fn temporary(ward: &Ward, before: Option<&Ward>) -> String {
    let Some(now) = temporary_percent(ward) else {
        return if ward.own.is_none() {
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
        return vec![
            "This ward belongs to no division with service lines, so nobody on it is counted as a patient of others."
                .to_owned(),
        ];
    };
    let unmapped = (flow.unmapped > 0).then(|| {
        let some = words::count(flow.unmapped, "patient", "patients");
        format!(
            "{some} had time here of which no service line is known; it is counted as {home}’s."
        )
    });
    if others.patients == 0 {
        let known = if unmapped.is_some() { ", as far as is known" } else { "" };
        let nobody = format!("Nobody but patients of {home} lay here{known}.");
        return [Some(nobody), unmapped].into_iter().flatten().collect();
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
            "Of these nights {} were of patients of {name}.",
            out_of(nights(*used_s), nights(others.used_s))
        ));
    }
    said.extend(when(&flow.months));
    said.extend(unmapped);
    said
}

/// `all 12` or `9 of 12`.
fn out_of(part: u64, whole: u64) -> String {
    if part == whole {
        return format!("all {}", words::thousands(whole));
    }
    format!("{} of {}", words::thousands(part), words::thousands(whole))
}

/// The three months on end in which most stays of others began, where a year to date has more than
/// three: stays and not nights, since one long stay would move these.
fn when(months: &[WardMonth]) -> Option<String> {
    if months.len() < 4 {
        return None;
    }
    let sum = |it: &[WardMonth]| it.iter().map(|it| it.others_began).sum::<u64>();
    let mut quarters = months.windows(3);
    let first = quarters.next()?;
    let most = quarters.fold(first, |most, it| if sum(it) > sum(most) { it } else { most });
    let all = sum(months);
    let as_many = months.windows(3).filter(|it| sum(it) == sum(most)).count();
    (all > 0 && as_many == 1).then(|| {
        format!(
            "Of their stays that began in the year {} began in the three months from {} to {}, more than in any other three.",
            out_of(sum(most), all),
            month(&most[0].month),
            month(&most[2].month)
        )
    })
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

/// Where they went: out of the hospital, alive or not, and on which days, or to other wards.
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
            "{} ended when the patient left the hospital or died, {on}; {} on a Saturday or Sunday.",
            words::count(left, "stay", "stays"),
            if weekend == 0 { "none".to_owned() } else { words::thousands(weekend) }
        ));
    }
    let went: u64 = flow.went_to.values().sum::<u64>() + flow.elsewhere;
    if went > 0 {
        let most = flow.went_to.iter().max_by_key(|it| it.1);
        let most = most.map_or_else(String::new, |(ward, count)| match *count {
            all if all == went => format!(", all of them to {}", name(ward)),
            count => format!(", {} of them to {}", words::thousands(count), name(ward)),
        });
        said.push(format!("{} ended in going on to another ward{most}.", words::thousands(went)));
    }
    said
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use proptest::prelude::*;
    use results::ward::Lain;

    use super::*;

    /// A ward with so many nights on so many staffed beds of a year, whose permanent staff, bank
    /// staff and share of support cost so many pounds.
    fn ward(nights: i64, beds_e2: i64, [nurses, bank, support]: [i64; 3]) -> Ward {
        let own = OwnCosts {
            permanent_pay: Money::from_pounds(nurses),
            temporary_pay: Money::from_pounds(bank),
            other: Money::ZERO,
        };
        Ward {
            beds_e2,
            available_s: beds_e2 * 365 * NIGHT_S / 100,
            used_s: nights * NIGHT_S,
            cost: Money::from_pounds(nurses + bank + support),
            own: Some(own),
            ..Ward::default()
        }
    }

    #[test]
    fn empty_beds_are_told_as_they_are() {
        // 6,205 nights of 28 × 365 = 10,220: 17 beds in use, 60.7 in 100.
        let now = ward(6_205, 2_800, [1, 0, 0]);
        expect![
            "On a mean day 11 of 28 staffed beds are empty: 61 in 100 are in use; last year 57."
        ]
        .assert_eq(&beds(&now, Some(&ward(5_840, 2_800, [1, 0, 0]))));
        expect!["On a mean day 2.0 patients more than its 1.0 staffed beds lie here: 300 in 100 are in use."]
            .assert_eq(&beds(&ward(1_095, 100, [1, 0, 0]), None));
        expect!["The model states no staffed beds for this ward, so this page cannot say how full it is."]
            .assert_eq(&beds(&ward(100, 0, [1, 0, 0]), None));
        let shown = [0, 2, 994, 995, 1_049, 1_050, -250].map(tenths);
        assert_eq!(shown, ["0.0", "0.02", "9.9", "10", "10", "11", "−2.5"]);
    }

    #[test]
    fn the_cost_of_a_night_says_what_accounts_for_its_change() {
        // 1,000 nights at 300 + 100 + 200 are 600 a night, from 1,000 at 300 + 40 + 200: all of the
        // 60 more is bank staff, who are 25% of pay of 400, and were 12% of 340.
        let now = ward(1_000, 500, [300_000, 100_000, 200_000]);
        let last = ward(1_000, 500, [300_000, 40_000, 200_000]);
        expect![[r#"
            A night in use cost £600, £60 more than last year. More was spent on temporary staff, which accounts for almost all of that.
            25% of the pay on this ward is for temporary staff, bank and agency; last year 12%."#]]
        .assert_eq(&money(&now, Ok(&last)).join("\n"));
        // The same money over 1,200 nights.
        let fuller = ward(1_200, 500, [300_000, 100_000, 200_000]);
        expect!["A night in use cost £500, £100 less than last year. More nights share what the ward costs, which accounts for almost all of that."]
            .assert_eq(&money(&fuller, Ok(&now))[0]);
        expect![
            "A night in use cost £500. No run of the year before is published to set beside it."
        ]
        .assert_eq(&money(&fuller, Err(Missing::NotPublished))[0]);
        let small = Ward { own: None, ..fuller };
        expect!["Staff in small teams are not shown apart, so this page cannot say how many are temporary."]
            .assert_eq(&money(&small, Err(Missing::Hidden))[1]);
    }

    fn month(name: &str, stays: u64) -> WardMonth {
        let lain = Lain { patients: stays, stays, came: stays, used_s: NIGHT_S };
        WardMonth {
            month: name.to_owned(),
            others: lain,
            others_began: stays,
            ..WardMonth::default()
        }
    }

    #[test]
    fn patients_of_other_divisions_are_told_with_the_months_that_had_most() {
        let nights = |it: i64| Lain { patients: 20, stays: 22, came: 20, used_s: it * NIGHT_S };
        let months =
            [("2025-10", 2), ("2025-11", 1), ("2025-12", 6), ("2026-01", 8), ("2026-02", 5)];
        let flow = WardFlow {
            all: Lain { patients: 100, ..nights(300) },
            others: Some(nights(36)),
            others_by_line: [("LUNG".to_owned(), 30 * NIGHT_S), ("BABY".to_owned(), 6 * NIGHT_S)]
                .into(),
            months: months.map(|(name, stays)| month(name, stays)).into(),
            ..WardFlow::default()
        };
        let home = |line: &str| Some(if line == "LUNG" { "Medicine" } else { "Women" }.to_owned());
        expect![[r#"
            20 of 100 patients were patients of other divisions than Surgery: 36 nights, 12% of all.
            Of these nights 30 of 36 were of patients of Medicine.
            Of their stays that began in the year 19 of 22 began in the three months from December 2025 to February 2026, more than in any other three."#]]
        .assert_eq(&others(&flow, Some("Surgery"), home).join("\n").replace('\u{a0}', " "));
        let nobody = WardFlow { others: Some(Lain::default()), ..flow.clone() };
        expect!["Nobody but patients of Surgery lay here."]
            .assert_eq(&others(&nobody, Some("Surgery"), home).concat());
        let unmapped = WardFlow { unmapped: 3, ..nobody };
        expect![[r#"
            Nobody but patients of Surgery lay here, as far as is known.
            3 patients had time here of which no service line is known; it is counted as Surgery’s."#]]
        .assert_eq(&others(&unmapped, Some("Surgery"), home).join("\n").replace('\u{a0}', " "));
        let unknown = WardFlow { others: None, ..flow };
        assert!(others(&unknown, None, home).concat().contains("belongs to no division"));
    }

    #[test]
    fn stays_say_how_they_ended_and_no_mean_of_few() {
        let flow = WardFlow {
            ended: 40,
            ended_s: 170 * NIGHT_S,
            long: 1,
            left: [12, 4, 4, 4, 4, 2, 0],
            went_to: [("W09".to_owned(), 9)].into(),
            elsewhere: 1,
            ..WardFlow::default()
        };
        let plain = |it: String| it.replace('\u{a0}', " ");
        expect![
            "40 stays here lasted 4.3 nights on average; last year 4.3. One was of 21 days or more."
        ]
        .assert_eq(&plain(stays(&flow, Some(&flow))));
        expect![[r#"
            30 stays ended when the patient left the hospital or died, most on a Monday (12); 2 on a Saturday or Sunday.
            10 ended in going on to another ward, 9 of them to Trauma."#]]
        .assert_eq(&plain(leaving(&flow, |_| "Trauma".to_owned()).join("\n")));
        let few = WardFlow { ended: 9, ..flow };
        expect!["Too few stays ended for a mean: 9."].assert_eq(&stays(&few, None));
    }

    proptest! {
        /// Swap the years and the words reverse: what was more is less, of the same kind and by the
        /// same part.
        #[test]
        fn the_years_swapped_reverse_the_words(
            one in (100_i64..2_000, [1_000_i64..900_000, 0_i64..400_000, 1_000_i64..500_000]),
            other in (100_i64..2_000, [1_000_i64..900_000, 0_i64..400_000, 1_000_i64..500_000]),
        ) {
            let (one, other) = (ward(one.0, 600, one.1), ward(other.0, 600, other.1));
            let said = |now: &Ward, before: &Ward| -> String {
                let all = money(now, Ok(before)).swap_remove(0);
                all.split_once(", ").expect("the change follows the cost").1.to_owned()
            };
            let swapped = said(&one, &other)
                .replace(" more than last", " X than last")
                .replace(" less than last", " more than last")
                .replace(" X than last", " less than last")
                .replace("More was spent", "X was spent")
                .replace("Less was spent", "More was spent")
                .replace("X was spent", "Less was spent")
                .replace("More nights", "X nights")
                .replace("Fewer nights", "More nights")
                .replace("X nights", "Fewer nights");
            prop_assert_eq!(swapped, said(&other, &one));
        }

        /// The steps come to the change, to a few micro-pounds.
        #[test]
        fn the_steps_come_to_the_change(
            one in (100_i64..2_000, [1_000_i64..900_000, 0_i64..400_000, 1_000_i64..500_000]),
            other in (100_i64..2_000, [1_000_i64..900_000, 0_i64..400_000, 1_000_i64..500_000]),
        ) {
            let (one, other) = (ward(one.0, 600, one.1), ward(other.0, 600, other.1));
            let sum: Money = steps(&one, &other).into_iter().map(|it| it.1).sum();
            let change = one.cost_of_night().expect("nights") - other.cost_of_night().expect("nights");
            prop_assert!((sum - change).abs().micro_pounds() < 10, "{} {}", sum, change);
        }
    }
}
