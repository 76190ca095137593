//! One page of one unit whose figures may be asked about: its address, and who sees it.

use access::{Access, View};
use rules::YearRules;
use store::figure_questions::NewQuestion;

use super::pages::{FigurePage, MEASURE, PAGES, UnitAt, WHOLE};
use crate::shell::care;
use crate::shell::visit::Visit;

/// Letters and digits that a point of delivery or an HRG has at most. No number that a patient is
/// known by is so short.
const CODE_LONGEST: usize = 8;

/// Letters of a reference, such as that of a pack.
const REFERENCE: usize = 32;

/// Letters that the code of a measure has at most.
const MEASURE_LONGEST: usize = 40;

/// A page of one unit, or of a part of its care.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which page.
    pub page: &'static FigurePage,
    /// Code of the unit; blank of an address that does not say it, until the thing is looked up.
    pub unit: String,
    /// Reference of the one thing that it is of; blank where it is of none.
    pub thing: String,
    /// What the thing is called; blank until it is looked up, and where it has no name.
    pub name: String,
    /// Point of delivery; blank for all.
    pod: String,
    /// Beginning of the HRG; blank for all.
    hrg: String,
}

impl Place {
    /// A page by its route; none where it takes no questions, or no such part.
    pub fn of(route: &str, unit: &str, (pod, hrg): (&str, &str)) -> Option<Self> {
        Self::made(route, (unit, ""), (pod, hrg))
    }

    /// A page of one thing of a unit, such as a pack that was kept.
    pub fn of_thing(route: &str, unit: &str, thing: &str) -> Option<Self> {
        Self::made(route, (unit, thing), ("", ""))
    }

    fn made(route: &str, (unit, thing): (&str, &str), (pod, hrg): (&str, &str)) -> Option<Self> {
        let page = PAGES.iter().find(|it| it.route == route)?;
        let is_thing = if page.is_of_thing() { is_named(route, thing) } else { thing.is_empty() };
        let is_code =
            |it: &str| it.len() <= CODE_LONGEST && it.bytes().all(|it| it.is_ascii_alphanumeric());
        let has_part = !pod.is_empty() || !hrg.is_empty();
        let has_unit = !unit.is_empty() || page.unit_at == UnitAt::Thing;
        let is_sound = is_thing && has_unit && is_code(pod) && is_code(hrg);
        if !is_sound || (has_part && !page.has_parts) {
            return None;
        }
        let [unit, thing, pod, hrg] = [unit, thing, pod, hrg].map(str::to_owned);
        Some(Self { page, unit, thing, name: String::new(), pod, hrg })
    }

    /// The page that a question is about, in the unit that it was asked of.
    pub fn of_question(question: &NewQuestion) -> Option<Self> {
        let place = Self::parse(&question.page)?.within(question.unit.as_str());
        (place.unit == question.unit.as_str()).then_some(place)
    }

    /// The same in a unit, where its address does not say which.
    #[must_use]
    pub fn within(self, unit: &str) -> Self {
        match self.page.unit_at {
            UnitAt::Thing => Self { unit: unit.to_owned(), ..self },
            UnitAt::Path | UnitAt::Query => self,
        }
    }

    /// The same with the name of the thing that it is of.
    pub(super) fn named(self, name: String) -> Self {
        Self { name, ..self }
    }

