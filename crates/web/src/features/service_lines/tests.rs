//! Who sees what of service lines, on the costed trust; and what its pages tell an attacker.

use std::collections::{BTreeMap, BTreeSet};

use access::Capability;
use disclosure::attacker::breaks;
use disclosure::{Amount, Count, Place};
use domain::Money;
use results::activity::{ServiceActivity, ServiceCell, ServiceIncome};
use results::explain::{BridgeKind, Named};

use super::figures::{Figures, exact, released};
use crate::shell::costed::{
    SignedIn, Site, references, site, site_over, site_with_dataset, trust, visible,
};
use crate::shell::cube::{Cube, decide};
use crate::shell::words;
use crate::{Policy, routes};

/// The cube of the costed trust.
pub(super) fn cube() -> Cube {
    let run = trust().open();
    let activity = run.service_activity().expect("reads");
    let lines = run.statements().expect("reads").into_iter().map(|it| it.service_line);
    decide(&activity, lines.collect()).expect("it can be decided")
}

fn named(code: &str) -> Named {
    Named { code: code.to_owned(), name: code.to_lowercase() }
}

fn money(text: &str) -> Money {
    text.parse().expect("an amount")
}

fn cell(line: &str, kind: &str, (patients, events): (u64, u64), cost: &str) -> ServiceCell {
    ServiceCell {
        service_line: named(line),
        event_type: named(kind),
        patients,
        events,
        cost: money(cost),
        income: money(cost),
        largest: money("1"),
        top_two: money("2"),
    }
}

#[test]
fn a_small_number_takes_another_with_it_and_the_file_is_safe() {
    // Three people with meetings are hidden; with the total of the line shown, so are the twelve
    // with visits, who are the fewest of the others. Stays remain: 42 are to the nearest 5.
    let activity = ServiceActivity {
        cells: vec![
            cell("A", "MEETING", (3, 3), "30"),
            cell("A", "STAY", (40, 42), "4200"),
            cell("A", "VISIT", (12, 13), "130"),
            cell("B", "STAY", (2, 2), "900"),
        ],
        loose: vec![ServiceIncome { service_line: named("A"), lines: 12, income: money("24") }],
    };
    let cube = decide(&activity, Vec::new()).expect("decided");
    let shown = |line: &str, kind: &str| {
        let it = released(cube.release.cell(line, Some(kind)));
        format!("{} {} {} {}", it.events, it.cost, it.each, it.result)
    };
    assert_eq!(shown("A", "MEETING"), "* * * *");
    assert_eq!(shown("A", "VISIT"), "* * * *");
    assert_eq!(shown("A", "STAY"), "40 £4,200 £100 earned exactly what it spent");
    // 58 events and 4,360 of cost, 24 more of income.
    let total = released(cube.release.row_total("A"));
    assert_eq!((total.events.as_str(), total.cost.as_str()), ("60", "£4,360"));
    assert_eq!(total.result, "earned £24.00 more than it spent");
    assert_eq!(released(cube.release.row_total("B")).cost, "*");
    assert_eq!(breaks(&cube.table, &cube.release, &cube.rules), Vec::<String>::new());
}

#[test]
fn each_service_line_comes_to_its_statement() {
    let statements = trust().open().statements().expect("reads");
    let lines = cube().lines;
    assert_eq!(lines.len(), statements.len());
    for line in lines {
        let total = line.total();
        let mut all = statements.iter();
        let statement = all.find(|it| it.service_line.code == line.code).expect("each has one");
        assert_eq!(total.income - total.cost, statement.result(), "{}", line.code);
        assert_eq!(exact(total).result, statement.in_words, "{}", line.code);
    }
}

