//! An SVG text in the making: shapes with presentation attributes, and escaped words.

use crate::colour::{TEXT, WHITE};
use crate::{Heading, Page};

/// Places are in tenths of a pixel.
pub(crate) type Tenths = i64;

/// Height of a bar on a wide page.
pub(crate) const BAR_HEIGHT: Tenths = 220;
/// Height of a bar on a phone.
pub(crate) const NARROW_BAR_HEIGHT: Tenths = 180;
/// So that the smallest amount is seen, with outline and all.
pub(crate) const LEAST_BAR: Tenths = 40;
/// Size of ordinary text, in pixels.
pub(crate) const TEXT_SIZE: i64 = 16;
/// Size of text on axes, in pixels.
pub(crate) const AXIS_SIZE: i64 = 14;
/// From one line of text to the next, in tenths of a pixel.
pub(crate) const LINE_HEIGHT: Tenths = 200;

/// Where a text stands beside its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) anchor: Anchor,
    pub(crate) size: i64,
    pub(crate) colour: &'static str,
    pub(crate) is_bold: bool,
}

impl Look {
    pub(crate) const fn text(anchor: Anchor, is_bold: bool) -> Self {
        Self { anchor, size: TEXT_SIZE, colour: TEXT, is_bold }
    }

    pub(crate) const fn axis(anchor: Anchor) -> Self {
        Self { anchor, size: AXIS_SIZE, colour: crate::colour::SECONDARY, is_bold: false }
    }
}

/// What a bar is filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fill {
    Solid,
    Striped,
    Outlined,
}

/// A rectangle by its sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) left: Tenths,
    pub(crate) top: Tenths,
    pub(crate) width: Tenths,
    pub(crate) height: Tenths,
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stroke {
    pub(crate) colour: &'static str,
    /// In tenths of a pixel.
    pub(crate) width: Tenths,
    /// Lengths of dashes and gaps, as SVG writes them; nothing for an unbroken line.
    pub(crate) dashes: &'static str,
}

/// One drawing.
pub(crate) struct Canvas {
    /// The chart's id with that of the drawing.
    id: String,
    class: &'static str,
    width: i64,
    stripes: Option<&'static str>,
    body: String,
}

impl Canvas {
    pub(crate) fn new(heading: &Heading, page: Page) -> Self {
        let class = if page.is_narrow() { "narrow" } else { "wide" };
        Self {
            id: format!("{}-{class}", escape(&heading.id)),
            class,
            width: page.width(),
            stripes: None,
            body: String::new(),
        }
    }

    /// Words at a place on their base line.
    pub(crate) fn text(&mut self, (x, y): (Tenths, Tenths), look: Look, words: &str) {
        let anchor = match look.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let size =
            if look.size == TEXT_SIZE { String::new() } else { attribute("font-size", look.size) };
        let fill = if look.colour == TEXT { String::new() } else { attribute("fill", look.colour) };
        let weight = if look.is_bold { " font-weight=\"700\"" } else { "" };
        self.body += &format!(
            "<text x=\"{}\" y=\"{}\"{anchor}{size}{fill}{weight}>{}</text>\n",
            px(x),
            px(y),
            escape(words)
        );
    }

    /// A bar in a colour; its outline lies within the area.
    pub(crate) fn bar(&mut self, area: Area, fill: Fill, colour: &'static str) {
        if fill == Fill::Solid {
            self.rectangle(area, colour, "");
            return;
        }
        let paint = match fill {
            Fill::Striped => {
                self.stripes = Some(colour);
                format!("url(#{}-stripes)", self.id)
            }
            _ => WHITE.to_owned(),
        };
        let inner = Area {
            left: area.left + 10,
            top: area.top + 10,
            width: (area.width - 20).max(0),
            height: area.height - 20,
        };
        let stroke = format!(" stroke=\"{colour}\" stroke-width=\"2\"");
        self.rectangle(inner, &paint, &stroke);
    }

    /// A rectangle without an outline.
    pub(crate) fn ground(&mut self, area: Area, colour: &str) {
        self.rectangle(area, colour, "");
    }

    fn rectangle(&mut self, area: Area, paint: &str, rest: &str) {
        self.body += &format!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{paint}\"{rest}/>\n",
            px(area.left),
            px(area.top),
            px(area.width),
            px(area.height)
        );
    }

    /// A line through places.
    pub(crate) fn line(&mut self, places: &[(Tenths, Tenths)], stroke: Stroke) {
        let dashes = match stroke.dashes {
            "" => String::new(),
            dashes => attribute("stroke-dasharray", dashes),
        };
        self.body += &format!(
            "<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"{dashes}/>\n",
            path(places),
            stroke.colour,
            px(stroke.width)
        );
    }

    /// A filled shape with corners; a white edge sets it off from what it lies on.
    pub(crate) fn shape(&mut self, corners: &[(Tenths, Tenths)], colour: &str) {
        self.body += &format!("<path d=\"{}Z\" fill=\"{colour}\"/>\n", path(corners));
    }

    /// A circle; a hollow one has a white middle.
    pub(crate) fn circle(
        &mut self,
        (x, y): (Tenths, Tenths),
        radius: Tenths,
        colour: &str,
        is_hollow: bool,
    ) {
        let paint = if is_hollow {
            format!("fill=\"{WHITE}\" stroke=\"{colour}\" stroke-width=\"2\"")
        } else {
            format!("fill=\"{colour}\"")
        };
        self.body +=
            &format!("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {paint}/>\n", px(x), px(y), px(radius));
    }

    /// The whole text of the drawing.
    pub(crate) fn finish(self, heading: &Heading, height: Tenths) -> String {
        let Self { id, class, width, stripes, body } = self;
        let height = (height + 9) / 10;
        let defs = stripes.map_or(String::new(), |colour| {
            format!(
                "<defs><pattern id=\"{id}-stripes\" width=\"7\" height=\"7\" \
                 patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
                 <rect width=\"7\" height=\"7\" fill=\"{WHITE}\"/>\
                 <rect width=\"2\" height=\"7\" fill=\"{colour}\"/></pattern></defs>\n"
            )
        });
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart chart--{class}\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-desc\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" font-family=\"Arial, Helvetica, sans-serif\" \
             font-size=\"{TEXT_SIZE}\" fill=\"{TEXT}\">\n\
             <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n\
             {defs}{body}</svg>\n",
            escape(&heading.title),
            escape(&heading.description),
        )
    }
}

fn attribute(name: &str, value: impl std::fmt::Display) -> String {
    format!(" {name}=\"{value}\"")
}

fn path(places: &[(Tenths, Tenths)]) -> String {
    let step = |(index, (x, y)): (usize, &(Tenths, Tenths))| {
        format!("{}{} {}", if index == 0 { "M" } else { "L" }, px(*x), px(*y))
    };
    places.iter().enumerate().map(step).collect()
}

/// Tenths of a pixel as SVG writes them: `12.5`, `12`.
pub(crate) fn px(tenths: Tenths) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, part) = (tenths.abs() / 10, tenths.abs() % 10);
    if part == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

/// Words as they may stand in text and in attributes; what XML cannot hold is left out.
pub(crate) fn escape(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    for character in words.chars() {
        match character {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\'' => text.push_str("&#39;"),
            '\n' | '\t' => text.push(' '),
            it if it.is_control() || matches!(it, '\u{fffe}' | '\u{ffff}') => {}
            it => text.push(it),
        }
    }
    text
}
