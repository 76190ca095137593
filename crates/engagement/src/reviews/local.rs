//! Local numbers of a trust in place of those that come with the program: how old data may be, how much
//! notice a meeting needs and how many people must be there. Each keeps its unit; who decided and when
//! stands beside it.

use std::ops::Range;

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use super::{DATA_AGE, NOTICE, QUORUM, ReviewGuide, Setting};

/// Who decided the local numbers, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecidedBy {
    /// The minute or document that says so.
    pub source: String,
    /// When it was decided.
    pub dated: Date,
}

/// What is wrong with a file of local numbers, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {what}")]
pub struct LocalFault {
    /// Line, from 1.
    pub line: usize,
    /// Letter of the line, from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
}

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: Spanned<String>,
    dated: Spanned<String>,
    data_age: Option<Number>,
    notice: Option<Number>,
    quorum: Option<Number>,
}

/// One number of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Number {
    value: Spanned<i64>,
    why: Spanned<String>,
}

impl ReviewGuide {
    /// With the local numbers of a TOML file in place of its own.
    ///
    /// # Errors
    ///
    /// [`LocalFault`] for everything that is wrong, in the order of the file; for what is no TOML, or
    /// holds something unknown, the first alone.
    pub fn with_local(mut self, text: &str) -> Result<Self, Vec<LocalFault>> {
        let file: File = toml::from_str(text).map_err(|error| {
            let place = error.span().unwrap_or_default();
            vec![fault(text, &place, error.message().to_owned())]
        })?;
        let mut wrong = Vec::new();
        let dated = file.dated.get_ref().trim().parse::<Date>();
        if dated.is_err() {
            wrong.push(fault(text, &file.dated.span(), "write the day as \"2026-04-01\""));
        }
        if file.source.get_ref().trim().is_empty() {
            wrong.push(fault(text, &file.source.span(), "say which minute or document decided it"));
        }
        let said = format!("{}, {}", file.source.get_ref().trim(), file.dated.get_ref().trim());
        let settings = &mut self.settings;
        let all = [
            ("data_age", file.data_age, DATA_AGE, &mut settings.data_age),
            ("notice", file.notice, NOTICE, &mut settings.notice),
            ("quorum", file.quorum, QUORUM, &mut settings.quorum),
        ];
        for (name, number, bounds, own) in all {
            let Some(number) = number else { continue };
            if let Err(found) = take(own, (name, &number), bounds, &said) {
                let found = found.into_iter();
                wrong.extend(found.map(|(place, what)| fault(text, &place, what)));
            }
        }
        wrong.sort_by_key(|it| (it.line, it.column));
        match dated {
            Ok(dated) if wrong.is_empty() => {
                let source = file.source.into_inner().trim().to_owned();
                self.local = Some(DecidedBy { source, dated });
                Ok(self)
            }
            _ => Err(wrong),
        }
    }

    /// The numbers that a trust may set itself, as they are in force, each with its name.
    pub fn in_force(&self) -> [(&'static str, &Setting); 3] {
        [
            ("Data are old after", &self.settings.data_age),
            ("Notice before a meeting", &self.settings.notice),
            ("Who must be there at the least", &self.settings.quorum),
        ]
    }
}

/// Puts a number in the place of the own one, or says what is wrong with it and where.
fn take(
    own: &mut Setting,
    (name, number): (&str, &Number),
    (least, most): (u32, u32),
    said: &str,
) -> Result<(), Vec<(Range<usize>, String)>> {
    let value = *number.value.get_ref();
    let fits = u32::try_from(value).ok().filter(|it| (least..=most).contains(it));
    let why = number.why.get_ref().trim();
    let mut wrong = Vec::new();
    if fits.is_none() {
        let unit = &own.unit;
        let what = format!("`{name}` is {value}, and must be from {least} to {most} {unit}");
        wrong.push((number.value.span(), what));
    }
    if why.is_empty() {
        wrong.push((number.why.span(), format!("say why `{name}` is another here")));
    }
    match fits {
        Some(value) if wrong.is_empty() => {
            *own = Setting { value, source: said.to_owned(), why: why.to_owned(), ..own.clone() };
            Ok(())
        }
        _ => Err(wrong),
    }
}

fn fault(text: &str, place: &Range<usize>, what: impl Into<String>) -> LocalFault {
    let before = text.get(..place.start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    LocalFault { line, column, what: what.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "source = \"Executive group, minute 12\"
dated = \"2026-04-01\"

[quorum]
value = 4
why = \"A ward sister is always there\"

[data_age]
value = 45
why = \"Two months close late here\"
";

    #[track_caller]
    fn refused(from: &str, to: &str, expected: &[&str]) {
        assert!(FILE.contains(from), "the file has no `{from}`");
        let wrong = ReviewGuide::own().with_local(&FILE.replacen(from, to, 1));
        let wrong: Vec<String> =
            wrong.expect_err("a fault").iter().map(ToString::to_string).collect();
        assert_eq!(wrong, expected);
    }

    #[test]
    fn local_numbers_stand_in_for_the_own_ones_and_say_who_decided() {
        let guide = ReviewGuide::own().with_local(FILE).expect("it is right");
        let numbers = guide.in_force().map(|it| it.1.value);
        assert_eq!(numbers, [45, ReviewGuide::own().settings.notice.value, 4]);
        assert_eq!(guide.settings.quorum.source, "Executive group, minute 12, 2026-04-01");
        assert_eq!(guide.settings.quorum.unit, "people");
        let local = guide.local.expect("it is local");
        assert_eq!(local.dated.to_string(), "2026-04-01");
        assert_eq!(ReviewGuide::own().local, None);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line_and_column() {
        refused(
            "value = 4\n",
            "value = 1\n",
            &["line 5, column 9: `quorum` is 1, and must be from 2 to 30 people"],
        );
        refused(
            "value = 45",
            "value = -3",
            &["line 9, column 9: `data_age` is -3, and must be from 1 to 366 days"],
        );
        refused("2026-04-01", "April", &["line 2, column 9: write the day as \"2026-04-01\""]);
        refused(
            "A ward sister is always there",
            " ",
            &["line 6, column 7: say why `quorum` is another here"],
        );
        refused(
            "Executive group, minute 12",
            "",
            &["line 1, column 10: say which minute or document decided it"],
        );
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once_and_what_is_no_toml_too() {
        let text = FILE.replace("value = 4\n", "value = 99\n").replace("= 45", "= 0");
        let wrong = ReviewGuide::own().with_local(&text).expect_err("faults");
        let lines: Vec<usize> = wrong.iter().map(|it| it.line).collect();
        assert_eq!(lines, [5, 9]);
        let unknown = FILE.replace("[quorum]", "[quorums]");
        let wrong = ReviewGuide::own().with_local(&unknown).expect_err("a fault");
        assert_eq!((wrong.len(), wrong[0].line), (1, 4));
        assert!(wrong[0].what.contains("quorums"), "{}", wrong[0]);
        let broken =
            ReviewGuide::own().with_local("source = \"x\"\ndated = ").expect_err("a fault");
        assert_eq!(broken[0].line, 2, "{}", broken[0]);
        let missing = ReviewGuide::own().with_local("source = \"x\"").expect_err("a fault");
        assert!(missing[0].what.contains("dated"), "{}", missing[0]);
    }
}
