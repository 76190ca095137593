//! Which files that went into two runs differ.

use std::collections::{BTreeMap, BTreeSet};

use tables::manifest::RunManifest;

/// Files of the data and of the model that differ or that only one run has, in name order; none
/// where the years differ, since then all do.
pub fn apart(from: &RunManifest, to: &RunManifest) -> Vec<String> {
    if from.year != to.year {
        return Vec::new();
    }
    let (before, after) = (hashes(from), hashes(to));
    let names: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    let differs = |it: &&str| before.get(*it) != after.get(*it);
    names.into_iter().filter(differs).map(str::to_owned).collect()
}

/// Hash of each file that went in.
fn hashes(of: &RunManifest) -> BTreeMap<&str, &str> {
    let model = of.files.iter().filter(|it| it.name.starts_with("model/"));
    let model = model.map(|it| (it.name.as_str(), it.sha256.as_str()));
    of.inputs.iter().map(|it| (it.name.as_str(), it.sha256.as_str())).chain(model).collect()
}

#[cfg(test)]
mod tests {
    use tables::manifest::{FileEntry, InputEntry};

    use super::*;

    fn manifest(year: &str, inputs: &[(&str, &str)], files: &[(&str, &str)]) -> RunManifest {
        let texts = |(name, hash): &(&str, &str)| ((*name).to_owned(), (*hash).to_owned());
        let input = |it| {
            let (name, sha256) = texts(it);
            InputEntry { name, sha256, ..InputEntry::default() }
        };
        let file = |it| {
            let (name, sha256) = texts(it);
            FileEntry { name, sha256, ..FileEntry::default() }
        };
        RunManifest {
            year: year.to_owned(),
            inputs: inputs.iter().map(input).collect(),
            files: files.iter().map(file).collect(),
            ..RunManifest::default()
        }
    }

    #[test]
    fn files_of_data_and_model_that_differ_are_named() {
        let data = [("feeds/apc.csv", "a"), ("feeds/theatres.csv", "b")];
        let before =
            manifest("2025-26", &data, &[("model/shares.csv", "s"), ("events.parquet", "e")]);
        assert!(apart(&before, &before).is_empty());
        // Tables of the run differ because of what went in, and are no cause.
        let after = manifest(
            "2025-26",
            &[("feeds/apc.csv", "a"), ("feeds/theatres.csv", "c"), ("feeds/new.csv", "n")],
            &[("model/shares.csv", "t"), ("events.parquet", "f")],
        );
        let named = ["feeds/new.csv", "feeds/theatres.csv", "model/shares.csv"];
        assert_eq!(apart(&before, &after), named);
        assert_eq!(apart(&after, &before), named);
        let other_year = manifest("2024-25", &data, &[]);
        assert!(apart(&before, &other_year).is_empty());
    }
}
