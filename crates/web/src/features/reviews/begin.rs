//! What a review begins with: the stages of the guide, and what its theme asks for.

use engagement::reviews::ReviewGuide;
use store::reviewing::{self, Body, Input, Measure, NewReview, Question, Stage, Template, Text};
use store::{Connection, UnitCode};

use crate::shell::fault::Fault;

/// What a theme adds to the stages of the guide; of the guide, or a trust's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Theme {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) about: String,
    pub(super) source: String,
    pub(super) meetings: u32,
    pub(super) minutes: u32,
    pub(super) questions: Vec<String>,
    /// From whose side each question is asked, in their order; none where that is open.
    pub(super) sides: Vec<String>,
    pub(super) data: Vec<String>,
    pub(super) measures: Vec<String>,
}

/// Minutes of a meeting of a trust's own theme.
fn usual_minutes(guide: &ReviewGuide) -> u32 {
    guide.themes.first().map_or(0, |it| it.minutes)
}

/// All themes: those of the guide first, then the trust's own.
pub(super) async fn themes(db: &mut Connection, guide: &ReviewGuide) -> Result<Vec<Theme>, Fault> {
    let mut all: Vec<Theme> = guide.themes.iter().map(of_guide).collect();
    let own = reviewing::templates(db).await?;
    all.extend(own.into_iter().map(|it| of_trust(it, usual_minutes(guide))));
    Ok(all)
}

fn of_guide(it: &engagement::reviews::Theme) -> Theme {
    Theme {
        id: it.id.clone(),
        name: it.name.clone(),
        about: it.about.clone(),
        source: it.source.clone(),
        meetings: it.meetings,
        minutes: it.minutes,
        questions: it.questions.clone(),
        sides: it.sides.clone(),
        data: it.data.clone(),
        measures: it.measures.clone(),
    }
}

fn of_trust(it: Template, minutes: u32) -> Theme {
    Theme {
        id: it.id.as_str().to_owned(),
        name: it.of.name,
        about: it.of.about,
        source: "our own trust".to_owned(),
        meetings: 1,
        minutes,
        questions: lines(&it.of.questions),
        sides: Vec::new(),
        data: lines(&it.of.data),
        measures: lines(&it.of.measures),
    }
}

/// The lines of a list, without blank ones.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

impl Theme {
    /// A review of this theme.
    pub(super) fn review(
        &self,
        guide: &ReviewGuide,
        (unit, title): (&UnitCode, &str),
        due_on: domain::Day,
    ) -> NewReview {
        NewReview {
            unit: unit.clone(),
            title: title.to_owned(),
            theme: self.id.clone(),
            meetings: i64::from(self.meetings),
            minutes: i64::from(self.minutes),
            due_on,
            begins_with: self.begins_with(guide),
        }
    }

    fn begins_with(&self, guide: &ReviewGuide) -> Vec<Body> {
        let mut all = Vec::new();
        for (place, stage) in (1..).zip(&guide.stages) {
            let id = || stage.id.clone();
            let (name, because) = (stage.name.clone(), String::new());
            all.push(Body::Stage(Stage { stage: id(), name, place, because, ..Stage::default() }));
            let asks = stage.checklist.iter();
            all.extend(asks.map(|it| input(&stage.id, it)));
            let texts = stage.texts.iter().map(|about| {
                Body::Text(Text { stage: id(), about: about.clone(), words: String::new() })
            });
            all.extend(texts);
        }
        let (first, second) = (stage_at(guide, 0), stage_at(guide, 1));
        all.extend(self.data.iter().map(|it| input(first, it)));
        all.extend(self.questions.iter().enumerate().map(|(place, asks)| {
            let (stage, asks) = (second.to_owned(), asks.clone());
            let side = self.sides.get(place).cloned().unwrap_or_default();
            Body::Question(Question { stage, asks, side, ..Question::default() })
        }));
        let measures = self.measures.iter();
        all.extend(measures.map(|name| Body::Measure(Measure { name: name.clone() })));
        all
    }
}

fn input(stage: &str, asks: &str) -> Body {
    Body::Input(Input { stage: stage.to_owned(), asks: asks.to_owned(), ..Input::default() })
}

/// Code of the stage at a place; the last where there are fewer.
pub(super) fn stage_at(guide: &ReviewGuide, place: usize) -> &str {
    let all = &guide.stages;
    all.get(place).or(all.last()).map_or("", |it| it.id.as_str())
}

/// A review of a theme of the guide, with all that it begins with; nothing where the guide has no
/// such theme.
pub fn review_of_theme(
    theme: &str,
    (unit, title): (&UnitCode, &str),
    due_on: domain::Day,
) -> Option<NewReview> {
    let guide = ReviewGuide::own();
    let theme = of_guide(guide.theme(theme)?);
    Some(theme.review(&guide, (unit, title), due_on))
}
