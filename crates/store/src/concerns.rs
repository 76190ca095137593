//! Concerns that people raise about something that is decided, and what was answered: a log that is read
//! from its steps.

/// A concern with what was said or done about it; `T` is a step as stored.
#[derive(Clone, Debug)]
pub struct Concern<'a, T> {
    /// Number of the step that raised it, from 1.
    pub number: i64,
    /// What somebody fears.
    pub words: &'a str,
    /// Who raised it, and when.
    pub raised: &'a T,
    /// The last answer, with who gave it and when; none before there is one.
    pub answer: Option<(&'a str, &'a T)>,
}

/// What a step says of concerns.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Said<'a> {
    /// It raises one.
    Raised(&'a str),
    /// It answers the one that the step with this number raised.
    Answered(i64, &'a str),
}

/// The concerns of steps, in the order in which they were raised.
pub(crate) fn log<'a, T>(
    steps: &'a [T],
    said: impl Fn(&'a T) -> Option<Said<'a>>,
) -> Vec<Concern<'a, T>> {
    let answer = |number: i64| {
        steps.iter().rev().find_map(|it| match said(it)? {
            Said::Answered(of, words) if of == number => Some((words, it)),
            _ => None,
        })
    };
    let numbered = (1_i64..).zip(steps);
    let raised = numbered.filter_map(|(number, it)| match said(it)? {
        Said::Raised(words) => Some(Concern { number, words, raised: it, answer: answer(number) }),
        Said::Answered(..) => None,
    });
    raised.collect()
}