/// The care behind a service line comes to its statement, row by row, to the micro-pound.
#[test]
fn the_care_of_each_service_line_comes_to_its_statement() {
    let run = trust().open();
    let (book, rules) = (run.care_book().expect("reads"), run.rules().expect("reads"));
    for statement in run.statements().expect("reads") {
        let code = &statement.service_line.code;
        let line = &book.lines[code];
        let mut care = line.sum(|_| true);
        care.add(&line.apart);
        let income = (care.at_unit_price + line.loose.0, care.recognised + line.loose.1);
        let rows = book.statement(rules, &care, income);
        let shown =
            |name: &str, amount: Money, once: Money| format!("{code} {name} {amount} {once}");
        let one: Vec<String> =
            statement.rows.iter().map(|it| shown(&it.row, it.amount, it.non_recurrent)).collect();
        let other: Vec<String> =
            rows.iter().map(|it| shown(&it.row, it.amount, it.non_recurrent)).collect();
        assert_eq!(one, other);
        // Who can change it is the same cost again.
        let by = book.controllable(&care);
        assert_eq!(by.decides + by.how_much + by.outside, care.cost(), "{code}");
    }
}

/// What each directorate spent on patients of other service lines is not what happens to be left:
/// it is what the bridges of those others say that it spent on them, but for events that are not
/// taken apart.
#[test]
fn the_bridges_of_all_service_lines_fit_together() {
    let run = trust().open();
    let mut held: BTreeMap<String, (Money, Money)> = BTreeMap::new();
    let mut reached: BTreeMap<String, Money> = BTreeMap::new();
    let mut restricted = Money::ZERO;
    for statement in run.statements().expect("reads") {
        let code = &statement.service_line.code;
        let Some(it) = run.budget_bridge(code).expect("adds up") else { continue };
        let away = |kind| kind < BridgeKind::OtherPatients;
        let of = |wanted: &dyn Fn(BridgeKind) -> bool| -> Money {
            it.steps.iter().filter(|it| wanted(it.kind)).map(|it| it.amount).sum()
        };
        let for_patients = it.spent + of(&away);
        let own = for_patients + of(&|kind| kind == BridgeKind::OtherPatients);
        held.insert(it.directorate.clone(), (it.spent, for_patients));
        *reached.entry(it.directorate.clone()).or_default() += own;
        for step in it.steps.iter().filter(|it| it.kind == BridgeKind::OtherBudget) {
            *reached.entry(step.name.clone()).or_default() += step.amount;
        }
        restricted += of(&|kind| kind == BridgeKind::Restricted);
    }
    assert!(held.len() > 5, "{held:?}");
    let mut apart = Money::ZERO;
    for (directorate, (spent, for_patients)) in &held {
        let rest = *for_patients - reached[directorate];
        assert!(rest >= Money::ZERO && *spent > rest, "{directorate}: {rest} of {spent}");
        apart += rest;
    }
    assert!(apart <= restricted, "{apart} is not taken apart, of {restricted}");
}

#[tokio::test]
async fn a_budget_leads_to_the_cost_for_those_who_see_it_exactly() {
    let site = site().await;
    let director = site.sign_in("CLINICAL_DIRECTOR").await;
    let run = trust().open();
    let found = run.budget_bridge("TORT").expect("adds up").expect("the model says whose");
    let page = site.get(&director, "/services/TORT").await;
    assert!(page.text.contains("href=\"/services/TORT/budget\""));
    let page = visible(&site.get(&director, "/services/TORT/budget").await.text);
    for amount in [found.budget.expect("there is one"), found.spent, found.cost] {
        assert!(page.contains(&words::pounds(amount)), "{amount}: {page}");
    }
    let file = site.get(&director, "/services/TORT/budget.csv").await.text;
    assert!(file.trim_end().ends_with(&format!(",{}", found.cost.to_decimal())), "{file}");
    let board = site.sign_in("BOARD_MEMBER").await;
    for address in ["/services/TORT/budget", "/services/TORT/budget.csv"] {
        assert_eq!(site.get(&board, address).await.status, axum::http::StatusCode::NOT_FOUND);
    }
    let other = site.get(&director, "/services/CARD/budget").await;
    assert_eq!(other.status, axum::http::StatusCode::NOT_FOUND);
}

