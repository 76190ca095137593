//! The cells of one row of a small table, by our column names.

use std::collections::BTreeMap;

use csv::ByteRecord;
use domain::{Key, Money};
use vault::{Namespace, Pseudonyms};

use crate::cells::amounts::{Repairs, is_whole_pence};
use crate::cells::codes::{CodeColumn, Dictionary};
use crate::cells::text;
use crate::feeds::activity::moments::{Moments, When};
use crate::feeds::fault::Fault;
use crate::feeds::noticed::Noticed;
use crate::findings::shown;
use crate::plan::{FeedPlan, Nulls, Source};

const ADJUSTMENTS: u8 = 13;

/// Everything that reading a row of a small table needs.
#[derive(Debug)]
pub(super) struct Cells<'a> {
    pub(super) plan: FeedPlan<'a>,
    pub(super) sources: BTreeMap<&'static str, Source>,
    pub(super) codes: BTreeMap<&'static str, CodeColumn<'a>>,
    pub(super) dictionary: Dictionary,
    pub(super) moments: Moments,
    pub(super) noticed: Noticed,
    pub(super) repairs: Repairs,
    pub(super) nulls: Nulls,
    pub(super) line: u64,
    pub(super) row: ByteRecord,
}

impl Cells<'_> {
    /// The text of a column, if it is there.
    pub(super) fn text(&self, column: &'static str) -> Option<String> {
        let mut scratch = Vec::new();
        let source = self.sources.get(column)?;
        let raw = source.read(&self.row, &self.nulls, &mut scratch)?;
        let (text, _) = text::clean(&String::from_utf8_lossy(raw));
        (!text.is_empty()).then_some(text)
    }

    /// The clean code of a column; blank if it is absent.
    pub(super) fn code(&mut self, column: &'static str) -> Result<String, Fault> {
        let Some(text) = self.text(column) else { return Ok(String::new()) };
        let Some(judge) = self.codes.get_mut(column) else { return Ok(text) };
        let judged = judge.judge(text.as_bytes(), self.line, &mut self.dictionary);
        match &judged.fault {
            Some(fault) => Err(Fault::cell(column)(fault.as_ref().clone())),
            None => Ok(self.dictionary.text(judged.id).to_owned()),
        }
    }

    /// A code that must be there.
    pub(super) fn needed(&mut self, column: &'static str) -> Result<String, Fault> {
        let code = self.code(column)?;
        if code.is_empty() {
            return Err(Fault::row("N5", column, format!("the row has no {column}")));
        }
        Ok(code)
    }

    /// An amount of money, nothing if it is absent.
    pub(super) fn money(&mut self, column: &'static str) -> Result<Option<Money>, Fault> {
        let Some(text) = self.text(column) else { return Ok(None) };
        let amount = self.repairs.money(text.as_bytes()).map_err(Fault::cell(column))?;
        if let Some(code) = amount.repair {
            self.noticed.row(code, column, self.line);
        }
        if !is_whole_pence(amount.value) && !self.repairs.fractions() {
            let message = "an amount has fractions of a penny, and `fractions` is not declared";
            return Err(Fault { whole_file: true, ..Fault::row("F8", column, message) });
        }
        Ok(Some(Money::from_micro_pounds(amount.value)))
    }

    /// A decimal with so many places.
    pub(super) fn decimal(
        &mut self,
        column: &'static str,
        places: u32,
    ) -> Result<Option<i64>, Fault> {
        let Some(text) = self.text(column) else { return Ok(None) };
        let amount = self.repairs.decimal(text.as_bytes(), places).map_err(Fault::cell(column))?;
        if let Some(code) = amount.repair {
            self.noticed.row(code, column, self.line);
        }
        Ok(Some(amount.value))
    }

    /// A period from 1 to 12, or 13 where adjustments are declared.
    pub(super) fn period(&mut self) -> Result<u8, Fault> {
        let text = self.needed("period")?;
        let digits = text.trim_start_matches(['P', 'p', 'M', 'm']);
        match digits.parse::<u8>() {
            Ok(period @ 1..=12) => Ok(period),
            Ok(ADJUSTMENTS) if self.plan.mapping.adjustments => {
                self.noticed.row("F6", "period", self.line);
                Ok(ADJUSTMENTS)
            }
            Ok(ADJUSTMENTS) => {
                let message = "there is a period 13, and `adjustments` is not declared";
                Err(Fault { whole_file: true, ..Fault::row("F6", "period", message) })
            }
            _ => Err(Fault::row("B5", "period", format!("{} is no period", shown(&text)))),
        }
    }

    /// Refuses a row of another financial year than the one costed.
    pub(super) fn same_year(&mut self) -> Result<(), Fault> {
        let year = self.code("year")?;
        let costed = self.plan.plan.rules.year.to_string();
        if year.is_empty() || year == costed || year == costed.replace('-', "/") {
            return Ok(());
        }
        let message = format!("{} is not the year {costed} that is costed", shown(&year));
        Err(Fault { whole_file: true, ..Fault::row("F7", "year", message) })
    }

    /// A date.
    pub(super) fn date(&mut self, column: &'static str) -> Result<Option<When>, Fault> {
        let text = self.text(column);
        let text = text.as_ref().map(String::as_bytes);
        self.moments.past(text, column, self.line, &mut self.noticed)
    }

    /// The pseudonym of an identifier.
    pub(super) fn key(&self, namespace: Namespace, column: &'static str) -> Option<Key> {
        Some(self.pseudonyms().of(namespace, &self.text(column)?))
    }

    /// Makes pseudonyms.
    pub(super) fn pseudonyms(&self) -> &Pseudonyms {
        self.plan.plan.pseudonyms
    }

    /// Every cell of the row that is read, with a mark between them.
    pub(super) fn content(&self) -> String {
        let texts = self.sources.keys().map(|it| self.text(it).unwrap_or_default());
        format!("{}|{}", self.plan.name, texts.collect::<Vec<_>>().join("\u{1f}"))
    }
}
