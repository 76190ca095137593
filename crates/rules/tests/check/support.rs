//! The small valid model that every case starts from, and the one function that checks a case.

use std::fmt::Write;

use domain::{Finding, Place};
use expect_test::Expect;
use rules::{Model, ModelFiles};

const BASE: &str = include_str!("base_model.txt");

/// Stands for a file that is taken out of the base model.
pub(crate) const GONE: &str = "gone";

/// Changes files of the base model, parses it and shows all findings.
///
/// An edit is the new text of a file, [`GONE`], or lines as in a diff: `- ` takes the line that
/// begins so out, `+ ` directly behind puts another in its place, any other `+ ` adds one at the
/// end. Blanks at the start of an edit's lines do not count.
#[track_caller]
pub(crate) fn check(edits: &[(&str, &str)], expected: &Expect) {
    expected.assert_eq(&show(&parse(edits)));
}

#[track_caller]
pub(crate) fn parse(edits: &[(&str, &str)]) -> Result<(Model, Vec<Finding>), Vec<Finding>> {
    Model::parse(edited(edits))
}

/// The files of the base model.
pub(crate) fn base() -> ModelFiles {
    let parts = BASE.split("== ").skip(1);
    let file = |part: &str| {
        let (name, text) = part.split_once('\n').expect("a name stands on a line of its own");
        (name.to_owned(), format!("{}\n", text.trim_end()).into_bytes())
    };
    parts.map(file).collect()
}

/// The files of the base model with some changed.
#[track_caller]
pub(crate) fn edited(edits: &[(&str, &str)]) -> ModelFiles {
    let mut files = base();
    for (name, edit) in edits {
        if *edit == GONE {
            files.remove(*name).expect("the base model has the file");
        } else if edit.trim_start().starts_with(['-', '+']) {
            let old = files.get(*name).expect("the base model has the file");
            let old = String::from_utf8(old.clone()).expect("the base model is text");
            files.insert((*name).to_owned(), apply(&old, edit).into_bytes());
        } else {
            files.insert((*name).to_owned(), edit.as_bytes().to_vec());
        }
    }
    files
}

#[track_caller]
fn apply(old: &str, edit: &str) -> String {
    let mut lines: Vec<String> = old.lines().map(str::to_owned).collect();
    let mut replaced = None;
    for change in edit.lines().map(str::trim_start).filter(|it| !it.is_empty()) {
        if let Some(begins) = change.strip_prefix("- ") {
            let place = lines.iter().position(|it| it.starts_with(begins));
            let place = place.unwrap_or_else(|| panic!("no line begins with `{begins}`"));
            lines.remove(place);
            replaced = Some(place);
        } else {
            let line = change.strip_prefix("+ ").expect("a change begins with - or +").to_owned();
            lines.insert(replaced.take().unwrap_or(lines.len()), line);
        }
    }
    lines.join("\n") + "\n"
}

/// All findings as text; `sound` if there are none.
pub(crate) fn show(outcome: &Result<(Model, Vec<Finding>), Vec<Finding>>) -> String {
    let findings = match outcome {
        Ok((_, findings)) | Err(findings) => findings,
    };
    let mut text = String::new();
    for finding in findings {
        let Place { file, line, column } = &finding.place;
        let (code, severity) = (finding.code, finding.severity.word());
        let place = [file.clone(), line.to_string(), column.clone()].join(":");
        writeln!(text, "{code} {severity} {place}\n  {}\n  {}", finding.message, finding.remedy)
            .expect("text can be written");
    }
    if text.is_empty() { "sound\n".to_owned() } else { text }
}