/// What is said of a part is the part's own: all parts together are the service line.
#[tokio::test]
async fn a_service_line_is_followed_down_to_one_hrg() {
    let site = site().await;
    let director = site.sign_in("CLINICAL_DIRECTOR").await;
    let page = site.get(&director, "/services/TORT").await;
    assert!(page.text.contains("Income, three ways"), "{}", visible(&page.text));
    let finer = page.text.split("href=\"/services/TORT?pod").nth(1).expect("kinds of care");
    let address = finer.split('"').next().expect("it ends").replace("&#38;", "&");
    let address = format!("/services/TORT?pod{address}");
    let part = site.get(&director, &address).await;
    assert!(part.text.contains("From income to surplus or deficit"), "{}", part.text);
    let nothing = site.get(&director, "/services/TORT?pod=NOWHERE").await;
    assert_eq!(nothing.status, axum::http::StatusCode::NOT_FOUND);
    // Whoever sees small numbers hidden may not choose what is added up.
    let board = site.sign_in("BOARD_MEMBER").await;
    assert_eq!(site.get(&board, &address).await.status, axum::http::StatusCode::NOT_FOUND);
    let file = site.get(&board, "/services/TORT/moved.csv").await;
    assert_eq!(file.status, axum::http::StatusCode::NOT_FOUND);
    let hidden = site.get(&board, "/services/TORT").await;
    assert!(!hidden.text.contains("Income, three ways"));
}

/// What stays are told of, by the run itself.
fn leaving(pod: &str, hrg: &str) -> results::outcomes::Leaving {
    let group = results::group::PatientGroup::of_part("TORT", (pod, hrg));
    let run = trust().open();
    let dataset = trust().datasets.join(&run.manifest().year);
    run.leaving(&group, Some(&dataset)).expect("reads")
}

/// Where and when patients leave is told to those who see the service line exactly: as many stays
/// as there are, no mean of few, and in words no more than chance allows.
#[tokio::test]
async fn stays_are_told_by_ward_and_day() {
    let site = site_with_dataset().await;
    let director = site.sign_in("CLINICAL_DIRECTOR").await;
    let service = site.get(&director, "/services/TORT?pod=EL&hrg=HN12").await;
    assert!(service.text.contains("/services/TORT/stays?pod=EL&#38;hrg=HN12"), "{}", service.text);
    let page = site.get(&director, "/services/TORT/stays?pod=EL&hrg=HN12").await;
    let (seen, found) = (visible(&page.text), leaving("EL", "HN12"));
    let all = found.all.spells;
    assert!(seen.contains(&format!("{all}\u{a0}stays lasted")), "{all}: {seen}");
    let most = found.discharged.groups.iter().max_by_key(|it| it.spells).expect("days");
    let alike = found.discharged.groups.iter().filter(|it| it.spells == most.spells).count();
    let said = format!("most left is {}: {} of {all}", most.name.words(), most.spells);
    assert_eq!(seen.contains(&said), alike == 1, "{said}: {seen}");
    // Planned hips leave from the ward of elective orthopaedics.
    let wards = found.wards.expect("the rows of the wards are at hand");
    let ward = wards.groups.iter().max_by_key(|it| it.spells).expect("wards");
    assert_eq!(ward.name.code, "X-WARD-W10");
    assert!(2 * ward.spells > all, "{ward:?}");
    let how_many = if ward.spells == all { "All" } else { "Most" };
    let said = format!("{how_many}, {} of {all}, left from “{}”.", ward.spells, ward.name.words());
    assert!(seen.contains(&said), "{said}: {seen}");
    // Planted: those who are moved to the ward of trauma stay longer, and most leave on a Monday.
    let trauma =
        wards.groups.iter().find(|it| it.name.code == "X-WARD-W09").expect("some are moved");
    assert!(trauma.spells >= found.floors.cases, "{trauma:?}");
    let longer = seen.split("left from “Stay on trauma” stayed ").nth(1).unwrap_or_default();
    let how = "nights on average, longer than like patients of the others by more than chance.";
    assert!(longer.split_once(' ').is_some_and(|it| it.1.starts_with(how)), "{seen}");
    assert_eq!(most.name.code, "Mon", "{most:?}");
    let few = found.discharged.groups.iter().filter(|it| (1..10).contains(&it.spells)).count();
    assert!(few > 0, "a small trust has days with few");
    assert!(seen.contains("counted and not drawn") && seen.contains("too few"), "{seen}");
    let clinic = site.get(&director, "/services/TORT/stays?pod=OPFA").await;
    assert_eq!(clinic.status, axum::http::StatusCode::NOT_FOUND);
    for role in ["BOARD_MEMBER", "COMMISSIONER"] {
        let who = site.sign_in(role).await;
        for address in ["/services/TORT/stays", "/services/TORT/stays.csv"] {
            assert_eq!(site.get(&who, address).await.status, 404, "{role} {address}");
        }
    }
    let other = site.get(&director, "/services/STRO/stays").await;
    assert_eq!(other.status, axum::http::StatusCode::NOT_FOUND);
}

