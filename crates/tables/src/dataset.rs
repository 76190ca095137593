//! What intake makes of a trust's files: typed tables, sorted and bucketed by patient.
//!
//! A dataset is a folder: `manifest.json`, `events.parquet`, one `feeds/<feed>.parquet` for each
//! feed, `sessions.parquet`, `ledger.parquet`, `budget.parquet`, `income.parquet` and
//! `findings.csv`. In events and feeds each row group is one bucket, a range of the patient key;
//! empty buckets have no row group, and the manifest holds the rows of each.

use domain::{Key, Money};

table! {
    /// One patient event: an episode, attendance, contact or other thing that bears cost.
    Event = "events", key ["patient", "event"] {
        /// Keyed pseudonym of the patient.
        patient: Key, "reference", Patient;
        /// Keyed pseudonym of the event; its reference everywhere.
        event: Key, "reference", Patient;
        /// Type of event as the model's feeds name it: `APC`, `ED`, `OP`, `DNA`, `MDT`.
        event_type: String, "code", Open;
        /// Keyed pseudonym of the hospital provider spell; null where there is none.
        spell: Option<Key>, "reference", Patient;
        /// Keyed pseudonym of the consultant; null if unknown.
        consultant: Option<Key>, "reference", Staff;
        /// Start; 00:00 of the local day where only a date is known.
        start_s: i64, "seconds UTC", Patient;
        /// Whether only the day of the start is known.
        start_is_day: bool, "yes/no", Open;
        /// End, half-open; the next local 00:00 where only a date is known; null while open.
        end_s: Option<i64>, "seconds UTC", Patient;
        /// Whether only the day of the end is known.
        end_is_day: bool, "yes/no", Open;
        /// Treatment function code.
        specialty: String, "code", Open;
        /// Site of treatment.
        site: String, "code", Open;
        /// Healthcare resource group as grouped before; blank or `UZ01Z` if not groupable.
        hrg: String, "code", Open;
        /// Point of delivery as the trust states it: `DC`, `EL`, `NEL`, `NES`, `OPFA`, `OPFU`, `OPPROC`, `ED`.
        pod: String, "code", Open;
        /// Whose patient: `OWN`, `PRIVATE`, `OVERSEAS` or another category of the model.
        category: String, "code", Open;
        /// Order of the episode in its spell, from 1; 0 where there is no spell.
        episode_order: i64, "number", Open;
        /// Admission method, arrival mode or priority as coded.
        admission_method: String, "code", Patient;
        /// Discharge method or attendance disposal as coded.
        discharge_method: String, "code", Patient;
        /// Attended or did not attend, as coded; blank where it does not apply.
        attended: String, "code", Patient;
        /// Age band at start, ten years wide: `60-69`.
        age_band: String, "text", Patient;
        /// Person stated gender code.
        sex: String, "code", Patient;
        /// Primary diagnosis (ICD-10), without dot.
        diagnosis: String, "code", Patient;
        /// Primary procedure (OPCS-4), without dot.
        procedure: String, "code", Patient;
        /// Triage category, acuity or priority where the feed has one.
        band: String, "code", Patient;
        /// When the need for it was met, such as ready for discharge; null if unknown.
        ready_s: Option<i64>, "seconds UTC", Patient;
        /// Legally restricted: identity is removed after matching.
        restricted: bool, "yes/no", Patient;
        /// Reference that stands for a restricted event after matching, by a second key.
        restricted_reference: Option<Key>, "reference", Patient;
    }
}

