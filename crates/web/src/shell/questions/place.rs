//! Pages whose figures may be asked about, and their addresses.

use access::{Capability, View};
use rules::YearRules;
use store::units::UnitKind;

use crate::shell::care;
use crate::shell::visit::Visit;

/// A page whose figures may be asked about.
#[derive(Debug, PartialEq, Eq)]
pub struct FigurePage {
    /// Its route, as the registry has it.
    pub route: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// The kind of unit that it is of.
    pub kind: UnitKind,
    /// Whether it takes a point of delivery and an HRG.
    has_parts: bool,
    /// Whether it is only for those who see the unit exactly.
    is_exact: bool,
    /// What else its own rights ask for, where they do.
    pub needs: Option<Capability>,
    /// Its figures: the id of the section, what it is called, and whether only those who see the
    /// unit exactly have it.
    figures: &'static [(&'static str, &'static str, bool)],
}

/// The figures of a page taken together.
const WHOLE: &str = "page";

/// A pack that was kept.
pub const KEPT_PACK: &str = "/services/{unit}/packs/{pack}";

/// A review, with the figures that were frozen for it.
pub const FROZEN: &str = "/reviews/{unit}/{review}";

/// All of them. Pages of single patients, and those that compare colleagues, are not among them.
pub const PAGES: &[FigurePage] = &[
    FigurePage {
        route: "/services/{unit}",
        name: "Service line",
        kind: UnitKind::ServiceLine,
        has_parts: true,
        is_exact: false,
        needs: None,
        figures: &[
            (WHOLE, "The page as a whole", false),
            ("gap", "Cost beside similar trusts", true),
            ("income", "Income, three ways", true),
            ("statement", "From income to surplus or deficit", true),
            ("moved", "What moved since last year", true),
            ("outcomes", "What patients got for it", false),
            ("change", "What can be changed", true),
            ("closer", "Kinds of care", true),
        ],
    },
    FigurePage {
        route: "/services/{unit}/budget",
        name: "From the budget to the cost",
        kind: UnitKind::ServiceLine,
        has_parts: false,
        is_exact: true,
        needs: None,
        figures: &[(WHOLE, "The page as a whole", true), ("bridge", "The steps between", true)],
    },
    FigurePage {
        route: "/services/{unit}/national",
        name: "At national mean unit costs",
        kind: UnitKind::ServiceLine,
        has_parts: true,
        is_exact: true,
        needs: None,
        figures: &[
            (WHOLE, "The page as a whole", true),
            ("difference", "Where the difference lies", true),
            ("basis", "What is compared with what", true),
        ],
    },
    FigurePage {
        route: "/services/{unit}/goods",
        name: "What was used, and at what price",
        kind: UnitKind::ServiceLine,
        has_parts: true,
        is_exact: true,
        needs: None,
        figures: &[(WHOLE, "The page as a whole", true), ("method", "How it is counted", true)],
    },
    FigurePage {
        route: "/services/{unit}/stays",
        name: "Where and when patients leave",
        kind: UnitKind::ServiceLine,
        has_parts: true,
        is_exact: true,
        needs: None,
        figures: &[(WHOLE, "The page as a whole", true), ("method", "How it is counted", true)],
    },
    FigurePage {
        route: "/services/{unit}/week",
        name: "This week",
        kind: UnitKind::ServiceLine,
        has_parts: false,
        is_exact: true,
        needs: None,
        figures: &[(WHOLE, "The page as a whole", true), ("done", "What was done", true)],
    },
    FigurePage {
        route: KEPT_PACK,
        name: "Kept pack",
        kind: UnitKind::ServiceLine,
        has_parts: false,
        is_exact: true,
        needs: None,
        figures: &[(WHOLE, "The pack as a whole", true)],
    },
    FigurePage {
        route: FROZEN,
        name: "Review",
        kind: UnitKind::ServiceLine,
        has_parts: false,
        is_exact: true,
        needs: Some(Capability::ReadReviews),
        figures: &[
            (WHOLE, "The review as a whole", true),
            ("figures", "What the service cost and earned", true),
            ("found", "Priority areas", true),
        ],
    },
    FigurePage {
        route: "/wards/{unit}",
        name: "Ward",
        kind: UnitKind::Ward,
        has_parts: false,
        is_exact: false,
        needs: None,
        figures: &[
            (WHOLE, "The page as a whole", false),
            ("beds", "Beds and patients", true),
            ("money", "Money", true),
            ("others", "Whose patients lay here", true),
            ("stays", "How long, and where they went", true),
            ("register", "Beside the cost", true),
        ],
    },
];

/// Letters and digits that a point of delivery or an HRG has at most. No number that a patient is
/// known by is so short.
const CODE_LONGEST: usize = 8;

/// Letters of a reference, such as that of a pack.
const REFERENCE: usize = 32;

impl FigurePage {
    /// Whether it is of one thing of a unit, such as a pack, which its address names.
    pub fn is_of_thing(&self) -> bool {
        self.route.matches('{').count() > 1
    }
}