/// The newest week is told to those who see the service line exactly, as the rows say it; the sum of
/// what was done is the same in words, table and chart.
#[tokio::test]
async fn this_week_is_told_from_the_newest_rows() {
    let site = site_with_dataset().await;
    let director = site.sign_in("CLINICAL_DIRECTOR").await;
    let service = site.get(&director, "/services/TORT").await;
    assert!(service.text.contains("\"/services/TORT/week\""), "{}", service.text);
    let run = trust().open();
    let dataset = trust().datasets.join("2025-26");
    let year = "2025-26".parse().expect("a year");
    let book = run.care_book().expect("reads");
    let weeks = run.weeks(&dataset, year, &book).expect("reads").expect("has rows");
    // Records of the year go on to its end, and what comes after belongs to the next.
    assert_eq!(weeks.until.to_string(), "2026-03-31");
    let week = &weeks.lines["TORT"];
    let page = visible(&site.get(&director, "/services/TORT/week").await.text);
    assert!(page.contains("The week to 31 March 2026"), "{page}");
    let beds = week.in_bed.nights.len();
    if beds > 0 {
        assert!(page.contains(&format!("{beds}\u{a0}patient")), "{beds}: {page}");
    }
    let missed = format!(
        "{} of {}\u{a0}appointment",
        week.missed.week,
        week.missed.week + week.attended.week
    );
    assert!(page.contains(&missed), "{missed}: {page}");
    let estimate = crate::shell::words::in_a_sentence(week.estimate);
    assert!(
        page.contains(&format!("About {estimate}, as an estimate at last published rates")),
        "{page}"
    );
    let whole: u64 = week.done.values().map(|it| it.year).sum();
    let care: u64 = book.lines["TORT"].cells.values().map(|it| it.events).sum();
    assert!(whole > 0 && care > 0);
    for (role, line) in
        [("BOARD_MEMBER", "TORT"), ("COMMISSIONER", "TORT"), ("CLINICAL_DIRECTOR", "STRO")]
    {
        let who = site.sign_in(role).await;
        let answer = site.get(&who, &format!("/services/{line}/week")).await;
        assert_eq!(answer.status, 404, "{role} {line}");
    }
    let without = site_over(&trust().runs).await;
    let director = without.sign_in("CLINICAL_DIRECTOR").await;
    let page = without.get(&director, "/services/TORT/week").await.text;
    assert!(page.contains("No activity is in place"), "{page}");
}

