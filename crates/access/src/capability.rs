//! The words of the rights matrix: capability, view, reach and condition.

/// Declares an enum whose values are words of a data file.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$value_doc])* $value,)+ }

        impl $name {
            /// All values, in the order in which they are declared.
            pub const ALL: &'static [Self] = &[$(Self::$value,)+];

            /// The word in data files.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$value => $word,)+ }
            }

            /// The value with this word.
            pub fn of_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.word() == word)
            }
        }
    };
}

words! {
    /// Something that a person may do or see.
    Capability {
        /// Costs added up over patients.
        AggregateCosts = "AGGREGATE_COSTS",
        /// Rows of single patients, under their pseudonyms.
        PatientRows = "PATIENT_ROWS",
        /// The identity behind one pseudonym.
        Reidentify = "REIDENTIFY",
        /// Legally restricted records below a service line.
        RestrictedRecords = "RESTRICTED_RECORDS",
        /// Clinicians side by side, under their codes.
        ClinicianComparison = "CLINICIAN_COMPARISON",
        /// Record for what, for whom and after which consultation clinicians are compared.
        AgreeComparison = "AGREE_COMPARISON",
        /// Measures of units that come from no feed, beside their cost.
        ReadMeasures = "READ_MEASURES",
        /// Record values of measures.
        KeepMeasures = "KEEP_MEASURES",
        /// Say what is measured, for the whole trust.
        DefineMeasures = "DEFINE_MEASURES",
        /// Define, save and share groups of patients of a unit, and see all that their care cost.
        PatientGroups = "PATIENT_GROUPS",
        /// Ask clinical coding about the record of an event.
        AskCoding = "ASK_CODING",
        /// Answer for clinical coding what was asked of it.
        AnswerCoding = "ANSWER_CODING",
        /// Answer what others ask about figures of a unit.
        AnswerQuestions = "ANSWER_QUESTIONS",
        /// Keep, check and issue packs for service line reviews.
        MakePacks = "MAKE_PACKS",
        /// How well clinicians and finance work together: assessments, evidence and levels.
        ReadAssessments = "READ_ASSESSMENTS",
        /// Rate steps, add evidence and say how far people work together.
        Assess = "ASSESS",
        /// Accept evidence, record what both agree on, put levels forward and sign them.
        SignLevels = "SIGN_LEVELS",
        /// Collect returns of levels from organisations, check them and publish how many are where.
        CollectReturns = "COLLECT_RETURNS",
        /// Rate steps from outside a unit, beside what it says itself.
        ModerateRatings = "MODERATE_RATINGS",
        /// Reviews of service lines: who runs them, what was found, decided and agreed.
        ReadReviews = "READ_REVIEWS",
        /// Prepare, hold and close reviews of service lines, and keep the register of them.
        RunReviews = "RUN_REVIEWS",
        /// Actions of a unit and the benefits that came of them.
        ReadActions = "READ_ACTIONS",
        /// Agree actions, say how they stand, and claim benefits.
        KeepActions = "KEEP_ACTIONS",
        /// Put ideas, and read what became of one's own.
        PutIdeas = "PUT_IDEAS",
        /// Verify a benefit for clinicians or for finance, by one's own profession.
        VerifyBenefits = "VERIFY_BENEFITS",
        /// Contracts with commissioners and the quality that is shared under them: all, or those
        /// in which one is named.
        ReadContracts = "READ_CONTRACTS",
        /// Say what a commissioner sees, of which service lines, and who looks.
        KeepContracts = "KEEP_CONTRACTS",
        /// Business cases of a unit, journeys of its patients, demand and capacity, ceilings of
        /// prices. Whoever reads them sees what the unit costs exactly.
        ReadCases = "READ_CASES",
        /// Write business cases and what is worked out for them.
        KeepCases = "KEEP_CASES",
        /// Approve or refuse a business case that somebody else wrote.
        ApproveCases = "APPROVE_CASES",
        /// Lines of the ledger, pay among them.
        LedgerDetail = "LEDGER_DETAIL",
        /// Bring in a trust's files, and accept or reject them.
        LoadData = "LOAD_DATA",
        /// Read mapping, allocation and matching rules.
        ReadRules = "READ_RULES",
        /// Put a change of the rules forward.
        ProposeRules = "PROPOSE_RULES",
        /// Change the rules, and lock them.
        EditRules = "EDIT_RULES",
        /// Start a costing, and accept its findings.
        RunCosting = "RUN_COSTING",
        /// See drafts: runs, reconciliation, data quality.
        ReadRuns = "READ_RUNS",
        /// Be one of the two who publish a run.
        PublishRun = "PUBLISH_RUN",
        /// Take whole tables of a run away, patient by patient. A table that a page draws needs no
        /// right of its own: whoever sees the page may take the same figures, seen the same way.
        Export = "EXPORT",
        /// See people, grants and their use.
        ReadPeople = "READ_PEOPLE",
        /// Keep people, units and grants.
        ManagePeople = "MANAGE_PEOPLE",
        /// Be the second person of a grant with patient rows.
        ApproveGrants = "APPROVE_GRANTS",
        /// See who did what.
        ReadAudit = "READ_AUDIT",
        /// See what one did oneself.
        ReadOwnAudit = "READ_OWN_AUDIT",
        /// Backups, upgrades and the health of the system.
        Operate = "OPERATE",
    }
}

words! {
    /// A group of professions.
    ProfessionGroup {
        /// Those who give care: doctors, nurses, pharmacists, allied health professionals, others.
        Clinician = "CLINICIAN",
        /// Finance and costing.
        Finance = "FINANCE",
        /// General and service managers.
        Manager = "MANAGER",
        /// Informatics and clinical coding.
        Informatics = "INFORMATICS",
        /// Everybody else.
        Other = "OTHER",
    }
}

words! {
    /// How figures are seen. The later one sees more.
    View {
        /// Small numbers are hidden, in counts and money.
        Suppressed = "SUPPRESSED",
        /// As they are.
        Exact = "EXACT",
    }
}

words! {
    /// How far a right goes.
    Reach {
        /// One's own items only.
        Own = "OWN",
        /// The units of the grant and those below them.
        Units = "UNITS",
        /// The whole trust, whatever unit the grant names.
        Trust = "TRUST",
    }
}

words! {
    /// What must be so beside the role.
    Condition {
        /// A grant with patient rows, approved by a second person.
        Grant = "GRANT",
        /// A reason that is typed in and kept.
        Reason = "REASON",
        /// A fresh sign-in, and a reason.
        StepUp = "STEP_UP",
    }
}

words! {
    /// What a token of a program may read. Its owner must have the right as well.
    ApiScope {
        /// Published costs and incomes of service lines, and the outcomes beside them.
        Results = "results:read",
        /// Measures of the register.
        Measures = "measures:read",
    }
}

impl ApiScope {
    /// The right that its owner must have.
    pub const fn capability(self) -> Capability {
        match self {
            Self::Results => Capability::AggregateCosts,
            Self::Measures => Capability::ReadMeasures,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_gives_its_value_back() {
        for it in Capability::ALL {
            assert_eq!(Capability::of_word(it.word()), Some(*it));
        }
        assert_eq!(View::of_word("EVERYTHING"), None);
        assert!(View::Suppressed < View::Exact);
    }
}
