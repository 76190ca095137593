//! What the trust plans to spend: cost lines and ledger accounts, before any activity is known.

use std::collections::BTreeMap;

use crate::data;
use crate::hospital::Hospital;
use crate::job_plans::{self, Part, WHOLE_E4};
use crate::plan::Plan;
use crate::size::Size;
use crate::table::Line;

/// One line of the cost ledger, with what drives its share of support, × 10² of each unit.
#[derive(Clone, Debug, Default)]
pub(crate) struct CostLine {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) class: String,
    pub(crate) support_group: String,
    pub(crate) driver: String,
    pub(crate) resource: String,
    pub(crate) cost_object: String,
    pub(crate) reconciliation_item: String,
    pub(crate) traceability: String,
    pub(crate) behaviour: String,
    pub(crate) controllable: bool,
    pub(crate) cost_type: String,
    pub(crate) pay_type: String,
    pub(crate) pounds_per_wte: i64,
    pub(crate) floor_area_e2: i64,
    pub(crate) beds_e2: i64,
    pub(crate) equipment_e2: i64,
    pub(crate) indemnity_e2: i64,
    pub(crate) trays_e2: i64,
    pub(crate) recurrence: String,
    pub(crate) negative_reason: String,
}

/// One account of a cost centre, with its pounds in 2025-26.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) cost_centre: String,
    pub(crate) cost_centre_name: String,
    pub(crate) code: String,
    /// The cost line that it is planned by.
    pub(crate) cost_line: String,
    /// Cost lines that its pounds go to; none for an account that no rule maps.
    pub(crate) parts: Vec<Part>,
    pub(crate) pounds: i64,
    /// What the mean trust spends, which decides how finely the account is kept.
    pub(crate) pounds_at_trust: i64,
    pub(crate) posting: String,
}

/// Everything that the trust spends money on.
#[derive(Clone, Debug)]
pub(crate) struct Finances {
    pub(crate) cost_lines: Vec<CostLine>,
    pub(crate) accounts: Vec<Account>,
    /// What the trust expects to do.
    pub(crate) plan: Plan,
    /// What the mean trust expects to do.
    mean: Plan,
}

impl Finances {
    /// What the embedded tables state for the mean trust, for what a trust of this size plans to do.
    pub(crate) fn read(size: Size) -> Self {
        let mean = Plan::of(&Hospital::read(Size::Trust), Size::Trust);
        let own = Plan::of(&Hospital::read(size), size);
        let mut finances = Self::of_mean_trust(own, mean);
        let (plan, mean) = (&finances.plan, &finances.mean);
        for account in &mut finances.accounts {
            account.pounds = plan.scaled(mean, &account.cost_line, account.pounds_at_trust);
        }
        for line in &mut finances.cost_lines {
            let CostLine { floor_area_e2, beds_e2, equipment_e2, indemnity_e2, trays_e2, .. } =
                line;
            for quantity in [floor_area_e2, beds_e2, equipment_e2, indemnity_e2, trays_e2] {
                *quantity = plan.scaled(mean, &line.code, *quantity);
            }
        }
        finances
    }

    /// A yearly figure that belongs to a cost line, from the mean trust's to this one's.
    pub(crate) fn scaled(&self, cost_line: &str, at_trust: i64) -> i64 {
        self.plan.scaled(&self.mean, cost_line, at_trust)
    }

    fn of_mean_trust(plan: Plan, mean: Plan) -> Self {
        let mut plan = Self { cost_lines: Vec::new(), accounts: Vec::new(), plan, mean };
        add_specialties(&mut plan);
        add_specialty_doctors(&mut plan);
        add_wards(&mut plan);
        add_therapies(&mut plan);
        plan.cost_lines.extend(data::table(data::COST_LINES).lines().map(stated_line));
        plan.accounts.extend(data::table(data::LEDGER).lines().map(stated_account));
        plan
    }

    /// Pounds of a cost line in a year, as planned.
    pub(crate) fn pounds(&self, cost_line: &str, year: i32) -> i64 {
        let part_of = |account: &Account| {
            let parts = account.parts.iter().filter(|it| it.cost_line == cost_line);
            let percentage_e4: i64 = parts.map(|it| it.percentage_e4).sum();
            in_year(account.pounds, year) * percentage_e4 / WHOLE_E4
        };
        self.accounts.iter().map(part_of).sum()
    }

