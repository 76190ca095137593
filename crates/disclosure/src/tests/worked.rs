//! Small tables worked by hand.

use expect_test::{Expect, expect};

use super::table;
use crate::decide::{release, release_after};
use crate::release::{Figure, Place};
use crate::rules::DisclosureRules;

/// Each figure on a line: place, count, amounts, means, and why it is as it is.
#[track_caller]
fn check(text: &str, expected: &Expect) {
    let shown = match release(&table(text), &DisclosureRules::own()) {
        Ok(release) => {
            let reasons: Vec<_> = release.reasons().collect();
            let line = |(place, figure): (&Place, &Figure)| {
                let reason = reasons.iter().find(|it| it.0 == place);
                let reason = reason.map_or(String::new(), |it| format!(" ({:?})", it.1));
                format!("{}: {}{reason}\n", name(place), numbers(figure))
            };
            release.figures().map(line).collect()
        }
        Err(error) => error.to_string(),
    };
    expected.assert_eq(&shown);
}

fn name(place: &Place) -> String {
    let or_none = |it: &Option<String>| it.clone().unwrap_or_else(|| "-".to_owned());
    match place {
        Place::Cell(row, column) => format!("{row} {}", or_none(column)),
        Place::Row(row) => format!("{row} all"),
        Place::Group(group) => format!("{group} group"),
        Place::GroupCell(group, column) => format!("{group} group {}", or_none(column)),
        Place::Column(column) => format!("all {}", or_none(column)),
        Place::Grand => "all".to_owned(),
    }
}

fn numbers(figure: &Figure) -> String {
    let pair = |(amount, mean): (&crate::Amount, &Option<domain::Money>)| {
        let each = mean.map_or("*".to_owned(), domain::Money::to_pence);
        format!(", {amount} ({each} each)")
    };
    let amounts: String = std::iter::zip(&figure.amounts, &figure.means).map(pair).collect();
    format!("{}{amounts}", figure.count)
}

