//! The files of one year's activity, under way.

use std::io;
use std::path::Path;

use crate::writing::Sheet;

/// All activity files of a year.
pub(crate) struct Feeds {
    pub(crate) apc: Sheet,
    pub(crate) ed: Sheet,
    pub(crate) op: Sheet,
    pub(crate) mdt: Sheet,
    pub(crate) ward: Sheet,
    pub(crate) theatre: Sheet,
    /// The same visits with the times that clinicians corrected.
    pub(crate) theatre_corrected: Sheet,
    pub(crate) sessions: Sheet,
    pub(crate) critical: Sheet,
    pub(crate) path: Sheet,
    pub(crate) imaging: Sheet,
    pub(crate) blood: Sheet,
    pub(crate) medicines: Sheet,
    pub(crate) devices: Sheet,
    pub(crate) contacts: Sheet,
    pub(crate) interpret: Sheet,
    pub(crate) interpret_totals: Sheet,
    pub(crate) income: Sheet,
}

const APC: &str = "NHS NUMBER,LOCAL PATIENT IDENTIFIER,NHS NUMBER STATUS INDICATOR CODE,HOSPITAL PROVIDER SPELL NUMBER,EPISODE NUMBER,CONSULTANT CODE,ACTIVITY TREATMENT FUNCTION CODE,SITE CODE (OF TREATMENT),START DATE TIME (EPISODE),END DATE TIME (EPISODE),DISCHARGE READY DATE TIME,ADMISSION METHOD CODE (HOSPITAL PROVIDER SPELL),DISCHARGE METHOD CODE (HOSPITAL PROVIDER SPELL),PATIENT CLASSIFICATION CODE,PERSON BIRTH DATE,PERSON STATED GENDER CODE,PRIMARY DIAGNOSIS (ICD),SECONDARY DIAGNOSES (ICD),PRIMARY PROCEDURE (OPCS),HEALTHCARE RESOURCE GROUP CODE,POINT OF DELIVERY CODE,ADMINISTRATIVE CATEGORY CODE,WITHHELD IDENTITY REASON";
const ED: &str = "NHS NUMBER,LOCAL PATIENT IDENTIFIER,EMERGENCY CARE ATTENDANCE IDENTIFIER,ORGANISATION SITE IDENTIFIER,EMERGENCY CARE ARRIVAL DATE TIME,EMERGENCY CARE DEPARTURE DATE TIME,MINUTES IN DEPARTMENT,EMERGENCY CARE ACUITY,EMERGENCY CARE ATTENDANCE CATEGORY,CONSULTANT CODE,EMERGENCY CARE ARRIVAL MODE,EMERGENCY CARE DISCHARGE STATUS,PERSON BIRTH DATE,PERSON STATED GENDER CODE,EMERGENCY CARE DIAGNOSIS (ICD),HEALTHCARE RESOURCE GROUP CODE";
const OP: &str = "NHS NUMBER,LOCAL PATIENT IDENTIFIER,ATTENDANCE IDENTIFIER,CLINIC CODE,CONSULTANT CODE,ACTIVITY TREATMENT FUNCTION CODE,SITE CODE (OF TREATMENT),APPOINTMENT DATE TIME,DEPARTURE DATE TIME,ATTENDED OR DID NOT ATTEND CODE,FIRST ATTENDANCE CODE,CARE PROFESSIONALS PRESENT,PERSON BIRTH DATE,PERSON STATED GENDER CODE,PRIMARY PROCEDURE (OPCS),HEALTHCARE RESOURCE GROUP CODE,POINT OF DELIVERY CODE,ADMINISTRATIVE CATEGORY CODE,WITHHELD IDENTITY REASON";
const MDT: &str = "NHS NUMBER,LOCAL PATIENT IDENTIFIER,MEETING IDENTIFIER,LIST ORDER,DISCUSSION START DATE TIME,DISCUSSION END DATE TIME,ACTIVITY TREATMENT FUNCTION CODE,SITE CODE (OF TREATMENT),CANCER MULTIDISCIPLINARY TEAM MEETING TYPE,CARE PROFESSIONALS PRESENT,PERSON BIRTH DATE,PERSON STATED GENDER CODE";
const WARD: &str = "NHS NUMBER,LOCAL PATIENT IDENTIFIER,HOSPITAL PROVIDER SPELL NUMBER,START DATE TIME (WARD STAY),END DATE TIME (WARD STAY),WARD CODE,ACUITY LEVEL,ACTIVITY TREATMENT FUNCTION CODE,SITE CODE (OF TREATMENT)";
const THEATRE: &str = "NHS NUMBER,LOCAL PATIENT IDENTIFIER,HOSPITAL PROVIDER SPELL NUMBER,THEATRE SESSION IDENTIFIER,THEATRE CODE,THEATRE SESSION TYPE,ACTIVITY TREATMENT FUNCTION CODE,SURGEON CODE,SITE CODE (OF TREATMENT),ANAESTHETIC START DATE TIME,OPERATION START DATE TIME,OPERATION END DATE TIME,RECOVERY START DATE TIME,RECOVERY END DATE TIME,ANAESTHETIC STAFF COUNT,THEATRE STAFF COUNT,RECOVERY STAFF COUNT";
const SESSIONS: &str = "THEATRE SESSION IDENTIFIER,THEATRE SESSION TYPE,THEATRE CODE,ACTIVITY TREATMENT FUNCTION CODE,PLANNED START DATE TIME,PLANNED END DATE TIME,PLANNED STAFF COUNT";
const CRITICAL: &str = "NHS NUMBER,LOCAL PATIENT IDENTIFIER,HOSPITAL PROVIDER SPELL NUMBER,CRITICAL CARE UNIT FUNCTION CODE,WARD CODE,ACTIVITY TREATMENT FUNCTION CODE,MAXIMUM ORGANS SUPPORTED,CRITICAL CARE START DATE TIME,CRITICAL CARE DISCHARGE READY DATE TIME,CRITICAL CARE DISCHARGE DATE TIME,HOURS";
const PATH: &str = "NHS NUMBER,LOCAL PATIENT IDENTIFIER,REQUESTING EVENT,TEST IDENTIFIER,SAMPLE COLLECTION DATE TIME,TEST CODE,REQUESTING TREATMENT FUNCTION CODE,REQUESTING LOCATION,CHARGED TO";
const IMAGING: &str = "NHS NUMBER,LOCAL PATIENT IDENTIFIER,REQUESTING EVENT,ACCESSION NUMBER,EXAMINATION START DATE TIME,EXAMINATION END DATE TIME,EXAMINATION CODE,REQUESTING TREATMENT FUNCTION CODE,REQUESTING LOCATION,CHARGED TO";
const BLOOD: &str = "NHS NUMBER,LOCAL PATIENT IDENTIFIER,ISSUE DATE,COMPONENT CODE,UNITS ISSUED,COST,ACTIVITY TREATMENT FUNCTION CODE";
const MEDICINES: &str = "NHS NUMBER,LOCAL PATIENT IDENTIFIER,REQUESTING EVENT,ISSUE DATE TIME,MEDICINE CODE,SUPPLY TYPE,QUANTITY,COST,ACTIVITY TREATMENT FUNCTION CODE,SUPPLIED TO";
const DEVICES: &str = "NHS NUMBER,LOCAL PATIENT IDENTIFIER,HOSPITAL PROVIDER SPELL NUMBER,USED ON DATE,DEVICE CODE,QUANTITY,PRICE PAID,ACTIVITY TREATMENT FUNCTION CODE,SURGEON CODE";
const CONTACTS: &str = "NHS NUMBER,LOCAL PATIENT IDENTIFIER,CONTACT START DATE TIME,CONTACT END DATE TIME,CONTACT TYPE CODE,STAFF PER PATIENT,ACTIVITY TREATMENT FUNCTION CODE,CONTACT LOCATION";
const INTERPRET: &str = "NHS NUMBER,LOCAL PATIENT IDENTIFIER,BOOKED FOR EVENT,CONVERSATION START DATE TIME,LANGUAGE GROUP,HALF HOURS,ACTIVITY TREATMENT FUNCTION CODE";
const INTERPRET_TOTALS: &str =
    "PERIOD,ATTENDANCE TYPE,ACTIVITY TREATMENT FUNCTION CODE,LANGUAGE GROUP,HALF HOURS";
