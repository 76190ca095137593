//! Faults of a changed model, at the fields of the form that changed it.

use domain::{Finding, Severity};

use super::forms::Wrong;

/// What is wrong with a changed model, by field. `field_of` tells the field of a file's line and
/// column; what lies elsewhere is said at `elsewhere`, with its place.
pub fn at_fields(
    faults: &[Finding],
    field_of: &dyn Fn(&str, u64, &str) -> Option<String>,
    elsewhere: &str,
) -> Wrong {
    let mut texts: Vec<(String, Vec<String>)> = Vec::new();
    for fault in faults.iter().filter(|it| it.severity == Severity::Refusal) {
        let place = &fault.place;
        let said =
            format!("{}. {}", super::words::capital(&plain(&fault.message)), plain(&fault.remedy));
        let (field, text) = match field_of(&place.file, place.line, &place.column) {
            Some(field) => (field, said),
            None => (elsewhere.to_owned(), format!("{}: {said}", place_of(fault))),
        };
        match texts.iter_mut().find(|it| it.0 == field) {
            Some(found) => found.1.push(text),
            None => texts.push((field, vec![text])),
        }
    }
    let mut wrong = Wrong::default();
    for (field, said) in texts {
        wrong.add(&field, said.join(" "));
    }
    wrong
}

fn place_of(fault: &Finding) -> String {
    let place = &fault.place;
    match (place.line, place.column.as_str()) {
        (0, _) => place.file.clone(),
        (line, "") => format!("{}, line {line}", place.file),
        (line, column) => format!("{}, line {line}, {column}", place.file),
    }
}

/// With quotation marks for people in place of those for code.
pub fn plain(text: &str) -> String {
    let mut opens = true;
    let mark = |it: char| {
        if it != '`' {
            return it;
        }
        opens = !opens;
        if opens { '”' } else { '“' }
    };
    text.chars().map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_stands_at_its_field() {
        let fault = |line, column: &str, message: &str| {
            let it = Finding::new("MOD-010", Severity::Refusal, message).remedy("Correct it.");
            it.at("mapping.csv", line, column)
        };
        let faults = [
            fault(4, "account", "`a*b` is no pattern"),
            fault(4, "account", "it is bad"),
            fault(2, "percentage", "the sum is 90"),
        ];
        let field = |_: &str, line: u64, column: &str| (line == 4).then(|| column.to_owned());
        let wrong = at_fields(&faults, &field, "reason");
        assert_eq!(wrong.of("account"), "“a*b” is no pattern. Correct it. It is bad. Correct it.");
        assert_eq!(
            wrong.of("reason"),
            "mapping.csv, line 2, percentage: The sum is 90. Correct it."
        );
    }
}