/// Goods of hips and of a service with high-cost medicines, as the run states them; told to those
/// who see the service line exactly, and to nobody else.
#[tokio::test]
async fn goods_are_told_at_the_price_that_the_run_states() {
    let site = site_with_dataset().await;
    let director = site.sign_in("CLINICAL_DIRECTOR").await;
    let service = site.get(&director, "/services/TORT?pod=EL&hrg=HN12").await;
    assert!(service.text.contains("/services/TORT/goods?pod=EL&#38;hrg=HN12"), "{}", service.text);
    let page = site.get(&director, "/services/TORT/goods?pod=EL&hrg=HN12").await.text;
    let page = visible(&page);
    let run = trust().open();
    let group = results::group::PatientGroup::of_part("TORT", ("EL", "HN12"));
    let dataset = trust().datasets.join("2025-26");
    let goods = run.goods(&group, &dataset).expect("reads");
    let implants = &goods.kinds[0];
    // The traced cost of implants is charged as it is, with what supports them in it: so it is what
    // the book of care has of them.
    let book = run.care_book().expect("reads");
    let place = book.activities.iter().position(|it| *it == implants.activity.code);
    let hips = book.lines["TORT"].sum(|it| it.pod == "EL" && it.hrg.starts_with("HN12"));
    let charged: Money =
        hips.parts.iter().filter(|it| Some(usize::from(it.0.0)) == place).map(|it| *it.1).sum();
    assert_eq!(implants.cost, charged);
    assert!(10 * implants.told >= 9 * implants.events, "{implants:?}");
    let told: Money = implants.items.iter().map(|it| it.cost).sum();
    assert_eq!(told, implants.told_cost);
    // Planted: the same operation at very different prices.
    let found = implants.alternatives().expect("three are used often");
    assert!(found.more > Money::from_pounds(10_000), "{found:?}");
    let said = format!("“{}” cost", found.dearest.code.words());
    assert!(page.contains(&said) && page.contains("not a target"), "{page}");
    let accountant = site.sign_in("COSTING_ACCOUNTANT").await;
    let whole = results::group::PatientGroup::of_line("CANC");
    let paid = run.goods(&whole, &dataset).expect("reads").paid_at_cost.expect("is paid");
    // Planted: what is paid at cost makes neither surplus nor deficit, row by row.
    assert!(paid.paid_for_found > Money::ZERO && paid.above_cost().is_zero(), "{paid:?}");
    let page = visible(&site.get(&accountant, "/services/CANC/goods").await.text);
    assert!(page.contains("they make neither surplus nor deficit"), "{page}");
    for (role, line) in
        [("BOARD_MEMBER", "TORT"), ("COMMISSIONER", "TORT"), ("CLINICAL_DIRECTOR", "STRO")]
    {
        let who = site.sign_in(role).await;
        for end in ["goods", "goods.csv"] {
            let answer = site.get(&who, &format!("/services/{line}/{end}")).await;
            assert_eq!(answer.status, 404, "{role} {line} {end}");
        }
    }
    let file = site.get(&director, "/services/TORT/goods.csv").await.text;
    let events = file.lines().skip(1).map(|it| it.rsplit(',').nth(2).expect("a cell").to_owned());
    let events: Vec<u64> = events.map(|it| it.parse().expect("a number")).collect();
    assert!(!events.is_empty() && events.iter().all(|it| *it >= 10), "{file}");
    let part = site.get(&director, "/services/TORT/goods.csv?pod=EL").await;
    assert_eq!(part.status, 404, "two parts could be subtracted");
    let nothing = site.get(&director, "/services/TORT/goods?pod=EL&hrg=NONE").await;
    assert_eq!(nothing.status, 404, "there is no such care");
    let without = site_over(&trust().runs).await;
    let director = without.sign_in("CLINICAL_DIRECTOR").await;
    let page = without.get(&director, "/services/TORT/goods").await.text;
    assert!(page.contains("We do not have the rows at hand"), "{page}");
}

/// Planted: one patient of elderly medicine waited two hundred days to leave, and moves the mean.
#[tokio::test]
async fn one_long_wait_is_told_as_a_question_and_names_nobody() {
    let site = site_with_dataset().await;
    let accountant = site.sign_in("COSTING_ACCOUNTANT").await;
    let page = site.get(&accountant, "/services/ELDE/stays").await.text;
    let group = results::group::PatientGroup::of_line("ELDE");
    let dataset = trust().datasets.join("2025-26");
    let found = trust().open().leaving(&group, Some(&dataset)).expect("reads");
    let waits = found.ready.expect("it is recorded");
    let longest = waits.longest.expect("one alone");
    assert!(longest > 190, "{waits:?}");
    let seen = visible(&page);
    assert!(seen.contains(&format!("One patient waited {longest}\u{a0}days.")), "{seen}");
    let cost = waits.cost.expect("the year has all of it");
    assert!(cost.without_longest < cost.mean && cost.median < cost.mean, "{cost:?}");
    // Of few recorded nothing is said of what stays cost, to nobody.
    let is_enough = waits.recorded >= found.floors.cases;
    let said = format!("{} or less. Without that one stay", words::pounds(cost.median));
    assert_eq!(seen.contains(&said), is_enough, "{seen}");
    assert_eq!(seen.contains("in a bed, "), is_enough, "{seen}");
    // An auditor sees patients with a reason only, and so not what one of them cost.
    let auditor = site.sign_in("AUDITOR").await;
    let theirs = visible(&site.get(&auditor, "/services/ELDE/stays").await.text);
    assert!(theirs.contains(&format!("One patient waited {longest}\u{a0}days.")), "{theirs}");
    assert!(!theirs.contains("A stay cost £"), "{theirs}");
    let words: BTreeSet<&str> = page.split(|it: char| !it.is_ascii_alphanumeric()).collect();
    assert_eq!(words.iter().find(|it| references().contains(**it)), None);
}

