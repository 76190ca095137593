//! Values from a file: what it would do is said first, and done only while that is still so.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use super::values::{latest, of_all, put};
use super::{Decimal, Definition, Form, Month, NewValue, Value, list};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{LineFault, Refusal, Result, filled, usable};
use crate::ids::{MeasureCode, UnitCode};
use crate::import::{self, Row};
use crate::known_issues;
use crate::units;
use crate::writer::Tx;

/// Columns of a file of values.
pub const COLUMNS: [&str; 6] = ["measure", "unit", "month", "value", "of", "source"];

/// Ten-thousandths of one.
const ONE_WHOLE: i64 = 10_000;

/// Who brings a file, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeping {
    /// The units that they keep measures for; none for all of them.
    pub units: Option<BTreeSet<String>>,
    /// The month of today: nothing later is known yet.
    pub this_month: Month,
}

/// What a file would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Each line that holds a value, in order.
    pub lines: Vec<Planned>,
    /// Lines without a value, which are left out.
    pub blank: usize,
    /// Stands for all of it: a file that would do something else has another.
    pub digest: String,
}

/// One line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Its line in the file.
    pub line: u64,
    /// What it says.
    pub new: NewValue,
    /// How that stands to what is held.
    pub standing: Standing,
}

/// How a value stands to what is held for its month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was held.
    New,
    /// The same is held: nothing is recorded.
    Same,
    /// It corrects this one, which is kept beside it.
    Corrects(Box<Value>),
}

impl Plan {
    /// Lines that add a value.
    pub fn added(&self) -> usize {
        self.lines.iter().filter(|it| it.standing == Standing::New).count()
    }

    /// Lines that say what is held already.
    pub fn same(&self) -> usize {
        self.lines.iter().filter(|it| it.standing == Standing::Same).count()
    }

    /// Lines that correct a value.
    pub fn corrections(&self) -> usize {
        self.lines.iter().filter(|it| matches!(it.standing, Standing::Corrects(_))).count()
    }
}

/// What a file of values would do.
///
/// # Errors
/// [`crate::Error::Faults`] with every fault by line.
pub async fn plan(db: &mut Connection, csv: &str, keeping: &Keeping) -> Result<Plan> {
    let measures = list(db).await?.into_iter().map(|it| it.definition);
    let known = Known {
        measures: measures.map(|it| (it.code.as_str().to_owned(), it)).collect(),
        units: units::list(db).await?.into_iter().map(|it| it.unit.code.to_string()).collect(),
    };
    let (new, blank) = read(csv, &known, keeping)?;
    let held = of_all(db).await?;
    let key = |it: &NewValue| (it.measure.clone(), it.unit.clone(), it.month);
    let held: BTreeMap<_, &Value> =
        latest(&held).into_iter().map(|it| (key(&it.recorded), it)).collect();
    let standing = |(line, new): (u64, NewValue)| {
        let standing = match held.get(&key(&new)) {
            None => Standing::New,
            Some(it) if it.recorded.says_as(&new) => Standing::Same,
            Some(it) => Standing::Corrects(Box::new((*it).clone())),
        };
        Planned { line, new, standing }
    };
    let lines: Vec<Planned> = new.into_iter().map(standing).collect();
    Ok(Plan { digest: digest(&lines), lines, blank })
}

/// Records the values of a file, if it still does what was said of it. What is held already is left
/// as it is, and what is corrected is kept.
///
/// # Errors
/// As [`plan`]; if what is held has changed since, or a correction has no reason.
pub async fn import(
    tx: &mut Tx,
    (csv, keeping): (&str, &Keeping),
    digest: &str,
    (name, because): (&str, &str),
    entry: &Entry,
) -> Result<Plan> {
    let plan = plan(tx, csv, keeping).await?;
    if plan.digest != digest {
        return Err(Refusal::FileDoesSomethingElse.into());
    }
    let name = usable("the name of the file", name)?;
    let mut because = usable("the reason", because)?.trim();
    if plan.corrections() > 0 {
        because = filled("the reason", because)?;
    }
    let mut rows = 0;
    let mut touched: BTreeSet<&MeasureCode> = BTreeSet::new();
    for it in &plan.lines {
        let (version, because) = match &it.standing {
            Standing::Same => continue,
            Standing::New => (1, ""),
            Standing::Corrects(before) => (before.version + 1, because),
        };
        put(tx, &it.new, (version, name, because), entry).await?;
        if let Standing::Corrects(before) = &it.standing {
            known_issues::note(tx, (&before.recorded, &it.new), entry).await?;
        }
        touched.insert(&it.new.measure);
        rows += 1;
    }
    let codes: Vec<&str> = touched.iter().map(|it| it.as_str()).collect();
    let entry = entry.of("measure.import", format!("measures {}", codes.join(" "))).rows(rows);
    let entry = if because.is_empty() { entry } else { entry.because(because) };
    audit::append(tx, &entry).await?;
    Ok(plan)
}