#[test]
fn a_small_cell_takes_the_next_smallest_with_it() {
    // 4 is small. The total of 824 is exact, so the smallest other, 10 people, goes too: 14 in all.
    // 648 x £8,640 = £5,598,720; 162 x £9,210 = £1,492,020; £7,211,740 / 824 = £8,752.11.
    check(
        "cost | grand
        day_unit - 4 4 31000
        juniper - 648 648 5598720
        other_wards - 10 10 90000
        rowan - 162 162 1492020",
        &expect![[r#"
            day_unit -: *, * (* each) (Primary)
            juniper -: 650, £5,598,720.00 (£8,640.00 each)
            other_wards -: *, * (* each) (Complementary)
            rowan -: 160, £1,492,020.00 (£9,210.00 each)
            all: 825, £7,211,740.00 (£8,752.11 each)
        "#]],
    );
}

#[test]
fn without_a_total_only_the_small_cell_goes_and_zero_stays() {
    // Zero people is no secret, nor is money without people.
    check(
        "cost |
        a - 7 30 700
        b - 8 8 800
        c - 0 0 0
        d - 0 0 55.50",
        &expect![[r#"
            a -: *, * (* each) (Primary)
            b -: 10, £800.00 (£100.00 each)
            c -: 0, £0.00 (* each)
            d -: 0, £55.50 (* each)
        "#]],
    );
}

#[test]
fn eight_people_in_two_cells_are_too_few_beside_a_mean() {
    // 3 and 5 are hidden, 8 people together, which the rule for lines asks for. But £800 at £100
    // each says 8, so that each is 1 to 7. The third goes too: each is then 1 to 18.
    check(
        "cost | grand
        a - 3 3 300
        b - 5 5 500
        c - 12 12 1200
        d - 40 40 4000",
        &expect![[r#"
            a -: *, * (* each) (Primary)
            b -: *, * (* each) (Primary)
            c -: *, * (* each) (Complementary)
            d -: 40, £4,000.00 (£100.00 each)
            all: 60, £6,000.00 (£100.00 each)
        "#]],
    );
}

#[test]
fn a_total_without_other_cells_gets_rough() {
    // 3 and 5 again, and no third. 10 to the nearest 5 is 8 to 12, so each may be 1 to 11, and
    // £9,400 is shown as £9,000, without a mean.
    check(
        "cost | grand
        a - 3 3 3400
        b - 5 5 6000",
        &expect![[r#"
            a -: *, * (* each) (Primary)
            b -: *, * (* each) (Primary)
            all: 10, £9,000 (* each) (Complementary)
        "#]],
    );
}

#[test]
fn a_total_that_even_a_rough_form_gives_away_is_hidden() {
    // 8 people in seven cells: no other cell to hide. 10 to the nearest 5 is at most 12, of which
    // the other six cells have at least one each: no cell could be more than 6.
    check(
        "cost | grand
        a - 1 1 1000
        b - 2 2 1000
        c - 1 1 1000
        d - 1 1 1000
        e - 1 1 1000
        f - 1 1 1000
        g - 1 1 1000",
        &expect![[r#"
            a -: *, * (* each) (Primary)
            b -: *, * (* each) (Primary)
            c -: *, * (* each) (Primary)
            d -: *, * (* each) (Primary)
            e -: *, * (* each) (Primary)
            f -: *, * (* each) (Primary)
            g -: *, * (* each) (Primary)
            all: *, * (* each) (Complementary)
        "#]],
    );
}

#[test]
fn a_total_of_one_cell_is_judged_as_the_cell_is() {
    // In row a, one of 9 people has £90,000 of £100,000.
    check(
        "cost | rows
        a x 9 9 100000 90000 95000
        b x 9 9 90000 10000 20000",
        &expect![[r#"
            a x: 10, * (* each) (Dominance)
            b x: 10, £90,000.00 (£10,000.00 each)
            a all: 10, * (* each) (Dominance)
            b all: 10, £90,000.00 (£10,000.00 each)
        "#]],
    );
}

#[test]
fn one_small_cell_hides_a_square_of_two_rows_and_columns() {
    // a x is small. Row a: a y (20) is its smallest other. Column x: b x (15). Row b: b y (12), and
    // column y has two by then. Up to 2 people and £300 can move one way, 14 and £1,500 the other.
    check(
        "cost | rows columns grand
        a x 3 3 300
        a y 20 20 2000
        a z 30 30 3000
        b x 15 15 1500
        b y 12 12 1200
        b z 40 40 4000
        c x 50 50 5000
        c y 60 60 6000
        c z 70 70 7000",
        &expect![[r#"
            a x: *, * (* each) (Primary)
            a y: *, * (* each) (Complementary)
            a z: 30, £3,000.00 (£100.00 each)
            b x: *, * (* each) (Complementary)
            b y: *, * (* each) (Complementary)
            b z: 40, £4,000.00 (£100.00 each)
            c x: 50, £5,000.00 (£100.00 each)
            c y: 60, £6,000.00 (£100.00 each)
            c z: 70, £7,000.00 (£100.00 each)
            a all: 55, £5,300.00 (£100.00 each)
            b all: 65, £6,700.00 (£100.00 each)
            c all: 180, £18,000.00 (£100.00 each)
            all x: 70, £6,800.00 (£100.00 each)
            all y: 90, £9,200.00 (£100.00 each)
            all z: 140, £14,000.00 (£100.00 each)
            all: 300, £30,000.00 (£100.00 each)
        "#]],
    );
}

#[test]
fn a_group_of_rows_does_not_give_its_small_row_away() {
    // hip has 3. In its group knee (20) goes with it: 23, so that the group's total may stay, and
    // all others with it.
    check(
        "cost | groups grand
        south/hip - 3 3 300
        south/knee - 20 20 2000
        south/spine - 30 30 3000
        north/eyes - 9 9 900",
        &expect![[r#"
            north/eyes -: 10, £900.00 (£100.00 each)
            south/hip -: *, * (* each) (Primary)
            south/knee -: *, * (* each) (Complementary)
            south/spine -: 30, £3,000.00 (£100.00 each)
            north group: 10, £900.00 (£100.00 each)
            south group: 55, £5,300.00 (£100.00 each)
            all: 60, £6,200.00 (£100.00 each)
        "#]],
    );
}

#[test]
fn a_group_without_other_rows_takes_another_group_with_it() {
    // hip is small and alone in its group, so the group is small too. Of the trust's groups, north (9)
    // is the smallest other; its only row would give it away, so that goes too.
    check(
        "cost | groups grand
        north/eyes - 9 9 900
        south/hip - 3 3 300
        west/skin - 40 40 4000",
        &expect![[r#"
            north/eyes -: *, * (* each) (Complementary)
            south/hip -: *, * (* each) (Primary)
            west/skin -: 40, £4,000.00 (£100.00 each)
            north group: *, * (* each) (Complementary)
            south group: *, * (* each) (Primary)
            west group: 40, £4,000.00 (£100.00 each)
            all: 50, £5,200.00 (£100.00 each)
        "#]],
    );
}

#[test]
fn an_amount_of_few_patients_is_hidden_and_its_count_shown() {
    // a: £6,000 of £10,000 is 60%. b: 86% for two. c: just 50% and 85%, which is allowed. With
    // £19,000 in two hidden cells of 40 people nothing else has to go.
    check(
        "cost margin? | grand
        a - 20 20 10000 -50 6000 7000
        b - 20 20 9000 60 4500 7740
        c - 20 20 8000 70 4000 6800",
        &expect![[r#"
            a -: 20, * (* each), * (* each) (Dominance)
            b -: 20, * (* each), * (* each) (Dominance)
            c -: 20, £8,000.00 (£400.00 each), £70.00 (£3.50 each)
            all: 60, £27,000.00 (£450.00 each), £80.00 (£1.33 each)
        "#]],
    );
}

#[test]
fn an_amount_that_four_cells_do_not_cover_takes_two_more() {
    // As in the square above, a x (4) takes a y (10), b x (12) and b y (15). But £100,000 in a x can
    // fall by no more than the £10 of b y and rise by no more than the £10 of a y. Row a has only
    // a z (20) left; column z then asks for b z (30), and £50,000 can move between a x, a z, b x and
    // b z: enough.
    check(
        "cost | rows columns
        a x 4 4 100000
        a y 10 10 10
        a z 20 20 50000
        b x 12 12 90000
        b y 15 15 10
        b z 30 30 60000
        c x 70 70 70000
        c y 70 70 70000
        c z 70 70 70000",
        &expect![[r#"
            a x: *, * (* each) (Primary)
            a y: *, * (* each) (Complementary)
            a z: 20, * (* each) (Complementary)
            b x: *, * (* each) (Complementary)
            b y: *, * (* each) (Complementary)
            b z: 30, * (* each) (Complementary)
            c x: 70, £70,000.00 (£1,000.00 each)
            c y: 70, £70,000.00 (£1,000.00 each)
            c z: 70, £70,000.00 (£1,000.00 each)
            a all: 35, £150,010.00 (£4,412.06 each)
            b all: 55, £150,010.00 (£2,631.75 each)
            c all: 210, £210,000.00 (£1,000.00 each)
            all x: 85, £260,000.00 (£3,023.26 each)
            all y: 95, £70,020.00 (£737.05 each)
            all z: 120, £180,000.00 (£1,500.00 each)
        "#]],
    );
}

#[test]
fn people_who_come_again_do_not_make_a_year_large() {
    // The same 4 people may come each month: the year may be 4 people too.
    check(
        "cost | rows repeat
        a april 4 6 400
        a june 3 3 300
        a may 4 9 500
        b april 20 25 2500
        b may 30 35 3500",
        &expect![[r#"
            a april: *, * (* each) (Primary)
            a june: *, * (* each) (Primary)
            a may: *, * (* each) (Primary)
            b april: 25, £2,500.00 (£100.00 each)
            b may: 35, £3,500.00 (£100.00 each)
            a all: *, * (* each) (Primary)
            b all: 60, £6,000.00 (£100.00 each)
        "#]],
    );
}

#[test]
fn a_table_that_contradicts_itself_is_refused() {
    check("cost |\na x 9 9 5\na x 8 8 5", &expect!["row `a`, column `x` stands twice"]);
    check(
        "cost |\na x 9 8 5",
        &expect!["row `a`, column `x` counts fewer things than people, or things of nobody"],
    );
    check(
        "cost |\na x 0 1 5",
        &expect!["row `a`, column `x` counts fewer things than people, or things of nobody"],
    );
    check("cost income |\na - 9 9 5", &expect!["row `a` needs one amount for each measure"]);
    check(
        "cost |\na x 9 9 -5",
        &expect!["row `a`, column `x` has a negative cost: declare that it may be, or correct it"],
    );
    check(
        "cost |\na x 9 9 5 3 2",
        &expect!["row `a`, column `x` has two largest patients with less than the largest"],
    );
}

#[test]
fn what_was_told_stays_told() {
    // Alone, a in May (4 people) is hidden and nothing else. With the year, a in April (12) has to go
    // as well, but it was told: so the year of a is hidden. That of b is exact.
    let rules = DisclosureRules::own();
    let months = "a april 12 12 1200\na may 4 4 400\nb april 20 20 2000\nb may 30 30 3000";
    let earlier = release(&table(&format!("cost |\n{months}")), &rules).expect("a table in order");
    let year = table(&format!("cost | rows\n{months}"));
    let now = release_after(&year, &rules, &earlier).expect("the same figures");
    let at = |row: &str| numbers(now.row_total(row).expect("a year"));
    assert_eq!((at("a"), at("b")), ("*, * (* each)".into(), "50, £5,000.00 (£100.00 each)".into()));
    assert_eq!(now.cell("a", Some("april")), earlier.cell("a", Some("april")));
    // Decided at once, April goes and the year stays.
    let at_once = release(&year, &rules).expect("a table in order");
    let figure = at_once.row_total("a").expect("a year");
    assert_eq!(numbers(figure), "15, £1,600.00 (£100.00 each)");

    let other = table(
        "cost | rows\na april 13 13 1200\na may 4 4 400\nb april 20 20 2000\nb may 30 30 3000",
    );
    let refused = release_after(&other, &rules, &earlier).map_err(|it| it.to_string());
    let words = "row `a`, column `april` is another figure in the earlier release, or only there: publish a new table";
    assert_eq!(refused, Err(words.to_owned()));
    let fewer = table("cost |\na april 12 12 1200");
    let refused = release_after(&fewer, &rules, &earlier).map_err(|it| it.to_string());
    assert_eq!(refused, Err(words.replace("april", "may")));
}

#[test]
fn a_figure_that_was_given_away_is_not_published_again() {
    // While amounts might be negative, £60,000 could be anything beside £10 and £10. Now that they
    // cannot be, the four cells, their rows and columns, all told, leave it within £20.
    let rules = DisclosureRules::own();
    let cells = "a x 4 4 60000\na y 10 10 10\nb x 12 12 90000\nb y 15 15 10";
    let told = |sign: &str| table(&format!("cost{sign} | rows columns\n{cells}"));
    let earlier = release(&told("?"), &rules).expect("a table in order");
    assert!(
        earlier.row_total("a").is_some_and(|it| numbers(it) == "15, £60,010.00 (£4,286.43 each)")
    );
    let refused = release_after(&told(""), &rules, &earlier).map_err(|it| it.to_string());
    let words = "the earlier release gives row `a`, column `x` away already: withdraw it";
    assert_eq!(refused, Err(words.to_owned()));
}

#[test]
fn percentages_are_of_rounded_counts() {
    let table = table("cost | grand\na - 38 38 1\nb - 786 786 1\nc - 0 0 0");
    let release = release(&table, &DisclosureRules::own()).expect("a table in order");
    let all = release.grand_total().expect("a total");
    let part = |row: &str| release.cell(row, None).expect("a cell").permille_of(all);
    // 40 of 825 is 4.84 %; 38 of 824 would be 4.61 %. 785 of 825 is 95.15 %.
    assert_eq!((part("a"), part("b"), part("c")), (Some(48), Some(952), Some(0)));
}
