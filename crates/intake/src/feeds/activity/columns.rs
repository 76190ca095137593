//! Where each of our columns stands in a file of activity.

use std::collections::BTreeSet;

use csv::ByteRecord;
use rules::intake_mapping::ColumnSource;

use crate::feeds::gate::Gate;
use crate::feeds::row::CODE_COLUMNS;
use crate::files::FileFault;
use crate::findings::Tally;
use crate::plan::{FeedPlan, Header, Nulls, Source};

/// Sources of all columns of a file of activity.
#[derive(Debug)]
pub(crate) struct Columns {
    pub(crate) nhs: Source,
    pub(crate) local: Source,
    pub(crate) birth: Source,
    pub(crate) age: Source,
    pub(crate) event: Source,
    pub(crate) row: Source,
    pub(crate) spell: Source,
    pub(crate) start: Source,
    pub(crate) end: Source,
    pub(crate) minutes: Source,
    pub(crate) ready: Source,
    pub(crate) spell_start: Source,
    pub(crate) spell_end: Source,
    pub(crate) quantity: Source,
    pub(crate) staff: Source,
    pub(crate) cost: Source,
    pub(crate) order: Source,
    pub(crate) provider: Source,
    pub(crate) diagnoses: Source,
    pub(crate) procedures: Source,
    pub(crate) withheld: Source,
    pub(crate) origin: Source,
    /// In the order of [`CODE_COLUMNS`].
    pub(crate) codes: Vec<Source>,
    pub(crate) phases: Vec<Phase>,
    pub(crate) gate: Gate,
    /// Cells that make up the content of a row.
    pub(crate) content: Vec<usize>,
    pub(crate) nulls: Nulls,
}

/// A row that is being read, with its columns and its line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Here<'r> {
    pub(crate) columns: &'r Columns,
    pub(crate) cells: &'r ByteRecord,
    pub(crate) line: u64,
}

impl<'r> Here<'r> {
    /// The text of a source in this row, if it is there.
    pub(crate) fn read(&self, source: &'r Source, scratch: &'r mut Vec<u8>) -> Option<&'r [u8]> {
        source.read(self.cells, &self.columns.nulls, scratch)
    }
}

/// Where one phase stands.
#[derive(Debug)]
pub(crate) struct Phase {
    pub(crate) code: Vec<u8>,
    pub(crate) start: Source,
    pub(crate) end: Source,
    pub(crate) staff: Source,
}

impl Columns {
    /// Finds all columns.
    pub(crate) fn find(
        plan: &FeedPlan<'_>,
        header: &mut Header<'_>,
        tally: &mut Tally,
    ) -> Result<Self, FileFault> {
        let mut of = |ours: &str| header.source(ours, tally);
        let mut columns = Self {
            nhs: of("patient_nhs")?,
            local: of("patient_local")?,
            birth: of("birth_date")?,
            age: of("age")?,
            event: of("event")?,
            row: of("row")?,
            spell: of("spell")?,
            start: of("start")?,
            end: of("end")?,
            minutes: of("duration_minutes")?,
            ready: of("ready")?,
            spell_start: of("spell_start")?,
            spell_end: of("spell_end")?,
            quantity: of("quantity")?,
            staff: of("staff")?,
            cost: of("cost")?,
            order: of("episode_order")?,
            provider: of("provider")?,
            diagnoses: of("diagnoses")?.into_list(),
            procedures: of("procedures")?.into_list(),
            withheld: of("withheld_reason")?,
            origin: of("origin")?,
            codes: CODE_COLUMNS.iter().map(|(_, it)| of(it)).collect::<Result<_, _>>()?,
            phases: Vec::new(),
            gate: Gate::default(),
            content: Vec::new(),
            nulls: Nulls::new(&plan.mapping.null),
        };
        // Known to the mapping, though no table holds it.
        header.source("nhs_status", tally)?;
        columns.phases = phases(plan, header, tally)?;
        columns.gate = Gate::find(plan, header, tally)?;
        header.tell_unknown(tally);
        columns.content = columns.cells().into_iter().collect();
        Ok(columns)
    }

    /// Every cell that is read, in order.
    fn cells(&self) -> BTreeSet<usize> {
        let own = [
            &self.nhs,
            &self.local,
            &self.birth,
            &self.age,
            &self.event,
            &self.row,
            &self.spell,
            &self.start,
            &self.end,
            &self.minutes,
            &self.ready,
            &self.spell_start,
            &self.spell_end,
            &self.quantity,
            &self.staff,
            &self.cost,
            &self.order,
            &self.provider,
            &self.diagnoses,
            &self.procedures,
            &self.withheld,
            &self.origin,
        ];
        let phases = self.phases.iter().flat_map(|it| [&it.start, &it.end, &it.staff]);
        own.into_iter().chain(&self.codes).chain(phases).flat_map(Source::cells).collect()
    }
}

fn phases(
    plan: &FeedPlan<'_>,
    header: &mut Header<'_>,
    tally: &mut Tally,
) -> Result<Vec<Phase>, FileFault> {
    let mut found = Vec::new();
    for phase in &plan.mapping.phases {
        let mut cell = |name: &str| -> Result<Source, FileFault> {
            if name.is_empty() {
                return Ok(Source::Absent);
            }
            Ok(Source::Cell(header.required(name, tally)?))
        };
        found.push(Phase {
            code: phase.code.clone().into_bytes(),
            start: cell(&phase.start)?,
            end: cell(&phase.end)?,
            staff: cell(&phase.staff)?,
        });
    }
    Ok(found)
}

/// The name of one of our columns in the file, for people.
pub(crate) fn their_name(plan: &FeedPlan<'_>, ours: &str) -> String {
    match plan.mapping.columns.get(ours) {
        Some(ColumnSource::Column(name)) => name.clone(),
        _ => ours.to_owned(),
    }
}
