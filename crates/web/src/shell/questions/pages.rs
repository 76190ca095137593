//! The pages whose figures may be asked about, with the right by which one sees each.

use access::Capability;
use store::units::UnitKind;

/// A page whose figures may be asked about.
#[derive(Debug, PartialEq, Eq)]
pub struct FigurePage {
    /// Its route, as the registry has it.
    pub route: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// The kind of unit that it is of; none where it may be of any.
    pub kind: Option<UnitKind>,
    /// Where its unit is known from.
    pub(super) unit_at: UnitAt,
    /// Whether it takes a point of delivery and an HRG.
    pub(super) has_parts: bool,
    /// Whether it is only for those who see the unit exactly.
    pub(super) is_exact: bool,
    /// Whether its figures are of a run, which a question then names.
    pub has_run: bool,
    /// The right by which one sees it.
    pub sight: Capability,
    /// Its figures: the id of the section, what it is called, and whether only those who see
    /// exactly what the unit costs have it.
    pub(super) figures: &'static [(&'static str, &'static str, bool)],
}

/// Where the unit of a page is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnitAt {
    /// The path of its address.
    Path,
    /// The query of its address.
    Query,
    /// The thing that it is of, such as a benefit.
    Thing,
}

/// The figures of a page taken together.
pub(super) const WHOLE: &str = "page";

/// A pack that was kept.
pub const KEPT_PACK: &str = "/services/{unit}/packs/{pack}";

/// A review, with the figures that were frozen for it.
pub const FROZEN: &str = "/reviews/{unit}/{review}";

/// What is known of the data of a service line, coding among it.
pub const DATA: &str = "/services/{unit}/data";

/// A measure of one unit.
pub const MEASURE: &str = "/measures/{measure}";

/// A benefit.
pub const BENEFIT: &str = "/benefits/{benefit}";

/// A business case.
pub const CASE: &str = "/cases/{case}";

/// A patient group that is shared in its service line.
pub const GROUP: &str = "/groups/{group}";

