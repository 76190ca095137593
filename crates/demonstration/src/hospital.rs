//! The hospital as its tables describe it, each row with its types, ready to be drawn from.

use std::collections::BTreeMap;

use crate::data;
use crate::people::group_index;
use crate::size::Size;
use crate::table::Line;

/// How a patient is admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    DayCase,
    Elective,
    Regular,
    Emergency,
    Maternity,
}

/// Something that patients are admitted for.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub(crate) code: String,
    pub(crate) specialty: String,
    pub(crate) route: Route,
    pub(crate) per_year: i64,
    /// Groups from the least to the most complications.
    pub(crate) hrgs: Vec<String>,
    pub(crate) diagnosis: String,
    pub(crate) procedure: String,
    pub(crate) stay_hours: i64,
    pub(crate) anaesthesia: i64,
    pub(crate) surgery: i64,
    pub(crate) recovery: i64,
    pub(crate) ward: String,
    pub(crate) people: usize,
    pub(crate) profile: String,
    pub(crate) imaging: Vec<(String, i64)>,
    pub(crate) intensive_per_mille: i64,
    pub(crate) contacts: Vec<(String, i64)>,
    pub(crate) device: String,
    pub(crate) drugs: String,
}

impl Condition {
    /// Whether patients go to theatre.
    pub(crate) fn is_surgical(&self) -> bool {
        self.surgery > 0
    }

    /// Whether the admission is planned, with a theatre list where there is surgery.
    pub(crate) fn is_planned(&self) -> bool {
        matches!(self.route, Route::DayCase | Route::Elective | Route::Regular)
    }
}

/// An outpatient clinic.
#[derive(Clone, Debug)]
pub(crate) struct Clinic {
    pub(crate) code: String,
    pub(crate) specialty: String,
    pub(crate) first_per_year: i64,
    pub(crate) follow_per_hundred: i64,
    pub(crate) minutes_first: i64,
    pub(crate) minutes_follow: i64,
    pub(crate) dna_per_mille: i64,
    pub(crate) procedure_hrg: String,
    pub(crate) procedure: String,
    pub(crate) procedure_per_mille: i64,
    pub(crate) people: usize,
    pub(crate) profile: String,
    pub(crate) imaging: Vec<(String, i64)>,
    pub(crate) drugs: String,
    pub(crate) first_price: i64,
    pub(crate) follow_price: i64,
}

/// Emergency attendances of one group.
#[derive(Clone, Debug)]
pub(crate) struct EmergencyKind {
    pub(crate) hrg: String,
    pub(crate) per_mille: i64,
    pub(crate) triage: i64,
    pub(crate) minutes: i64,
    pub(crate) profile: String,
    pub(crate) imaging: Vec<(String, i64)>,
    /// How much likelier it is among those who are admitted.
    pub(crate) admitted_weight: i64,
}

/// A medicine of a list.
#[derive(Clone, Debug)]
pub(crate) struct Medicine {
    pub(crate) code: String,
    pub(crate) moment: Moment,
    pub(crate) per_mille: i64,
    pub(crate) pence: i64,
    pub(crate) high_cost: bool,
}

/// When tests are taken and medicines given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    Start,
    Daily,
    Discharge,
}

/// Tests of one moment and how often each is taken, per thousand.
pub(crate) type TestSet = (Moment, Vec<(String, i64)>);

/// A device from one supplier.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(crate) supplier: String,
    pub(crate) code: String,
    pub(crate) pence: i64,
    pub(crate) weight: i64,
    pub(crate) implant: bool,
}

/// A ward or unit.
#[derive(Clone, Debug)]
pub(crate) struct Ward {
    pub(crate) kind: String,
    pub(crate) units: i64,
}

/// A specialty with the number of its consultants.
#[derive(Clone, Debug)]
pub(crate) struct Specialty {
    pub(crate) code: String,
    pub(crate) service_line: String,
    pub(crate) consultants: i64,
    pub(crate) meetings_per_year: i64,
}

