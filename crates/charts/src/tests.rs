//! Charts as text, read back as XML, and measured.

use domain::Money;
use expect_test::{Expect, expect};
use proptest::prelude::*;
use roxmltree::Document;

use super::*;

#[track_caller]
fn check(chart: &Chart, expected: &Expect) {
    expected.assert_eq(&format!("{}{}\n", chart.svg(), chart.note));
}

fn heading(id: &str) -> Heading {
    let (title, description) = ("Does it add up?".to_owned(), "It does.".to_owned());
    Heading { id: id.to_owned(), title, description }
}

fn walk(rows: &[(&str, bool, i64)]) -> Waterfall {
    let row = |(name, is_total, pounds): &(&str, bool, i64)| {
        let (name, amount) = ((*name).to_owned(), Money::from_pounds(*pounds));
        if *is_total { Row::Total { name, amount } } else { Row::Step { name, amount } }
    };
    let rows = rows.iter().map(row).collect();
    Waterfall { heading: heading("walk"), width: 500, precision: Precision::Pounds, rows }
}

#[test]
fn a_walk_goes_from_total_to_total() {
    // Wide: names have a quarter of 500, so bars begin at 125. The widest value is a bold £120: 4 x
    // 0.556 x 16 x 1.1 = 39.1, with 16 before it 55.1, so bars end at 444.9. £150 on 319.9 pixels:
    // £100 ends at 125 + 213.2 = 338.2, £120 at 380.9. Narrow: £150 on 341 pixels, £100 at 227.3.
    let walk = walk(&[
        ("Last year", true, 100),
        ("More", false, 50),
        ("Less", false, -30),
        ("Now", true, 120),
    ]);
    check(
        &walk.draw().expect("it adds up"),
        &expect![[r##"
        <svg xmlns="http://www.w3.org/2000/svg" class="chart chart--wide" role="img" aria-labelledby="walk-wide-title walk-wide-desc" viewBox="0 0 500 170" width="500" height="170" font-family="Arial, Helvetica, sans-serif" font-size="16" fill="#212b32">
        <title id="walk-wide-title">Does it add up?</title>
        <desc id="walk-wide-desc">It does.</desc>
        <defs><pattern id="walk-wide-stripes" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="7" height="7" fill="#ffffff"/><rect width="2" height="7" fill="#005eb8"/></pattern></defs>
        <text x="125" y="14" text-anchor="middle" font-size="14" fill="#4c6272">£0</text>
        <path d="M125 22L125 170" fill="none" stroke="#d8dde0" stroke-width="1"/>
        <text x="231.5" y="14" text-anchor="middle" font-size="14" fill="#4c6272">£50</text>
        <path d="M231.5 22L231.5 170" fill="none" stroke="#d8dde0" stroke-width="1"/>
        <text x="338" y="14" text-anchor="middle" font-size="14" fill="#4c6272">£100</text>
        <path d="M338 22L338 170" fill="none" stroke="#d8dde0" stroke-width="1"/>
        <text x="444.6" y="14" text-anchor="middle" font-size="14" fill="#4c6272">£150</text>
        <path d="M444.6 22L444.6 170" fill="none" stroke="#d8dde0" stroke-width="1"/>
        <text x="0" y="50" font-weight="700">Last year</text>
        <text x="500" y="50" text-anchor="end" font-weight="700">£100</text>
        <rect x="125" y="33" width="213" height="22" fill="#212b32"/>
        <path d="M338 55L338 69" fill="none" stroke="#4c6272" stroke-width="1" stroke-dasharray="2 2"/>
        <text x="0" y="86">More</text>
        <text x="500" y="86" text-anchor="end">+£50</text>
        <rect x="338" y="69" width="106.6" height="22" fill="#005eb8"/>
        <path d="M444.6 91L444.6 105" fill="none" stroke="#4c6272" stroke-width="1" stroke-dasharray="2 2"/>
        <text x="0" y="122">Less</text>
        <text x="500" y="122" text-anchor="end">−£30</text>
        <rect x="381.6" y="106" width="62" height="20" fill="url(#walk-wide-stripes)" stroke="#005eb8" stroke-width="2"/>
        <path d="M380.6 127L380.6 141" fill="none" stroke="#4c6272" stroke-width="1" stroke-dasharray="2 2"/>
        <text x="0" y="158" font-weight="700">Now</text>
        <text x="500" y="158" text-anchor="end" font-weight="700">£120</text>
        <rect x="125" y="141" width="255.6" height="22" fill="#212b32"/>
        </svg>
        <svg xmlns="http://www.w3.org/2000/svg" class="chart chart--narrow" role="img" aria-labelledby="walk-narrow-title walk-narrow-desc" viewBox="0 0 343 226" width="343" height="226" font-family="Arial, Helvetica, sans-serif" font-size="16" fill="#212b32">
        <title id="walk-narrow-title">Does it add up?</title>
        <desc id="walk-narrow-desc">It does.</desc>
        <defs><pattern id="walk-narrow-stripes" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="7" height="7" fill="#ffffff"/><rect width="2" height="7" fill="#005eb8"/></pattern></defs>
        <text x="0" y="14" font-size="14" fill="#4c6272">£0</text>
        <path d="M0 22L0 226" fill="none" stroke="#d8dde0" stroke-width="1"/>
        <text x="227.3" y="14" text-anchor="middle" font-size="14" fill="#4c6272">£100</text>
        <path d="M227.3 22L227.3 226" fill="none" stroke="#d8dde0" stroke-width="1"/>
        <rect x="0" y="26" width="343" height="21" fill="#ffffff"/>
        <text x="0" y="42" font-weight="700">Last year</text>
        <text x="343" y="42" text-anchor="end" font-weight="700">£100</text>
        <rect x="0" y="49" width="227.3" height="18" fill="#212b32"/>
        <rect x="0" y="76" width="343" height="21" fill="#ffffff"/>
        <text x="0" y="92">More</text>
        <text x="343" y="92" text-anchor="end">+£50</text>
        <rect x="227.3" y="99" width="113.7" height="18" fill="#005eb8"/>
        <rect x="0" y="126" width="343" height="21" fill="#ffffff"/>
        <text x="0" y="142">Less</text>
        <text x="343" y="142" text-anchor="end">−£30</text>
        <rect x="273.8" y="150" width="66.2" height="16" fill="url(#walk-narrow-stripes)" stroke="#005eb8" stroke-width="2"/>
        <rect x="0" y="176" width="343" height="21" fill="#ffffff"/>
        <text x="0" y="192" font-weight="700">Now</text>
        <text x="343" y="192" text-anchor="end" font-weight="700">£120</text>
        <rect x="0" y="199" width="272.8" height="18" fill="#212b32"/>
        </svg>
        Solid bars add; striped bars take away.
    "##]],
    );
}

#[test]
fn a_walk_far_from_zero_says_where_it_starts() {
    // 1,000 to 1,100, and room for two steps: 50 each. It starts half a step below 1,000.
    let walk = walk(&[
        ("Ledger", true, 1_100),
        ("Outside the period", false, -100),
        ("Care", true, 1_000),
    ]);
    let chart = walk.draw().expect("it adds up");
    assert_eq!(chart.note, "Striped bars take away. The scale starts at £975.");
    // Two totals in each drawing, each with a piece cut out.
    for svg in [&chart.wide, &chart.narrow] {
        assert_eq!(svg.matches("Z\" fill=\"#ffffff\"/>").count(), 2);
    }
}

#[test]
fn a_walk_that_does_not_add_up_is_refused() {
    let error = |rows: &[(&str, bool, i64)]| walk(rows).draw().map_err(|it| it.to_string());
    let refused = error(&[("Ledger", true, 10), ("Out", false, -3), ("Care", true, 8)]);
    let words = "the walk comes to £7.000000, but `Care` says £8.000000";
    assert_eq!(refused, Err(words.to_owned()));
    assert_eq!(error(&[("Out", false, -3)]), Err("a walk starts with a total".to_owned()));
}

fn bar(name: &str, value: &str, size: Option<i64>) -> Bar {
    let (name, value) = (name.to_owned(), value.to_owned());
    Bar { name, value, size, is_strong: false, is_rest: false }
}

#[test]
fn bars_have_lengths_in_proportion() {
    // Everything else is 7.059 x 16 = 112.9 wide, so bars begin at 128.9; £560 is 35.5 wide, so they
    // end at 300 - 51.5 = 248.5: £560 is 119.6 pixels long and £280 half of it, outline and all.
    let mut bars = vec![
        bar("Longer stay", "£560", Some(560)),
        bar("Everything else", "£280", Some(280)),
        bar("Day unit", "*", None),
    ];
    bars[1].is_rest = true;
    let (heading, direction) = (heading("bars"), Direction::Amounts);
    check(
        &Bars { heading, width: 300, direction, bars }.draw(),
        &expect![[r##"
        <svg xmlns="http://www.w3.org/2000/svg" class="chart chart--wide" role="img" aria-labelledby="bars-wide-title bars-wide-desc" viewBox="0 0 300 108" width="300" height="108" font-family="Arial, Helvetica, sans-serif" font-size="16" fill="#212b32">
        <title id="bars-wide-title">Does it add up?</title>
        <desc id="bars-wide-desc">It does.</desc>
        <text x="0" y="24">Longer stay</text>
        <text x="300" y="24" text-anchor="end">£560</text>
        <rect x="128.9" y="7" width="119.6" height="22" fill="#005eb8"/>
        <text x="0" y="60">Everything else</text>
        <text x="300" y="60" text-anchor="end">£280</text>
        <rect x="129.9" y="44" width="57.8" height="20" fill="#ffffff" stroke="#005eb8" stroke-width="2"/>
        <text x="0" y="96">Day unit</text>
        <text x="300" y="96" text-anchor="end">*</text>
        </svg>
        <svg xmlns="http://www.w3.org/2000/svg" class="chart chart--narrow" role="img" aria-labelledby="bars-narrow-title bars-narrow-desc" viewBox="0 0 343 150" width="343" height="150" font-family="Arial, Helvetica, sans-serif" font-size="16" fill="#212b32">
        <title id="bars-narrow-title">Does it add up?</title>
        <desc id="bars-narrow-desc">It does.</desc>
        <text x="0" y="16">Longer stay</text>
        <text x="343" y="16" text-anchor="end">£560</text>
        <rect x="0" y="23" width="343" height="18" fill="#005eb8"/>
        <text x="0" y="66">Everything else</text>
        <text x="343" y="66" text-anchor="end">£280</text>
        <rect x="1" y="74" width="169.5" height="16" fill="#ffffff" stroke="#005eb8" stroke-width="2"/>
        <text x="0" y="116">Day unit</text>
        <text x="343" y="116" text-anchor="end">*</text>
        </svg>
        The outlined bar is everything else. * is hidden to protect patients.
    "##]],
    );
}

#[test]
fn a_deficit_is_solid_and_to_the_left() {
    let bars = vec![bar("Hip", "deficit", Some(-300)), bar("Knee", "surplus", Some(100))];
    let direction = Direction::Balance { below: "deficit".to_owned(), above: "surplus".to_owned() };
    let chart = Bars { heading: heading("sides"), width: 500, direction, bars }.draw();
    let rectangles = rectangles(&chart.narrow);
    // 400 on 343 pixels: zero at 257.2, the deficit to its left, the surplus outlined to its right.
    let deficit = Rectangle { left: 0, right: 2_572, fill: "#003087".to_owned() };
    let surplus = Rectangle { left: 2_572, right: 3_430, fill: "#ffffff".to_owned() };
    assert_eq!(rectangles, [deficit, surplus]);
    assert_eq!(chart.note, "A solid bar is a deficit, an outlined bar a surplus.");
}

#[test]
fn parts_of_a_whole_are_not_as_long_as_the_whole() {
    let bars = vec![bar("Before", "2 of 5", Some(40)), bar("After", "3 of 5", Some(60))];
    let direction = Direction::Parts { whole: 100 };
    let chart = Bars { heading: heading("parts"), width: 500, direction, bars }.draw();
    let ends: Vec<_> = rectangles(&chart.narrow).iter().map(|it| (it.left, it.right)).collect();
    // 343 pixels are 100: 40 are 137.2, 60 are 205.8.
    assert_eq!(ends, [(0, 1_372), (0, 2_058)]);
}

fn line() -> Line {
    let point = |(label, value, mark): (&str, Option<f64>, Mark)| Point {
        label: label.to_owned(),
        value,
        mark,
    };
    let points = [
        ("Apr 2025", Some(4.0), Mark::Ordinary),
        ("May 2025", Some(5.0), Mark::Concern),
        ("Jun 2025", None, Mark::Ordinary),
        ("Jul 2025", Some(3.0), Mark::Improvement),
        ("Aug 2025", Some(6.0), Mark::Neither),
    ];
    let limit = |label: &str, value| Limit { label: label.to_owned(), value };
    Line {
        heading: heading("stay"),
        width: 500,
        points: points.map(point).into(),
        average: Some(limit("average 4.5", 4.5)),
        limits: vec![limit("upper limit 5.5", 5.5)],
        target: None,
        callout: Some(("1 month above,".to_owned(), "in May".to_owned())),
        rule: "The rule.".to_owned(),
    }
}

#[test]
fn special_cause_has_a_shape_and_a_gap_is_a_gap() {
    // 3 to 6 by steps of 1: with a line of words above, 6 is at 38 and 3 at 228 on a wide page, so 63.3
    // for each.
    check(
        &line().draw(),
        &expect![[r##"
            <svg xmlns="http://www.w3.org/2000/svg" class="chart chart--wide" role="img" aria-labelledby="stay-wide-title stay-wide-desc" viewBox="0 0 500 258" width="500" height="258" font-family="Arial, Helvetica, sans-serif" font-size="16" fill="#212b32">
            <title id="stay-wide-title">Does it add up?</title>
            <desc id="stay-wide-desc">It does.</desc>
            <text x="7.7" y="233" text-anchor="end" font-size="14" fill="#4c6272">3</text>
            <path d="M15.7 228L403.9 228" fill="none" stroke="#d8dde0" stroke-width="1"/>
            <text x="7.7" y="169.7" text-anchor="end" font-size="14" fill="#4c6272">4</text>
            <path d="M15.7 164.7L403.9 164.7" fill="none" stroke="#d8dde0" stroke-width="1"/>
            <text x="7.7" y="106.3" text-anchor="end" font-size="14" fill="#4c6272">5</text>
            <path d="M15.7 101.3L403.9 101.3" fill="none" stroke="#d8dde0" stroke-width="1"/>
            <text x="7.7" y="43" text-anchor="end" font-size="14" fill="#4c6272">6</text>
            <path d="M15.7 38L403.9 38" fill="none" stroke="#d8dde0" stroke-width="1"/>
            <path d="M15.7 133L403.9 133" fill="none" stroke="#4c6272" stroke-width="1.5"/>
            <path d="M15.7 69.7L403.9 69.7" fill="none" stroke="#4c6272" stroke-width="1.5" stroke-dasharray="6 4"/>
            <text x="411.9" y="74.7" font-size="14" fill="#4c6272">upper limit 5.5</text>
            <text x="411.9" y="138" font-size="14" fill="#4c6272">average 4.5</text>
            <text x="25.7" y="252" font-size="14" fill="#4c6272">Apr 2025</text>
            <text x="393.9" y="252" text-anchor="end" font-size="14" fill="#4c6272">Aug 2025</text>
            <text x="209.8" y="252" text-anchor="middle" font-size="14" fill="#4c6272">Jun 2025</text>
            <path d="M25.7 164.7L117.7 101.3" fill="none" stroke="#212b32" stroke-width="2"/>
            <path d="M301.8 228L393.9 38" fill="none" stroke="#212b32" stroke-width="2"/>
            <circle cx="25.7" cy="164.7" r="4" fill="#212b32"/>
            <path d="M117.7 93.1L125.9 101.3L117.7 109.5L109.5 101.3Z" fill="#ffffff"/>
            <path d="M117.7 94.8L124.2 101.3L117.7 107.8L111.2 101.3Z" fill="#a33c00"/>
            <path d="M295.7 221.9L307.9 221.9L307.9 234.1L295.7 234.1Z" fill="#ffffff"/>
            <path d="M297 223.2L306.6 223.2L306.6 232.8L297 232.8Z" fill="#005eb8"/>
            <path d="M393.9 29.8L402.1 44.1L385.7 44.1Z" fill="#ffffff"/>
            <path d="M393.9 31.5L400.4 42.8L387.4 42.8Z" fill="#490092"/>
            <text x="15.7" y="16" fill="#a33c00" font-weight="700">1 month above, in May</text>
            </svg>
            <svg xmlns="http://www.w3.org/2000/svg" class="chart chart--narrow" role="img" aria-labelledby="stay-narrow-title stay-narrow-desc" viewBox="0 0 343 258" width="343" height="258" font-family="Arial, Helvetica, sans-serif" font-size="16" fill="#212b32">
            <title id="stay-narrow-title">Does it add up?</title>
            <desc id="stay-narrow-desc">It does.</desc>
            <text x="7.7" y="233" text-anchor="end" font-size="14" fill="#4c6272">3</text>
            <path d="M15.7 228L343 228" fill="none" stroke="#d8dde0" stroke-width="1"/>
            <text x="7.7" y="176.3" text-anchor="end" font-size="14" fill="#4c6272">4</text>
            <path d="M15.7 171.3L343 171.3" fill="none" stroke="#d8dde0" stroke-width="1"/>
            <text x="7.7" y="119.7" text-anchor="end" font-size="14" fill="#4c6272">5</text>
            <path d="M15.7 114.7L343 114.7" fill="none" stroke="#d8dde0" stroke-width="1"/>
            <text x="7.7" y="63" text-anchor="end" font-size="14" fill="#4c6272">6</text>
            <path d="M15.7 58L343 58" fill="none" stroke="#d8dde0" stroke-width="1"/>
            <path d="M15.7 143L343 143" fill="none" stroke="#4c6272" stroke-width="1.5"/>
            <path d="M15.7 86.3L343 86.3" fill="none" stroke="#4c6272" stroke-width="1.5" stroke-dasharray="6 4"/>
            <text x="25.7" y="252" font-size="14" fill="#4c6272">Apr 2025</text>
            <text x="333" y="252" text-anchor="end" font-size="14" fill="#4c6272">Aug 2025</text>
            <path d="M25.7 171.3L102.5 114.7" fill="none" stroke="#212b32" stroke-width="2"/>
            <path d="M256.1 228L333 58" fill="none" stroke="#212b32" stroke-width="2"/>
            <circle cx="25.7" cy="171.3" r="4" fill="#212b32"/>
            <path d="M102.5 106.5L110.7 114.7L102.5 122.9L94.3 114.7Z" fill="#ffffff"/>
            <path d="M102.5 108.2L109 114.7L102.5 121.2L96 114.7Z" fill="#a33c00"/>
            <path d="M250 221.9L262.2 221.9L262.2 234.1L250 234.1Z" fill="#ffffff"/>
            <path d="M251.3 223.2L260.9 223.2L260.9 232.8L251.3 232.8Z" fill="#005eb8"/>
            <path d="M333 49.8L341.2 64.1L324.8 64.1Z" fill="#ffffff"/>
            <path d="M333 51.5L339.5 62.8L326.5 62.8Z" fill="#490092"/>
            <text x="343" y="16" text-anchor="end" fill="#a33c00" font-weight="700">1 month above,</text>
            <text x="343" y="36" text-anchor="end" fill="#a33c00">in May</text>
            </svg>
            The rule. ◆ Special cause, for the worse. ■ Special cause, for the better. ▲ Special cause, neither good nor bad. ● Ordinary variation. Unbroken line: average 4.5. Dashed lines: upper limit 5.5. A gap is a figure that is hidden or missing.
        "##]],
    );
}

fn dots() -> Dots {
    let row = DotRow {
        name: "Colleague K5".to_owned(),
        value: "6.3, beyond chance".to_owned(),
        estimate: Some(6.3),
        interval: Some((5.7, 6.9)),
        recorded: Some(6.5),
        chance: Some((4.1, 6.1)),
        mark: Mark::Concern,
        is_strong: true,
    };
    let hidden = DotRow {
        name: "Colleague K6".to_owned(),
        value: "*".to_owned(),
        estimate: None,
        interval: None,
        recorded: None,
        chance: None,
        mark: Mark::Ordinary,
        is_strong: false,
    };
    let reference =
        |label: &str, value, is_main| Reference { label: label.to_owned(), value, is_main };
    Dots {
        heading: heading("days"),
        width: 600,
        unit: "days".to_owned(),
        rows: vec![row, hidden],
        references: vec![
            reference("specialty 5.1", 5.1, true),
            reference("others 5.0", 5.0, false),
        ],
    }
}

#[test]
fn estimates_have_intervals_and_labels_do_not_overlap() {
    check(
        &dots().draw(),
        &expect![[r##"
        <svg xmlns="http://www.w3.org/2000/svg" class="chart chart--wide" role="img" aria-labelledby="days-wide-title days-wide-desc" viewBox="0 0 600 160" width="600" height="160" font-family="Arial, Helvetica, sans-serif" font-size="16" fill="#212b32">
        <title id="days-wide-title">Does it add up?</title>
        <desc id="days-wide-desc">It does.</desc>
        <path d="M122.5 44L122.5 132" fill="none" stroke="#d8dde0" stroke-width="1"/>
        <text x="122.5" y="152" text-anchor="middle" font-size="14" fill="#4c6272">4</text>
        <path d="M224.2 44L224.2 132" fill="none" stroke="#d8dde0" stroke-width="1"/>
        <text x="224.2" y="152" text-anchor="middle" font-size="14" fill="#4c6272">5</text>
        <path d="M325.8 44L325.8 132" fill="none" stroke="#d8dde0" stroke-width="1"/>
        <text x="325.8" y="152" text-anchor="middle" font-size="14" fill="#4c6272">6</text>
        <path d="M427.5 44L427.5 132" fill="none" stroke="#d8dde0" stroke-width="1"/>
        <text x="427.5" y="152" text-anchor="middle" font-size="14" fill="#4c6272">7 days</text>
        <rect x="132.7" y="59" width="203.3" height="22" fill="#e3e8eb"/>
        <text x="224.2" y="14" text-anchor="middle" font-size="14" fill="#4c6272">others 5.0</text>
        <path d="M224.2 42L224.2 132" fill="none" stroke="#4c6272" stroke-width="2" stroke-dasharray="6 4"/>
        <text x="234.3" y="34" text-anchor="middle" font-size="14" font-weight="700">specialty 5.1</text>
        <path d="M234.3 42L234.3 132" fill="none" stroke="#212b32" stroke-width="2"/>
        <text x="0" y="75" font-weight="700">Colleague K5</text>
        <text x="600" y="75" text-anchor="end" font-weight="700">6.3, beyond chance</text>
        <path d="M295.3 70L417.3 70" fill="none" stroke="#212b32" stroke-width="2.5"/>
        <path d="M295.3 64L295.3 76" fill="none" stroke="#212b32" stroke-width="2.5"/>
        <path d="M417.3 64L417.3 76" fill="none" stroke="#212b32" stroke-width="2.5"/>
        <circle cx="376.7" cy="70" r="5" fill="#ffffff" stroke="#4c6272" stroke-width="2"/>
        <path d="M356.3 61.8L364.5 70L356.3 78.2L348.1 70Z" fill="#ffffff"/>
        <path d="M356.3 63.5L362.8 70L356.3 76.5L349.8 70Z" fill="#a33c00"/>
        <text x="0" y="119">Colleague K6</text>
        <text x="600" y="119" text-anchor="end">*</text>
        </svg>
        <svg xmlns="http://www.w3.org/2000/svg" class="chart chart--narrow" role="img" aria-labelledby="days-narrow-title days-narrow-desc" viewBox="0 0 343 188" width="343" height="188" font-family="Arial, Helvetica, sans-serif" font-size="16" fill="#212b32">
        <title id="days-narrow-title">Does it add up?</title>
        <desc id="days-narrow-desc">It does.</desc>
        <path d="M10 44L10 160" fill="none" stroke="#d8dde0" stroke-width="1"/>
        <text x="10" y="180" text-anchor="middle" font-size="14" fill="#4c6272">4</text>
        <path d="M117.7 44L117.7 160" fill="none" stroke="#d8dde0" stroke-width="1"/>
        <text x="117.7" y="180" text-anchor="middle" font-size="14" fill="#4c6272">5</text>
        <path d="M225.3 44L225.3 160" fill="none" stroke="#d8dde0" stroke-width="1"/>
        <text x="225.3" y="180" text-anchor="middle" font-size="14" fill="#4c6272">6</text>
        <path d="M333 44L333 160" fill="none" stroke="#d8dde0" stroke-width="1"/>
        <text x="333" y="180" text-anchor="end" font-size="14" fill="#4c6272">7 days</text>
        <rect x="20.8" y="73" width="215.3" height="22" fill="#e3e8eb"/>
        <text x="117.7" y="14" text-anchor="middle" font-size="14" fill="#4c6272">others 5.0</text>
        <path d="M117.7 42L117.7 160" fill="none" stroke="#4c6272" stroke-width="2" stroke-dasharray="6 4"/>
        <text x="128.4" y="34" text-anchor="middle" font-size="14" font-weight="700">specialty 5.1</text>
        <path d="M128.4 42L128.4 160" fill="none" stroke="#212b32" stroke-width="2"/>
        <rect x="0" y="44" width="343" height="24" fill="#ffffff"/>
        <text x="0" y="62" font-weight="700">Colleague K5</text>
        <text x="343" y="62" text-anchor="end" font-weight="700">6.3, beyond chance</text>
        <path d="M193 84L322.2 84" fill="none" stroke="#212b32" stroke-width="2.5"/>
        <path d="M193 78L193 90" fill="none" stroke="#212b32" stroke-width="2.5"/>
        <path d="M322.2 78L322.2 90" fill="none" stroke="#212b32" stroke-width="2.5"/>
        <circle cx="279.2" cy="84" r="5" fill="#ffffff" stroke="#4c6272" stroke-width="2"/>
        <path d="M257.6 75.8L265.8 84L257.6 92.2L249.4 84Z" fill="#ffffff"/>
        <path d="M257.6 77.5L264.1 84L257.6 90.5L251.1 84Z" fill="#a33c00"/>
        <rect x="0" y="102" width="343" height="24" fill="#ffffff"/>
        <text x="0" y="120">Colleague K6</text>
        <text x="343" y="120" text-anchor="end">*</text>
        </svg>
        ◆ adjusted, beyond chance, a concern; ○ as recorded; line with ends: 95% interval; grey band: 998 in 1,000 values fall here by chance alone; * hidden to protect patients.
    "##]],
    );
}

#[derive(Debug, PartialEq, Eq)]
struct Rectangle {
    left: i64,
    right: i64,
    fill: String,
}

/// The bars of a drawing, outlines included: what is no ground for words.
fn rectangles(svg: &str) -> Vec<Rectangle> {
    let document = Document::parse(svg).expect("well-formed XML");
    let in_body = document.root_element().children().filter(|it| it.has_tag_name("rect"));
    let tenths = |text: &str| {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        whole.parse::<i64>().expect("a number") * 10 + part.parse::<i64>().expect("one place")
    };
    let rectangle = |it: roxmltree::Node<'_, '_>| {
        let number = |name| tenths(it.attribute(name).expect("a rectangle has its sides"));
        let edge = if it.attribute("stroke").is_some() { 10 } else { 0 };
        let left = number("x") - edge;
        let fill = it.attribute("fill").unwrap_or_default().to_owned();
        Rectangle { left, right: left + number("width") + 2 * edge, fill }
    };
    let is_ground = |it: &roxmltree::Node<'_, '_>| {
        it.attribute("fill") == Some("#ffffff") && it.attribute("stroke").is_none()
    };
    in_body.filter(|it| !is_ground(it)).map(rectangle).collect()
}

/// Elements and attributes that drawings may have: none that runs or loads anything, or is style.
const ELEMENTS: [&str; 9] =
    ["svg", "title", "desc", "defs", "pattern", "rect", "text", "path", "circle"];

/// Checks what must hold of every drawing, and returns its texts.
fn texts(svg: &str) -> Vec<String> {
    let document = Document::parse(svg).expect("well-formed XML");
    let root = document.root_element();
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        assert!(ELEMENTS.contains(&node.tag_name().name()), "{node:?}");
        for it in node.attributes() {
            let name = it.name();
            assert!(name != "style" && name != "href" && !name.starts_with("on"), "{name}");
        }
    }
    assert_eq!(root.attribute("role"), Some("img"));
    let labels: Vec<&str> = root.attribute("aria-labelledby").expect("labels").split(' ').collect();
    let ids: Vec<&str> = document.descendants().filter_map(|it| it.attribute("id")).collect();
    assert_eq!(ids[..2], labels[..], "title and description first");
    let is_text =
        |it: &roxmltree::Node<'_, '_>| matches!(it.tag_name().name(), "title" | "desc" | "text");
    let nodes = document.descendants().filter(is_text);
    nodes.map(|it| it.text().unwrap_or_default().to_owned()).collect()
}

#[test]
fn all_ids_of_a_page_differ() {
    let walk = walk(&[("A", true, 10), ("B", false, -3), ("C", true, 7)]).draw().expect("a walk");
    let page = format!("<div>{}{}{}</div>", walk.svg(), line().draw().svg(), dots().draw().svg());
    let document = Document::parse(&page).expect("well-formed XML");
    let mut ids: Vec<&str> = document.descendants().filter_map(|it| it.attribute("id")).collect();
    // Title and description in six drawings, stripes in two.
    assert_eq!(ids.len(), 14);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 14);
}

/// Pounds of a first total and of steps.
fn steps() -> impl Strategy<Value = (i64, Vec<i64>)> {
    (-1_000_000_i64..1_000_000_000, prop::collection::vec(-50_000_000_i64..50_000_000, 0..8))
}

proptest! {
    /// Each step begins where the one before ended, the last total ends where the steps do, and
    /// every bar is on the page.
    #[test]
    fn bars_of_a_walk_meet((start, steps) in steps()) {
        let mut rows = vec![("Start", true, start)];
        rows.extend(steps.iter().map(|it| ("Step", false, *it)));
        rows.push(("End", true, start + steps.iter().sum::<i64>()));
        let chart = walk(&rows).draw().expect("it adds up");
        for (svg, page_width) in [(&chart.wide, 5_000), (&chart.narrow, 3_430)] {
            texts(svg);
            let bars = rectangles(svg);
            let mut at = None;
            let steps: Vec<i64> = steps.iter().copied().filter(|it| *it != 0).collect();
            prop_assert_eq!(bars.len(), steps.len() + 2);
            for (step, bar) in std::iter::zip(&steps, &bars[1..]) {
                prop_assert!(bar.left >= 0 && bar.right <= page_width + 20);
                let is_least = bar.right - bar.left == 40;
                let (from, to) = if *step < 0 { (bar.right, bar.left) } else { (bar.left, bar.right) };
                // A bar drawn wider than it is, to be seen, meets with its left side only.
                if let Some(at) = at && !(is_least && *step < 0) {
                    prop_assert_eq!(from, at);
                }
                at = if is_least && *step > 0 { None } else { Some(to) };
                prop_assert_eq!(bar.fill.starts_with("url(#walk-"), *step < 0);
            }
            let last = bars.last().expect("a total");
            if let Some(at) = at {
                prop_assert!(last.left == at || last.right == at);
            }
        }
    }

    /// Whatever a text holds, it stays a text, and all of it is there.
    #[test]
    fn every_text_is_escaped(words in "\\PC{1,30}", id in "[a-z]{1,8}") {
        let nasty = format!("<script>{words}</script>\"'&amp;]]>");
        let mut charts = vec![line().draw(), dots().draw()];
        let heading = Heading { id, title: nasty.clone(), description: nasty.clone() };
        let both = |it: &str| (it.to_owned(), it.to_owned());
        let (below, above) = both(&nasty);
        let bar = Bar { is_strong: true, ..bar(&nasty, &nasty, Some(3)) };
        let direction = Direction::Balance { below, above };
        charts.push(Bars { heading: heading.clone(), width: 900, direction, bars: vec![bar] }.draw());
        let mut it = line();
        (it.heading, it.points[0].label, it.callout) = (heading.clone(), nasty.clone(), Some(both(&nasty)));
        it.limits[0].label.clone_from(&nasty);
        charts.push(it.draw());
        let mut it = dots();
        (it.heading, it.rows[0].name, it.rows[0].value) = (heading.clone(), nasty.clone(), nasty.clone());
        (it.references[0].label, it.unit) = both(&nasty);
        charts.push(it.draw());
        let mut it = walk(&[(&nasty, true, 10), (&nasty, false, -3)]);
        it.heading = heading;
        charts.push(it.draw().expect("it adds up"));
        let letters = |it: &str| it.split_whitespace().collect::<String>();
        for (index, chart) in charts.iter().enumerate() {
            for svg in [&chart.wide, &chart.narrow] {
                let texts = texts(svg);
                if index >= 2 {
                    prop_assert_eq!(&texts[0], &nasty);
                    let all = letters(&texts[2..].concat());
                    prop_assert!(all.contains(&letters(&nasty)), "{} {}", all, nasty);
                }
            }
        }
    }

    /// Figures that are no figures, and charts of nothing, are drawn all the same.
    #[test]
    fn odd_values_are_drawn(value in prop::num::f64::ANY, other in prop::num::f64::ANY) {
        let mut it = line();
        it.points[0].value = Some(value);
        it.limits[0].value = other;
        texts(&it.draw().wide);
        it.points.clear();
        texts(&it.draw().narrow);
        let mut it = dots();
        (it.rows[0].estimate, it.rows[0].interval) = (Some(value), Some((other, value)));
        texts(&it.draw().wide);
        it.rows.clear();
        texts(&it.draw().narrow);
    }
}

fn column(name: &str, short: &str, is_weekend: bool) -> Column {
    Column { name: name.to_owned(), short: short.to_owned(), is_weekend }
}

fn at(column: usize, thousandths: u16) -> Moment {
    Moment { column, thousandths }
}

fn timeline() -> Timeline {
    let lane = |name: &str, value: &str, marks, label: &str| TimeLane {
        name: name.to_owned(),
        value: value.to_owned(),
        marks,
        label: label.to_owned(),
    };
    let stay = vec![Stretch { from: at(0, 500), to: at(3, 500) }];
    let block = vec![Stretch { from: at(0, 600), to: at(0, 700) }];
    Timeline {
        heading: heading("time"),
        width: 500,
        columns: vec![
            column("Thu 6 Nov", "T6", false),
            column("Fri 7", "F7", false),
            column("Sat 8", "S8", true),
            column("Sun 9", "S9", true),
        ],
        lanes: vec![
            lane("Stay", "£30", Marks::Stretches { stretches: stay, is_striped: true }, ""),
            lane("Theatre", "£20", Marks::Blocks(block), "2 h"),
            lane("Implant", "£10", Marks::Diamonds(vec![at(0, 600)]), "traced"),
            lane("Tests", "£5", Marks::Counts(vec![5, 0, 0, 12]), ""),
            lane("Not on the line", "£1", Marks::Nothing, ""),
        ],
        ready: Some((at(1, 500), "ready to leave, Friday 12:00".to_owned(), "ready".to_owned())),
        total: ("Total".to_owned(), "£66".to_owned()),
        unit: "day".to_owned(),
    }
}

#[test]
fn a_stay_is_drawn_day_by_day() {
    // Wide: `Not on the line` is bold 7.1 x 16 = 113.4 wide, and 12 behind it: the line begins at
    // 125.4. The total is bold 3 x 8.896 x 1.1 = 29.3 wide: it ends at 500 - 29.3 - 12 = 458.7. A
    // column is 83.3 wide: the stay begins at 125.4 + 41.6 = 167, is striped from 250.4 on and ends
    // at 417.1. Narrow: 343 in four columns of 85.7.
    let expected = expect![[r##"
        <svg xmlns="http://www.w3.org/2000/svg" class="chart chart--wide" role="img" aria-labelledby="time-wide-title time-wide-desc" viewBox="0 0 500 358" width="500" height="358" font-family="Arial, Helvetica, sans-serif" font-size="16" fill="#212b32">
        <title id="time-wide-title">Does it add up?</title>
        <desc id="time-wide-desc">It does.</desc>
        <defs><pattern id="time-wide-stripes" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="7" height="7" fill="#ffffff"/><rect width="2" height="7" fill="#005eb8"/></pattern></defs>
        <path d="M125.4 25L125.4 310" fill="none" stroke="#d8dde0" stroke-width="1"/>
        <text x="167" y="14" text-anchor="middle" font-size="14" fill="#4c6272">Thu 6 Nov</text>
        <path d="M208.7 25L208.7 310" fill="none" stroke="#d8dde0" stroke-width="1"/>
        <text x="250.4" y="14" text-anchor="middle" font-size="14" fill="#4c6272">Fri 7</text>
        <rect x="292.1" y="25" width="83.3" height="285" fill="#f0f4f5"/>
        <path d="M292.1 25L292.1 310" fill="none" stroke="#d8dde0" stroke-width="1"/>
        <text x="333.7" y="14" text-anchor="middle" font-size="14" fill="#4c6272">Sat 8</text>
        <rect x="375.4" y="25" width="83.4" height="285" fill="#f0f4f5"/>
        <path d="M375.4 25L375.4 310" fill="none" stroke="#d8dde0" stroke-width="1"/>
        <text x="417.1" y="14" text-anchor="middle" font-size="14" fill="#4c6272">Sun 9</text>
        <path d="M250.4 27L250.4 310" fill="none" stroke="#212b32" stroke-width="1.5" stroke-dasharray="5 3"/>
        <text x="0" y="81.5" font-weight="700">Stay</text>
        <text x="500" y="81.5" text-anchor="end">£30</text>
        <rect x="167" y="67.5" width="83.4" height="17" fill="#005eb8"/>
        <rect x="251.4" y="68.5" width="164.7" height="15" fill="url(#time-wide-stripes)" stroke="#005eb8" stroke-width="2"/>
        <text x="0" y="133.5" font-weight="700">Theatre</text>
        <text x="500" y="133.5" text-anchor="end">£20</text>
        <rect x="175.3" y="116" width="8.4" height="24" fill="#003087"/>
        <rect x="187.7" y="117" width="27.4" height="22" fill="#ffffff"/>
        <text x="191.7" y="133" font-size="14">2 h</text>
        <text x="0" y="185.5" font-weight="700">Implant</text>
        <text x="500" y="185.5" text-anchor="end">£10</text>
        <path d="M175.3 170L185.3 180L175.3 190L165.3 180Z" fill="#003087"/>
        <rect x="189.3" y="169" width="47.6" height="22" fill="#ffffff"/>
        <text x="193.3" y="185" font-size="14">traced</text>
        <text x="0" y="237.5" font-weight="700">Tests</text>
        <text x="500" y="237.5" text-anchor="end">£5</text>
        <circle cx="167" cy="232" r="12.5" fill="#ffffff" stroke="#005eb8" stroke-width="2"/>
        <text x="167" y="237" text-anchor="middle" font-size="14">5</text>
        <circle cx="417.1" cy="232" r="12.5" fill="#ffffff" stroke="#005eb8" stroke-width="2"/>
        <text x="417.1" y="237" text-anchor="middle" font-size="14">12</text>
        <text x="0" y="289.5" font-weight="700">Not on the line</text>
        <text x="500" y="289.5" text-anchor="end">£1</text>
        <rect x="254.4" y="29" width="181.4" height="19" fill="#ffffff"/>
        <text x="256.4" y="43" font-size="14">ready to leave, Friday 12:00</text>
        <path d="M0 320L500 320" fill="none" stroke="#212b32" stroke-width="1.5"/>
        <text x="0" y="345" font-weight="700">Total</text>
        <text x="500" y="345" text-anchor="end" font-weight="700">£66</text>
        </svg>
    "##]];
    expected.assert_eq(&timeline().draw().wide);
}

#[test]
fn the_same_stay_on_a_phone() {
    // In four columns of 85.7; see above.
    let expected = expect![[r##"
        <svg xmlns="http://www.w3.org/2000/svg" class="chart chart--narrow" role="img" aria-labelledby="time-narrow-title time-narrow-desc" viewBox="0 0 343 328" width="343" height="328" font-family="Arial, Helvetica, sans-serif" font-size="16" fill="#212b32">
        <title id="time-narrow-title">Does it add up?</title>
        <desc id="time-narrow-desc">It does.</desc>
        <defs><pattern id="time-narrow-stripes" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="7" height="7" fill="#ffffff"/><rect width="2" height="7" fill="#005eb8"/></pattern></defs>
        <text x="42.8" y="14" text-anchor="middle" font-size="14" fill="#4c6272">T6</text>
        <path d="M85.7 25L85.7 280" fill="none" stroke="#d8dde0" stroke-width="1"/>
        <text x="128.6" y="14" text-anchor="middle" font-size="14" fill="#4c6272">F7</text>
        <rect x="171.5" y="25" width="85.7" height="255" fill="#f0f4f5"/>
        <path d="M171.5 25L171.5 280" fill="none" stroke="#d8dde0" stroke-width="1"/>
        <text x="214.3" y="14" text-anchor="middle" font-size="14" fill="#4c6272">S8</text>
        <rect x="257.2" y="25" width="85.8" height="255" fill="#f0f4f5"/>
        <path d="M257.2 25L257.2 280" fill="none" stroke="#d8dde0" stroke-width="1"/>
        <text x="300.1" y="14" text-anchor="middle" font-size="14" fill="#4c6272">S9</text>
        <path d="M128.6 27L128.6 280" fill="none" stroke="#212b32" stroke-width="1.5" stroke-dasharray="5 3"/>
        <rect x="0" y="51" width="41" height="19" fill="#ffffff"/>
        <rect x="312.4" y="51" width="30.6" height="19" fill="#ffffff"/>
        <text x="0" y="66" font-weight="700">Stay</text>
        <text x="343" y="66" text-anchor="end">£30</text>
        <rect x="42.8" y="72.5" width="85.8" height="17" fill="#005eb8"/>
        <rect x="129.6" y="73.5" width="169.5" height="15" fill="url(#time-narrow-stripes)" stroke="#005eb8" stroke-width="2"/>
        <rect x="0" y="97" width="66.5" height="19" fill="#ffffff"/>
        <rect x="312.4" y="97" width="30.6" height="19" fill="#ffffff"/>
        <text x="0" y="112" font-weight="700">Theatre</text>
        <text x="343" y="112" text-anchor="end">£20</text>
        <rect x="51.4" y="115" width="8.5" height="24" fill="#003087"/>
        <rect x="63.9" y="116" width="27.4" height="22" fill="#ffffff"/>
        <text x="67.9" y="132" font-size="14">2 h</text>
        <rect x="0" y="143" width="61.9" height="19" fill="#ffffff"/>
        <rect x="312.4" y="143" width="30.6" height="19" fill="#ffffff"/>
        <text x="0" y="158" font-weight="700">Implant</text>
        <text x="343" y="158" text-anchor="end">£10</text>
        <path d="M51.4 163L61.4 173L51.4 183L41.4 173Z" fill="#003087"/>
        <rect x="65.4" y="162" width="47.6" height="22" fill="#ffffff"/>
        <text x="69.4" y="178" font-size="14">traced</text>
        <rect x="0" y="189" width="50.8" height="19" fill="#ffffff"/>
        <rect x="321.3" y="189" width="21.7" height="19" fill="#ffffff"/>
        <text x="0" y="204" font-weight="700">Tests</text>
        <text x="343" y="204" text-anchor="end">£5</text>
        <circle cx="42.8" cy="219" r="9" fill="#ffffff" stroke="#005eb8" stroke-width="2"/>
        <text x="42.8" y="223.3" text-anchor="middle" font-size="12">5</text>
        <circle cx="300.1" cy="219" r="10.1" fill="#ffffff" stroke="#005eb8" stroke-width="2"/>
        <text x="300.1" y="223.3" text-anchor="middle" font-size="12">12</text>
        <rect x="0" y="235" width="117.4" height="19" fill="#ffffff"/>
        <rect x="321.3" y="235" width="21.7" height="19" fill="#ffffff"/>
        <text x="0" y="250" font-weight="700">Not on the line</text>
        <text x="343" y="250" text-anchor="end">£1</text>
        <rect x="132.6" y="29" width="39.7" height="19" fill="#ffffff"/>
        <text x="134.6" y="43" font-size="14">ready</text>
        <path d="M0 290L343 290" fill="none" stroke="#212b32" stroke-width="1.5"/>
        <text x="0" y="315" font-weight="700">Total</text>
        <text x="343" y="315" text-anchor="end" font-weight="700">£66</text>
        </svg>
    "##]];
    expected.assert_eq(&timeline().draw().narrow);
}

#[test]
fn the_note_of_a_time_line_explains_every_mark() {
    let expected = "Numbers in circles are how many that day. Diamond: something used once. Grey: weekend. Striped: bed used after the patient was recorded ready to leave.";
    assert_eq!(timeline().draw().note, expected);
}

#[test]
fn what_stands_on_a_time_line_stays_within_it() {
    let mut line = timeline();
    line.columns =
        (0..40).map(|it| column(&format!("Mon {it} Nov"), &format!("M{it}"), false)).collect();
    line.lanes[3].marks = Marks::Counts(vec![1_234; 40]);
    line.lanes[2].marks = Marks::Diamonds(vec![at(0, 0), at(99, 1_000)]);
    let edge = Stretch { from: at(39, 1_000), to: at(50, 0) };
    line.lanes[0].marks = Marks::Stretches { stretches: vec![edge], is_striped: false };
    line.lanes[1].name = "A <long> & winding name of what happened in theatre".to_owned();
    line.ready = Some((at(39, 900), "ready to leave".to_owned(), "ready".to_owned()));
    let chart = line.draw();
    assert_eq!(chart, line.draw(), "same input, same bytes");
    for svg in [&chart.wide, &chart.narrow] {
        let document = Document::parse(svg).expect("it is XML");
        let width: f64 =
            document.root_element().attribute("width").expect("one").parse().expect("a number");
        for node in document.descendants().filter(|it| it.has_tag_name("rect")) {
            let number = |name: &str| -> f64 {
                node.attribute(name).and_then(|it| it.parse().ok()).unwrap_or(0.0)
            };
            assert!(number("x") >= 0.0 && number("width") >= 0.0, "{node:?}");
            assert!(number("x") + number("width") <= width + 0.1, "{node:?}");
        }
        // Names of columns do not touch: most of forty are left out.
        let names = svg.matches(">M").count();
        assert!((3..30).contains(&names), "{names}");
        assert!(!svg.contains("style=") && !svg.contains("<long>"));
    }
    // Without a moment to be ready there is nothing striped, and the note does not speak of it.
    assert!(!chart.note.contains("Striped"), "{}", chart.note);
}