/// Private patients are told apart as part of the figures, to those who see these exactly.
#[tokio::test]
async fn private_patients_are_part_of_the_figures() {
    let site = site().await;
    let director = site.sign_in("CLINICAL_DIRECTOR").await;
    let group = results::group::PatientGroup::of_line("TORT");
    let others = trust().open().care_of_others(&group).expect("reads");
    let private = others.iter().find(|it| it.category == "PRIVATE").expect("a trust has some");
    let page = visible(&site.get(&director, "/services/TORT").await.text);
    let said = format!(
        "Private patients: {}\u{a0}events cost {} and were paid {}",
        private.events,
        words::in_a_sentence(private.cost),
        words::in_a_sentence(private.recognised)
    );
    assert!(page.contains(&said), "{said}: {page}");
    let board = site.sign_in("BOARD_MEMBER").await;
    let page = visible(&site.get(&board, "/services/TORT").await.text);
    assert!(!page.contains("Private patients"), "{page}");
}

/// The file adds up to all stays, and no row of it is of few.
#[tokio::test]
async fn the_file_of_stays_has_no_row_of_few() {
    let site = site_with_dataset().await;
    let director = site.sign_in("CLINICAL_DIRECTOR").await;
    for (pod, hrg) in [("", ""), ("EL", ""), ("EL", "HN12"), ("EL", "HN22"), ("NEL", "")] {
        let found = leaving(pod, hrg);
        let address = format!("/services/TORT/stays.csv?pod={pod}&hrg={hrg}");
        let answer = site.get(&director, &address).await;
        // Files of parts could be subtracted; what they would hold is checked all the same.
        let is_whole = pod.is_empty() && hrg.is_empty();
        let refused = axum::http::StatusCode::NOT_FOUND;
        assert_eq!(answer.status == refused, !is_whole, "{address}");
        let file = super::stays::table(&found).csv();
        assert!(!is_whole || answer.text == file, "{}", answer.text);
        let rows: Vec<Vec<&str>> =
            file.lines().skip(1).map(|it| it.rsplitn(3, ',').collect()).collect();
        let number = |row: &Vec<&str>, at: usize| row[at].parse::<u64>().expect("a number");
        assert!(rows.iter().all(|it| number(it, 1) >= 10), "{address}: {file}");
        let of = |by: &str| rows.iter().filter(|it| it[2].starts_with(by)).collect::<Vec<_>>();
        for by in ["ward", "day of admission", "day of discharge"] {
            let sum: u64 = of(by).iter().map(|it| number(it, 1)).sum();
            assert_eq!(sum, found.all.spells, "{address} {by}: {file}");
        }
    }
    assert!(!site.audit("services.download").await.is_empty());
}

#[test]
fn nothing_hidden_can_be_worked_out_from_the_cube() {
    let cube = cube();
    assert_eq!(breaks(&cube.table, &cube.release, &cube.rules), Vec::<String>::new());
    assert!(cube.release.hides_anything(), "a small trust has small numbers");
    // No total reaches over service lines, so exact sight of one tells nothing of another.
    let over = |it: &Place| !matches!(it, Place::Cell(..) | Place::Row(_));
    assert!(!cube.release.figures().any(|(place, _)| over(place)));
}

/// All addresses of this feature that are pages or files for somebody who sees every line.
fn addresses(cube: &Cube) -> Vec<String> {
    let units = cube.lines.iter().map(|it| format!("/services/{}", it.code));
    units.chain(["/services".to_owned(), "/services.csv".to_owned()]).collect()
}

/// Amounts and bare numbers of a text, as they stand.
pub(super) fn numbers(text: &str) -> BTreeSet<String> {
    let is_part = |it: char| it.is_ascii_digit() || matches!(it, ',' | '.' | '£' | '%');
    let words = text.split(|it: char| !is_part(it));
    let trimmed = words.map(|it| it.trim_matches([',', '.']));
    trimmed.filter(|it| it.contains(|it: char| it.is_ascii_digit())).map(str::to_owned).collect()
}