const INCOME: &str = "INCOME LINE,EVENT,POINT OF DELIVERY,PRICE CODE,TREATMENT FUNCTION CODE,FINANCIAL YEAR,PERIOD,AMOUNT AT UNIT PRICE,AMOUNT RECOGNISED,INCOME KIND";

impl Feeds {
    /// Begins all files of a year; without a folder rows are counted only. Large trusts pack their
    /// large files.
    pub(crate) fn create(folder: Option<&Path>, year: &str, packed: bool) -> io::Result<Self> {
        let open = |name: String, header| match folder {
            Some(folder) => Sheet::create(&folder.join(name), header),
            None => Ok(Sheet::counting(header)),
        };
        let plain = |name: &str, header| open(format!("{year}/feeds/{name}.csv"), header);
        let zipped = |name: &str, header| open(format!("{year}/feeds/{name}.csv.gz"), header);
        let large = |name: &str, header| {
            if packed { zipped(name, header) } else { plain(name, header) }
        };
        let corrected = format!("what_if/corrected_theatre_times/{year}/feeds/theatres.csv");
        Ok(Self {
            apc: large("apc", APC)?,
            ed: large("emergency", ED)?,
            op: large("outpatients", OP)?,
            mdt: plain("cancer_meetings", MDT)?,
            ward: large("ward_stays", WARD)?,
            theatre: plain("theatres", THEATRE)?,
            theatre_corrected: open(corrected, THEATRE)?,
            sessions: plain("theatre_sessions", SESSIONS)?,
            critical: plain("critical_care", CRITICAL)?,
            path: zipped("pathology", PATH)?,
            imaging: large("imaging", IMAGING)?,
            blood: plain("blood", BLOOD)?,
            medicines: zipped("medicines", MEDICINES)?,
            devices: plain("devices", DEVICES)?,
            contacts: large("contacts", CONTACTS)?,
            interpret: plain("interpreting_bookings", INTERPRET)?,
            interpret_totals: plain("interpreting_totals", INTERPRET_TOTALS)?,
            income: open(format!("{year}/income/income.csv"), INCOME)?,
        })
    }

    /// Ends all files and says how many rows each has.
    pub(crate) fn finish(self) -> io::Result<Vec<(&'static str, u64)>> {
        self.theatre_corrected.finish()?;
        let sheets = [
            ("APC", self.apc),
            ("BLOOD", self.blood),
            ("CONTACTS", self.contacts),
            ("CRITICAL", self.critical),
            ("DEVICES", self.devices),
            ("ED", self.ed),
            ("IMAGING", self.imaging),
            ("INCOME", self.income),
            ("INTERPRET", self.interpret),
            ("INTERPRET_TOTALS", self.interpret_totals),
            ("MDT", self.mdt),
            ("MEDICINES", self.medicines),
            ("OP", self.op),
            ("PATH", self.path),
            ("SESSIONS", self.sessions),
            ("THEATRE", self.theatre),
            ("WARD", self.ward),
        ];
        sheets.into_iter().map(|(name, sheet)| Ok((name, sheet.finish()?))).collect()
    }
}
