//! Reads the roles and their rights from two small tables.

use std::collections::BTreeMap;

use crate::capability::{Capability, Condition, Reach, View};

/// A role, as pages and administrators name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Code, such as `COSTING_ACCOUNTANT`.
    pub code: String,
    /// Name, such as `Costing accountant`.
    pub name: String,
    /// What people with it do, in half a sentence.
    pub does: String,
}

/// One line of the matrix: what a role may, how it sees it, and how far that goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Right {
    /// What may be done or seen.
    pub capability: Capability,
    /// How figures are seen.
    pub view: View,
    /// How far it goes.
    pub reach: Reach,
    /// What must be so beside the role.
    pub condition: Option<Condition>,
}

/// Roles and rights in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleMatrix {
    roles: Vec<Role>,
    rights: BTreeMap<String, Vec<Right>>,
}

/// Why a matrix cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MatrixError {
    /// A line has another number of cells than its heading, or the heading is another.
    #[error("{file}, line {line}: expected the columns {columns}")]
    Columns {
        /// Name of the table.
        file: &'static str,
        /// Line, counted from 1.
        line: usize,
        /// Columns that it must have.
        columns: &'static str,
    },
    /// A word that is not known.
    #[error("{file}, line {line}, column {column}: `{word}` is not known")]
    Word {
        /// Name of the table.
        file: &'static str,
        /// Line, counted from 1.
        line: usize,
        /// Column.
        column: &'static str,
        /// What stands there.
        word: String,
    },
}

const ROLES: &str = "roles.csv";
const ROLE_COLUMNS: &str = "role,name,does";
const RIGHTS: &str = "rights.csv";
const RIGHT_COLUMNS: &str = "role,capability,view,reach,condition";

impl RoleMatrix {
    /// The matrix that comes with the program.
    ///
    /// # Source
    ///
    /// Our own proposal; a trust changes it in its own copy of the two files.
    pub fn built_in() -> Self {
        let found =
            Self::parse(include_str!("../data/roles.csv"), include_str!("../data/rights.csv"));
        found.expect("the tables that come with the program are sound")
    }

    /// Reads `roles.csv` and `rights.csv`.
    ///
    /// # Errors
    ///
    /// [`MatrixError`] naming file, line and column of the first fault.
    pub fn parse(roles: &str, rights: &str) -> Result<Self, MatrixError> {
        let mut matrix = Self { roles: Vec::new(), rights: BTreeMap::new() };
        for (_, cells) in rows::<3>((ROLES, ROLE_COLUMNS), roles)? {
            let [code, name, does] = cells;
            matrix.rights.insert(code.clone(), Vec::new());
            matrix.roles.push(Role { code, name, does });
        }
        for (line, cells) in rows::<5>((RIGHTS, RIGHT_COLUMNS), rights)? {
            let [role, capability, view, reach, condition] = &cells;
            let unknown = |column, word: &String| MatrixError::Word {
                file: RIGHTS,
                line,
                column,
                word: word.clone(),
            };
            let right = Right {
                capability: Capability::of_word(capability)
                    .ok_or_else(|| unknown("capability", capability))?,
                view: View::of_word(view).ok_or_else(|| unknown("view", view))?,
                reach: Reach::of_word(reach).ok_or_else(|| unknown("reach", reach))?,
                condition: match condition.as_str() {
                    "" => None,
                    word => Some(
                        Condition::of_word(word).ok_or_else(|| unknown("condition", condition))?,
                    ),
                },
            };
            matrix.rights.get_mut(role).ok_or_else(|| unknown("role", role))?.push(right);
        }
        Ok(matrix)
    }

    /// All roles, in the order of their table.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// The role with this code.
    pub fn role(&self, code: &str) -> Option<&Role> {
        self.roles.iter().find(|it| it.code == code)
    }

