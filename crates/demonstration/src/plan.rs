//! What the trust expects to do in a year, known before any of it happens.
//!
//! Budgets, contracts and orders follow these expectations; the activity that is drawn afterwards
//! differs from them by chance, as it does in life. Nothing here looks at a feed.

use std::collections::BTreeMap;

use crate::activity::{REQUESTS_OF_OTHERS, requests_of_practices};
use crate::data;
use crate::hospital::{Condition, Hospital, Moment, Route};
use crate::random::Random;
use crate::size::Size;
use crate::stories::contracts;

/// Expected amounts of work and money of one size of trust.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Amounts of work, each in a unit of its own, by what they measure.
    work: BTreeMap<String, i64>,
    /// Pence of income a year by ledger account.
    income: BTreeMap<&'static str, i64>,
    /// Pence of orders a year by ledger account.
    orders: BTreeMap<&'static str, i64>,
}

impl Plan {
    /// The expectations for a hospital.
    pub(crate) fn of(hospital: &Hospital, size: Size) -> Self {
        let mut plan =
            Self { work: BTreeMap::new(), income: BTreeMap::new(), orders: BTreeMap::new() };
        for condition in &hospital.conditions {
            plan.add_admissions(hospital, condition);
        }
        plan.add_clinics(hospital);
        plan.add_emergencies(hospital, size);
        plan.add_block_contracts(size);
        plan.add_outside_requests(hospital, size);
        plan
    }

