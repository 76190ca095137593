//! Codes: each distinct text of a column is cleaned, repaired and judged once.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::Day;
use hashbrown::HashMap;
use rules::year::{Pattern, ReferenceCode};

use super::{CellFault, text};
use crate::findings::shown;

/// What kind of code a column holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum CodeKind {
    /// The trust's own: kept as it is, unless a list knows better.
    #[default]
    Own,
    /// A national code in capitals.
    National,
    /// A healthcare resource group.
    Hrg,
    /// A diagnosis (ICD-10).
    Diagnosis,
    /// A procedure (OPCS-4).
    Procedure,
}

/// How the codes of one column are read.
#[derive(Clone, Debug, Default)]
pub(crate) struct CodeRules<'a> {
    /// What kind of code.
    pub(crate) kind: CodeKind,
    /// Texts that mean absent.
    pub(crate) null: &'a [String],
    /// Replacements, one for one.
    pub(crate) lookup: Option<&'a BTreeMap<String, String>>,
    /// The reference list.
    pub(crate) list: Option<&'a BTreeMap<String, ReferenceCode>>,
    /// Codes that are legally restricted.
    pub(crate) restricted: &'a [Pattern],
    /// Whether the column is free of checks for codes mangled by spreadsheets.
    pub(crate) words: bool,
}

/// A text of a column, judged.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    /// Number of the clean code in the dictionary; 0 is the blank.
    pub(crate) id: u32,
    /// Why rows with it are quarantined or the file refused.
    pub(crate) fault: Option<Arc<CellFault>>,
    /// Cases of the repairs made.
    pub(crate) repairs: Vec<&'static str>,
    /// Whether the reference list does not have it.
    pub(crate) unknown: bool,
    /// First and last day on which the list calls it valid.
    pub(crate) valid: Option<(Option<Day>, Option<Day>)>,
    /// Whether the code is legally restricted.
    pub(crate) restricted: bool,
    /// Rows that hold it.
    pub(crate) rows: u64,
    /// First line with it.
    pub(crate) first_line: u64,
}

/// Clean codes by number, the same for all columns of a file.
#[derive(Debug)]
pub(crate) struct Dictionary {
    numbers: HashMap<Arc<str>, u32>,
    texts: Vec<Arc<str>>,
}

impl Default for Dictionary {
    fn default() -> Self {
        let blank: Arc<str> = Arc::from("");
        Self { numbers: HashMap::from_iter([(Arc::clone(&blank), 0)]), texts: vec![blank] }
    }
}

impl Dictionary {
    /// The number of a text, a new one if it has none.
    pub(crate) fn number(&mut self, text: &str) -> u32 {
        if let Some(known) = self.numbers.get(text) {
            return *known;
        }
        let number = u32::try_from(self.texts.len()).expect("fewer than 2^32 distinct codes");
        let text: Arc<str> = Arc::from(text);
        self.texts.push(Arc::clone(&text));
        self.numbers.insert(text, number);
        number
    }

    /// The text of a number.
    pub(crate) fn text(&self, number: u32) -> &str {
        &self.texts[number as usize]
    }

    /// All texts in the order of their numbers.
    pub(crate) fn texts(&self) -> &[Arc<str>] {
        &self.texts
    }
}

/// The texts of one column, judged.
#[derive(Debug)]
pub(crate) struct CodeColumn<'a> {
    rules: CodeRules<'a>,
    known: HashMap<Vec<u8>, Judged>,
}

impl<'a> CodeColumn<'a> {
    /// A column that no text of has been seen yet.
    pub(crate) fn new(rules: CodeRules<'a>) -> Self {
        Self { rules, known: HashMap::new() }
    }

    /// Judges a text, from memory if it was seen before.
    pub(crate) fn judge(&mut self, raw: &[u8], line: u64, codes: &mut Dictionary) -> &Judged {
        let rules = &self.rules;
        let judged = self.known.entry_ref(raw).or_insert_with(|| judge(rules, raw, line, codes));
        judged.rows += 1;
        judged
    }

    /// All distinct texts, the earliest line first.
    pub(crate) fn into_judged(self) -> Vec<Judged> {
        let mut all: Vec<Judged> = self.known.into_values().collect();
        all.sort_by_key(|it| (it.first_line, it.id));
        all
    }
}