fn numbers_of(it: &Figures) -> BTreeSet<String> {
    let balance =
        it.size.map(|it| crate::shell::words::in_a_sentence(Money::from_pounds(it.abs())));
    let texts = [&it.events, &it.cost, &it.income, &it.each, &it.result];
    let all: Vec<&str> = texts.into_iter().map(String::as_str).collect();
    numbers(&format!("{} {}", all.join(" "), balance.unwrap_or_default()))
}

/// Every number that released figures may put on a page, with the shares of rounded counts.
pub(super) fn allowed(cube: &Cube) -> BTreeSet<String> {
    let mut allowed = BTreeSet::new();
    for (place, figure) in cube.release.figures() {
        allowed.extend(numbers_of(&released(Some(figure))));
        if let Place::Cell(line, _) = place
            && let Some(whole) = cube.release.row_total(line)
            && let Some(it) = figure.permille_of(whole)
        {
            allowed.insert(format!("{}.{}%", it / 10, it % 10));
        }
        // The file holds the same to the micro-pound.
        let amounts = figure.amounts.iter().filter_map(|it| match it {
            Amount::Exact(it) | Amount::Nearest(it) => Some(it.to_decimal()),
            Amount::Hidden => None,
        });
        allowed.extend(amounts);
        allowed.extend(figure.means.iter().flatten().map(|it| it.to_decimal()));
        if let Count::Nearest(it) = figure.count {
            allowed.insert(it.to_string());
        }
    }
    allowed
}

#[tokio::test]
async fn a_board_member_is_told_released_figures_and_no_other_number() {
    let (site, cube) = (site().await, cube());
    let board = site.sign_in("BOARD_MEMBER").await;
    let mut allowed = allowed(&cube);
    // The year, the day of publication, the words of the rules, and how many lines there are.
    allowed.extend(["2025", "26", "20", "2026", "8", "5", "0", "£0"].map(str::to_owned));
    let lines = cube.lines.len();
    allowed.extend((0..=lines).map(|it| it.to_string()));
    for address in addresses(&cube) {
        let answer = site.get(&board, &address).await;
        assert_eq!(answer.status, 200, "{address}");
        let body = match answer.text.find("<main") {
            Some(from) => {
                let to = answer.text.find("</main>").expect("it ends");
                visible(&answer.text[from..to]).replace("&#39;", "’")
            }
            None => answer.text.replace(',', " "),
        };
        let names: String = cube.lines.iter().map(|it| it.name.clone()).collect();
        let told: Vec<String> = numbers(&body)
            .into_iter()
            .filter(|it| !allowed.contains(it) && !names.contains(it.as_str()))
            .collect();
        assert_eq!(told, Vec::<String>::new(), "{address} tells more than was released");
    }
}

#[tokio::test]
async fn hidden_figures_are_stars_with_their_reason() {
    let (site, cube) = (site().await, cube());
    let board = site.sign_in("BOARD_MEMBER").await;
    let is_hidden = |line: &&crate::shell::cube::Line| {
        line.kinds
            .iter()
            .any(|it| released(cube.release.cell(&line.code, Some(&it.code))).cost == "*")
    };
    let line = cube.lines.iter().find(is_hidden).expect("a small trust has one");
    let page = site.get(&board, &format!("/services/{}", line.code)).await.text;
    assert!(page.contains("numeric\">*</td>"), "{page}");
    assert!(page.contains("Fewer than 8 patients") && page.contains("to the nearest 5"));
    assert!(page.contains("small numbers hidden, as board member."));
    assert!(!page.contains("Income, three ways"), "the statement has rows of few patients");
}

