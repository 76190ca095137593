//! Codes and numbers of a row.

use std::collections::BTreeSet;

use domain::Day;

use super::columns::Here;
use crate::cells::amounts::Repairs;
use crate::cells::codes::{CodeColumn, CodeRules, Dictionary};
use crate::feeds::fault::Fault;
use crate::feeds::noticed::Noticed;
use crate::feeds::row::{CODE_COLUMNS, Row, SLOTS, Slot};
use crate::plan::{FeedPlan, Source};

const QUANTITY_PLACES: u32 = 4;
const STAFF_PLACES: u32 = 2;
/// Withheld identity reasons of the NHS Data Dictionary.
const REASONS: [&[u8]; 5] = [b"01", b"02", b"03", b"97", b"99"];
const DECADE: i32 = 10;
const OLDEST_BAND: i32 = 90;

/// Reads the codes and numbers of one file.
#[derive(Debug)]
pub(crate) struct Values<'a> {
    columns: Vec<CodeColumn<'a>>,
    diagnoses: CodeColumn<'a>,
    procedures: CodeColumn<'a>,
    /// Codes by number.
    pub(crate) dictionary: Dictionary,
    /// Consultants as coded.
    pub(crate) consultants: BTreeSet<u32>,
    repairs: Repairs,
    scratch: Vec<u8>,
    master: bool,
}