/// A page of one unit, or of a part of its care.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which page.
    pub page: &'static FigurePage,
    /// Code of the unit.
    pub unit: String,
    /// Reference of the one thing that it is of; blank where it is of none.
    pub thing: String,
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
        let is_reference =
            thing.len() == REFERENCE && thing.bytes().all(|it| it.is_ascii_hexdigit());
        if page.is_of_thing() != is_reference || (!page.is_of_thing() && !thing.is_empty()) {
            return None;
        }
        let is_code =
            |it: &str| it.len() <= CODE_LONGEST && it.bytes().all(|it| it.is_ascii_alphanumeric());
        let has_part = !pod.is_empty() || !hrg.is_empty();
        let is_sound = !unit.is_empty() && is_code(pod) && is_code(hrg);
        if !is_sound || (has_part && !page.has_parts) {
            return None;
        }
        let [unit, thing, pod, hrg] = [unit, thing, pod, hrg].map(str::to_owned);
        Some(Self { page, unit, thing, pod, hrg })
    }

    /// The page with an address; none where it takes no questions, or the address asks for anything
    /// else than a part of the unit's care.
    pub fn parse(address: &str) -> Option<Self> {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).ok()?;
        let (mut pod, mut hrg) = (String::new(), String::new());
        for (name, value) in pairs {
            let part = match name.as_str() {
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
            let (unit, thing) = steps_of(it.route, path)?;
            Self::made(it.route, (&unit, &thing), (&pod, &hrg))
        });
        // Whatever is written otherwise than we write it came from somewhere else.
        found.filter(|it| it.address() == address)
    }

    /// Its address, always written the same.
    pub fn address(&self) -> String {
        let step = |it: &str| match it {
            "{unit}" => encoded(&self.unit),
            _ if it.starts_with('{') => self.thing.clone(),
            _ => it.to_owned(),
        };
        let path = self.page.route.split('/').map(step).collect::<Vec<_>>().join("/");
        let all = [("pod", self.pod.as_str()), ("hrg", self.hrg.as_str())];
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

    /// Where a question about it is asked.
    pub fn ask(&self, run: &str) -> String {
        let pairs = [("page", self.address()), ("run", run.to_owned())];
        format!("/questions/ask?{}", serde_urlencoded::to_string(pairs).unwrap_or_default())
    }

    /// Where a difference that it shows is followed up.
    pub fn follow_up(&self, run: &str) -> String {
        let pairs = [("page", self.address()), ("run", run.to_owned())];
        format!("/variation/new?{}", serde_urlencoded::to_string(pairs).unwrap_or_default())
    }

    /// Whether it is all of a unit, on the unit's own page.
    pub fn is_unit(&self) -> bool {
        !self.page.is_exact && self.is_whole()
    }

    fn is_whole(&self) -> bool {
        self.pod.is_empty() && self.hrg.is_empty()
    }

    /// How somebody sees it; none where it is not there for them.
    pub fn seen_by(&self, visit: &Visit) -> Option<View> {
        let view = super::view(visit, &self.unit)?;
        let is_there = view == View::Exact || (!self.page.is_exact && self.is_whole());
        (is_there && self.is_open_to(visit)).then_some(view)
    }

    /// Whether somebody has what the page's own rights ask for beside seeing the unit.
    pub fn is_open_to(&self, visit: &Visit) -> bool {
        let has =
            |it: Capability| visit.scope(it).is_ok_and(|scope| scope.of_unit(&self.unit).is_some());
        self.page.needs.is_none_or(has)
    }

    /// Its figures by code, as far as somebody has them.
    pub fn figures(&self, view: View) -> Vec<(String, String)> {
        let all = self.page.figures.iter().filter(|it| view == View::Exact || !it.2);
        all.map(|it| (it.0.to_owned(), it.1.to_owned())).collect()
    }

    /// Whether it has a figure with this code, for those who see the unit exactly.
    pub fn has(&self, figure: &str) -> bool {
        self.page.figures.iter().any(|it| it.0 == figure)
    }

    /// What people call a figure of it: on which page, of what care, and which.
    pub fn words(&self, figure: &str, rules: Option<&YearRules>) -> String {
        let figure = self.page.figures.iter().find(|it| it.0 == figure && it.0 != WHOLE);
        let care = match rules {
            _ if self.is_whole() => None,
            Some(rules) => Some(care::name(rules, (&self.pod, &self.hrg))),
            None => Some([self.pod.as_str(), self.hrg.as_str()].join(" ").trim().to_owned()),
        };
        // What a unit's own page is goes without saying where more is said of it.
        let is_said = !self.page.is_exact && (care.is_some() || figure.is_some());
        let page = (!is_said).then(|| self.page.name.to_owned());
        let parts = [page, care, figure.map(|it| it.1.to_owned())];
        parts.into_iter().flatten().collect::<Vec<_>>().join(": ")
    }
}

/// The unit and the thing of a path, if it is one of a route; the thing is blank where there is none.
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

    use super::*;
    use crate::shell::registry::{Policy, routes};

    #[test]
    fn every_page_is_one_of_the_site_and_is_about_no_person() {
        for page in PAGES {
            let found = routes().into_iter().find(|it| it.path == page.route);
            let found = found.unwrap_or_else(|| panic!("{} is no page", page.route));
            assert_eq!(found.method, axum::http::Method::GET);
            let needs = page.needs.unwrap_or(Capability::AggregateCosts);
            assert_eq!(found.policy, Policy::Needs(needs));
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

    proptest! {
        #[test]
        fn an_address_leads_back_to_its_place(unit in "[^/]{1,20}", pod in "[A-Z]{0,4}") {
            let place = Place::of("/services/{unit}", &unit, (&pod, "")).expect("it is one");
            let address = place.address();
            prop_assert!(address.bytes().all(|it| (0x21..0x7f).contains(&it)), "{}", address);
            prop_assert_eq!(Place::parse(&address), Some(place));
        }
    }
}
