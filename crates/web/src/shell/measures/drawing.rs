//! The lines of a measure, each drawn with what is ordinary in it.

use charts::{Heading, Limit, Line, Mark, Point};
use statistics::spc::{Meaning, Xmr};
use store::measures::Form;

use super::{Series, Stretch, month_words, stretches};

/// One line.
#[derive(Clone, Debug, Default)]
pub struct Drawn {
    /// What it shows.
    pub title: String,
    /// Why it begins; blank for the first.
    pub because: String,
    /// The drawing.
    pub svg: String,
    /// What stands beneath it.
    pub note: String,
}

/// The lines of a series, latest first. A line with nothing to be seen in it is left out.
pub fn drawn_lines(series: &Series) -> Vec<Drawn> {
    let all = stretches(series);
    let count = all.len();
    let one = |(index, it): (usize, &Stretch)| drawn(series, (index, count), it);
    all.iter().enumerate().filter_map(one).rev().collect()
}

fn drawn(series: &Series, (index, count): (usize, usize), stretch: &Stretch) -> Option<Drawn> {
    let definition = &series.measure.definition;
    let (first, last) = (stretch.months.first()?.0, stretch.months.last()?.0);
    if stretch.months.iter().filter(|it| it.1.is_some()).count() < 2 {
        return None;
    }
    let what = match definition.form {
        Form::Proportion => "in percent".to_owned(),
        _ => format!("in {}", definition.unit_of_measure),
    };
    let title = if count > 1 {
        format!("{what}, {} to {}", month_words(first), month_words(last))
    } else {
        format!("{what}, by month")
    };
    let title = format!("{} {title}", definition.name);
    let limit = |name: &str, value: f64| Limit { label: format!("{name} {value:.1}"), value };
    let xmr = stretch.xmr.as_ref();
    let chart = Line {
        heading: Heading {
            id: format!("line-chart-{}", index + 1),
            title: title.clone(),
            description: format!(
                "{title}, with average and limits where there are enough months. The table below holds the same figures."
            ),
        },
        width: 900,
        points: points(stretch),
        average: xmr.map(|it| limit("average", it.mean)),
        limits: xmr.map_or_else(Vec::new, |it| {
            vec![limit("upper limit", it.upper), limit("lower limit", it.lower)]
        }),
        target: None,
        callout: xmr.and_then(|it| it.callout(stretch.good(), &stretch.labels(), "months")),
        rule: xmr.map_or_else(
            || "Too few months, or months too alike, to say what is ordinary.".to_owned(),
            |it| it.rule_words("months"),
        ),
    }
    .draw();
    Some(Drawn {
        title,
        because: crate::shell::words::sentence(&stretch.because),
        svg: chart.svg(),
        note: chart.note,
    })
}

fn points(stretch: &Stretch) -> Vec<Point> {
    let mut shown = 0;
    let mut all = Vec::new();
    for (month, value) in &stretch.months {
        let mark = match (value, &stretch.xmr) {
            (Some(_), Some(xmr)) => mark(xmr, shown, stretch),
            _ => Mark::Ordinary,
        };
        shown += usize::from(value.is_some());
        all.push(Point { label: month_words(*month), value: value.map(Stretch::value), mark });
    }
    all
}

fn mark(xmr: &Xmr, point: usize, stretch: &Stretch) -> Mark {
    match xmr.meaning(point, stretch.good()) {
        Meaning::Ordinary => Mark::Ordinary,
        Meaning::Concern => Mark::Concern,
        Meaning::Improvement => Mark::Improvement,
        Meaning::Neither => Mark::Neither,
    }
}

impl Drawn {
    /// For samples.
    pub fn sample() -> Self {
        Self {
            title: "Friends and Family Test, positive in percent, by month".to_owned(),
            because: "Another question is asked since April 2020.".to_owned(),
            svg: String::new(),
            note: "Dashed lines: trial limits.".to_owned(),
        }
    }
}
