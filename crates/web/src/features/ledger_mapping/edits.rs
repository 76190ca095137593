//! A mapping rule as it is typed, and the rows of `mapping.csv` that it becomes.

use std::collections::BTreeMap;

use rules::rows::{RowEdit, Sheet, SheetRow};

use crate::shell::forms::Fields;

/// Lines for cost lines that a form has at least.
const TARGETS: usize = 3;

/// A mapping rule in a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    /// What the form was made from.
    pub(super) base: String,
    /// Line of the rule's first row; blank for a new rule.
    pub(super) line: String,
    pub(super) sequence: String,
    pub(super) cost_centre: String,
    pub(super) account: String,
    /// Cost line and percentage.
    pub(super) targets: Vec<(String, String)>,
    pub(super) effective_from: String,
    pub(super) effective_to: String,
    pub(super) source: String,
    pub(super) note: String,
    pub(super) reason: String,
    /// `in_force`, or `draft`.
    pub(super) state: String,
    /// Whether the rule is to be taken out.
    pub(super) remove: bool,
}

impl Form {
    /// As it was sent.
    pub(super) fn read(fields: &Fields) -> Self {
        let text = |name: &str| one_line(fields.get(name));
        let percentages = fields.all("percentage");
        let target = |(index, cost_line): (usize, &&str)| {
            let percentage = percentages.get(index).copied().unwrap_or_default();
            (one_line(cost_line), one_line(percentage))
        };
        Self {
            base: text("base"),
            line: text("line"),
            sequence: text("sequence"),
            cost_centre: text("cost_centre"),
            account: text("account"),
            targets: fields.all("cost_line").iter().enumerate().map(target).collect(),
            effective_from: text("effective_from"),
            effective_to: text("effective_to"),
            source: text("source"),
            note: text("note"),
            reason: text("reason"),
            state: text("state"),
            remove: fields.get("act") == "remove",
        }
    }

    /// The rule of these rows.
    pub(super) fn of(rows: &[&SheetRow], base: String) -> Self {
        let Some(first) = rows.first() else { return Self { base, ..Self::default() } };
        let target =
            |it: &&SheetRow| (it.cell("cost_line").to_owned(), it.cell("percentage").to_owned());
        let cell = |column: &str| first.cell(column).to_owned();
        Self {
            base,
            line: first.line.to_string(),
            sequence: cell("sequence"),
            cost_centre: cell("cost_centre"),
            account: cell("account"),
            targets: rows.iter().map(target).collect(),
            effective_from: cell("effective_from"),
            effective_to: cell("effective_to"),
            source: cell("source"),
            note: cell("note"),
            ..Self::default()
        }
    }

    /// With empty lines for further cost lines.
    pub(super) fn with_room(mut self) -> Self {
        let filled = self.targets.iter().filter(|it| is_filled(it)).count();
        let wanted = TARGETS.max(filled + 2).max(self.targets.len());
        self.targets.resize(wanted, Default::default());
        self
    }
}

/// What a form does to the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edits {
    pub(super) edits: Vec<RowEdit>,
    /// Number in the form, from 1, of the cost line that each edit is for; 0 for none.
    pub(super) targets: Vec<usize>,
}

/// The edits of a form over the rows that the rule has now.
pub(super) fn edits(form: &Form, rows: &[&SheetRow]) -> Edits {
    let mut done = Edits { edits: Vec::new(), targets: Vec::new() };
    let mut push = |edit, target| {
        done.edits.push(edit);
        done.targets.push(target);
    };
    let kept = if form.remove { Vec::new() } else { filled(form) };
    for (place, (number, target)) in kept.iter().enumerate() {
        let cells = cells(form, target, rows.get(place).copied(), rows.first().copied());
        let edit = match (rows.get(place), rows.last()) {
            (Some(row), _) => RowEdit::Replace(row.line, cells),
            (None, Some(last)) => RowEdit::After(last.line, cells),
            (None, None) => RowEdit::Append(cells),
        };
        push(edit, *number);
    }
    for row in rows.iter().skip(kept.len()) {
        push(RowEdit::Remove(row.line), 0);
    }
    done
}

fn filled(form: &Form) -> Vec<(usize, &(String, String))> {
    let numbered = form.targets.iter().enumerate().map(|(index, it)| (index + 1, it));
    numbered.filter(|it| is_filled(it.1)).collect()
}

fn is_filled(target: &(String, String)) -> bool {
    !target.0.is_empty() || !target.1.is_empty()
}