    /// Names of accounts by their first four digits.
    pub(crate) fn account_names() -> BTreeMap<String, String> {
        let table = data::table(data::ACCOUNTS);
        table.lines().map(|it| (it.text("account").into(), it.text("name").into())).collect()
    }
}

/// An amount of 2025-26 as it was in a year; the year before was 4.4 % cheaper.
pub(crate) fn in_year(amount: i64, year: i32) -> i64 {
    if year < 2025 { amount * 956 / 1000 } else { amount }
}

fn stated_line(line: Line<'_>) -> CostLine {
    let text = |column: &str| line.text(column).to_owned();
    CostLine {
        code: text("cost_line"),
        name: text("name"),
        class: text("class"),
        support_group: text("support_group"),
        driver: text("driver"),
        resource: text("resource"),
        cost_object: text("cost_object"),
        reconciliation_item: text("reconciliation_item"),
        traceability: text("traceability"),
        behaviour: text("behaviour"),
        controllable: line.text("controllable") == "yes",
        cost_type: text("cost_type"),
        pay_type: text("pay_type"),
        pounds_per_wte: line.number("pounds_per_wte"),
        floor_area_e2: 100 * line.number("floor_area"),
        beds_e2: 0,
        equipment_e2: 100 * line.number("equipment"),
        indemnity_e2: 100 * line.number("indemnity"),
        trays_e2: 100 * line.number("trays"),
        recurrence: text("recurrence"),
        negative_reason: text("negative_reason"),
    }
}

fn stated_account(line: Line<'_>) -> Account {
    Account {
        cost_centre: line.text("cost_centre").into(),
        cost_centre_name: line.text("name").into(),
        code: line.text("account").into(),
        cost_line: line.text("cost_line").into(),
        parts: parts(line.text("cost_line")),
        pounds: 0,
        pounds_at_trust: line.number("pounds"),
        posting: line.text("posting").into(),
    }
}

fn parts(cost_line: &str) -> Vec<Part> {
    if cost_line.is_empty() { Vec::new() } else { job_plans::parts(cost_line) }
}

/// A line of direct pay for staff who treat patients.
fn pay_line(code: &str, name: &str, resource: &str, pay: (&str, i64)) -> CostLine {
    let (pay_type, pounds_per_wte) = pay;
    let substantive = pay_type == "substantive";
    CostLine {
        code: code.into(),
        name: name.into(),
        class: "PF".into(),
        resource: resource.into(),
        traceability: "direct".into(),
        behaviour: if substantive { "semi-fixed" } else { "variable" }.into(),
        controllable: true,
        cost_type: "PAY".into(),
        pay_type: pay_type.into(),
        pounds_per_wte,
        recurrence: "recurrent".into(),
        ..CostLine::default()
    }
}

fn add(plan: &mut Finances, centre: (&str, &str), account: &str, pounds: i64, line: CostLine) {
    plan.accounts.push(Account {
        cost_centre: centre.0.into(),
        cost_centre_name: centre.1.into(),
        code: account.into(),
        cost_line: line.code.clone(),
        parts: parts(&line.code),
        pounds: 0,
        pounds_at_trust: pounds,
        posting: "MONTHLY".into(),
    });
    plan.cost_lines.push(line);
}

/// Cost centre of a specialty's medical staff: `21` and the last two digits would clash, so `2` and
/// all three of its treatment function code.
pub(crate) fn centre_of_specialty(specialty: &str) -> String {
    if specialty.starts_with("X-") { "2599".into() } else { format!("2{specialty}") }
}

fn add_specialties(plan: &mut Finances) {
    for line in data::table(data::SPECIALTIES).lines() {
        let (code, name) = (line.text("specialty"), line.text("name"));
        let centre = centre_of_specialty(code);
        let centre = (centre.as_str(), name);
        let resource = format!("X-CON-{code}");
        if line.number("consultant_pounds") == 0 {
            continue;
        }
        let title = format!("Consultants in {}", name.to_lowercase());
        let mut own = pay_line(&format!("CON-{code}"), &title, &resource, ("substantive", 165_000));
        own.floor_area_e2 = 1200 * line.number("consultants");
        own.indemnity_e2 = 100 * line.number("indemnity");
        add(plan, centre, "5110", line.number("consultant_pounds"), own);
        let extra = line.number("extra_pounds");
        if extra > 0 {
            let title = format!("Additional sessions in {}", name.to_lowercase());
            let code = format!("CON-{code}-EXTRA");
            let own = pay_line(&code, &title, &resource, ("additional", 190_000));
            add(plan, centre, "5120", extra, own);
        }
        let locum = line.number("locum_pounds");
        if locum > 0 {
            let title = format!("Locum consultants in {}", name.to_lowercase());
            let own =
                pay_line(&format!("CON-{code}-LOCUM"), &title, &resource, ("agency", 240_000));
            add(plan, centre, "5140", locum, own);
        }
    }
}

