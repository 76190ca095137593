//! Support by step-down beside the mutual support of a run: for comparison, never used.

use std::collections::BTreeSet;
use std::path::Path;

use domain::{Finding, Money};
use tables::dataset::ControlTotal;

use super::stored;
use super::verify::{model_of, read_manifest};
use crate::cp3_support;
use crate::dataset::read_table;
use crate::error::CostingError;
use crate::pipeline::LedgerStages;
use crate::source::SourceList;

/// One final line before support, with mutual support, and by step-down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SteppedLine {
    /// Final line; a support line where step-down leaves money at one.
    pub line: String,
    /// Own cost.
    pub before: Money,
    /// With mutual support, as the run has it.
    pub mutual: Money,
    /// By step-down.
    pub stepped: Money,
}

/// The final lines of a run by both ways; all three columns but `before` sum alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SteppedDown {
    /// Final lines in key order.
    pub lines: Vec<SteppedLine>,
    /// A note for each support line that step-down leaves money at.
    pub left: Vec<Finding>,
}

/// Works out step-down from a stored run: from its own ledger and model.
///
/// # Errors
///
/// [`CostingError`] if the folder holds no run that this version knows.
///
/// # Source
///
/// Costing semantics, section 4, "Step-down".
pub fn stepped_down(run: &Path) -> Result<SteppedDown, CostingError> {
    let rules = model_of(run, &read_manifest(run)?)?;
    let control: Vec<ControlTotal> = read_table(&run.join("control.parquet"))?;
    let small = LedgerStages::run(&stored::ledger(run)?, control, &rules)?;
    beside(&small, &rules)
}

/// Both ways beside each other.
pub(super) fn beside(
    small: &LedgerStages,
    rules: &rules::YearRules,
) -> Result<SteppedDown, CostingError> {
    let stepped = cp3_support::step_down(&small.classed, rules, &small.names);
    let (stepped, left) = stepped.map_err(CostingError::Refused)?;
    let names: BTreeSet<&String> =
        small.supported.finals.keys().chain(stepped.finals.keys()).collect();
    let total = |lists: &std::collections::BTreeMap<String, SourceList>, name: &String| {
        lists.get(name).map(SourceList::total).unwrap_or_default()
    };
    let line = |name: &String| SteppedLine {
        line: name.clone(),
        before: total(&small.classed.finals, name),
        mutual: total(&small.supported.finals, name),
        stepped: total(&stepped.finals, name),
    };
    Ok(SteppedDown { lines: names.into_iter().map(line).collect(), left })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::given;

    #[test]
    fn step_down_stands_beside_mutual_support() {
        // Estates 100 by area: People 20, Nurses 60, Research 20; People 60 by heads: Estates 1,
        // Nurses 2, Research 1. Mutual support as in the worked miniature. Stepped down, Estates is
        // first: 20 to People, 60 and 20 to the final lines; People then has 80 in all, by heads
        // 2 to 1 over the final lines. Own cost by own weights: Nurses get of Estates
        // 60 + 20 x 2/3 = 73.333333, of People 60 x 2/3 = 40; Research the rest.
        let given = given::tables(
            "# ledger
            ledger_line,cost_centre,account,amount
            l1,ESTATES,A,100
            l2,PEOPLE,A,60
            l3,NURSES,A,300
            l4,RESEARCH,A,40
            # cost_lines
            cost_line,class,support_group,driver,resource,cost_object
            ESTATES,T1,ESTATES,AREA,,
            PEOPLE,T1,PEOPLE,HEADS,,
            NURSES,PF,,,NURSE,
            RESEARCH,OTHER,,,,RESEARCH
            # statistics
            driver,cost_line,quantity
            AREA,PEOPLE,20
            AREA,NURSES,60
            AREA,RESEARCH,20
            HEADS,ESTATES,1
            HEADS,NURSES,2
            HEADS,RESEARCH,1
            # resources
            resource
            NURSE",
        );
        let rules = given::rules(&given);
        let small = LedgerStages::run(&given::ledger(&given), Vec::new(), &rules);
        let found = beside(&small.expect("it can be costed"), &rules).expect("so can this");
        let shown: Vec<String> = found
            .lines
            .iter()
            .map(|it| format!("{} {} {} {}", it.line, it.before, it.mutual, it.stepped))
            .collect();
        expect![[r#"
            NURSES £300.000000 £414.736841 £413.333333
            RESEARCH £40.000000 £85.263159 £86.666667"#]]
        .assert_eq(&shown.join("\n"));
        assert!(found.left.is_empty());
    }
}