    /// Expected pence of income of an account in 2025-26.
    pub(crate) fn income(&self) -> &BTreeMap<&'static str, i64> {
        &self.income
    }

    /// Expected pence of orders of an account in 2025-26.
    pub(crate) fn orders(&self, account: &str) -> i64 {
        self.orders.get(account).copied().unwrap_or(0)
    }

    /// A yearly figure that belongs to a cost line, from the mean trust's to this one's.
    pub(crate) fn scaled(&self, mean: &Self, cost_line: &str, at_trust: i64) -> i64 {
        let measure = measure_of(cost_line);
        let [here, there] = [self, mean].map(|it| i128::from(it.measured(&measure)));
        let scaled = (2 * i128::from(at_trust) * here + there).div_euclid(2 * there);
        i64::try_from(scaled).expect("a trust's pounds")
    }

    fn measured(&self, measure: &str) -> i64 {
        *self.work.get(measure).expect("every measure is planned")
    }

    fn add(&mut self, measure: &str, amount: i64) {
        *self.work.entry(measure.to_owned()).or_default() += amount;
    }

    fn earn(&mut self, account: &'static str, pence: i64) {
        *self.income.entry(account).or_default() += pence;
    }

    fn order(&mut self, account: &'static str, pence: i64) {
        *self.orders.entry(account).or_default() += pence;
    }

    fn add_admissions(&mut self, hospital: &Hospital, own: &Condition) {
        let number = own.per_year;
        let value = number * mean_price(hospital, own);
        self.add("all", value);
        self.add(&format!("specialty:{}", own.specialty), value);
        self.add_beds(hospital, own);
        let minutes = number * (own.anaesthesia + own.surgery);
        self.add("operations", minutes);
        if own.is_planned() {
            self.add("lists", minutes);
            if contracts::EVENING.contains(&own.specialty.as_str()) {
                self.add("evening", minutes);
            }
        } else {
            self.add("standby", minutes);
            self.add("emergency", number * 780);
        }
        for (profession, contacts) in &own.contacts {
            self.add(&format!("therapy:{profession}"), 1000 * number * contacts);
        }
        let recognised =
            contracts::recognised_per_mille(&hospital.specialty(&own.specialty).service_line);
        // Private patients and visitors are expected as often as they came in earlier years.
        let private = contracts::private_per_mille(own);
        self.earn("4410", value * private / 1000 * 125 / 100);
        self.earn("4130", value * 4 / 1000 * 125 / 100);
        self.earn("4110", value * (996 - private) / 1000 * recognised / 1000);
        self.add_tests(hospital, &own.profile, number, own.stay_hours / 24);
        let stays = 1 + own.stay_hours / 24;
        let medicines = hospital.medicines.get(&own.drugs).into_iter().flatten();
        for medicine in medicines.filter(|it| it.high_cost) {
            let days = if medicine.moment == Moment::Daily { stays } else { 1 };
            self.pass_through(number * days * medicine.per_mille / 1000 * medicine.pence);
        }
        if let Some(devices) = hospital.devices.get(&own.device) {
            let weights: i64 = devices.iter().map(|it| it.weight).sum();
            let mean = devices.iter().map(|it| it.pence * it.weight).sum::<i64>() / weights;
            let used = if own.code == "HEARTATTACK" { number * 55 / 100 } else { number };
            if devices.iter().all(|it| it.implant) {
                self.order("6220", used * mean);
            } else {
                self.add("devices", used * mean);
            }
        }
    }

    fn add_beds(&mut self, hospital: &Hospital, own: &Condition) {
        let number = own.per_year;
        let kind = hospital.ward(&own.ward).kind.as_str();
        // Medical emergencies pass through the acute unit first.
        let first = if kind == "MEDICAL" && own.route == Route::Emergency && own.ward != "W01" {
            18.min(own.stay_hours / 2)
        } else {
            0
        };
        let intensive = number * own.intensive_per_mille * 94 / 1000;
        self.add("ward:W01", number * first);
        self.add(&format!("ward:{}", own.ward), number * (own.stay_hours - first));
        self.add("ward:ICU", intensive);
        self.add("beds", number * own.stay_hours + intensive);
        self.add(&format!("kind:{kind}"), number * own.stay_hours);
        let critical = intensive / 24 * hospital.price("CC", "XC06Z");
        self.add("all", critical);
        self.add("specialty:192", critical);
        self.earn("4110", critical * contracts::recognised_per_mille("CRIT") / 1000);
    }

    fn add_clinics(&mut self, hospital: &Hospital) {
        for clinic in &hospital.clinics {
            let seen = (922 - clinic.dna_per_mille).max(0);
            let first = clinic.first_per_year * seen / 1000;
            let follow = first * (clinic.follow_per_hundred.min(900) * 985 / 1000) / 100;
            let procedures = (first + follow) * clinic.procedure_per_mille / 1000;
            let talks = 1000 - clinic.procedure_per_mille;
            let value = (first * clinic.first_price + follow * clinic.follow_price) / 1000 * talks
                + procedures * hospital.price("OPPROC", &clinic.procedure_hrg);
            let specialty = clinic.specialty.as_str();
            self.add("all", value);
            self.add(&format!("specialty:{specialty}"), value);
            let minutes = first * clinic.minutes_first + follow * clinic.minutes_follow;
            self.add("clinics", minutes);
            self.add_tests(hospital, &clinic.profile, first + follow * 7 / 10, 0);
            let line = &hospital.specialty(specialty).service_line;
            self.earn("4410", value * 7 / 1000 * 125 / 100);
            self.earn("4110", value * 993 / 1000 * contracts::recognised_per_mille(line) / 1000);
            let medicines = hospital.medicines.get(&clinic.drugs).into_iter().flatten();
            for medicine in medicines.filter(|it| it.high_cost) {
                self.pass_through((first + follow) * medicine.per_mille / 1000 * medicine.pence);
            }
        }
    }

    fn add_emergencies(&mut self, hospital: &Hospital, size: Size) {
        self.add("emergency", 1000 * size.scaled(86_000));
        let attendances = self.measured("emergency") / 1000;
        let kinds = &hospital.emergencies;
        let weights: i64 = kinds.iter().map(|it| it.per_mille).sum();
        let mean = kinds.iter().map(|it| it.per_mille * hospital.price("ED", &it.hrg)).sum::<i64>()
            / weights;
        self.add("all", attendances * mean);
        for kind in kinds {
            self.add_tests(hospital, &kind.profile, attendances * kind.per_mille / weights, 0);
        }
        self.earn("4110", attendances * mean * contracts::recognised_per_mille("EMER") / 1000);
    }

    fn add_block_contracts(&mut self, size: Size) {
        let table = data::table(data::BLOCK_CONTRACTS);
        let pounds = table.lines().map(|it| size.scaled(it.number("pounds"))).sum::<i64>();
        self.earn("4110", 100 * pounds);
    }

    fn add_outside_requests(&mut self, hospital: &Hospital, size: Size) {
        let practices = requests_of_practices(size);
        self.add("practices", practices);
        let others = size.scaled(REQUESTS_OF_OTHERS);
        self.add_tests(hospital, "GP", practices + others, 0);
    }

    /// Tests at the start of so many contacts, and on each of some days after it.
    fn add_tests(&mut self, hospital: &Hospital, profile: &str, number: i64, days: i64) {
        for (moment, tests) in hospital.profiles.get(profile).into_iter().flatten() {
            let each: i64 = tests.iter().map(|it| it.1).sum();
            let times = if *moment == Moment::Daily { days.min(14) } else { 1 };
            self.add("tests", number * each / 1000 * times);
        }
    }

    fn pass_through(&mut self, pence: i64) {
        self.order("6120", pence);
        self.earn("4120", pence);
    }
}