    /// The page with an address; none where it takes no questions, or the address asks for anything
    /// else than a part of the unit's care.
    pub fn parse(address: &str) -> Option<Self> {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).ok()?;
        let (mut of_unit, mut pod, mut hrg) = (String::new(), String::new(), String::new());
        for (name, value) in pairs {
            let part = match name.as_str() {
                "unit" => &mut of_unit,
                "pod" => &mut pod,
                "hrg" => &mut hrg,
                _ => return None,
            };
            if !part.is_empty() || value.is_empty() {
                return None;
            }
            *part = value;
        }
        let found = PAGES.iter().find_map(|it| {
            let (in_path, thing) = steps_of(it.route, path)?;
            let unit = if it.unit_at == UnitAt::Query { &of_unit } else { &in_path };
            Self::made(it.route, (unit, &thing), (&pod, &hrg))
        });
        // Whatever is written otherwise than we write it came from somewhere else.
        found.filter(|it| it.address() == address)
    }

    /// Its address, always written the same.
    pub fn address(&self) -> String {
        let step = |it: &str| match it {
            "{unit}" => encoded(&self.unit),
            _ if it.starts_with('{') => encoded(&self.thing),
            _ => it.to_owned(),
        };
        let path = self.page.route.split('/').map(step).collect::<Vec<_>>().join("/");
        let unit = if self.page.unit_at == UnitAt::Query { self.unit.as_str() } else { "" };
        let all = [("unit", unit), ("pod", self.pod.as_str()), ("hrg", self.hrg.as_str())];
        let filled: Vec<_> = all.iter().filter(|it| !it.1.is_empty()).collect();
        match serde_urlencoded::to_string(filled) {
            Ok(query) if !query.is_empty() => format!("{path}?{query}"),
            _ => path,
        }
    }

    /// Where a figure of it stands.
    pub fn link(&self, figure: &str) -> String {
        let section = if figure == WHOLE { String::new() } else { format!("#{figure}") };
        self.address() + &section
    }

    /// Where a question about it is asked; the run is left out where its figures are of none.
    pub fn ask(&self, run: &str) -> String {
        let mut pairs = vec![("page", self.address())];
        if self.page.has_run {
            pairs.push(("run", run.to_owned()));
        }
        format!("/questions/ask?{}", serde_urlencoded::to_string(pairs).unwrap_or_default())
    }

    /// Where a difference that it shows is followed up.
    pub fn follow_up(&self, run: &str) -> String {
        let pairs = [("page", self.address()), ("run", run.to_owned())];
        format!("/variation/new?{}", serde_urlencoded::to_string(pairs).unwrap_or_default())
    }

    /// Whether it is all of a unit, on the unit's own page.
    pub fn is_unit(&self) -> bool {
        !self.page.is_exact && !self.page.is_of_thing() && self.is_whole()
    }

    fn is_whole(&self) -> bool {
        self.pod.is_empty() && self.hrg.is_empty()
    }

    /// How somebody sees it; none where it is not there for them.
    pub fn seen_by(&self, visit: &Visit) -> Option<View> {
        self.seen_with(&visit.person().ok()?.access)
    }

    /// How somebody with these rights sees it; none where it is not there for them.
    pub fn seen_with(&self, access: &Access) -> Option<View> {
        let view = access.scope(self.page.sight)?.of_unit(&self.unit)?.view;
        let is_there = view == View::Exact || (!self.page.is_exact && self.is_whole());
        is_there.then_some(view)
    }

    /// Whether somebody has in the unit the right by which one sees the page.
    pub fn is_open_to(&self, visit: &Visit) -> bool {
        visit.scope(self.page.sight).is_ok_and(|it| it.of_unit(&self.unit).is_some())
    }

    /// Whether whoever asked about a figure, or is to answer, still has the rights for that: to the
    /// page, and to costs of the unit where the figure is one.
    pub fn keeps(&self, visit: &Visit, figure: &str) -> bool {
        let is_cost = self.page.figures.iter().any(|it| it.0 == figure && it.2);
        self.is_open_to(visit) && (!is_cost || super::view(visit, &self.unit).is_some())
    }

    /// Its figures by code, as far as somebody has them who sees so what the unit costs.
    pub fn figures(&self, view: View) -> Vec<(String, String)> {
        let all = self.page.figures.iter().filter(|it| view == View::Exact || !it.2);
        all.map(|it| (it.0.to_owned(), it.1.to_owned())).collect()
    }

    /// Whether it has a figure with this code, for those who see all of it.
    pub fn has(&self, figure: &str) -> bool {
        self.page.figures.iter().any(|it| it.0 == figure)
    }

    /// What people call a figure of it: on which page, of which thing, of what care, and which.
    pub fn words(&self, figure: &str, rules: Option<&YearRules>) -> String {
        let figure = self.page.figures.iter().find(|it| it.0 == figure && it.0 != WHOLE);
        let care = match rules {
            _ if self.is_whole() => None,
            Some(rules) => Some(care::name(rules, (&self.pod, &self.hrg))),
            None => Some([self.pod.as_str(), self.hrg.as_str()].join(" ").trim().to_owned()),
        };
        // What a unit's own page is goes without saying where more is said of it.
        let is_own = !self.page.is_exact && !self.page.is_of_thing();
        let is_said = is_own && (care.is_some() || figure.is_some());
        let page = (!is_said).then(|| self.page.name.to_owned());
        let name = (!self.name.is_empty()).then(|| self.name.clone());
        let parts = [page, name, care, figure.map(|it| it.1.to_owned())];
        parts.into_iter().flatten().collect::<Vec<_>>().join(": ")
    }
}