fn digest(lines: &[Planned]) -> String {
    use std::fmt::Write as _;

    let mut hash = Sha256::new();
    for it in lines {
        hash.update(format!("{it:?}\n").as_bytes());
    }
    hash.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What there is to name.
pub(super) struct Known {
    pub(super) measures: BTreeMap<String, Definition>,
    pub(super) units: BTreeSet<String>,
}

/// Lines of a file with a value, by line, and how many have none.
type Lines = (Vec<(u64, NewValue)>, usize);

pub(super) fn read(csv: &str, known: &Known, keeping: &Keeping) -> Result<Lines> {
    let (rows, mut faults) = import::read(csv, COLUMNS);
    let mut found: Vec<(u64, NewValue)> = Vec::new();
    let mut first: BTreeMap<(MeasureCode, UnitCode, Month), u64> = BTreeMap::new();
    let mut blank = 0;
    for row in &rows {
        let [_, _, _, value, of, _] = &row.fields;
        if value.is_empty() && of.is_empty() {
            blank += 1;
            continue;
        }
        let mut said = Vec::new();
        if let Some(new) = line(row, known, keeping, &mut said) {
            let key = (new.measure.clone(), new.unit.clone(), new.month);
            if let Some(earlier) = first.get(&key) {
                said.push(format!(
                    "is of the same measure, unit and month as line {earlier}: leave one of them out"
                ));
            } else {
                first.insert(key, row.line);
                found.push((row.line, new));
            }
        }
        faults.extend(said.into_iter().map(|message| LineFault { line: row.line, message }));
    }
    if found.is_empty() && faults.is_empty() {
        let message = "no line holds a value: fill the column value in".to_owned();
        faults.push(LineFault { line: 1, message });
    }
    import::none(faults)?;
    Ok((found, blank))
}

/// The value of a line; what is wrong with it is said by column.
fn line(
    row: &Row<6>,
    known: &Known,
    keeping: &Keeping,
    said: &mut Vec<String>,
) -> Option<NewValue> {
    let [measure, unit, month, value, of, source] = &row.fields;
    let before = said.len();
    let definition = known.measures.get(measure);
    if definition.is_none() {
        said.push(format!(
            "column measure: there is no measure `{}`; its codes stand on the page of measures",
            short(measure)
        ));
    }
    let is_kept = keeping.units.as_ref().is_none_or(|it| it.contains(unit));
    if !known.units.contains(unit) {
        said.push(format!("column unit: there is no unit `{}`; write its code", short(unit)));
    } else if !is_kept {
        said.push(format!("column unit: you do not keep measures of {unit}: ask who does"));
    }
    let month = parsed_month(month, keeping.this_month, said);
    let value = number("value", value, said);
    let of = if of.is_empty() { Some(None) } else { number("of", of, said).map(Some) };
    if let Err(error) = filled("column source", source) {
        said.push(format!("{error}: say which system or report the figure is from"));
    }
    if let (Some(definition), Some(value), Some(of)) = (definition, value, of) {
        said.extend(fits(definition, value, of));
    }
    if said.len() > before {
        return None;
    }
    Some(NewValue {
        measure: definition?.code.clone(),
        unit: UnitCode::new(unit),
        month: month?,
        value: value?,
        of: of?,
        source: source.clone(),
    })
}

fn parsed_month(text: &str, this_month: Month, said: &mut Vec<String>) -> Option<Month> {
    let Ok(month) = text.parse::<Month>() else {
        said.push(format!(
            "column month: `{}` is no month: write it as 2025-04, and in a spreadsheet as text",
            short(text)
        ));
        return None;
    };
    if month > this_month {
        said.push(format!("column month: {month} is still to come: correct it"));
        return None;
    }
    Some(month)
}

fn number(column: &str, text: &str, said: &mut Vec<String>) -> Option<Decimal> {
    let found = text.parse::<Decimal>().ok();
    if found.is_none() {
        said.push(format!(
            "column {column}: `{}` is no number: write digits alone, such as 1250 or 4.5, with up to four places",
            short(text)
        ));
    }
    found
}

/// What does not fit the way in which values of a measure are made.
fn fits(definition: &Definition, value: Decimal, of: Option<Decimal>) -> Vec<String> {
    let mut said = Vec::new();
    let form = definition.form;
    match of {
        None if form.has_of() => said.push(format!(
            "column of: is empty, but {} is a {form}: say of how many",
            definition.code
        )),
        Some(_) if !form.has_of() => {
            said.push(format!("column of: leave it empty, since {} is a {form}", definition.code));
        }
        Some(of) if of.e4() <= 0 => {
            said.push(
                "column of: must be more than 0; leave the line out where there was none"
                    .to_owned(),
            );
        }
        Some(of) if form == Form::Proportion && value > of => {
            said.push(format!("column value: {value} is more than the {of} that it is of"));
        }
        _ => {}
    }
    if form != Form::Mean && value.e4() < 0 {
        said.push("column value: is below 0: correct it".to_owned());
    }
    let counts_things = matches!(form, Form::Count | Form::Level);
    let counts_people = definition.of_patients && form != Form::Mean;
    if (counts_things || counts_people) && !value.is_whole() {
        said.push("column value: counts something, so it must be a whole number".to_owned());
    }
    let of_people = definition.of_patients && matches!(form, Form::Proportion | Form::Mean);
    if of_people && of.is_some_and(|it| it.e4() % ONE_WHOLE != 0) {
        said.push("column of: counts patients, so it must be a whole number".to_owned());
    }
    said
}

/// A text short enough for a message.
fn short(text: &str) -> String {
    let mut all = text.chars();
    let begin: String = all.by_ref().take(30).collect();
    if all.next().is_some() { format!("{begin}…") } else { begin }
}