/// What the cost of a line is planned by.
fn measure_of(cost_line: &str) -> String {
    let part = |number: usize| cost_line.split('-').nth(number).unwrap_or_default();
    let own = match part(0) {
        "NUR" => format!("ward:{}", part(1)),
        "CON" if part(1) == "X" => "specialty:X-IVF".to_owned(),
        "CON" if part(1) == "180" => "emergency".to_owned(),
        "CON" | "SAS" => format!("specialty:{}", part(1)),
        // Psychologists work in clinics only.
        "THERAPY" if part(1) == "PS" => "clinics".to_owned(),
        "THERAPY" => format!("therapy:{}", part(1)),
        _ => String::new(),
    };
    if !own.is_empty() {
        return own;
    }
    let measure = match cost_line {
        "DOC-MED" | "DOC-MED-AGENCY" | "DISCHARGE-LOUNGE" => "kind:MEDICAL",
        "DOC-SUR" | "DOC-SUR-AGENCY" => "kind:SURGICAL",
        "DOC-WCH" | "DOC-WCH-AGENCY" => "kind:WOMEN",
        "DOC-THE" | "ANAESTHETISTS" | "THEATRE-SUPPLIES" | "THEATRE-PRIOR-YEAR" => "operations",
        "THEATRE-NURSES" | "THEATRE-SUPPORT" | "THEATRE-BANK" | "THEATRE-AGENCY"
        | "RECOVERY-NURSES" => "lists",
        "EVENING-LISTS" => "evening",
        "STANDBY-STAFF" => "standby",
        "ICU-SUPPLIES" => "ward:ICU",
        "DEVICES" => "devices",
        "FERTILITY-LAB" | "FERTILITY-SUPPLIES" => "specialty:X-IVF",
        "DERM-CLINIC-NURSES" => "specialty:330",
        "WARD-SUPPLIES" | "DRUGS-STOCK" | "WARD-CLERKS" | "BED-MANAGEMENT" => "beds",
        "ENDOSCOPY-SUPPLIES" | "ENDOSCOPY-INSOURCED" => "kind:DAY",
        "OPD-NURSES" | "OPD-SUPPORT" | "OPD-SUPPLIES" | "OPD-BOOKING" | "DOC-OPD" => "clinics",
        "ED-NURSES" | "ED-SUPPORT" | "ED-BANK" | "ED-AGENCY" | "ED-SUPPLIES" | "DOC-ED"
        | "DOC-ED-AGENCY" => "emergency",
        "PHLEBOTOMY" => "tests",
        "DIRECT-ACCESS" => "practices",
        line if line.starts_with("PATH-") => "tests",
        _ => "all",
    };
    measure.to_owned()
}

/// Pence that one admission is expected to earn: its groups are equally common, and whether it stays
/// two nights is taken from a hundred stays as they usually are.
fn mean_price(hospital: &Hospital, own: &Condition) -> i64 {
    let last = own.hrgs.len() - 1;
    let groups: [&str; 3] = [0, 1, 2].map(|it: usize| own.hrgs[it.min(last)].as_str());
    let mean = |pod: &str| groups.iter().map(|hrg| hospital.price(pod, hrg)).sum::<i64>() / 3;
    match own.route {
        Route::DayCase | Route::Regular => mean("DC"),
        Route::Elective => mean("EL"),
        Route::Emergency | Route::Maternity => {
            let mut random = Random::of(&[own.stay_hours]);
            let long = |_: &i64| random.skewed(own.stay_hours * 60) + 300 >= 2 * 1440;
            let long = i64::try_from((0..100).filter(long).count()).expect("at most a hundred");
            (long * mean("NEL") + (100 - long) * mean("NES")) / 100
        }
    }
}