/// Cells of one row. Rows of one split may have notes and sources of their own: they keep them
/// unless the form says something new.
fn cells(
    form: &Form,
    target: &(String, String),
    row: Option<&SheetRow>,
    first: Option<&SheetRow>,
) -> BTreeMap<String, String> {
    let mut cells: BTreeMap<String, String> = [
        ("sequence", &form.sequence),
        ("cost_centre", &form.cost_centre),
        ("account", &form.account),
        ("cost_line", &target.0),
        ("percentage", &target.1),
        ("effective_from", &form.effective_from),
        ("effective_to", &form.effective_to),
    ]
    .map(|(column, cell)| (column.to_owned(), cell.clone()))
    .into();
    for (column, cell) in [("source", &form.source), ("note", &form.note)] {
        let is_new = row.is_none() || first.is_none_or(|it| it.cell(column) != cell.as_str());
        if is_new {
            cells.insert(column.to_owned(), cell.clone());
        }
    }
    cells
}

/// The rows of the rule whose row stands at a line: the same number for the same years.
pub(super) fn rule_at(sheet: &Sheet, line: u64) -> Vec<&SheetRow> {
    let Some(row) = sheet.rows.iter().find(|it| it.line == line) else { return Vec::new() };
    sheet.rows.iter().filter(|it| rule_key(it) == rule_key(row)).collect()
}

/// What the rows of one rule share: its number, for the same years.
pub(super) fn rule_key(row: &SheetRow) -> [&str; 3] {
    ["sequence", "effective_from", "effective_to"].map(|column| row.cell(column))
}

/// A number for a new rule: the next ten behind all others.
pub(super) fn next_sequence(sheet: &Sheet) -> String {
    let numbers = sheet.rows.iter().filter_map(|it| it.cell("sequence").parse::<u64>().ok());
    (numbers.max().unwrap_or(0) / 10 * 10 + 10).to_string()
}

/// Without the ends of lines, which a cell cannot hold.
fn one_line(text: &str) -> String {
    text.split(['\r', '\n'])
        .map(str::trim)
        .filter(|it| !it.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    const FILE: &str = "sequence,cost_centre,account,cost_line,percentage,effective_from,effective_to,source,note\n\
        10,E*,*,ESTATES,100,2025-04-01,,local,\n\
        20,T1,*,NURSES,60,2025-04-01,,local,\"by rota, 2024\"\n\
        20,T1,*,RESEARCH,40,2025-04-01,,local,by contract\n";

    #[track_caller]
    fn check(change: impl FnOnce(&mut Form), line: u64, expected: &Expect) {
        expected.assert_eq(&changed(change, line));
    }

    fn changed(change: impl FnOnce(&mut Form), line: u64) -> String {
        let sheet = rules::rows::sheet(FILE.as_bytes()).expect("UTF-8");
        let rows = rule_at(&sheet, line);
        let mut form = Form::of(&rows, "0-x".to_owned()).with_room();
        change(&mut form);
        let done = rules::rows::edited(FILE.as_bytes(), &edits(&form, &rows).edits);
        String::from_utf8(done.expect("it can be changed").bytes).expect("UTF-8")
    }

    #[test]
    fn a_split_changes_its_shares_and_keeps_its_notes() {
        check(
            |form| {
                form.targets[0].1 = "50".to_owned();
                form.targets[1].1 = "30".to_owned();
                form.targets[2] = ("TEACHING".to_owned(), "20".to_owned());
            },
            3,
            &expect![[r#"
                sequence,cost_centre,account,cost_line,percentage,effective_from,effective_to,source,note
                10,E*,*,ESTATES,100,2025-04-01,,local,
                20,T1,*,NURSES,50,2025-04-01,,local,"by rota, 2024"
                20,T1,*,RESEARCH,30,2025-04-01,,local,by contract
                20,T1,*,TEACHING,20,2025-04-01,,local,"by rota, 2024"
            "#]],
        );
    }

    #[test]
    fn a_blank_line_of_the_form_takes_its_row_out() {
        check(
            |form| {
                form.targets[0].1 = "100".to_owned();
                form.targets[1] = Default::default();
                form.note = "all of it".to_owned();
            },
            3,
            &expect![[r#"
                sequence,cost_centre,account,cost_line,percentage,effective_from,effective_to,source,note
                10,E*,*,ESTATES,100,2025-04-01,,local,
                20,T1,*,NURSES,100,2025-04-01,,local,all of it
            "#]],
        );
    }

    #[test]
    fn an_opened_and_saved_rule_changes_no_byte() {
        assert_eq!(changed(|_| {}, 3), FILE);
        let without = FILE.replace("10,E*,*,ESTATES,100,2025-04-01,,local,\n", "");
        assert_eq!(changed(|form| form.remove = true, 2), without);
    }

    #[test]
    fn a_new_rule_comes_last() {
        let sheet = rules::rows::sheet(FILE.as_bytes()).expect("UTF-8");
        assert_eq!(next_sequence(&sheet), "30");
        let form = Form { targets: vec![("X".into(), "100".into())], ..Form::default() };
        assert!(matches!(edits(&form, &[]).edits[..], [RowEdit::Append(_)]));
    }
}