    /// What a role may; nothing for a code that is no role.
    pub fn rights(&self, role: &str) -> &[Right] {
        self.rights.get(role).map_or(&[], Vec::as_slice)
    }
}

/// Rows under a heading, each with its line number.
fn rows<const N: usize>(
    (file, columns): (&'static str, &'static str),
    text: &str,
) -> Result<Vec<(usize, [String; N])>, MatrixError> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, it)| !it.trim().is_empty()) {
        let fault = || MatrixError::Columns { file, line: index + 1, columns };
        let cells: [String; N] = cells(line).try_into().map_err(|_| fault())?;
        if index > 0 {
            found.push((index + 1, cells));
        } else if line.trim() != columns {
            return Err(fault());
        }
    }
    Ok(found)
}

/// Cells of one line; a quoted cell may hold commas, and two quotes stand for one.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        let last = cells.last_mut().expect("there is a cell from the start");
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                last.push('"');
                letters.next();
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => last.push(other),
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(roles: &str, rights: &str, expected: &Expect) {
        let shown = match RoleMatrix::parse(roles, rights) {
            Ok(matrix) => format!("{} roles", matrix.roles().len()),
            Err(error) => error.to_string(),
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn faults_name_their_place() {
        let roles = "role,name,does\nA,Name,\"this, and that\"\n";
        let rights = |line: &str| format!("{RIGHT_COLUMNS}\n{line}\n");
        check(roles, &rights("A,EXPORT,EXACT,TRUST,"), &expect!["1 roles"]);
        check(
            roles,
            &rights("A,FLY,EXACT,TRUST,"),
            &expect!["rights.csv, line 2, column capability: `FLY` is not known"],
        );
        check(
            roles,
            &rights("B,EXPORT,EXACT,TRUST,"),
            &expect!["rights.csv, line 2, column role: `B` is not known"],
        );
        check(
            roles,
            &rights("A,EXPORT,EXACT"),
            &expect![
                "rights.csv, line 2: expected the columns role,capability,view,reach,condition"
            ],
        );
        check(
            "code,name\n",
            "",
            &expect!["roles.csv, line 1: expected the columns role,name,does"],
        );
    }

    #[test]
    fn an_administrator_sees_no_figure() {
        let matrix = RoleMatrix::built_in();
        let figures =
            [Capability::AggregateCosts, Capability::PatientRows, Capability::LedgerDetail];
        assert!(
            matrix.rights("ADMINISTRATOR").iter().all(|it| !figures.contains(&it.capability)),
            "an administrator keeps the system and sees no data"
        );
        assert_eq!(matrix.rights("NOBODY"), &[]);
    }

    #[test]
    fn only_a_collector_collects_and_sees_nothing_of_the_trust() {
        let matrix = RoleMatrix::built_in();
        let collects = |it: &&Role| {
            matrix.rights(&it.code).iter().any(|it| it.capability == Capability::CollectReturns)
        };
        let roles: Vec<&str> =
            matrix.roles().iter().filter(collects).map(|it| it.code.as_str()).collect();
        assert_eq!(roles, ["COLLECTOR"]);
        let own: Vec<Capability> =
            matrix.rights("COLLECTOR").iter().map(|it| it.capability).collect();
        assert_eq!(own, [Capability::CollectReturns, Capability::ReadOwnAudit]);
    }

    #[test]
    fn a_ward_manager_sees_no_patient_no_colleague_and_no_line_of_the_ledger() {
        let matrix = RoleMatrix::built_in();
        let rights = matrix.rights("WARD_MANAGER");
        let least = [
            Capability::AggregateCosts,
            Capability::ReadMeasures,
            Capability::AnswerQuestions,
            Capability::ReadReviews,
            Capability::ReadActions,
            Capability::KeepActions,
            Capability::PutIdeas,
            Capability::ReadOwnAudit,
        ];
        assert!(!rights.is_empty());
        assert!(rights.iter().all(|it| least.contains(&it.capability)), "{rights:?}");
        // What reaches further than the ward has small numbers hidden.
        let figures = |it: &&Right| it.capability != Capability::PutIdeas;
        let far = rights.iter().filter(|it| it.reach == Reach::Trust).filter(figures);
        assert!(far.clone().count() > 0 && far.clone().all(|it| it.view == View::Suppressed));
    }

    #[test]
    fn everybody_but_outsiders_puts_ideas() {
        let matrix = RoleMatrix::built_in();
        let may = |it: &&Role| {
            matrix.rights(&it.code).iter().any(|it| it.capability == Capability::PutIdeas)
        };
        let none = matrix.roles().iter().filter(|it| !may(it)).map(|it| it.code.as_str());
        let mut none: Vec<&str> = none.collect();
        none.sort_unstable();
        assert_eq!(none, ["COLLECTOR", "COMMISSIONER", "PEER_ASSESSOR"]);
    }

    #[test]
    fn only_the_medical_director_turns_the_comparison_of_clinicians_on() {
        let matrix = RoleMatrix::built_in();
        let may = |role: &&Role, capability: Capability| {
            matrix.rights(&role.code).iter().any(|it| it.capability == capability)
        };
        let codes = |capability: Capability| -> Vec<&str> {
            let roles = matrix.roles().iter().filter(|it| may(it, capability));
            roles.map(|it| it.code.as_str()).collect()
        };
        assert_eq!(codes(Capability::AgreeComparison), ["MEDICAL_DIRECTOR"]);
        // Managers, the board and the administrator compare no clinicians.
        let compares = codes(Capability::ClinicianComparison);
        let none = ["BOARD_MEMBER", "ADMINISTRATOR", "SERVICE_MANAGER", "COMMISSIONER"];
        assert!(none.iter().all(|it| !compares.contains(it)), "{compares:?}");
    }

    #[test]
    fn benefits_are_verified_by_leads_of_finance_and_of_clinicians_alone() {
        let matrix = RoleMatrix::built_in();
        let roles = |capability: Capability| -> Vec<&str> {
            let has =
                |it: &&Role| matrix.rights(&it.code).iter().any(|it| it.capability == capability);
            matrix.roles().iter().filter(has).map(|it| it.code.as_str()).collect()
        };
        let leads = [
            "COSTING_ACCOUNTANT",
            "FINANCE_BUSINESS_PARTNER",
            "CLINICAL_DIRECTOR",
            "MEDICAL_DIRECTOR",
            "FINANCE_DIRECTOR",
        ];
        assert_eq!(roles(Capability::VerifyBenefits), leads);
        // Board and auditor read, and keep nothing; whoever keeps or verifies reads.
        let (reads, keeps) = (roles(Capability::ReadActions), roles(Capability::KeepActions));
        assert!(keeps.iter().chain(&leads).all(|it| reads.contains(it)));
        let only: Vec<&&str> = reads.iter().filter(|it| !keeps.contains(it)).collect();
        assert_eq!(only, [&"BOARD_MEMBER", &"AUDITOR"]);
    }

    #[test]
    fn whoever_reads_cases_sees_costs_exactly_and_as_far_and_who_approves_reads_them() {
        let matrix = RoleMatrix::built_in();
        for role in matrix.roles() {
            let rights = matrix.rights(&role.code);
            let has = |capability: Capability, of: &Right| {
                let is_as_far = |it: &&Right| it.reach >= of.reach && it.view == View::Exact;
                let held = rights.iter().filter(|it| it.capability == capability);
                held.filter(is_as_far).count() > 0
            };
            for it in rights {
                let needed: &[Capability] = match it.capability {
                    Capability::ReadCases => &[Capability::AggregateCosts],
                    Capability::KeepCases => &[Capability::ReadCases, Capability::ReadActions],
                    Capability::ApproveCases => &[Capability::ReadCases],
                    _ => &[],
                };
                assert!(needed.iter().all(|other| has(*other, it)), "{} {it:?}", role.code);
            }
        }
        let approves = matrix.roles().iter().filter(|it| {
            matrix.rights(&it.code).iter().any(|it| it.capability == Capability::ApproveCases)
        });
        let approves: Vec<&str> = approves.map(|it| it.code.as_str()).collect();
        assert_eq!(approves, ["CLINICAL_DIRECTOR", "MEDICAL_DIRECTOR", "FINANCE_DIRECTOR"]);
    }

    #[test]
    fn only_clinical_coding_answers_and_nobody_asks_and_answers() {
        let matrix = RoleMatrix::built_in();
        let may = |role: &&Role, capability: Capability| {
            matrix.rights(&role.code).iter().any(|it| it.capability == capability)
        };
        let roles = |capability: Capability| -> Vec<&str> {
            let roles = matrix.roles().iter().filter(|it| may(it, capability));
            roles.map(|it| it.code.as_str()).collect()
        };
        assert_eq!(roles(Capability::AnswerCoding), ["CODING_INFORMATICS"]);
        let ask = ["COSTING_ACCOUNTANT", "CLINICIAN", "CLINICAL_DIRECTOR", "MEDICAL_DIRECTOR"];
        assert_eq!(roles(Capability::AskCoding), ask);
        // Whoever asks about an event sees it.
        for role in matrix.roles().iter().filter(|it| may(it, Capability::AskCoding)) {
            assert!(may(&role, Capability::PatientRows), "{}", role.code);
        }
        // Coding mends records, and sees neither pay nor what services cost together.
        let coding = matrix.role("CODING_INFORMATICS").expect("a role");
        let none = [Capability::LedgerDetail, Capability::AggregateCosts, Capability::AskCoding];
        assert!(none.iter().all(|it| !may(&coding, *it)));
    }

    #[test]
    fn whoever_answers_for_figures_sees_them_exactly_and_as_far() {
        let matrix = RoleMatrix::built_in();
        let mut roles = Vec::new();
        for role in matrix.roles() {
            let rights = matrix.rights(&role.code);
            for right in rights.iter().filter(|it| it.capability == Capability::AnswerQuestions) {
                roles.push(role.code.as_str());
                let sees = |it: &&Right| {
                    it.capability == Capability::AggregateCosts
                        && it.view == View::Exact
                        && it.reach == right.reach
                };
                assert!(rights.iter().any(|it| sees(&it)), "{}", role.code);
                assert_eq!(right.condition, None, "{}", role.code);
            }
        }
        // Whoever checks or oversees asks; they do not answer for a service.
        let none = ["BOARD_MEMBER", "AUDITOR", "ADMINISTRATOR", "COMMISSIONER", "PRIVACY_OFFICER"];
        assert!(none.iter().all(|it| !roles.contains(it)), "{roles:?}");
        assert_eq!(roles.len(), 8, "{roles:?}");
    }

    #[test]
    fn whoever_moderates_ratings_reads_all_assessments_and_rates_none_of_the_trusts_own() {
        let matrix = RoleMatrix::built_in();
        let has = |role: &str, capability: Capability| {
            matrix.rights(role).iter().any(|it| it.capability == capability)
        };
        let all = matrix.roles().iter().map(|it| it.code.as_str());
        let moderates: Vec<&str> = all.filter(|it| has(it, Capability::ModerateRatings)).collect();
        assert_eq!(moderates, ["AUDITOR", "PEER_ASSESSOR"]);
        for role in moderates {
            assert!(has(role, Capability::ReadAssessments), "{role}");
            assert!(!has(role, Capability::Assess) && !has(role, Capability::SignLevels), "{role}");
        }
        let figures = [Capability::AggregateCosts, Capability::PatientRows, Capability::Export];
        assert!(figures.iter().all(|it| !has("PEER_ASSESSOR", *it)), "they are of another trust");
    }
}
