//! The embedded tables, by name.

use crate::table::Table;

/// What is admitted to hospital, and what it takes.
pub(crate) const CONDITIONS: &str = include_str!("../data/conditions.csv");
/// Outpatient clinics by specialty.
pub(crate) const CLINICS: &str = include_str!("../data/clinics.csv");
/// Emergency attendances by healthcare resource group.
pub(crate) const EMERGENCY: &str = include_str!("../data/emergency.csv");
/// Specialties and their consultants.
pub(crate) const SPECIALTIES: &str = include_str!("../data/specialties.csv");
/// Service lines.
pub(crate) const SERVICE_LINES: &str = include_str!("../data/service_lines.csv");
/// Wards and units with their nursing.
pub(crate) const WARDS: &str = include_str!("../data/wards.csv");
/// Therapy professions.
pub(crate) const CONTACTS: &str = include_str!("../data/contacts.csv");
/// Sessions of consultants and anaesthetists in a week.
pub(crate) const JOB_PLANS: &str = include_str!("../data/job_plans.csv");
/// Specialty and associate specialist doctors, with their sessions in a week.
pub(crate) const SPECIALTY_DOCTORS: &str = include_str!("../data/specialty_doctors.csv");
/// Pathology tests.
pub(crate) const TESTS: &str = include_str!("../data/tests.csv");
/// Which tests patients of a kind have.
pub(crate) const PROFILES: &str = include_str!("../data/profiles.csv");
/// Imaging examinations.
pub(crate) const EXAMS: &str = include_str!("../data/exams.csv");
/// Medicines and who is given them.
pub(crate) const DRUGS: &str = include_str!("../data/drugs.csv");
/// Implants and other devices by supplier.
pub(crate) const DEVICES: &str = include_str!("../data/devices.csv");
/// Faults of each feed, per ten thousand rows.
pub(crate) const DIRT: &str = include_str!("../data/dirt.csv");
/// National unit costs.
pub(crate) const NATIONAL_UNIT_COSTS: &str = include_str!("../data/national_unit_costs.csv");
/// Cost lines that are neither of a ward nor of a specialty.
pub(crate) const COST_LINES: &str = include_str!("../data/cost_lines.csv");
/// Ledger accounts by cost centre, with pounds a year at the size `trust`.
pub(crate) const LEDGER: &str = include_str!("../data/ledger.csv");
/// Income of services as a whole, by specialty.
pub(crate) const BLOCK_CONTRACTS: &str = include_str!("../data/block_contracts.csv");
/// Income that no patient earns.
pub(crate) const OTHER_INCOME: &str = include_str!("../data/other_income.csv");
/// Names of accounts.
pub(crate) const ACCOUNTS: &str = include_str!("../data/accounts.csv");

/// Reads one of the tables.
pub(crate) fn table(text: &str) -> Table {
    Table::read(text)
}