/// Whether a text can be the reference of a thing, or the code of a measure. No reference of a patient
/// is written so.
fn is_named(route: &str, thing: &str) -> bool {
    if route == MEASURE {
        let is_letter = |it: u8| it.is_ascii_alphanumeric() || it == b'-';
        return !thing.is_empty() && thing.len() <= MEASURE_LONGEST && thing.bytes().all(is_letter);
    }
    thing.len() == REFERENCE && thing.bytes().all(|it| it.is_ascii_hexdigit())
}

/// The unit and the thing of a path, if it is one of a route; each is blank where there is none.
fn steps_of(route: &str, path: &str) -> Option<(String, String)> {
    let (wanted, given): (Vec<&str>, Vec<&str>) =
        (route.split('/').collect(), path.split('/').collect());
    if wanted.len() != given.len() {
        return None;
    }
    let (mut unit, mut thing) = (String::new(), String::new());
    for (wanted, given) in wanted.into_iter().zip(given) {
        if wanted == "{unit}" {
            unit = decoded(given)?;
        } else if wanted.starts_with('{') {
            given.clone_into(&mut thing);
        } else if wanted != given {
            return None;
        }
    }
    Some((unit, thing))
}

/// A text as a step of an address.
fn encoded(text: &str) -> String {
    let pair = serde_urlencoded::to_string([("t", text)]).unwrap_or_default();
    pair.trim_start_matches("t=").replace('+', "%20")
}

