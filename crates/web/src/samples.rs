//! Every template with invented values, so that each can be rendered and looked at without a trust.

use crate::{features, shell};

/// Samples of one template.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Path of the template below `src`.
    pub template: &'static str,
    /// Pages, rendered.
    pub pages: Vec<String>,
}

/// Samples of all templates, in the order of the folders.
pub fn all() -> Vec<Sample> {
    let mut all = shell::fault::samples();
    all.extend(shell::form_page::samples());
    all.extend(features::samples());
    all.into_iter().map(|(template, pages)| Sample { template, pages }).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// Templates of pages on disk: those that extend the layout.
    fn on_disk(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                on_disk(&path, found);
            } else if path.extension().is_some_and(|it| it == "html") {
                let text = std::fs::read_to_string(&path).expect("a template");
                if text.contains("{% extends") {
                    let name = path.strip_prefix(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
                    let name = name.expect("it is below src").to_string_lossy().into_owned();
                    found.insert(name);
                }
            }
        }
    }

    #[test]
    fn every_template_has_a_sample_with_a_heading_and_a_title() {
        let mut files = BTreeSet::new();
        on_disk(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut files);
        let samples = all();
        let named: BTreeSet<String> = samples.iter().map(|it| it.template.to_owned()).collect();
        assert_eq!(files, named, "every template that extends the layout has a sample");
        for sample in samples {
            assert!(!sample.pages.is_empty(), "{}", sample.template);
            for page in sample.pages {
                assert_eq!(page.matches("<h1").count(), 1, "{}", sample.template);
                assert!(!page.contains("<title> –"), "{}", sample.template);
                assert!(
                    !page.contains(" style=\""),
                    "{}: styles stand in the sheet",
                    sample.template
                );
                assert!(!page.contains("onclick"), "{}: no script in a page", sample.template);
            }
        }
    }
}