/// All tables.
#[derive(Clone, Debug)]
pub(crate) struct Hospital {
    pub(crate) conditions: Vec<Condition>,
    pub(crate) clinics: Vec<Clinic>,
    pub(crate) emergencies: Vec<EmergencyKind>,
    pub(crate) medicines: BTreeMap<String, Vec<Medicine>>,
    pub(crate) devices: BTreeMap<String, Vec<Device>>,
    /// Tests and how often per thousand, by profile and moment.
    pub(crate) profiles: BTreeMap<String, Vec<TestSet>>,
    pub(crate) exam_minutes: BTreeMap<String, i64>,
    pub(crate) wards: BTreeMap<String, Ward>,
    pub(crate) specialties: BTreeMap<String, Specialty>,
    /// Pence by point of delivery and group.
    pub(crate) prices: BTreeMap<(String, String), i64>,
    /// Minutes of a therapy contact.
    pub(crate) contact_minutes: BTreeMap<String, i64>,
}

impl Hospital {
    /// The hospital at a size; numbers a year are scaled here, and nowhere else.
    pub(crate) fn read(size: Size) -> Self {
        let mut hospital = Self {
            conditions: read(data::CONDITIONS, |line| condition(line, size)),
            clinics: read(data::CLINICS, |line| clinic(line, size)),
            emergencies: read(data::EMERGENCY, emergency),
            medicines: BTreeMap::new(),
            devices: BTreeMap::new(),
            profiles: BTreeMap::new(),
            exam_minutes: by_code(data::EXAMS, "code", |line| line.number("minutes")),
            wards: BTreeMap::new(),
            specialties: by_code(data::SPECIALTIES, "specialty", |line| specialty(line, size)),
            prices: prices(),
            contact_minutes: by_code(data::CONTACTS, "profession", |line| line.number("minutes")),
        };
        for line in data::table(data::DRUGS).lines() {
            let list = hospital.medicines.entry(line.text("list").into()).or_default();
            list.push(medicine(line));
        }
        for line in data::table(data::DEVICES).lines() {
            let list = hospital.devices.entry(line.text("device").into()).or_default();
            list.push(device(line));
        }
        for line in data::table(data::PROFILES).lines() {
            let list = hospital.profiles.entry(line.text("profile").into()).or_default();
            list.push((moment(line.text("moment")), owned(line.pairs("tests"))));
        }
        hospital.wards = wards(size, &hospital.conditions);
        hospital
    }

    /// The ward or unit of this code.
    pub(crate) fn ward(&self, code: &str) -> &Ward {
        self.wards.get(code).expect("tables name wards that exist")
    }

    /// The specialty of this code.
    pub(crate) fn specialty(&self, code: &str) -> &Specialty {
        self.specialties.get(code).expect("tables name specialties that exist")
    }

    /// Pence for a group at a point of delivery.
    pub(crate) fn price(&self, pod: &str, hrg: &str) -> i64 {
        self.prices.get(&(pod.to_owned(), hrg.to_owned())).copied().unwrap_or(0)
    }
}

