//! Two simulated years of a national collection of levels: organisations that do not exist, whose
//! numbers at each level are those of the guide, with mergers between the years.

use crate::random::Random;
use crate::table::{Line, Table};

const MOVES: &str = include_str!("../data/collection_moves.csv");
const GROUPS: &str = include_str!("../data/collection_groups.csv");

/// What the collection is called.
pub const COLLECTION: &str = "National collection";

/// What a group within it is called.
pub const COLLECTION_GROUP: &str = "Vale costing group";

/// The two years, in order.
pub const COLLECTION_YEARS: [i64; 2] = [2012, 2013];

/// Month and day on which organisations must be open, in both years.
pub const COLLECTION_DAY: (u32, u32) = (7, 31);

/// Members of the group, and how many of them have returned: one fewer than are shown.
const MEMBERS: (usize, usize) = (6, 4);

/// The last day of organisations that closed between the years, and the first of what they became.
const CLOSED: &str = "2013-03-31";
const FOUNDED: &str = "2013-04-01";

/// Of a thousand returns, how many state their steps, and of those how many state others than show
/// their level.
const STATE_STEPS: i64 = 330;
const DISAGREE: i64 = 70;

const SEED: i64 = 2013;

/// A return of an organisation that does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimulatedReturn {
    /// Its code; it begins with `X-`.
    pub organisation: String,
    /// The year.
    pub year: i64,
    /// The level, 1 to 4.
    pub level: i64,
    /// The level that its steps show; none where they were recorded by unit.
    pub shows: Option<i64>,
    /// Who signed for clinicians.
    pub clinical_lead: String,
    /// Who signed for finance.
    pub finance_lead: String,
}

/// An organisation, with its level in each year in which it returned.
struct Simulated {
    /// Those that became one another have one family, and so one sector and region.
    family: i64,
    levels: [Option<i64>; 2],
    /// Places of what it became.
    became: Option<usize>,
}

impl Simulated {
    /// Whether it was founded between the years.
    fn is_founded(&self) -> bool {
        self.levels[0].is_none()
    }
}

/// All organisations, in an order that tells nothing.
fn organisations() -> Vec<Simulated> {
    let mut found: Vec<Simulated> = Vec::new();
    let mut family = 0;
    for line in Table::read(MOVES).lines() {
        for _ in 0..line.number("organisations") {
            family += 1;
            family_of(line, family, &mut found);
        }
    }
    found
}

/// Organisations of one line: one that stays, one that takes a new code, two that make a third, or
/// one that joins another.
fn family_of(line: Line<'_>, family: i64, found: &mut Vec<Simulated>) {
    let levels = line.text("before").split(' ');
    let mut before = levels.map(|it| Some(it.parse::<i64>().expect("embedded levels are numbers")));
    let after = Some(line.number("after"));
    let next = found.len();
    let mut add = |levels, became| found.push(Simulated { family, levels, became });
    match line.text("how") {
        "stays" => add([before.next().flatten(), after], None),
        "joins" => {
            add([before.next().flatten(), after], None);
            add([before.next().flatten(), None], Some(next));
        }
        _ => {
            add([None, after], None);
            for it in before {
                add([it, None], Some(next));
            }
        }
    }
}

/// Code of each organisation, by its place.
fn codes(count: usize) -> Vec<String> {
    let mut places: Vec<usize> = (0..count).collect();
    let key = |it: &usize| Random::of(&[SEED, i64::try_from(*it).unwrap_or_default()]).next();
    places.sort_by_key(key);
    let mut codes = vec![String::new(); count];
    for (number, place) in (1..).zip(places) {
        codes[place] = format!("X-{number:03}");
    }
    codes
}

/// The sector or region of a family.
fn group(by: &str, family: i64) -> String {
    let table = Table::read(GROUPS);
    let all: Vec<Line<'_>> = table.lines().filter(|it| it.text("by") == by).collect();
    let sum: i64 = all.iter().map(|it| it.number("weight")).sum();
    let kind = i64::from(by == "sector");
    let mut drawn = Random::of(&[SEED, kind, family]).below(sum);
    let chosen = all.iter().find(|it| {
        drawn -= it.number("weight");
        drawn < 0
    });
    chosen.expect("the weights add to their sum").text("name").to_owned()
}

/// The register of the collection as a file: every organisation of both years, what it became, and
/// when.
pub fn collection_register() -> String {
    register(|_| true)
}

/// The register of the group as a file.
pub fn group_register() -> String {
    let members = group_members();
    register(|code| members.iter().any(|it| it == code))
}