impl<'a> Values<'a> {
    /// For the files of a feed.
    pub(crate) fn new(plan: &FeedPlan<'a>) -> Self {
        let rules = |(_, name): &(Slot, &'static str)| CodeColumn::new(plan.code_rules(name));
        let listed = |name: &str| {
            let rules = plan.code_rules(name);
            CodeColumn::new(CodeRules { list: None, lookup: None, ..rules })
        };
        Self {
            columns: CODE_COLUMNS.iter().map(rules).collect(),
            diagnoses: listed("diagnosis"),
            procedures: listed("procedure"),
            dictionary: Dictionary::default(),
            consultants: BTreeSet::new(),
            repairs: Repairs::declared(&plan.mapping.money),
            scratch: Vec::new(),
            master: plan.feed.role == rules::year::FeedRole::Master,
        }
    }

    /// Fills the codes of a row.
    pub(crate) fn codes(
        &mut self,
        here: Here<'_>,
        row: &mut Row,
        day: Day,
        noticed: &mut Noticed,
    ) -> Result<(), Fault> {
        let line = here.line;
        let mut codes = [0; SLOTS];
        for (index, (slot, name)) in CODE_COLUMNS.iter().enumerate() {
            let source = &here.columns.codes[index];
            let Some(text) = here.read(source, &mut self.scratch) else { continue };
            let judged = self.columns[index].judge(text, line, &mut self.dictionary);
            if let Some(fault) = &judged.fault {
                return Err(Fault::cell(name)(fault.as_ref().clone()));
            }
            if let Some((from, to)) = judged.valid
                && (from.is_some_and(|it| day < it) || to.is_some_and(|it| day > it))
            {
                noticed.row("G7", name, line);
            }
            row.restricted |= judged.restricted;
            codes[*slot as usize] = judged.id;
        }
        row.codes = codes;
        if self.master {
            self.master_codes(here, row, noticed)?;
        }
        Ok(())
    }

    /// What only masters have: all diagnoses, the reason for withholding, the consultant.
    fn master_codes(
        &mut self,
        here: Here<'_>,
        row: &mut Row,
        noticed: &mut Noticed,
    ) -> Result<(), Fault> {
        let Here { columns, line, .. } = here;
        let consultant = row.code(Slot::Consultant);
        if consultant != 0 {
            self.consultants.insert(consultant);
        }
        let lists = [
            (&columns.diagnoses, &mut self.diagnoses, "diagnoses"),
            (&columns.procedures, &mut self.procedures, "procedures"),
        ];
        for (source, column, name) in lists {
            let Some(text) = here.read(source, &mut self.scratch) else { continue };
            let members = text.split(|it| matches!(it, b';' | b',')).map(<[u8]>::trim_ascii);
            for code in members.filter(|it| !columns.nulls.has(it)) {
                let judged = column.judge(code, line, &mut self.dictionary);
                if let Some(fault) = &judged.fault {
                    return Err(Fault::cell(name)(fault.as_ref().clone()));
                }
                row.restricted |= judged.restricted;
            }
        }
        let reason = here.read(&columns.withheld, &mut self.scratch);
        let known = reason.is_some_and(|it| REASONS.contains(&it));
        let unexplained = (reason.is_some() && !known)
            || (row.restricted && reason.is_none() && columns.withheld.is_there());
        if unexplained {
            noticed.row("D12", "withheld_reason", line);
        }
        row.restricted |= reason.is_some();
        let grouped = columns.codes[Slot::Hrg as usize].is_there();
        let hrg = self.dictionary.text(row.code(Slot::Hrg));
        if grouped && (hrg.is_empty() || hrg == "UZ01Z") {
            noticed.row("E15", "hrg", line);
        }
        Ok(())
    }

    /// The number of a text that the mapping or the model states.
    pub(crate) fn fixed(&mut self, text: &str) -> u32 {
        self.dictionary.number(text)
    }

    /// The number of the band of an age in whole years.
    pub(crate) fn age_band(&mut self, years: i32) -> u32 {
        let low = years.div_euclid(DECADE) * DECADE;
        let band = if low >= OLDEST_BAND {
            format!("{OLDEST_BAND}+")
        } else {
            format!("{low}-{}", low + DECADE - 1)
        };
        self.dictionary.number(&band)
    }

    /// Quantity × 10⁴.
    pub(crate) fn quantity(
        &mut self,
        here: Here<'_>,
        noticed: &mut Noticed,
    ) -> Result<Option<i64>, Fault> {
        let text = here.read(&here.columns.quantity, &mut self.scratch);
        decimal(self.repairs, text, ("quantity", QUANTITY_PLACES), (here.line, noticed))
    }

    /// Staff × 10² from any source.
    pub(crate) fn staff(
        &mut self,
        source: &Source,
        here: Here<'_>,
        noticed: &mut Noticed,
    ) -> Result<Option<i64>, Fault> {
        let text = here.read(source, &mut self.scratch);
        let staff = decimal(self.repairs, text, ("staff", STAFF_PLACES), (here.line, noticed))?;
        if staff.is_some_and(|it| it < 0) {
            return Err(Fault::row("N5", "staff", "the number of staff is negative"));
        }
        Ok(staff)
    }

    /// Length in seconds, from minutes.
    pub(crate) fn seconds(
        &mut self,
        here: Here<'_>,
        noticed: &mut Noticed,
    ) -> Result<Option<i64>, Fault> {
        const COLUMN: &str = "duration_minutes";
        let text = here.read(&here.columns.minutes, &mut self.scratch);
        let minutes = decimal(self.repairs, text, (COLUMN, QUANTITY_PLACES), (here.line, noticed))?;
        let Some(minutes_e4) = minutes else { return Ok(None) };
        if minutes_e4 < 0 {
            return Err(Fault::row("C7", COLUMN, "the duration is negative"));
        }
        // Half up to the second.
        Ok(Some((i128::from(minutes_e4) * 60 + 5_000).div_euclid(10_000))
            .and_then(|it| i64::try_from(it).ok()))
    }

    /// Traced cost in micro-pounds.
    pub(crate) fn cost(
        &mut self,
        here: Here<'_>,
        noticed: &mut Noticed,
    ) -> Result<Option<i64>, Fault> {
        let Some(text) = here.read(&here.columns.cost, &mut self.scratch) else {
            return Ok(None);
        };
        let amount = self.repairs.money(text).map_err(Fault::cell("cost"))?;
        if let Some(code) = amount.repair {
            noticed.row(code, "cost", here.line);
        }
        Ok(Some(amount.value))
    }

    /// Tells what was repaired, what no list has.
    pub(crate) fn tell(self, noticed: &mut Noticed) -> Dictionary {
        let named = std::iter::zip(self.columns, CODE_COLUMNS.iter().map(|it| it.1));
        let lists = [(self.diagnoses, "diagnoses"), (self.procedures, "procedures")];
        for (column, name) in named.chain(lists) {
            for judged in column.into_judged() {
                let rows = (judged.rows, judged.first_line);
                for code in &judged.repairs {
                    noticed.add(code, name, rows, domain::Money::ZERO);
                }
                if judged.unknown {
                    noticed.add("E16", name, rows, domain::Money::ZERO);
                    noticed.name("E16", name, self.dictionary.text(judged.id), judged.rows);
                }
            }
        }
        self.dictionary
    }
}

fn decimal(
    repairs: Repairs,
    text: Option<&[u8]>,
    (column, places): (&'static str, u32),
    (line, noticed): (u64, &mut Noticed),
) -> Result<Option<i64>, Fault> {
    let Some(text) = text else { return Ok(None) };
    let amount = repairs.decimal(text, places).map_err(Fault::cell(column))?;
    if let Some(code) = amount.repair {
        noticed.row(code, column, line);
    }
    Ok(Some(amount.value))
}