fn read<T>(text: &str, each: impl Fn(Line<'_>) -> T) -> Vec<T> {
    data::table(text).lines().map(each).collect()
}

fn by_code<T>(text: &str, code: &str, each: impl Fn(Line<'_>) -> T) -> BTreeMap<String, T> {
    data::table(text).lines().map(|line| (line.text(code).to_owned(), each(line))).collect()
}

fn owned(pairs: Vec<(&str, i64)>) -> Vec<(String, i64)> {
    pairs.into_iter().map(|(name, number)| (name.to_owned(), number)).collect()
}

fn condition(line: Line<'_>, size: Size) -> Condition {
    let text = |column: &str| line.text(column).to_owned();
    let route = match line.text("route") {
        "DAYCASE" => Route::DayCase,
        "ELECTIVE" => Route::Elective,
        "REGULAR" => Route::Regular,
        "MATERNITY" => Route::Maternity,
        _ => Route::Emergency,
    };
    Condition {
        code: text("condition"),
        specialty: text("specialty"),
        route,
        per_year: size.scaled(line.number("per_year")).max(line.number("least")),
        hrgs: line.list("hrgs").map(str::to_owned).collect(),
        diagnosis: text("diagnosis"),
        procedure: text("procedure"),
        stay_hours: line.number("stay_hours"),
        anaesthesia: line.number("anaesthesia"),
        surgery: line.number("surgery"),
        recovery: line.number("recovery"),
        ward: text("ward"),
        people: group_index(line.text("people")),
        profile: text("profile"),
        imaging: owned(line.pairs("imaging")),
        intensive_per_mille: line.number("intensive_per_mille"),
        contacts: owned(line.pairs("contacts")),
        device: text("device"),
        drugs: text("drugs"),
    }
}

fn clinic(line: Line<'_>, size: Size) -> Clinic {
    let text = |column: &str| line.text(column).to_owned();
    Clinic {
        code: text("clinic"),
        specialty: text("specialty"),
        first_per_year: size.scaled(line.number("first_per_year")).max(4),
        follow_per_hundred: line.number("follow_per_hundred"),
        minutes_first: line.number("minutes_first"),
        minutes_follow: line.number("minutes_follow"),
        dna_per_mille: line.number("dna_per_mille"),
        procedure_hrg: text("procedure_hrg"),
        procedure: text("procedure"),
        procedure_per_mille: line.number("procedure_per_mille"),
        people: group_index(line.text("people")),
        profile: text("profile"),
        imaging: owned(line.pairs("imaging")),
        drugs: text("drugs"),
        first_price: 100 * line.number("first_price"),
        follow_price: 100 * line.number("follow_price"),
    }
}

fn emergency(line: Line<'_>) -> EmergencyKind {
    EmergencyKind {
        hrg: line.text("hrg").to_owned(),
        per_mille: line.number("per_mille"),
        triage: line.number("triage"),
        minutes: line.number("minutes"),
        profile: line.text("profile").to_owned(),
        imaging: owned(line.pairs("imaging")),
        admitted_weight: line.number("admitted_weight"),
    }
}

fn medicine(line: Line<'_>) -> Medicine {
    Medicine {
        code: line.text("code").to_owned(),
        moment: moment(line.text("moment")),
        per_mille: line.number("per_mille"),
        pence: line.number("pence"),
        high_cost: line.text("high_cost") == "yes",
    }
}

fn moment(word: &str) -> Moment {
    match word {
        "DAILY" => Moment::Daily,
        "DISCHARGE" => Moment::Discharge,
        _ => Moment::Start,
    }
}

fn device(line: Line<'_>) -> Device {
    Device {
        supplier: line.text("supplier").to_owned(),
        code: line.text("code").to_owned(),
        pence: line.number("pence"),
        weight: line.number("weight"),
        implant: line.text("implant") == "yes",
    }
}

fn specialty(line: Line<'_>, size: Size) -> Specialty {
    let at_trust = line.number("consultants");
    // The comparison of surgeons needs eight of them at every size.
    let least = if line.text("specialty") == "110" { 9 } else { at_trust.min(4) };
    let meetings = line.number("mdt_per_year");
    Specialty {
        code: line.text("specialty").to_owned(),
        service_line: line.text("service_line").to_owned(),
        consultants: if at_trust == 0 { 0 } else { size.scaled(at_trust).clamp(least, 60) },
        meetings_per_year: if meetings == 0 { 0 } else { size.scaled(meetings).max(3) },
    }
}

/// Wards with as many units as the beds that their patients need.
fn wards(size: Size, conditions: &[Condition]) -> BTreeMap<String, Ward> {
    let mut wards = BTreeMap::new();
    for line in data::table(data::WARDS).lines() {
        let code = line.text("ward").to_owned();
        let patients = conditions.iter().filter(|it| it.ward == code);
        let bed_days: i64 = patients.map(|it| it.per_year * it.stay_hours / 24).sum();
        let beds_each = line.number("beds_each");
        let beds = bed_days / 330;
        let units = (beds / beds_each + 1).min(26);
        // Intensive care has no conditions of its own, and one unit for each thousand beds.
        let units = if code == "ICU" { 1 + size.scaled(1) / 2 } else { units };
        let kind = line.text("kind").to_owned();
        wards.insert(code, Ward { kind, units });
    }
    wards
}

/// Prices: the national mean unit cost to the whole pound, apart from those the trust agreed.
fn prices() -> BTreeMap<(String, String), i64> {
    let mut prices = BTreeMap::new();
    for line in data::table(data::NATIONAL_UNIT_COSTS).lines() {
        let pence = line.scaled("unit_cost", 2);
        let key = (line.text("pod").to_owned(), line.text("currency").to_owned());
        let price = agreed_per_mille(&key.0, &key.1) * (pence / 100) / 1000 * 100;
        prices.insert(key, price);
    }
    prices
}

/// How an agreed price stands to the national mean unit cost.
fn agreed_per_mille(pod: &str, hrg: &str) -> i64 {
    match (pod, hrg.get(..4)) {
        ("EL", Some("HN12")) => 1095,
        // A cycle is paid for with its hormones.
        ("DC", Some("MC11" | "MC12")) => 1700,
        // The trust's market forces factor.
        _ => 1060,
    }
}