table! {
    /// One row of an activity feed: a stay, test, dispense, theatre phase, contact or attendance.
    FeedRow = "feed_rows", key ["patient", "row"] {
        /// Keyed pseudonym of the patient; null if the row has no usable identity.
        patient: Option<Key>, "reference", Patient;
        /// Keyed pseudonym of the event that the row names itself; null if it names none.
        event: Option<Key>, "reference", Patient;
        /// Keyed pseudonym of the row: of its native id, or of its content and occurrence.
        row: Key, "reference", Patient;
        /// Keyed pseudonym of the spell that the row names; null if it names none.
        spell: Option<Key>, "reference", Patient;
        /// Start; 00:00 of the local day where only a date is known.
        start_s: i64, "seconds UTC", Patient;
        /// Whether only the day of the start is known.
        start_is_day: bool, "yes/no", Open;
        /// End, half-open; null is open for feeds with open ends. Other feeds repeat the start.
        end_s: Option<i64>, "seconds UTC", Patient;
        /// What was done or used: test, drug, ward, theatre phase, contact type.
        code: String, "code", Open;
        /// Acuity, triage category, organs supported or another band for relative weights.
        band: String, "code", Patient;
        /// Treatment function of whoever asked or treated.
        specialty: String, "code", Open;
        /// Site.
        site: String, "code", Open;
        /// Ward, clinic or department.
        location: String, "code", Open;
        /// Who asked, as coded; consultants as their pseudonym.
        requester: String, "code", Staff;
        /// Quantity × 10⁴; null is 1; negative for a return.
        quantity_e4: Option<i64>, "units × 10⁴", Open;
        /// Staff present × 10²; null is 1.
        staff_e2: Option<i64>, "people × 10²", Open;
        /// Traced cost of this row; null is 0.
        cost: Option<Money>, "pounds", Finance;
        /// Cost object that the row is for instead of a patient of ours; blank if none.
        cost_object: String, "code", Open;
        /// Theatre or clinic session; blank if none.
        session: String, "code", Open;
        /// Where the row came from: `native`, or `aggregate` for a row made from an aggregate feed.
        origin: String, "code", Open;
    }
}

table! {
    /// One planned session of a theatre or clinic.
    Session = "sessions", key ["session"] {
        /// Session identifier.
        session: String, "code", Open;
        /// Kind of session in the model: planned, evening, standby.
        kind: String, "code", Open;
        /// Theatre or clinic.
        location: String, "code", Open;
        /// Treatment function that owns the session.
        specialty: String, "code", Open;
        /// Planned start.
        start_s: i64, "seconds UTC", Open;
        /// Planned end, half-open.
        end_s: i64, "seconds UTC", Open;
        /// Planned staff × 10².
        staff_e2: i64, "people × 10²", Open;
    }
}

table! {
    /// One line of the general ledger's trial balance for one period.
    LedgerLine = "ledger", key ["ledger_line"] {
        /// Identifier: cost centre, account, period and, where needed, a journal or running number.
        ledger_line: String, "code", Finance;
        /// Cost centre.
        cost_centre: String, "code", Finance;
        /// Name of the cost centre, blank if the file has none.
        cost_centre_name: String, "text", Finance;
        /// Account (subjective code).
        account: String, "code", Finance;
        /// Name of the account, blank if the file has none.
        account_name: String, "text", Finance;
        /// Financial year, `2025-26`.
        year: String, "year", Finance;
        /// Period, 1 for April; 13 for adjustments after March.
        period: i64, "period", Finance;
        /// Amount; cost positive, income negative.
        amount: Money, "pounds", Finance;
    }
}

table! {
    /// One line of the budget for one period.
    BudgetLine = "budget", key ["cost_centre", "account", "period"] {
        /// Cost centre.
        cost_centre: String, "code", Finance;
        /// Account (subjective code).
        account: String, "code", Finance;
        /// Period, 1 for April.
        period: i64, "period", Finance;
        /// Amount; cost positive, income negative.
        amount: Money, "pounds", Finance;
    }
}

table! {
    /// One priced income line.
    IncomeLine = "income", key ["line"] {
        /// Keyed pseudonym of the line.
        line: Key, "reference", Finance;
        /// Event that earned it; null for income of a service as a whole.
        event: Option<Key>, "reference", Patient;
        /// Point of delivery.
        pod: String, "code", Open;
        /// HRG or local price code.
        code: String, "code", Open;
        /// Treatment function.
        specialty: String, "code", Open;
        /// Period, 1 for April.
        period: i64, "period", Open;
        /// Activity at unit price.
        at_unit_price: Money, "pounds", Finance;
        /// Contract income recognised.
        recognised: Money, "pounds", Finance;
        /// Kind of income: `PATIENT`, `PASS_THROUGH`, `EDUCATION`, `RESEARCH`, `OTHER`.
        kind: String, "code", Finance;
    }
}

table! {
    /// The figure that the whole ledger must add up to, as the finance system states it.
    ControlTotal = "control", key ["period"] {
        /// Last period covered.
        period: i64, "period", Finance;
        /// Sum of all ledger lines up to and with that period.
        amount: Money, "pounds", Finance;
    }
}