fn judge(rules: &CodeRules<'_>, raw: &[u8], line: u64, codes: &mut Dictionary) -> Judged {
    let mut judged = Judged {
        id: 0,
        fault: None,
        repairs: Vec::new(),
        unknown: false,
        valid: None,
        restricted: false,
        rows: 0,
        first_line: line,
    };
    let raw = String::from_utf8_lossy(raw);
    let (text, cleaned) = text::clean(&raw);
    judged.repairs.extend(cleaned.invisible.then_some("A33"));
    judged.repairs.extend(cleaned.control.then_some("A34"));
    if text.is_empty() || rules.null.contains(&text) {
        return judged;
    }
    match tidy(rules, text, &mut judged.repairs) {
        Err(fault) => judged.fault = Some(Arc::new(fault)),
        Ok(code) => {
            judged.restricted = rules.restricted.iter().any(|it| it.fits(&code));
            let code = rules.lookup.and_then(|it| it.get(&code)).cloned().unwrap_or(code);
            if let Some(list) = rules.list {
                let entry = list.get(&code);
                judged.unknown = entry.is_none();
                judged.valid = entry.map(|it| (it.valid_from, it.valid_to));
            }
            judged.id = codes.number(&code);
        }
    }
    judged
}

/// Repairs a code as far as rules allow, and says why it cannot be trusted if it cannot.
fn tidy(
    rules: &CodeRules<'_>,
    text: String,
    repairs: &mut Vec<&'static str>,
) -> Result<String, CellFault> {
    if rules.words || declared(rules, &text) {
        return Ok(text);
    }
    if let Some(fault) = mangled(&text) {
        return Err(fault);
    }
    let mut code = text;
    if let Some(rest) = code.strip_prefix('\'') {
        code = String::from(rest);
        repairs.push("B7");
    }
    if let Some(rest) = code.strip_suffix(".0").filter(|it| it.bytes().all(|b| b.is_ascii_digit()))
    {
        code = String::from(rest);
        repairs.push("B6");
    }
    code = in_capitals(rules, code, repairs);
    code = without_marks(rules.kind, code, repairs);
    if let Some(fault) = exchanged(rules, &code) {
        return Err(fault);
    }
    restored(rules, code, repairs)
}

/// Whether the code stands in the column's list or lookup as it is.
fn declared(rules: &CodeRules<'_>, code: &str) -> bool {
    rules.list.is_some_and(|it| it.contains_key(code))
        || rules.lookup.is_some_and(|it| it.contains_key(code))
}

/// Says what a spreadsheet did to the code, if that cannot be undone.
fn mangled(text: &str) -> Option<CellFault> {
    if let Some(fault) = mangled_identifier(text) {
        return Some(fault);
    }
    is_date(&text.to_ascii_uppercase())
        .then(|| CellFault::row("B4", format!("{} is a date, not a code", shown(text))))
}

/// Says why a text identifies nothing: an error, a word for nothing, digits that are lost.
///
/// Identifiers may look like dates, such as `2025-04-0012`, so those are no fault.
pub(crate) fn mangled_identifier(text: &str) -> Option<CellFault> {
    let upper = text.to_ascii_uppercase();
    if text.starts_with('#') && (text.ends_with(['!', '?']) || upper == "#N/A") {
        return Some(CellFault::row("B5", format!("{} is a spreadsheet's error", shown(text))));
    }
    if matches!(upper.as_str(), "NULL" | "-" | "N/A" | "NA" | "NONE" | "NAN") {
        let message = format!("{} is not declared to mean absent", shown(text));
        return Some(CellFault::row("B5", message));
    }
    if matches!(upper.as_str(), "TRUE" | "FALSE") {
        return Some(CellFault::row("B10", format!("{} was a code once", shown(text))));
    }
    is_scientific(&upper)
        .then(|| CellFault::row("B2", format!("{} is in scientific notation", shown(text))))
}

/// `1.23E+05`, as spreadsheets write long numbers: always with a sign.
fn is_scientific(upper: &str) -> bool {
    let Some((mantissa, exponent)) = upper.split_once('E') else { return false };
    let digits = |it: &str| !it.is_empty() && it.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let exponent = exponent.strip_prefix(['+', '-']);
    digits(whole) && digits(fraction) && exponent.is_some_and(digits)
}

/// `01-Feb`, `Mar-01`, `01/03/2025`, `2025-03-01`, as spreadsheets write what looks like a date.
fn is_date(upper: &str) -> bool {
    let parts: Vec<&str> = upper.split(['-', '/']).collect();
    let number = |it: &str, most: usize| {
        (1..=most).contains(&it.len()) && it.bytes().all(|b| b.is_ascii_digit())
    };
    let month = |it: &str| {
        const NAMES: [&str; 12] =
            ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
        NAMES.contains(&it)
    };
    match parts.as_slice() {
        [one, two] => {
            number(one, 2) && month(two) || month(one) && number(two, 4) && two.len() != 3
        }
        [day, name, year] if month(name) => number(day, 2) && number(year, 4),
        [year, middle, day] if year.len() == 4 => {
            number(year, 4)
                && number(middle, 2)
                && number(day.get(..day.len().min(2)).unwrap_or_default(), 2)
        }
        [day, middle, year] => {
            number(day, 2) && number(middle, 2) && number(year, 4) && year.len() == 4
        }
        _ => false,
    }
}