fn decoded(step: &str) -> Option<String> {
    let pair = format!("t={}", step.replace('+', "%2B").replace('&', "%26"));
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(&pair).ok()?;
    pairs.into_iter().next().map(|it| it.1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use store::figure_questions::Side;
    use store::{PersonId, UnitCode};

    use super::*;
    use crate::shell::questions::SIGHTS;
    use crate::shell::registry::{Policy, routes};

    #[test]
    fn every_page_is_one_of_the_site_and_is_about_no_person() {
        for page in PAGES {
            let found = routes().into_iter().find(|it| it.path == page.route);
            let found = found.unwrap_or_else(|| panic!("{} is no page", page.route));
            assert_eq!(found.method, axum::http::Method::GET);
            assert_eq!(found.policy, Policy::Needs(page.sight), "{}", page.route);
            assert!(SIGHTS.contains(&page.sight), "{}: who sees it asks", page.route);
            assert_eq!(page.figures[0].0, WHOLE, "{}", page.route);
            for person in ["patient", "colleague", "my-work", "event"] {
                assert!(!page.route.contains(person), "{}", page.route);
            }
        }
    }

    #[test]
    fn only_addresses_of_such_pages_are_taken() {
        for address in [
            "/services/TORT",
            "/services/TORT?pod=EL&hrg=HN12",
            "/services/TORT/national?hrg=HN12",
            "/services/TORT/week",
            "/services/TORT/packs/0123456789abcdef0123456789abcdef",
            "/reviews/TORT/0123456789abcdef0123456789abcdef",
            "/services/TORT/data",
            "/measures/FFT-POSITIVE?unit=W+1",
            "/benefits/0123456789abcdef0123456789abcdef",
            "/cases/0123456789abcdef0123456789abcdef",
            "/groups/0123456789abcdef0123456789abcdef",
            "/wards/W%201",
        ] {
            assert_eq!(Place::parse(address).expect(address).address(), address);
        }
        for address in [
            "",
            "/",
            "/services",
            "/services/",
            "/services/TORT/",
            "/services/TORT/packs/",
            "/services/TORT/packs/1",
            "/services/TORT/packs/0123456789abcdef0123456789abcdef/table.csv",
            "/services//packs/0123456789abcdef0123456789abcdef",
            "/measures/FFT",
            "/measures/FFT?unit=",
            "/measures/F%20T?unit=TORT",
            "/measures/FFT?unit=TORT&pod=EL",
            "/benefits/new",
            "/benefits/0123456789abcdef0123456789abcdef?unit=TORT",
            "/cases/journeys",
            "/groups/0123456789abcdef0123456789abcdef/costs.csv",
            "/reviews/TORT/register",
            "/reviews/TORT/0123456789abcdef0123456789abcdef?pod=EL",
            "/services/TORT/my-work",
            "/services/TORT/colleagues",
            "/patients/1fe9a090556158bd/20v8hcl5jsk6brd2fumssfkflv",
            "//evil.example/services/TORT",
            "https://evil.example/services/TORT",
            "/services/TORT#gap",
            "/services/TORT?pod=EL&pod=DC",
            "/services/TORT?pod=",
            "/services/TORT?hrg=9434765919",
            "/services/TORT?hrg=20v8hcl5jsk6brd2fumssfkflv",
            "/services/TORT?line=STRO",
            "/services/TORT/week?pod=EL",
            "/wards/W10?pod=EL",
            "/wards/W10/beds.csv",
        ] {
            assert_eq!(Place::parse(address), None, "{address}");
        }
    }

    #[test]
    fn the_unit_of_a_thing_is_that_of_the_question() {
        let thing = "0123456789abcdef0123456789abcdef";
        let question = |unit: &str, page: &str| NewQuestion {
            unit: UnitCode::new(unit),
            run: String::new(),
            page: page.to_owned(),
            figure: WHOLE.to_owned(),
            words: "Why?".to_owned(),
            side: Side::Other,
            owner: PersonId::new("B"),
            due_on: "2026-06-15".parse().expect("a day"),
        };
        let found = |unit: &str, page: &str| Place::of_question(&question(unit, page));
        let benefit = found("TORT", &format!("/benefits/{thing}")).expect("it is one");
        assert_eq!((benefit.unit.as_str(), benefit.thing.as_str()), ("TORT", thing));
        let named = Place { name: "Fewer visits".to_owned(), ..benefit };
        assert_eq!(named.words("ledger", None), "Benefit: Fewer visits: What the ledger shows");
        assert_eq!(named.link("ledger"), format!("/benefits/{thing}#ledger"));
        let measure = found("W 1", "/measures/FFT?unit=W+1").expect("it is one");
        assert_eq!(measure.words("months", None), "Measure: Month by month");
        // A question is about no page of another unit.
        assert_eq!(found("STRO", "/measures/FFT?unit=TORT"), None);
        assert_eq!(found("STRO", "/services/TORT"), None);
    }

    proptest! {
        #[test]
        fn an_address_leads_back_to_its_place(unit in "[^/]{1,20}", pod in "[A-Z]{0,4}") {
            let place = Place::of("/services/{unit}", &unit, (&pod, "")).expect("it is one");
            let address = place.address();
            prop_assert!(address.bytes().all(|it| (0x21..0x7f).contains(&it)), "{}", address);
            prop_assert_eq!(Place::parse(&address), Some(place));
            let place = Place::of_thing(MEASURE, &unit, "FFT-2").expect("it is one");
            prop_assert_eq!(Place::parse(&place.address()), Some(place));
        }
    }
}
