//! Links between Markdown files lead somewhere, and every page of `docs/` can be reached.

use std::collections::BTreeSet;

use super::Fault;
use super::repository::Repository;

const INDEX: &str = "docs/README.md";

/// A link of a page to another place in the repository.
#[derive(Debug)]
struct Link<'a> {
    line: usize,
    target: &'a str,
}

/// Checks all Markdown files.
pub(super) fn check(repository: &Repository) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut reached = BTreeSet::from([INDEX.to_owned()]);
    for (path, text) in repository.ending(".md") {
        for link in links(text) {
            let (file, heading) = link.target.split_once('#').unwrap_or((link.target, ""));
            let file = if file.is_empty() { path.to_owned() } else { resolve(path, file) };
            if !repository.paths.contains(&file) {
                let message = format!("the link `{}` leads nowhere", link.target);
                faults.push(Fault::new(path, link.line, message));
                continue;
            }
            let headings = repository.texts.get(&file).map(|it| headings(it));
            if !heading.is_empty() && headings.is_some_and(|it| !it.contains(heading)) {
                let message = format!("{file} has no heading `#{heading}`");
                faults.push(Fault::new(path, link.line, message));
            }
            if path == INDEX {
                reached.insert(file);
            }
        }
    }
    for (path, _) in repository.ending(".md").filter(|(path, _)| path.starts_with("docs/")) {
        if !reached.contains(path) {
            faults.push(Fault::new(path, 0, format!("{INDEX} does not link here")));
        }
    }
    faults
}

/// Lines that are text, not code, with code spans blanked out.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
            return None;
        }
        (!in_code).then_some((index + 1, line))
    })
}

fn links(text: &str) -> Vec<Link<'_>> {
    let mut links = Vec::new();
    for (line, text) in prose(text) {
        for (index, _) in text.match_indices("](") {
            let in_code_span = text[..index].matches('`').count() % 2 == 1;
            let target = text[index + 2..].split(')').next().unwrap_or_default();
            let elsewhere = target.contains("://") || target.starts_with("mailto:");
            if !in_code_span && !elsewhere {
                links.push(Link { line, target });
            }
        }
    }
    links
}

/// A path relative to a file, as a path relative to the repository.
fn resolve(from: &str, target: &str) -> String {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|it| !it.is_empty()).collect();
    for part in target.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// Headings as links name them: lower case, hyphens for spaces, punctuation left out.
fn headings(text: &str) -> BTreeSet<String> {
    let lines = prose(text).filter(|(_, it)| it.starts_with('#'));
    let heading = |line: &str| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter(|it| it.is_alphanumeric() || matches!(it, ' ' | '-' | '_'));
        kept.map(|it| if it == ' ' { '-' } else { it }).collect()
    };
    lines.map(|(_, it)| heading(it)).collect()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::tidy::tests::check_shown;

    #[test]
    fn links_lead_somewhere_and_pages_are_reached() {
        let repository = Repository::of(&[
            ("README.md", "[docs](docs/README.md) [crates](docs/) [gone](docs/gone.md)\n"),
            ("docs/README.md", "[one](how-to/one.md) [web](https://example.org/a.md)\n"),
            (
                "docs/how-to/one.md",
                "# One thing: how-to\n\n[up](../../README.md#first) [here](#one-thing-how-to)\n\
                 `[code](x.md)`\n\n```text\n[code](y.md)\n```\n",
            ),
            ("docs/two.md", "# Two\n"),
        ]);
        check_shown(
            &check(&repository),
            &expect![[r#"
            README.md:1: the link `docs/gone.md` leads nowhere
            docs/how-to/one.md:3: README.md has no heading `#first`
            docs/two.md: docs/README.md does not link here"#]],
        );
    }
}
