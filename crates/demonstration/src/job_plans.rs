//! Where the pay of an account goes: by job plans for medical staff, by agreement for a few others.

use crate::data;
use crate::table::Line;

/// All of an account, in ten-thousandths of a percent.
pub(crate) const WHOLE_E4: i64 = 1_000_000;

/// Sessions that treat nobody, and the cost lines that they are paid from.
const TAKEN_OUT: [(&str, &str); 3] =
    [("teaching", "EDUCATION"), ("research", "RESEARCH"), ("management", "MEDICAL-MANAGEMENT")];

/// Clinical sessions that are not in their own specialty's cost line, with theirs.
const ELSEWHERE: [(&str, &str); 3] = [
    ("pre_assessment", "ANAESTHETISTS-PRE"),
    ("critical", "ANAESTHETISTS-ICU"),
    ("pain", "ANAESTHETISTS-PAIN"),
];

/// Sessions with patients, or about one.
const CLINICAL: [&str; 11] = [
    "ward",
    "procedure",
    "outpatient",
    "theatre",
    "mdt",
    "not_attended",
    "ed",
    "critical",
    "anaesthesia",
    "pre_assessment",
    "pain",
];

/// A part of an account: the cost line that it goes to, its percentage × 10⁴, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) cost_line: String,
    pub(crate) percentage_e4: i64,
    pub(crate) note: String,
}

/// The parts of the account that belongs to a cost line, which sum to the whole; most have one.
pub(crate) fn parts(cost_line: &str) -> Vec<Part> {
    let part = |cost_line: &str, percentage_e4, note: &str| Part {
        cost_line: cost_line.to_owned(),
        percentage_e4,
        note: note.to_owned(),
    };
    let shared = |other, percentage_e4, note| {
        let own = part(cost_line, WHOLE_E4 - percentage_e4, note);
        vec![own, part(other, percentage_e4, note)]
    };
    let doors = "Security staff also watch the doors of a laboratory that serves another trust";
    match (cost_line, specialty_of(cost_line)) {
        ("SECURITY", _) => shared("SOLD-PAYROLL", 30_000, doors),
        ("QUALITY", _) => shared("RESEARCH", 125_000, ""),
        (_, Some(specialty)) => {
            let plans = data::table(data::JOB_PLANS);
            let plan = plans.lines().find(|it| it.text("specialty") == specialty);
            plan.map_or_else(
                || vec![part(cost_line, WHOLE_E4, "")],
                |it| {
                    let note = note(it);
                    let medical = medical(cost_line, it).into_iter();
                    medical.map(|(line, percentage)| part(line, percentage, &note)).collect()
                },
            )
        }
        _ => vec![part(cost_line, WHOLE_E4, "")],
    }
}

/// The row of the job plans for a cost line of medical pay.
fn specialty_of(cost_line: &str) -> Option<&str> {
    if cost_line == "ANAESTHETISTS" { Some("190") } else { cost_line.strip_prefix("CON-") }
}

/// Splits pay by sessions. Supporting activities and on call have no part of their own, so that they
/// follow the clinical sessions; the own line takes what rounding down leaves.
fn medical<'a>(own: &'a str, plan: Line<'_>) -> Vec<(&'a str, i64)> {
    let sessions = |column: &str| plan.scaled(column, 2);
    let all = total(plan);
    let clinical: i64 = CLINICAL.iter().map(|it| sessions(it)).sum();
    let out: i64 = TAKEN_OUT.iter().map(|(it, _)| sessions(it)).sum();
    let taken = TAKEN_OUT.iter().map(|(column, line)| (*line, sessions(column) * WHOLE_E4 / all));
    let given = ELSEWHERE.iter().filter(|_| own == "ANAESTHETISTS").map(|(column, line)| {
        (*line, sessions(column) * (all - out) * WHOLE_E4 / (all * clinical))
    });
    let others: Vec<(&str, i64)> = given.chain(taken).filter(|(_, it)| *it > 0).collect();
    let left = WHOLE_E4 - others.iter().map(|(_, it)| it).sum::<i64>();
    std::iter::once((own, left)).chain(others).collect()
}

