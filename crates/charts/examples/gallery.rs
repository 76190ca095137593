//! Prints a page with one of each chart, to look at: `cargo run -p charts --example gallery`.

#![expect(clippy::print_stdout, reason = "an example prints what it shows")]

use charts::{
    Bar, Bars, Chart, Direction, DotRow, Dots, Heading, Limit, Line, Mark, Point, Precision,
    Reference, Row, STYLE, Waterfall,
};

fn main() {
    let page = "font: 19px/1.5 Arial; margin: 0; padding: 16px; max-width: 990px";
    let charts = [quantum(), movement(), differences(), balance(), stay(), colleagues()];
    let figures: String = charts.iter().map(figure).collect();
    println!(
        "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>Charts</title>\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <style>body {{ {page} }} p {{ color: #4c6272; font-size: 16px }} {STYLE}</style>{figures}"
    );
}

fn figure(chart: &Chart) -> String {
    format!("{}<p>{}</p>", chart.svg(), chart.note)
}

fn heading(id: &str, title: &str) -> Heading {
    Heading { id: id.to_owned(), title: title.to_owned(), description: format!("{title}, drawn.") }
}

fn walk(rows: &[(&str, &str)]) -> Vec<Row> {
    let last = rows.len() - 1;
    let row = |(index, (name, amount)): (usize, &(&str, &str))| {
        let (name, amount) = ((*name).to_owned(), amount.parse().expect("an amount"));
        if index == 0 || index == last {
            Row::Total { name, amount }
        } else {
            Row::Step { name, amount }
        }
    };
    rows.iter().enumerate().map(row).collect()
}

fn quantum() -> Chart {
    let rows = walk(&[
        ("Ledger expenditure", "812406118.42"),
        ("Outside the period", "-1204336"),
        ("Not our patients", "-31418905.27"),
        ("Reconciliation items", "-2118400"),
        ("Unused theatre time", "-6842117.93"),
        ("Records without a patient", "-4913260.44"),
        ("No rule for the ledger line", "-412306.10"),
        ("Nothing to share it by", "-322018.60"),
        ("Invoices unlike the ledger", "-180774.31"),
        ("Our patients’ care", "764993999.77"),
    ]);
    let heading = heading("quantum", "From ledger to patients");
    let walk = Waterfall { heading, width: 990, precision: Precision::Pence, rows };
    walk.draw().expect("the walk adds up")
}

fn movement() -> Chart {
    let rows = walk(&[
        ("Cost in 2024/25", "6754280"),
        ("More patients (824, was 806)", "150840"),
        ("More complex patients", "24720"),
        ("Pay and prices", "197760"),
        ("Longer stays", "164800"),
        ("More tests", "49440"),
        ("Dearer implants", "32960"),
        ("Fixed costs over more patients", "-65920"),
        ("Better matching of records", "-65920"),
        ("Cost in 2025/26", "7242960"),
    ]);
    let heading = heading("movement", "What moved since last year");
    let walk = Waterfall { heading, width: 990, precision: Precision::Pounds, rows };
    walk.draw().expect("the walk adds up")
}

fn bar(name: &str, value: &str, size: i64) -> Bar {
    Bar {
        name: name.to_owned(),
        value: value.to_owned(),
        size: Some(size),
        is_strong: false,
        is_rest: false,
    }
}

fn differences() -> Chart {
    let mut bars = vec![
        bar("Longer stay: 5.1 days, peers 3.7", "£560", 560),
        bar("Dearer implants: £1,730, peers £1,410", "£320", 320),
        bar("More tests: 21 blood tests and 3.4 images, peers 11 and 2.6", "£142", 142),
        bar("Everything else", "£248", 248),
    ];
    bars[3].is_rest = true;
    bars.push(Bar { size: None, ..bar("Day unit", "*", 0) });
    let heading = heading("differences", "What accounts for the £1,270");
    Bars { heading, width: 990, direction: Direction::Amounts, bars }.draw()
}

fn balance() -> Chart {
    let mut bars = vec![
        bar("Hip replacement", "deficit of £1.05 million", -1_050),
        bar("Spine", "deficit of £0.15 million", -150),
        bar("Foot and ankle", "surplus of £0.08 million", 80),
        bar("Knee replacement", "surplus of £0.21 million", 210),
    ];
    bars[0].is_strong = true;
    let direction = Direction::Balance { below: "deficit".to_owned(), above: "surplus".to_owned() };
    let heading = heading("balance", "Where the deficit sits");
    Bars { heading, width: 616, direction, bars }.draw()
}

fn stay() -> Chart {
    let months =
        ["Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar"];
    let values = [
        4.5, 4.8, 4.4, 4.7, 4.6, 4.3, 4.7, 4.5, 4.8, 4.6, 4.7, 4.6, 4.7, 4.5, 4.8, 4.6, 4.7, 4.9,
        5.2, 5.4, 5.5, 5.6, 5.4, 5.5,
    ];
    let point = |(index, value): (usize, &f64)| Point {
        label: format!("{} {}", months[index % 12], 2024 + (index + 3) / 12),
        value: Some(*value),
        mark: if index >= 16 { Mark::Concern } else { Mark::Ordinary },
    };
    let limit = |label: &str, value| Limit { label: label.to_owned(), value };
    let chart = Line {
        heading: heading("stay", "Average stay by month, in days"),
        width: 990,
        points: values.iter().enumerate().map(point).collect(),
        average: Some(limit("average 4.6 (2024/25)", 4.6)),
        limits: vec![limit("upper limit 5.3", 5.25), limit("lower limit 3.9", 3.94)],
        target: None,
        callout: Some(("8 months above average,".to_owned(), "from August 2025".to_owned())),
        rule: "Special cause: seven or more months in a row on one side of the average.".to_owned(),
    };
    chart.draw()
}

fn colleagues() -> Chart {
    let row = |name: &str, figures: [f64; 6], words: &str, mark| DotRow {
        name: name.to_owned(),
        value: words.to_owned(),
        recorded: Some(figures[0]),
        estimate: Some(figures[1]),
        interval: Some((figures[2], figures[3])),
        chance: Some((figures[4], figures[5])),
        mark,
        is_strong: mark != Mark::Ordinary,
    };
    let within = Mark::Ordinary;
    let chart = Dots {
        heading: heading("colleagues", "Bed days per patient"),
        width: 990,
        unit: "days".to_owned(),
        rows: vec![
            row("Colleague K1", [4.4, 4.7, 4.2, 5.2, 4.3, 5.9], "4.7, within chance", within),
            row("Colleague K2, you", [4.9, 5.0, 4.4, 5.6, 4.2, 6.0], "5.0, within chance", within),
            row("Colleague K3", [6.1, 5.2, 4.6, 5.8, 4.1, 6.1], "5.2, within chance", within),
            row(
                "Colleague K5",
                [6.5, 6.3, 5.7, 6.9, 4.1, 6.1],
                "6.3, beyond chance",
                Mark::Concern,
            ),
        ],
        references: vec![
            Reference { label: "similar trusts 3.7".to_owned(), value: 3.7, is_main: false },
            Reference { label: "specialty 5.1".to_owned(), value: 5.1, is_main: true },
        ],
    };
    chart.draw()
}