/// All of them. Pages of single patients, and those that compare colleagues, are not among them.
pub const PAGES: &[FigurePage] = &[
    FigurePage {
        route: "/services/{unit}",
        name: "Service line",
        kind: Some(UnitKind::ServiceLine),
        unit_at: UnitAt::Path,
        has_parts: true,
        is_exact: false,
        has_run: true,
        sight: Capability::AggregateCosts,
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
        kind: Some(UnitKind::ServiceLine),
        unit_at: UnitAt::Path,
        has_parts: false,
        is_exact: true,
        has_run: true,
        sight: Capability::AggregateCosts,
        figures: &[(WHOLE, "The page as a whole", true), ("bridge", "The steps between", true)],
    },
    FigurePage {
        route: "/services/{unit}/national",
        name: "At national mean unit costs",
        kind: Some(UnitKind::ServiceLine),
        unit_at: UnitAt::Path,
        has_parts: true,
        is_exact: true,
        has_run: true,
        sight: Capability::AggregateCosts,
        figures: &[
            (WHOLE, "The page as a whole", true),
            ("difference", "Where the difference lies", true),
            ("basis", "What is compared with what", true),
        ],
    },
    FigurePage {
        route: "/services/{unit}/goods",
        name: "What was used, and at what price",
        kind: Some(UnitKind::ServiceLine),
        unit_at: UnitAt::Path,
        has_parts: true,
        is_exact: true,
        has_run: true,
        sight: Capability::AggregateCosts,
        figures: &[(WHOLE, "The page as a whole", true), ("method", "How it is counted", true)],
    },
    FigurePage {
        route: "/services/{unit}/stays",
        name: "Where and when patients leave",
        kind: Some(UnitKind::ServiceLine),
        unit_at: UnitAt::Path,
        has_parts: true,
        is_exact: true,
        has_run: true,
        sight: Capability::AggregateCosts,
        figures: &[(WHOLE, "The page as a whole", true), ("method", "How it is counted", true)],
    },
    FigurePage {
        route: "/services/{unit}/week",
        name: "This week",
        kind: Some(UnitKind::ServiceLine),
        unit_at: UnitAt::Path,
        has_parts: false,
        is_exact: true,
        has_run: true,
        sight: Capability::AggregateCosts,
        figures: &[(WHOLE, "The page as a whole", true), ("done", "What was done", true)],
    },
    FigurePage {
        route: KEPT_PACK,
        name: "Kept pack",
        kind: Some(UnitKind::ServiceLine),
        unit_at: UnitAt::Path,
        has_parts: false,
        is_exact: true,
        has_run: true,
        sight: Capability::AggregateCosts,
        figures: &[(WHOLE, "The pack as a whole", true)],
    },
    FigurePage {
        route: FROZEN,
        name: "Review",
        kind: Some(UnitKind::ServiceLine),
        unit_at: UnitAt::Path,
        has_parts: false,
        is_exact: true,
        has_run: true,
        sight: Capability::ReadReviews,
        figures: &[
            (WHOLE, "The review as a whole", false),
            ("figures", "What the service cost and earned", true),
            ("found", "Priority areas", false),
        ],
    },
    FigurePage {
        route: "/wards/{unit}",
        name: "Ward",
        kind: Some(UnitKind::Ward),
        unit_at: UnitAt::Path,
        has_parts: false,
        is_exact: false,
        has_run: true,
        sight: Capability::AggregateCosts,
        figures: &[
            (WHOLE, "The page as a whole", false),
            ("beds", "Beds and patients", true),
            ("money", "Money", true),
            ("others", "Whose patients lay here", true),
            ("stays", "How long, and where they went", true),
            ("register", "Beside the cost", true),
        ],
    },
    FigurePage {
        route: DATA,
        name: "What is known of the data",
        kind: Some(UnitKind::ServiceLine),
        unit_at: UnitAt::Path,
        has_parts: false,
        is_exact: true,
        has_run: false,
        sight: Capability::ReadMeasures,
        figures: &[
            (WHOLE, "The page as a whole", false),
            ("enough", "Whether it is good enough", false),
            ("issues", "Known issues", false),
            ("coding", "Reviews of coding", false),
            ("conflicts", "Two sources, two values", false),
        ],
    },
    FigurePage {
        route: MEASURE,
        name: "Measure",
        kind: None,
        unit_at: UnitAt::Query,
        has_parts: false,
        is_exact: false,
        has_run: false,
        sight: Capability::ReadMeasures,
        figures: &[
            (WHOLE, "The measure as a whole", false),
            ("months", "Month by month", false),
            ("what", "What it is", false),
        ],
    },
    FigurePage {
        route: BENEFIT,
        name: "Benefit",
        kind: None,
        unit_at: UnitAt::Thing,
        has_parts: false,
        is_exact: true,
        has_run: false,
        sight: Capability::ReadActions,
        figures: &[
            (WHOLE, "The benefit as a whole", false),
            ("account", "Claimed, and what held up", false),
            ("pair", "The quality measure beside it", false),
            ("worth", "Change in use times the rate before", true),
            ("costed", "What published costings hold", true),
            ("months", "Month by month", false),
            ("ledger", "What the ledger shows", false),
        ],
    },
    FigurePage {
        route: CASE,
        name: "Business case",
        kind: None,
        unit_at: UnitAt::Thing,
        has_parts: false,
        is_exact: true,
        has_run: false,
        sight: Capability::ReadCases,
        figures: &[
            (WHOLE, "The case as a whole", false),
            ("options", "Options beside each other", true),
            ("evidence", "Evidence of the costing, and documents", true),
            ("quality", "Impact on quality, and concerns", false),
        ],
    },
    FigurePage {
        route: GROUP,
        name: "Patient group",
        kind: Some(UnitKind::ServiceLine),
        unit_at: UnitAt::Thing,
        has_parts: false,
        is_exact: true,
        has_run: true,
        sight: Capability::PatientGroups,
        figures: &[
            (WHOLE, "All that their care cost", true),
            ("who", "Who belongs to it", false),
            ("parts", "Their care, by kind", true),
            ("spread", "Patients by what their care cost", true),
        ],
    },
];

impl FigurePage {
    /// Whether it is of one thing of a unit, such as a pack, which its address names.
    pub fn is_of_thing(&self) -> bool {
        self.route.replace("{unit}", "").contains('{')
    }

    /// Whether it is of units of this kind.
    pub fn is_of(&self, kind: UnitKind) -> bool {
        self.kind.is_none_or(|it| it == kind)
    }
}