fn register(holds: impl Fn(&str) -> bool) -> String {
    let all = organisations();
    let codes = codes(all.len());
    let mut rows: Vec<[String; 7]> = Vec::new();
    for (it, code) in all.iter().zip(&codes).filter(|it| holds(it.1)) {
        let number = code.trim_start_matches("X-");
        let day = |holds: bool, day: &str| if holds { day.to_owned() } else { String::new() };
        rows.push([
            code.clone(),
            format!("Simulated trust {number}"),
            group("sector", it.family),
            group("region", it.family),
            day(it.is_founded(), FOUNDED),
            day(it.became.is_some(), CLOSED),
            it.became.map(|it| codes[it].clone()).unwrap_or_default(),
        ]);
    }
    rows.sort();
    let header = "organisation_code,name,sector,region,open_from,open_to,successors";
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header.split(',')).expect("writing to memory does not fail");
    for row in rows {
        writer.write_record(row).expect("writing to memory does not fail");
    }
    let bytes = writer.into_inner().expect("writing to memory does not fail");
    String::from_utf8(bytes).expect("all cells are text")
}

/// Codes of the members of the group: organisations that were there in both years.
fn group_members() -> Vec<String> {
    let all = organisations();
    let codes = codes(all.len());
    let stays = all.iter().zip(codes).filter(|it| it.0.levels.iter().all(Option::is_some));
    let mut found: Vec<String> = stays.map(|it| it.1).collect();
    found.sort();
    found.truncate(MEMBERS.0);
    found
}

/// The returns of the group for the last year, of as many members as have returned.
pub fn group_returns() -> Vec<SimulatedReturn> {
    let members = group_members();
    let [_, year] = COLLECTION_YEARS;
    let mut found = collection_returns(year);
    found.retain(|it| members[..MEMBERS.1].contains(&it.organisation));
    found
}

/// The returns of a year, by code; none of a year that is not simulated.
pub fn collection_returns(year: i64) -> Vec<SimulatedReturn> {
    let Some(place) = COLLECTION_YEARS.iter().position(|it| *it == year) else { return Vec::new() };
    let all = organisations();
    let codes = codes(all.len());
    let one = |(it, organisation): (&Simulated, String)| {
        let level = it.levels[place]?;
        let mut random = Random::of(&[SEED, year, it.family, level]);
        let states = random.chance(STATE_STEPS);
        let other = random.chance(DISAGREE);
        let higher = random.chance(500); // number: one in two
        let shown = match (other, level, higher) {
            (false, ..) => level,
            (true, 1, _) | (true, 2..=3, true) => level + 1,
            _ => level - 1,
        };
        Some(SimulatedReturn {
            year,
            level,
            shows: states.then_some(shown),
            clinical_lead: format!("Clinical lead of {organisation}, medical director"),
            finance_lead: format!("Finance lead of {organisation}, finance director"),
            organisation,
        })
    };
    let mut found: Vec<SimulatedReturn> = all.iter().zip(codes).filter_map(one).collect();
    found.sort_by(|a, b| a.organisation.cmp(&b.organisation));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_each_level(year: i64) -> [usize; 4] {
        let all = collection_returns(year);
        [1, 2, 3, 4].map(|level| all.iter().filter(|it| it.level == level).count())
    }

    #[test]
    fn as_many_are_at_each_level_as_in_the_guide() {
        // The guide, section 2.5: 248 trusts in 2012, 244 in 2013.
        assert_eq!(at_each_level(2012), [20, 94, 85, 49]);
        assert_eq!(at_each_level(2013), [7, 89, 92, 56]);
        assert_eq!(collection_returns(2014), []);
    }

    #[test]
    fn the_register_has_everybody_and_what_became_of_them() {
        let register = collection_register();
        assert_eq!(register, collection_register(), "the same every time");
        let lines: Vec<&str> = register.lines().skip(1).collect();
        // 239 stay, 1 has a new code (2), 3 times 2 make a third (9), and 1 joins another (2).
        assert_eq!(lines.len(), 239 + 2 + 9 + 2);
        let closed = lines.iter().filter(|it| it.contains(CLOSED)).count();
        let founded = lines.iter().filter(|it| it.contains(FOUNDED)).count();
        assert_eq!((closed, founded), (8, 4), "1 + 6 + 1 closed, 1 + 3 were founded");
        for it in COLLECTION_YEARS.into_iter().flat_map(collection_returns) {
            let begins = format!("{},", it.organisation);
            assert_eq!(lines.iter().filter(|line| line.starts_with(&begins)).count(), 1);
        }
        // One sector is so small that it may not stand alone.
        let of =
            |sector: &str| lines.iter().filter(|it| it.contains(&format!(",{sector},"))).count();
        assert!((1..5).contains(&of("children's")), "{}", of("children's"));
        assert!(of("ambulance") >= 5, "{}", of("ambulance"));
    }

    #[test]
    fn some_state_steps_and_a_few_of_those_disagree() {
        let all = collection_returns(2013);
        let stated: Vec<_> = all.iter().filter_map(|it| Some((it.level, it.shows?))).collect();
        let disagree = stated.iter().filter(|it| it.0 != it.1).count();
        assert!((40..120).contains(&stated.len()), "{}", stated.len());
        assert!((2..15).contains(&disagree), "{disagree}");
    }

    #[test]
    fn the_group_is_one_return_short_of_being_shown() {
        assert_eq!(group_register().lines().count(), 1 + 6);
        assert_eq!(group_returns().len(), 4);
    }
}
