//! Every code that a model's check can report, with what it means: the one list of them.

macro_rules! catalogue {
    ($($name:ident = $code:literal: $explanation:literal;)*) => {
        $(
            #[doc = $explanation]
            pub(crate) const $name: &str = $code;
        )*

        /// Code and explanation of everything that [`crate::Model::parse`] can find, in code order.
        pub const CATALOGUE: &[(&str, &str)] = &[$(($code, $explanation)),*];
    };
}

catalogue! {
    FILE_MISSING = "MOD-001": "A file that every model needs is not there.";
    NOT_UTF8 = "MOD-002": "A file is not UTF-8 text.";
    TOML_UNREADABLE = "MOD-003": "A TOML file breaks the rules of TOML.";
    COLUMN_MISSING = "MOD-004": "The header row lacks a column.";
    COLUMN_UNKNOWN = "MOD-005": "The header row has a column that the file does not have.";
    COLUMN_TWICE = "MOD-006": "The header row names a column twice.";
    CELL_WITHOUT_COLUMN = "MOD-007": "A row has a filled cell beyond the columns of the header.";
    LINE_BREAK = "MOD-008": "A cell runs over several lines, so that a quotation mark may be missing.";
    BLANK = "MOD-009": "A cell that must be filled is blank.";
    NOT_A_NUMBER = "MOD-010": "A cell is not a plain number with at most the decimals allowed.";
    OUT_OF_RANGE = "MOD-011": "A number is smaller or larger than it can be.";
    NOT_A_CHOICE = "MOD-012": "A cell does not hold one of the words that its column allows.";
    NOT_A_DAY = "MOD-013": "A cell is not a day such as 2025-04-01.";
    BAD_PATTERN = "MOD-014": "A pattern has a star elsewhere than at its end.";
    BAD_CODE = "MOD-015": "A code has a character that codes of a model cannot have.";
    RESERVED_CODE = "MOD-016": "A code is one that costing keeps for itself.";
    BAD_INTERVAL = "MOD-017": "A row is not effective over whole financial years.";
    DUPLICATE = "MOD-018": "Two rows with one key are in force in the same year.";
    NO_SOURCE = "MOD-019": "A row does not say where its rule comes from.";
    UNKNOWN_SOURCE = "MOD-020": "A row names a source that is not in sources.csv in its year.";
    UNKNOWN_REFERENCE = "MOD-021": "A row names something that no other file defines in its year.";

    KEY_MISSING = "MOD-030": "A TOML file lacks a key.";
    KEY_UNKNOWN = "MOD-031": "A TOML file has a key that it cannot have.";
    BAD_VALUE = "MOD-032": "A value in a TOML file is of the wrong kind, or not one of those allowed.";
    FORMAT_UNKNOWN = "MOD-033": "The model has a format that this version does not read.";
    YEAR_TWICE = "MOD-034": "model.toml lists a financial year twice.";
    NO_YEAR = "MOD-035": "model.toml lists no financial year.";

    SETTING_UNKNOWN = "MOD-040": "settings.csv has a setting that costing does not know.";
    SETTING_MISSING = "MOD-041": "settings.csv lacks a setting in a year.";
    SETTING_UNIT = "MOD-042": "A setting is stated in another unit than its own.";
    QUARANTINE_ORDER = "MOD-043": "Files would be refused before they would need acceptance.";

    SPLIT_PATTERNS = "MOD-050": "Rows of one mapping rule have different patterns.";
    SPLIT_SUM = "MOD-051": "The percentages of a mapping rule do not sum to exactly 100.";
    CLASS_NEEDS = "MOD-052": "A cost line lacks what its class needs.";
    CLASS_HAS_NO_USE = "MOD-053": "A cost line states something that its class has no use for.";
    PAY_TYPE = "MOD-054": "Pay type and cost type of a cost line contradict each other.";
    STATISTIC_ON_RECON = "MOD-055": "A reconciliation item holds a statistic, but never receives support.";
    DRIVER_WITHOUT_STATISTIC = "MOD-056": "A driver has no statistic above zero, so nothing can be shared by it.";
    CAPITAL_GROUP = "MOD-057": "Capital charges are shared in a support group that does not show capital.";

    STAFF_POOL_INCOMPLETE = "MOD-060": "A staff pool does not say how many people of which staff group it has.";
    SET_OF_OTHER_ACTIVITY = "MOD-061": "A share names a weight set that belongs to another activity.";
    MIXED_DRIVERS = "MOD-062": "A resource with method FEED has weight sets of different driver kinds.";
    RELATIVE_WEIGHT_INCOMPLETE = "MOD-063": "Table, key and default of relative weights are not given together.";
    MINIMUM_WITHOUT_DURATION = "MOD-064": "A weight set that does not measure time has a minimum duration.";
    ABSOLUTE_NOT_PLAIN_COST = "MOD-065": "An absolute weight set is not plain traced cost.";
    ABSOLUTE_SHARED = "MOD-066": "An absolute weight set serves more than one resource.";
    UNUSED_TIME_NOWHERE = "MOD-067": "Unused session time goes to an activity without a staffed duration set.";

    EVENT_TYPE_OF_ROLE = "MOD-070": "The event type of a feed does not suit the feed's role.";
    FEED_WITHOUT_MAPPING = "MOD-071": "A feed has no intake mapping, so that no file can become it.";
    MAPPING_WITHOUT_FEED = "MOD-072": "An intake mapping belongs to no feed.";
    FEED_WITHOUT_ROWS = "MOD-073": "A rule is for a feed whose role gives it nothing to do.";
    BAD_WINDOW = "MOD-074": "A matching window is not two lengths such as 3d, 24h or 30m.";
    NOT_MATCHABLE = "MOD-075": "A matching rule compares a column that row and event do not share.";
    NO_LEDGER = "MOD-076": "No feed has the role ledger, so there is nothing to cost.";

    BAD_SELECTOR = "MOD-080": "The selector of a statement row cannot be read.";
    SUBTOTAL_NOT_EARLIER = "MOD-081": "A subtotal adds a row that does not stand before it.";
    COST_IN_NO_ROW = "MOD-082": "Some cost would appear in no row of the statement.";
    MEASURE_UNIT = "MOD-083": "A plausible range is stated in another unit than its measure.";

    INTAKE_COLUMN_UNKNOWN = "MOD-090": "An intake mapping fills a column that the feed's role does not have.";
    INTAKE_COLUMN_MISSING = "MOD-091": "An intake mapping leaves out a column that the feed's role needs.";
    BAD_TEMPLATE = "MOD-092": "A template has an unclosed or empty pair of braces.";
    BAD_DATE_FORMAT = "MOD-093": "A date format does not give a whole date.";
    BAD_FILE_PATTERN = "MOD-094": "A file pattern points outside the folder that is read.";
    COLUMN_DROPPED_AND_READ = "MOD-095": "A column is both dropped and read.";
    LOOKUP_UNUSED = "MOD-096": "A lookup is for a column that the mapping does not fill.";
    KEY_OF_OTHER_ROLE = "MOD-097": "An intake mapping has a key that means nothing for the feed's role.";
    JOIN_NAME = "MOD-098": "A join has a name that its columns cannot carry, or shares it with another.";
    JOIN_UNUSED = "MOD-099": "A join has columns that the mapping does not use.";

    LOCK_CHANGED = "MOD-100": "A file of a locked model was changed.";
    LOCK_ADDED = "MOD-101": "A file was added to a locked model.";
    LOCK_REMOVED = "MOD-102": "A file of a locked model was removed.";

    JOIN_NOT_YET = "MOD-110": "A join needs columns of a join that comes after it.";
    REBASE_EVENTS = "MOD-111": "Dates are to be moved by a feed that has no events, or no mapping of its own.";
    REBASE_PATIENT = "MOD-112": "Dates are to be moved by patient, but a mapping does not fill `patient_local`.";
    REBASE_BIRTH = "MOD-113": "Dates are to be moved by patient, but a birth date cannot be.";
    REBASE_APART = "MOD-114": "Rows and events would have their dates moved in different ways.";

    RESOURCE_WITHOUT_SHARES = "MOD-200": "Warning: a resource has no shares, so its cost becomes UNMAPPED.";
    LINE_WITHOUT_CLASS = "MOD-201": "Warning: a cost line has no class, so its cost becomes UNMAPPED.";
    ACTIVITY_WITHOUT_RULE = "MOD-202": "Warning: no feed row can count in an activity that receives cost.";
    FEED_NEVER_MATCHED = "MOD-203": "Warning: an auxiliary feed has no matching rule, so its rows stay UNMATCHED.";
    FEED_NEVER_COUNTED = "MOD-204": "Warning: an auxiliary feed has no activity rule, so its rows become UNMAPPED.";
    NO_CONTROL = "MOD-205": "Warning: no feed has the role control, so the ledger's total is not checked.";
    FILE_IGNORED = "MOD-206": "Note: a file is not part of a model, so it is not read.";
    NO_THEATRE = "MOD-207": "Warning: ward stays lose theatre time, but no kind of session is a theatre's.";
    MEASURE_UNKNOWN = "MOD-208": "Warning: a plausible range is for a measure that no run computes.";
}
