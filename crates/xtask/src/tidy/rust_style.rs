//! Each file says in its first line what it is; numbers of the costing have a reason; no shortcuts.

use super::Fault;
use super::rust_source::{RustSource, Token};

/// Attributes that hide something, and what to do instead.
const BANNED_ATTRIBUTES: [(&str, &str); 3] = [
    ("allow", "use #[expect(…, reason = \"…\")]"),
    ("ignore", "run the test or delete it"),
    ("should_panic", "return an error and check its text"),
];

/// Macros that leave work behind.
const BANNED_MACROS: [&str; 3] = ["dbg", "todo", "unimplemented"];

/// Checks all Rust files.
pub(super) fn check(sources: &[RustSource]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for source in sources {
        if !source.lines.first().is_some_and(|it| it.starts_with("//! ")) {
            faults.push(Fault::new(
                &source.path,
                1,
                "begins without a `//!` sentence on what it is",
            ));
        }
        for (line, word) in &source.attributes {
            let banned = BANNED_ATTRIBUTES.iter().find(|(name, _)| name == word);
            if let Some((_, instead)) = banned {
                faults.push(Fault::new(&source.path, *line, format!("#[{word}]: {instead}")));
            }
        }
        faults.extend(banned_calls(source));
    }
    faults
}

fn banned_calls(source: &RustSource) -> Vec<Fault> {
    let mut faults = Vec::new();
    for window in source.tokens.windows(3) {
        let [before, name, after] = window else { continue };
        if before.text == "." && name.text == "unwrap" && after.opens {
            let message = "unwrap(): use expect(\"…\") and state the invariant";
            faults.push(Fault::new(&source.path, name.line, message));
        }
        if after.text == "!" && BANNED_MACROS.contains(&name.text.as_str()) {
            let message = format!("{}!: finish the work or leave it out", name.text);
            faults.push(Fault::new(&source.path, name.line, message));
        }
    }
    faults
}

/// Lines with a number that is a rule in disguise: other than 0, 1 and the powers of ten, without a
/// comment `// number: why` on the line or in the comment above it. Test code is left out.
pub(super) fn unexplained_numbers(source: &RustSource) -> Vec<usize> {
    let mut lines = Vec::new();
    let before = std::iter::once(None).chain(source.tokens.iter().map(Some));
    for (before, token) in before.zip(&source.tokens) {
        let is_field = before.is_some_and(|it| it.text == ".");
        if is_field || source.is_test_line(token.line) || is_plain(token) {
            continue;
        }
        if !is_explained(source, token.line) && lines.last() != Some(&token.line) {
            lines.push(token.line);
        }
    }
    lines
}

/// Whether the token is no number, or one that needs no reason.
fn is_plain(token: &Token) -> bool {
    if !token.text.starts_with(|it: char| it.is_ascii_digit()) {
        return true;
    }
    let digits: String = token.text.chars().filter(|it| *it != '_').collect();
    let digits = digits.split(['i', 'u', 'f']).next().unwrap_or_default();
    digits == "0" || digits.strip_prefix('1').is_some_and(|it| it.bytes().all(|byte| byte == b'0'))
}

fn is_explained(source: &RustSource, line: usize) -> bool {
    let text = |number: usize| source.lines.get(number - 1).map_or("", |it| it.as_str());
    let above = (1..line).rev().take_while(|it| text(*it).trim_start().starts_with("//"));
    std::iter::once(line).chain(above).any(|it| text(it).contains("// number: "))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::tidy::rust_source::parsed;
    use crate::tidy::tests::check_shown;

    #[track_caller]
    fn check_style(text: &str, expected: &Expect) {
        check_shown(&check(&[parsed("a.rs", text)]), expected);
    }

    #[test]
    fn shortcuts_are_faults() {
        check_style(
            "\
use std::fmt;
#[allow(dead_code)]
fn one(it: Option<u8>) -> u8 {
    it.unwrap()
}
#[test]
#[ignore]
fn two() {
    assert_eq!(one(None), todo!());
}
",
            &expect![[r#"
                a.rs:1: begins without a `//!` sentence on what it is
                a.rs:2: #[allow]: use #[expect(…, reason = "…")]
                a.rs:7: #[ignore]: run the test or delete it
                a.rs:4: unwrap(): use expect("…") and state the invariant
                a.rs:9: todo!: finish the work or leave it out"#]],
        );
    }

    #[test]
    fn a_file_in_order_has_no_fault() {
        check_style(
            "\
//! Says what it is.
#[expect(dead_code, reason = \"shown only\")]
fn one(it: Option<u8>) -> u8 {
    // Words such as unwrap() and todo! in comments and \"texts\" are no calls.
    it.unwrap_or_default()
}
",
            &expect![[""]],
        );
    }

    #[track_caller]
    fn check_numbers(text: &str, expected: &[usize]) {
        assert_eq!(unexplained_numbers(&parsed("a.rs", text)), expected);
    }

    #[test]
    fn numbers_need_a_reason() {
        check_numbers("fn f(a: (i64, i64, i64)) -> i64 { a.2 * 1_000_000_i64 + 10 - 0 }", &[]);
        check_numbers("fn f(a: i64) -> i64 {\n    a * 12 + 7\n}", &[2]);
        check_numbers("fn f(a: i64) -> i64 {\n    a * 12 // number: months of a year\n}", &[]);
        check_numbers("// number: seconds of a day\nconst DAY: i64 = 86_400;", &[]);
        check_numbers("const A: [u8; 5] = [0; 5];", &[]);
        check_numbers("fn f(a: &[u8]) -> &[u8] {\n    &a[..2]\n}", &[2]);
        check_numbers("#[cfg(test)]\nmod tests {\n    const A: i64 = 12;\n}", &[]);
    }
}
