//! A patient group as people write it: a line for each condition, such as `procedure: W37, W38`.

use std::collections::BTreeSet;

use super::PatientGroup;

/// The words that a line can begin with, and what each means.
pub const WORDS: [(&str, &str); 8] = [
    ("procedure", "beginnings of the primary procedure (OPCS-4), such as W37"),
    ("diagnosis", "beginnings of the primary diagnosis (ICD-10), such as M16"),
    ("hrg", "beginnings of the healthcare resource group (HRG), such as HN12"),
    ("pod", "points of delivery, such as EL or DC"),
    ("event", "types of event, such as APC"),
    ("age", "age bands, such as 70-79"),
    ("team", "treatment functions, such as 110"),
    ("route", "beginnings of the admission method, such as 2 for emergencies"),
];

/// Characters of a code at most.
const LONGEST: usize = 20;

impl PatientGroup {
    /// Reads the conditions of a group of a service line: all must hold; of several codes on a line,
    /// one.
    ///
    /// # Errors
    ///
    /// What is wrong, each with its line and what to do.
    pub fn parse(service_line: &str, text: &str) -> Result<Self, Vec<String>> {
        let mut group = Self::of_line(service_line);
        let mut wrong = Vec::new();
        let mut is_empty = true;
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            is_empty = false;
            if let Err(why) = group.add(line) {
                wrong.push(format!("Line {}: {why}", index + 1));
            }
        }
        if is_empty {
            wrong.push("Write at least one condition, such as procedure: W37".to_owned());
        }
        if wrong.is_empty() { Ok(group) } else { Err(wrong) }
    }

    fn add(&mut self, line: &str) -> Result<(), String> {
        let (word, codes) = line
            .split_once(':')
            .ok_or("write a word, a colon and codes, such as procedure: W37, W38")?;
        let word = word.trim().to_lowercase();
        if word == "consultant" {
            return Err(
                "groups are not made by consultant: colleagues are compared on a page of their own"
                    .to_owned(),
            );
        }
        let known: Vec<&str> = WORDS.iter().map(|it| it.0).collect();
        let field =
            self.field(&word).ok_or_else(|| format!("begins with none of {}", known.join(", ")))?;
        if !field.is_empty() {
            return Err(format!("{word} stands on an earlier line: put its codes together"));
        }
        for code in codes.split(',').map(str::trim) {
            let is_code = !code.is_empty()
                && code.len() <= LONGEST
                && code.bytes().all(|it| it.is_ascii_alphanumeric() || b"-+._".contains(&it));
            if !is_code {
                let shown: String = code.chars().take(LONGEST).collect();
                return Err(format!(
                    "`{shown}` is no code: write letters and digits, with commas between codes"
                ));
            }
            field.insert(code.to_uppercase());
        }
        Ok(())
    }

    fn field(&mut self, word: &str) -> Option<&mut BTreeSet<String>> {
        Some(match word {
            "procedure" => &mut self.procedures,
            "diagnosis" => &mut self.diagnoses,
            "hrg" => &mut self.hrgs,
            "pod" => &mut self.pods,
            "event" => &mut self.event_types,
            "age" => &mut self.age_bands,
            "team" => &mut self.specialties,
            "route" => &mut self.routes,
            _ => return None,
        })
    }

    /// The conditions as they are written, in a fixed order.
    pub fn to_text(&self) -> String {
        let mut all = self.clone();
        let mut text = String::new();
        for (word, _) in WORDS {
            let codes = all.field(word).map(std::mem::take).unwrap_or_default();
            if !codes.is_empty() {
                let codes: Vec<String> = codes.into_iter().collect();
                text += &format!("{word}: {}\n", codes.join(", "));
            }
        }
        text
    }

    /// The words of the conditions in which two groups differ.
    pub fn differs_in(&self, other: &Self) -> Vec<&'static str> {
        let (mut one, mut two) = (self.clone(), other.clone());
        let differs = |it: &&(&'static str, &str)| {
            one.field(it.0).map(std::mem::take) != two.field(it.0).map(std::mem::take)
        };
        WORDS.iter().filter(differs).map(|it| it.0).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn conditions_are_read_and_written() {
        let text = "procedure: w37, W38\n\nRoute: 1\nage: 70-79\n";
        let group = PatientGroup::parse("TORT", text).expect("it is right");
        assert_eq!(group.service_line, "TORT");
        assert!(group.procedures.contains("W37") && group.age_bands.contains("70-79"));
        assert_eq!(group.to_text(), "procedure: W37, W38\nage: 70-79\nroute: 1\n");
        let other = PatientGroup::parse("TORT", "procedure: W37, W38\nroute: 2").expect("right");
        assert_eq!(group.differs_in(&other), ["age", "route"]);
        assert!(group.differs_in(&group.clone()).is_empty());
    }

    #[test]
    fn what_is_wrong_is_said_by_line() {
        let wrong =
            |text: &str| PatientGroup::parse("TORT", text).expect_err("it is wrong").join("\n");
        assert_eq!(wrong(" \n"), "Write at least one condition, such as procedure: W37");
        assert_eq!(
            wrong(
                "W37\ncolour: red\nprocedure: W37,\nhrg: HN12\nhrg: HN13\nconsultant: C1\nage: <70"
            ),
            "Line 1: write a word, a colon and codes, such as procedure: W37, W38
Line 2: begins with none of procedure, diagnosis, hrg, pod, event, age, team, route
Line 3: `` is no code: write letters and digits, with commas between codes
Line 5: hrg stands on an earlier line: put its codes together
Line 6: groups are not made by consultant: colleagues are compared on a page of their own
Line 7: `<70` is no code: write letters and digits, with commas between codes"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_what_is_read_reads_back(
            text in "((procedure|hrg|age|route|x): ?[A-Z0-9, -]{0,9}\n|\\PC{0,20}\n){0,5}"
        ) {
            if let Ok(group) = PatientGroup::parse("TORT", &text) {
                prop_assert_eq!(PatientGroup::parse("TORT", &group.to_text()), Ok(group));
            }
        }
    }
}