fn in_capitals(rules: &CodeRules<'_>, code: String, repairs: &mut Vec<&'static str>) -> String {
    let upper = code.to_ascii_uppercase();
    let listed = rules.list.is_some_and(|it| it.contains_key(&upper));
    if upper == code || (rules.kind == CodeKind::Own && !listed) {
        return code;
    }
    repairs.push("B11");
    upper
}

/// Leaves out dots, daggers, asterisks and fillers.
fn without_marks(kind: CodeKind, code: String, repairs: &mut Vec<&'static str>) -> String {
    let (plain, case) = match kind {
        CodeKind::Diagnosis => (plain_diagnosis(&code), "B12"),
        CodeKind::Procedure => (code.replace('.', ""), "B13"),
        _ => return code,
    };
    if plain != code {
        repairs.push(case);
    }
    plain
}

/// `I21.9` is I219, `I10X` is I10, `E10.3D` and `E103†` are E103.
fn plain_diagnosis(code: &str) -> String {
    let mut plain: String =
        code.chars().filter(|it| !matches!(it, '.' | '†' | '*' | '+' | ' ')).collect();
    if plain.len() > 4 && plain.is_ascii() && plain.ends_with(['A', 'D']) {
        plain.pop();
    }
    if plain.len() == 4 && plain.ends_with('X') {
        plain.pop();
    }
    plain
}

/// Says if a letter stands for a digit or the other way round.
fn exchanged(rules: &CodeRules<'_>, code: &str) -> Option<CellFault> {
    let hint = match rules.kind {
        CodeKind::Diagnosis | CodeKind::Procedure => coded_digits(code),
        CodeKind::Hrg => grouped_digits(code),
        CodeKind::Own | CodeKind::National => listed_neighbour(rules, code),
    }?;
    let message = format!(
        "{} has a letter for a digit or a digit for a letter; {hint} is meant, perhaps",
        shown(code)
    );
    Some(CellFault::row("B14", message))
}

/// A letter, then two to five digits: any O or I among them was a digit.
fn coded_digits(code: &str) -> Option<String> {
    let head = code.get(..1)?;
    let tail = code.get(1..4.min(code.len()))?;
    let rest = code.get(4.min(code.len())..)?;
    let meant = with_digits(tail);
    (meant != tail && meant.bytes().all(|it| it.is_ascii_digit()))
        .then(|| shown(&format!("{head}{meant}{rest}")))
}

/// Two letters, two digits, a letter.
fn grouped_digits(code: &str) -> Option<String> {
    if code.len() != 5 || !code.is_ascii() {
        return None;
    }
    let meant = format!(
        "{}{}{}",
        with_letters(&code[..2]),
        with_digits(&code[2..4]),
        with_letters(&code[4..])
    );
    let fits = meant[2..4].bytes().all(|it| it.is_ascii_digit())
        && meant[..2].bytes().all(|it| it.is_ascii_alphabetic());
    (fits && meant != code).then(|| shown(&meant))
}

/// A code of the list that differs in O and 0, I and 1 only.
fn listed_neighbour(rules: &CodeRules<'_>, code: &str) -> Option<String> {
    let list = rules.list?;
    if list.contains_key(code) || !code.contains(['O', 'o', '0', 'I', 'i', '1']) {
        return None;
    }
    let same = with_digits(code);
    list.keys().find(|it| it.len() == code.len() && with_digits(it) == same).map(|it| shown(it))
}

fn with_digits(text: &str) -> String {
    text.replace(['O', 'o'], "0").replace(['I', 'i'], "1")
}

fn with_letters(text: &str) -> String {
    text.replace('0', "O").replace('1', "I")
}

