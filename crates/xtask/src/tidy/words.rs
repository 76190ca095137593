//! Words that must not stand in the repository: paths of one machine, work left behind, odd hosts.

use super::Fault;
use super::repository::Repository;

/// This file, which has to spell the words out.
const OWN_FILE: &str = "crates/xtask/src/tidy/words.rs";

/// Text and what is wrong with it.
const FORBIDDEN: [(&str, &str); 8] = [
    ("/work/", "a path of one machine"),
    ("/root/", "a path of one machine"),
    ("/home/", "a path of one machine"),
    ("/Users/", "a path of one machine"),
    ("TODO", "work left behind: do it, or leave it out"),
    ("FIXME", "work left behind: do it, or leave it out"),
    ("<<<<<<<", "an unfinished merge"),
    (">>>>>>>", "an unfinished merge"),
];

/// Hosts that a manifest or script may name.
const HOSTS: [&str; 4] = ["github.com", "crates.io", "docs.rs", "www.apache.org"];

/// Checks every text file.
pub(super) fn check(repository: &Repository) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, text) in repository.ending("") {
        for (index, line) in text.lines().enumerate() {
            faults.extend(look(path, index + 1, line));
        }
    }
    faults
}

fn look(path: &str, number: usize, line: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    if path != OWN_FILE {
        for (word, why) in FORBIDDEN {
            if line.contains(word) {
                faults.push(Fault::new(path, number, format!("`{word}` is {why}")));
            }
        }
    }
    if path.ends_with("Cargo.toml") || path == "deny.toml" || path.starts_with('.') {
        for host in hosts(line) {
            if !HOSTS.contains(&host) {
                faults.push(Fault::new(path, number, format!("names the host `{host}`")));
            }
        }
    }
    faults
}

fn hosts(line: &str) -> impl Iterator<Item = &str> {
    line.split("://").skip(1).map(|rest| {
        let end = rest.find(|it: char| !it.is_ascii_alphanumeric() && it != '.' && it != '-');
        &rest[..end.unwrap_or(rest.len())]
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::tidy::tests::check_shown;

    #[test]
    fn forbidden_words_and_hosts_are_found() {
        let repository = Repository::of(&[
            (
                "crates/a/src/lib.rs",
                "//! Reads.\n// TODO later\nconst A: &str = \"https://example.org\";\n",
            ),
            ("crates/a/Cargo.toml", "[package]\nhomepage = \"https://example.org/a\"\n"),
            ("docs/a.md", "# A\n\nSee /home/me/notes.\n"),
            ("deny.toml", "allow-registry = [\"https://github.com/rust-lang/crates.io-index\"]\n"),
        ]);
        check_shown(
            &check(&repository),
            &expect![[r#"
            crates/a/Cargo.toml:2: names the host `example.org`
            crates/a/src/lib.rs:2: `TODO` is work left behind: do it, or leave it out
            docs/a.md:3: `/home/` is a path of one machine"#]],
        );
    }
}