fn add_specialty_doctors(plan: &mut Finances) {
    let names = data::table(data::SPECIALTIES);
    for line in data::table(data::SPECIALTY_DOCTORS).lines() {
        let code = line.text("specialty");
        let name = names.lines().find(|it| it.text("specialty") == code);
        let name = name.map_or("", |it| it.text("name"));
        let title = format!("Specialty doctors in {}", name.to_lowercase());
        let pay = ("substantive", 95_000);
        let mut own = pay_line(&format!("SAS-{code}"), &title, &format!("X-SAS-{code}"), pay);
        own.floor_area_e2 = 800 * line.number("people");
        add(plan, (&centre_of_specialty(code), name), "5115", line.number("pounds"), own);
    }
}

/// Kinds of ward pay: column, account, end of the code, words, pay type, pounds a year for one.
const WARD_PAY: [(&str, &str, &str, &str, &str, i64); 4] = [
    ("registered_pounds", "5210", "", "registered nurses", "substantive", 50_000),
    ("unregistered_pounds", "5220", "-SUPPORT", "support workers", "substantive", 33_000),
    ("bank_pounds", "5230", "-BANK", "bank staff", "bank", 50_000),
    ("agency_pounds", "5240", "-AGENCY", "agency staff", "agency", 92_000),
];

fn add_wards(plan: &mut Finances) {
    for (index, line) in data::table(data::WARDS).lines().enumerate() {
        let (ward, name) = (line.text("ward"), line.text("name"));
        let centre = format!("31{:02}", index + 1);
        let direct = ward.starts_with('W');
        for (column, account, end, words, pay_type, pounds_per_wte) in WARD_PAY {
            let pounds = line.number(column);
            if pounds == 0 {
                continue;
            }
            let title = format!("{name}: {words}");
            let code = format!("NUR-{ward}{end}");
            let pay = (pay_type, pounds_per_wte);
            let mut own = pay_line(&code, &title, &format!("X-NUR-{ward}"), pay);
            own.traceability = if direct { "direct" } else { "indirect" }.into();
            if end.is_empty() {
                own.floor_area_e2 = 100 * line.number("floor_area");
                own.beds_e2 = 100 * beds_of(line);
                own.equipment_e2 = own.floor_area_e2;
                own.indemnity_e2 = 100 * if ward == "W12" { 7_800 } else { 20 };
            }
            add(plan, (&centre, name), account, pounds, own);
        }
    }
}

/// Beds of a ward at the size `trust`, from its floor area at 25 square metres a bed.
fn beds_of(line: Line<'_>) -> i64 {
    (line.number("floor_area") / 25).max(line.number("beds_each"))
}

fn add_therapies(plan: &mut Finances) {
    for (index, line) in data::table(data::CONTACTS).lines().enumerate() {
        let (code, name) = (line.text("profession"), line.text("name"));
        let centre = format!("48{}", 20 + index);
        let resource = format!("X-THERAPY-{code}");
        let kinds = [
            ("staff_pounds", "5310", "", "", 52_000),
            ("support_pounds", "5220", "-SUPPORT", " support workers", 33_000),
        ];
        for (column, account, end, words, pounds_per_wte) in kinds {
            let pounds = line.number(column);
            if pounds == 0 {
                continue;
            }
            let title = format!("{name}{words}");
            let pay = ("substantive", pounds_per_wte);
            let mut own = pay_line(&format!("THERAPY-{code}{end}"), &title, &resource, pay);
            own.traceability = "indirect".into();
            own.floor_area_e2 = if end.is_empty() { 300 * line.number("people") } else { 0 };
            add(plan, (&centre, name), account, pounds, own);
        }
    }
}