/// Puts lost leading zeros back, where the list proves which code was meant.
fn restored(
    rules: &CodeRules<'_>,
    code: String,
    repairs: &mut Vec<&'static str>,
) -> Result<String, CellFault> {
    let Some(list) = rules.list else { return Ok(code) };
    let numeric = !code.is_empty() && code.bytes().all(|it| it.is_ascii_digit());
    if declared(rules, &code) || !numeric {
        return Ok(code);
    }
    let lengths: Vec<usize> = {
        let mut all: Vec<usize> =
            list.values().filter_map(|it| usize::try_from(it.length?).ok()).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let padded = |length: &usize| format!("{code:0>width$}", width = *length);
    let longer: Vec<&usize> = lengths.iter().filter(|it| **it > code.len()).collect();
    if let Some(found) = longer.iter().map(|it| padded(it)).find(|it| list.contains_key(it)) {
        repairs.push("B1");
        return Ok(found);
    }
    if longer.is_empty() || lengths.contains(&code.len()) {
        return Ok(code);
    }
    let message = format!("{} lost leading zeros, and no code of the list fits", shown(&code));
    Err(CellFault::row("B1", message))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn list() -> BTreeMap<String, ReferenceCode> {
        ["00123", "X0I01", "X-W01"]
            .into_iter()
            .map(|code| {
                let length = code.starts_with('0').then_some(5);
                let entry =
                    ReferenceCode { name: String::new(), length, valid_from: None, valid_to: None };
                (code.to_owned(), entry)
            })
            .collect()
    }

    #[track_caller]
    fn check(kind: CodeKind, with_list: bool, text: &str, expected: &Expect) {
        let list = list();
        let null = ["n/a".to_owned()];
        let list = with_list.then_some(&list);
        let rules = CodeRules { kind, null: &null, list, ..CodeRules::default() };
        let mut codes = Dictionary::default();
        let mut column = CodeColumn::new(rules);
        let judged = column.judge(text.as_bytes(), 2, &mut codes).clone();
        let shown = if let Some(fault) = &judged.fault {
            format!("{} {}", fault.code, fault.message)
        } else {
            let unknown = if judged.unknown { " unknown" } else { "" };
            format!("`{}` {}{unknown}", codes.text(judged.id), judged.repairs.join(" "))
        };
        expected.assert_eq(shown.trim_end());
    }

    #[test]
    fn leading_zeros_come_back_only_if_the_list_proves_them() {
        check(CodeKind::Own, true, "123", &expect!["`00123` B1"]);
        check(
            CodeKind::Own,
            true,
            "124",
            &expect!["B1 `124` lost leading zeros, and no code of the list fits"],
        );
        check(CodeKind::Own, false, "123", &expect!["`123`"]);
        check(CodeKind::Own, true, "99999", &expect!["`99999`  unknown"]);
    }

    #[test]
    fn what_spreadsheets_do_is_never_guessed() {
        check(
            CodeKind::Own,
            false,
            "1.23E+05",
            &expect!["B2 `1.23E+05` is in scientific notation"],
        );
        check(CodeKind::Own, false, "1E10", &expect!["`1E10`"]);
        check(CodeKind::Own, false, "01-Feb", &expect!["B4 `01-Feb` is a date, not a code"]);
        check(CodeKind::Own, false, "Mar-01", &expect!["B4 `Mar-01` is a date, not a code"]);
        check(
            CodeKind::Own,
            false,
            "2025-03-01 00:00:00",
            &expect!["B4 `2025-03-01 00:00:00` is a date, not a code"],
        );
        check(CodeKind::Own, false, "#N/A", &expect!["B5 `#N/A` is a spreadsheet's error"]);
        check(CodeKind::Own, false, "NULL", &expect!["B5 `NULL` is not declared to mean absent"]);
        check(CodeKind::Own, false, "n/a", &expect!["``"]);
        check(CodeKind::Own, false, "TRUE", &expect!["B10 `TRUE` was a code once"]);
        check(CodeKind::Own, false, "100.0", &expect!["`100` B6"]);
        check(CodeKind::Own, false, "'00123", &expect!["`00123` B7"]);
    }

    #[test]
    fn national_codes_have_one_form() {
        check(CodeKind::National, false, "x-rcn", &expect!["`X-RCN` B11"]);
        check(CodeKind::Own, true, "x-w01", &expect!["`X-W01` B11"]);
        check(CodeKind::Own, false, "x-w01", &expect!["`x-w01`"]);
        check(CodeKind::Diagnosis, false, "I21.9", &expect!["`I219` B12"]);
        check(CodeKind::Diagnosis, false, "I10X", &expect!["`I10` B12"]);
        check(CodeKind::Diagnosis, false, "E10.3D", &expect!["`E103` B12"]);
        check(CodeKind::Procedure, false, "w37.1", &expect!["`W371` B11 B13"]);
    }

    #[test]
    fn letters_for_digits_are_pointed_out() {
        check(
            CodeKind::Diagnosis,
            false,
            "I2O9",
            &expect![
                "B14 `I2O9` has a letter for a digit or a digit for a letter; `I209` is meant, perhaps"
            ],
        );
        check(
            CodeKind::Hrg,
            false,
            "HNO2A",
            &expect![
                "B14 `HNO2A` has a letter for a digit or a digit for a letter; `HN02A` is meant, perhaps"
            ],
        );
        check(
            CodeKind::Own,
            true,
            "XOI01",
            &expect![
                "B14 `XOI01` has a letter for a digit or a digit for a letter; `X0I01` is meant, perhaps"
            ],
        );
    }

    #[test]
    fn invisible_characters_go_first() {
        check(CodeKind::Own, false, "W\u{200b}01\u{a0}", &expect!["`W01` A33"]);
    }
}