#[tokio::test]
async fn each_sees_their_own_exactly_and_no_further_than_they_may() {
    let (site, cube) = (site().await, cube());
    let hips = cube.lines.iter().find(|it| it.code == "TORT").expect("is there");
    let truth = exact(hips.total());
    for role in ["COSTING_ACCOUNTANT", "CLINICAL_DIRECTOR", "CLINICIAN", "FINANCE_BUSINESS_PARTNER"]
    {
        let who = site.sign_in(role).await;
        let page = site.get(&who, "/services/TORT").await.text;
        assert!(page.contains(&format!("in {}\u{a0}events", truth.events)), "{role}: {page}");
        assert!(page.contains(&truth.income), "{role}");
        assert!(page.contains("Income, three ways"), "{role}");
    }
    let director = site.sign_in("CLINICAL_DIRECTOR").await;
    let other = site.get(&director, "/services/STRO").await.text;
    assert!(other.contains("small numbers hidden, as clinical director."));
    let partner = site.sign_in("FINANCE_BUSINESS_PARTNER").await;
    let list = site.get(&partner, "/services").await.text;
    assert_eq!(list.matches("href=\"/services/").count(), 1, "theirs alone");
    same_as_nothing(&site, &partner, "/services/STRO", "/services/NOWHERE").await;
}

/// Both are answered with the same page, but for numbers that are new in each.
async fn same_as_nothing(site: &Site, who: &SignedIn, one: &str, other: &str) {
    let (one, other) = (site.get(who, one).await, site.get(who, other).await);
    assert_eq!((one.status.as_u16(), other.status.as_u16()), (404, 404));
    assert_eq!(visible(&one.text).len(), visible(&other.text).len());
}

#[tokio::test]
async fn what_is_not_published_is_for_those_who_see_drafts() {
    let site = site_over(&trust().drafts).await;
    let board = site.sign_in("BOARD_MEMBER").await;
    let page = site.get(&board, "/services").await.text;
    assert!(page.contains("Nothing is published yet") && !page.contains('£'));
    assert_eq!(site.get(&board, "/services/TORT").await.status, 404);
    assert_eq!(site.get(&board, "/services.csv").await.status, 404);
    let accountant = site.sign_in("COSTING_ACCOUNTANT").await;
    let page = site.get(&accountant, "/services").await.text;
    assert!(page.contains("a draft that is not published"));
}

#[tokio::test]
async fn a_file_is_the_same_for_all_and_on_record() {
    let site = site().await;
    let (board, accountant) =
        (site.sign_in("BOARD_MEMBER").await, site.sign_in("COSTING_ACCOUNTANT").await);
    let file = site.get(&board, "/services.csv").await.text;
    assert_eq!(file, site.get(&accountant, "/services.csv").await.text);
    assert!(file.contains(",*,"));
    let rows = site.audit("services.download").await;
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1].entry.scope.as_deref(), Some("trust SUPPRESSED"));
}

#[tokio::test]
async fn a_board_member_gets_no_patient_and_an_outsider_nothing() {
    let (site, cube) = (site().await, cube());
    let board = site.sign_in("BOARD_MEMBER").await;
    let outsider = site.sign_in("COMMISSIONER").await;
    let event = references().first().expect("there are some");
    let full = |path: &str| {
        let path = path.replace("{run}", &trust().run).replace("{event}", event);
        path.replace("{unit}", "TORT").replace("{name}", "UNMATCHED")
    };
    let gets = || routes().into_iter().filter(|it| it.method == axum::http::Method::GET);
    let needing = |capability: Capability| {
        gets().filter(move |it| it.policy == Policy::Needs(capability)).map(|it| full(it.path))
    };
    assert!(needing(Capability::PatientRows).count() >= 3);
    for address in needing(Capability::PatientRows) {
        assert_eq!(site.get(&board, &address).await.status, 404, "{address}");
    }
    for route in gets().filter(|it| matches!(it.policy, Policy::Needs(_))) {
        // Contracts that name them are theirs, and so is what they did.
        let own = [Capability::ReadOwnAudit, Capability::ReadContracts].map(Policy::Needs);
        if own.contains(&route.policy) {
            continue;
        }
        let answer = site.get(&outsider, &full(route.path)).await;
        assert_eq!(answer.status, 404, "{}", route.path);
        assert!(!answer.text.contains('£'), "{}", route.path);
    }
    for address in addresses(&cube) {
        let text = site.get(&board, &address).await.text;
        let words: BTreeSet<&str> = text.split(|it: char| !it.is_ascii_alphanumeric()).collect();
        let told = words.iter().find(|it| references().contains(**it));
        assert_eq!(told, None, "{address} names an event");
    }
}