/// Sessions × 10² of a whole job plan.
fn total(plan: Line<'_>) -> i64 {
    let beside = ["on_call", "spa"].into_iter().chain(TAKEN_OUT.map(|(column, _)| column));
    CLINICAL.into_iter().chain(beside).map(|it| plan.scaled(it, 2)).sum()
}

fn note(plan: Line<'_>) -> String {
    let shown = |sessions_e2: i64| domain::number::show_scaled(i128::from(sessions_e2), 2);
    let [teaching, research, management] =
        TAKEN_OUT.map(|(column, _)| shown(plan.scaled(column, 2)));
    format!(
        "Of {} sessions a week {teaching} teach, {research} are for research and {management} for \
         management; {}",
        shown(total(plan)),
        plan.text("basis_of_the_rest")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cost_line: &str) -> Vec<(String, i64)> {
        parts(cost_line).into_iter().map(|it| (it.cost_line, it.percentage_e4)).collect()
    }

    #[test]
    fn consultants_give_up_what_they_teach_research_and_manage() {
        // Urology: 10 sessions but for 0.05, of which 0.3 teach, 0.1 are for research and 0.2 for
        // management: 30/995 = 3.01507…, 10/995 = 1.00502… and 20/995 = 2.01005… percent, rounded
        // down; 100 - 3.0150 - 1.0050 - 2.0100 = 93.9700 are left.
        let wanted = [
            ("CON-101", 939_700),
            ("EDUCATION", 30_150),
            ("RESEARCH", 10_050),
            ("MEDICAL-MANAGEMENT", 20_100),
        ];
        assert_eq!(check("CON-101"), wanted.map(|(line, part)| (line.to_owned(), part)));
    }

    #[test]
    fn anaesthetists_are_divided_by_their_clinical_sessions() {
        // Ten sessions: 0.55 are taken out, so that 94.5 percent are shared over 6.25 clinical ones:
        // 0.4 of pre-assessment has 94.5 × 40/625 = 6.048 percent, 0.6 of critical care 9.072 and
        // 0.15 of pain 2.268; 100 - 6.048 - 9.072 - 2.268 - 3 - 0.5 - 2 = 77.112 are theatre's.
        let wanted = [
            ("ANAESTHETISTS", 771_120),
            ("ANAESTHETISTS-PRE", 60_480),
            ("ANAESTHETISTS-ICU", 90_720),
            ("ANAESTHETISTS-PAIN", 22_680),
            ("EDUCATION", 30_000),
            ("RESEARCH", 5_000),
            ("MEDICAL-MANAGEMENT", 20_000),
        ];
        assert_eq!(check("ANAESTHETISTS"), wanted.map(|(line, part)| (line.to_owned(), part)));
    }

    #[test]
    fn every_account_is_split_to_the_whole() {
        for plan in data::table(data::JOB_PLANS).lines() {
            let all = parts(&format!("CON-{}", plan.text("specialty")));
            assert_eq!(all.iter().map(|it| it.percentage_e4).sum::<i64>(), WHOLE_E4);
            assert!(all.len() > 3, "{all:?}");
        }
        assert_eq!(
            check("SECURITY"),
            [("SECURITY".into(), 970_000), ("SOLD-PAYROLL".into(), 30_000)]
        );
        assert_eq!(check("CON-110-EXTRA"), [("CON-110-EXTRA".to_owned(), WHOLE_E4)]);
    }

    #[test]
    fn job_plans_have_about_ten_sessions_with_time_to_learn() {
        for plan in data::table(data::JOB_PLANS).lines() {
            let specialty = plan.text("specialty");
            assert!((980..=1040).contains(&total(plan)), "{specialty}: {}", total(plan));
            assert!((200..=250).contains(&plan.scaled("spa", 2)), "{specialty}");
        }
    }
}
