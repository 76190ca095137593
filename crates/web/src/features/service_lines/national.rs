//! A service line, or a part of it, beside the National Cost Collection, for those who see it
//! exactly.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use charts::{Bar, Bars, Direction, Heading};
use disclosure::DisclosureRules;
use domain::Money;
use results::care::{BesideNational, NationalKind, index_permille};
use rules::YearRules;

use super::books::{Books, Part};
use super::download::{self, EXACT};
use super::exactly::exactly;
use super::sentences::{each, many_of, more_or_less};
use super::unit;
use crate::App;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::Provenance;
use crate::shell::questions::Questions;
use crate::shell::shelf::reading;
use crate::shell::use_of_figures::looked_behind;
use crate::shell::visit::Visit;
use crate::shell::{care, words};

/// Kinds of care that are drawn; the table holds all.
const DRAWN: usize = 10;

#[derive(askama::Template)]
#[template(path = "features/service_lines/national.html")]
pub(super) struct NationalPage {
    shell: Shell,
    kicker: String,
    lead: Vec<String>,
    provenance: Provenance,
    sees: String,
    chart: Chart,
    rows: Vec<Row>,
    /// Where they are as a file, which is of whole service lines only.
    file: String,
    /// What dearer and cheaper kinds come to, and what that is not.
    opportunity: Vec<String>,
    /// How the two sides are made comparable, and where they are not.
    basis: Vec<String>,
    questions: Questions,
}

/// The chart and the line beneath it; both blank where nothing is compared.
#[derive(Clone, Debug, Default)]
struct Chart {
    svg: String,
    note: String,
}

/// One kind of care.
#[derive(Clone, Debug, Default)]
struct Row {
    name: String,
    address: String,
    events: String,
    own: String,
    national: String,
    index: String,
    difference: String,
}

/// What is compared.
struct Found {
    books: Books,
    beside: BesideNational,
    name: String,
    line: (String, String),
    part: Part,
}

async fn found(
    app: &App,
    visit: &Visit,
    (code, part): (String, Part),
) -> Result<(Found, String), Fault> {
    let seen = exactly(app, visit, code).await?;
    let (run, said, line) = (seen.run, seen.sees, (seen.code, seen.name));
    let app = app.clone();
    let found = reading(move || {
        let books = Books::of(&app, run)?;
        let rules = books.rules()?;
        let care = books.book.lines.get(&line.0).ok_or(Fault::NotFound)?;
        if care.sum(|it| part.holds(it)).events == 0 {
            return Err(Fault::NotFound);
        }
        let beside = books.book.beside_national(rules, care, |it| part.holds(it));
        let name = part.name(rules, &line.1);
        Ok(Found { books, beside, name, line, part })
    });
    Ok((found.await?, said))
}

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    Query(query): Query<unit::Query>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (found, sees) = found(&app, &visit, (code, query.part())).await?;
    looked_behind(&visit, &found.line.0).await;
    let place = found.part.place("/services/{unit}/national", &found.line.0);
    let questions = Questions::of(&app, &visit, place, found.books.run.id()).await?;
    let page = NationalPage::of(&visit, &found, sees)?;
    let questions = questions.saying(&[&page.shell.title, &page.lead.join(" ")]);
    Ok(NationalPage { questions, ..page }.respond())
}

/// A file of a part beside that of the whole would give away what few events make up.
fn file(part: &Part, page: &str) -> String {
    if part.is_whole() { format!("{page}/national.csv") } else { String::new() }
}

/// The same of a whole service line as a file.
pub(super) async fn take(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (found, _) = found(&app, &visit, (code, Part::default())).await?;
    let (run, line) = (&found.books.run, &found.line.0);
    download::taken(&app, &visit, &format!("{} {line}", run.id())).await?;
    let small = u64::from(DisclosureRules::own().small_number.value);
    let rules = found.books.rules()?;
    let name = |it: &NationalKind| care::name(rules, (&it.pod, &it.hrg));
    let table = table(name, &found.beside, small).of_run(run)?;
    let mut table = table.about("Figures", EXACT);
    if let Some(said) = all_few(&found.beside, small) {
        table = table.about("Left out", said);
    }
    for said in basis(&found.books, &found.beside)? {
        table = table.about("Basis", said);
    }
    table.file(&visit, &format!("national-{line}-{}", run.id()))
}

/// Kinds of care that stand alone in the file, and the others, which stand together: while these are
/// few, the smallest joins them.
fn alone_and_together(
    beside: &BesideNational,
    small: u64,
) -> (Vec<&NationalKind>, Vec<&NationalKind>) {
    let (mut many, mut few): (Vec<_>, Vec<_>) =
        beside.kinds.iter().partition(|it| it.events > small);
    while !few.is_empty() && few.iter().map(|it| it.events).sum::<u64>() <= small {
        let Some(at) = (0..many.len()).min_by_key(|it| many[*it].events) else { break };
        few.push(many.remove(at));
    }
    (many, few)
}

/// What is said where all kinds together are few, so that the file holds none; how few is not told.
fn all_few(beside: &BesideNational, small: u64) -> Option<String> {
    let is_few = !beside.kinds.is_empty() && beside.events() <= small;
    is_few.then(|| format!("Kinds of care with {small} or fewer events in all are left out."))
}

/// Kinds of care with more than a small number of events, and the others together: if these are few
/// even so, they are left out.
fn table(name: impl Fn(&NationalKind) -> String, beside: &BesideNational, small: u64) -> Table {
    let (many, few) = alone_and_together(beside, small);
    let mut rows: Vec<Vec<String>> = many
        .iter()
        .map(|it| {
            let national = it.national.to_decimal();
            cells([&it.pod, &it.hrg, &name(it)], it.events, (it.cost, it.expected, national))
        })
        .collect();
    let events: u64 = few.iter().map(|it| it.events).sum();
    if events > small {
        let sum = |of: fn(&NationalKind) -> Money| few.iter().map(|it| of(it)).sum::<Money>();
        let sums = (sum(|it| it.cost), sum(|it| it.expected), String::new());
        let name = if few.iter().all(|it| it.events <= small) {
            format!("Kinds of {small} or fewer events, together")
        } else {
            format!("Kinds of {small} or fewer events, together with the next smallest")
        };
        rows.push(cells(["", "", &name], events, sums));
    }
    let columns = [
        ("point_of_delivery", Kind::Text),
        ("hrg", Kind::Text),
        ("name", Kind::Text),
        ("events", Kind::Whole),
        ("cost_gbp", Kind::Decimal),
        ("national_mean_gbp", Kind::Decimal),
        ("cost_at_national_mean_gbp", Kind::Decimal),
        ("index", Kind::Decimal),
    ];
    Table::new(&columns, rows)
}

fn cells(
    names: [&str; 3],
    events: u64,
    (cost, expected, national): (Money, Money, String),
) -> Vec<String> {
    let index = index_permille(cost, expected).map_or_else(String::new, tenths);
    let figures = [events.to_string(), cost.to_decimal(), national, expected.to_decimal(), index];
    names.into_iter().map(str::to_owned).chain(figures).collect()
}

/// Events that a kind of care has at least to stand alone: fewer say more of chance than of cost.
const FEWEST: u64 = 10; // number: as for stays; our own choice

impl NationalPage {
    fn of(visit: &Visit, found: &Found, sees: String) -> Result<Self, Fault> {
        let Found { books, beside, name, line, part } = found;
        let rules = books.rules()?;
        let page = format!("/services/{}", line.0);
        let mut shell = visit.shell(title(beside));
        shell = shell.below("Services", "/services").below(&line.1, page.clone());
        if !part.is_whole() {
            shell = shell.below(name, part.address(&page, &[]));
        }
        Ok(Self {
            shell,
            kicker: name.clone(),
            lead: lead(beside, &part.pod),
            provenance: Provenance::of(&books.run, visit.now)?,
            sees,
            chart: chart(rules, beside),
            rows: rows(rules, &page, beside),
            file: file(part, &page),
            opportunity: opportunity(beside),
            basis: basis(books, beside)?,
            questions: Questions::default(),
        })
    }
}

/// `It cost 8.2% more than at national mean unit costs`; of the part that is compared, where that is
/// less than half of the cost.
fn title(beside: &BesideNational) -> String {
    let (cost, expected) = beside.sums();
    let permille = index_permille(cost, expected);
    let what = if 2 * percent_compared(beside) < 100 { "What can be compared" } else { "It" };
    match permille.map(|it| it - 1_000) {
        None => "There is no national unit cost to set beside it".to_owned(),
        Some(0) => format!("{what} cost what it would at national mean unit costs"),
        Some(it) => {
            let word = if it > 0 { "more" } else { "less" };
            format!("{what} cost {}% {word} than at national mean unit costs", tenths(it.abs()))
        }
    }
}

/// How much of the cost is compared, in whole percent.
fn percent_compared(beside: &BesideNational) -> i128 {
    let micro = |it: Money| i128::from(it.micro_pounds());
    let compared = micro(beside.sums().0);
    let all = compared + micro(beside.left_out) + micro(beside.not_compared.1);
    if all > 0 { compared * 100 / all } else { 0 }
}

fn lead(beside: &BesideNational, pod: &str) -> Vec<String> {
    let (cost, expected) = beside.sums();
    let Some(permille) = index_permille(cost, expected) else {
        return vec![
            "None of its groups has a national unit cost in the rules of this run. Costing accountants add them in reference_costs.csv of the model, from the national schedule.".to_owned(),
        ];
    };
    vec![format!(
        "{} {} cost {}; at the national mean of the same groups they would have cost {}. That is an index of {}, where 100 is the national mean. {}% of its cost can be compared.",
        words::thousands(beside.events()),
        many_of(pod),
        words::in_a_sentence(cost),
        words::in_a_sentence(expected),
        tenths(permille),
        percent_compared(beside)
    )]
}

fn opportunity(beside: &BesideNational) -> Vec<String> {
    if beside.kinds.is_empty() {
        return Vec::new();
    }
    let (dearer, cheaper) = beside.dearer_and_cheaper();
    let less = if cheaper.is_zero() {
        "none cost less".to_owned()
    } else {
        format!("those that cost less, {} less", words::in_a_sentence(cheaper))
    };
    vec![
        format!(
            "Kinds of care that cost more than the national mean cost {} more in all; {less}.",
            words::in_a_sentence(dearer)
        ),
        "The first figure is the opportunity to the national mean. It is indicative: a question where to look, and neither a target nor cash. It overlaps with differences in stay, theatre time and prices, so it is never added to them.".to_owned(),
    ]
}

fn basis(books: &Books, beside: &BesideNational) -> Result<Vec<String>, Fault> {
    let rules = books.rules()?;
    let own = words::year(&books.run.manifest().year);
    let mut said: Vec<String> = beside
        .sources
        .iter()
        .filter_map(|it| rules.sources.get(it))
        .map(|it| {
            let licence =
                if it.licence.is_empty() { String::new() } else { format!(" {}.", it.licence) };
            format!("{}: {}.{licence}", it.title, years(&it.edition, &own))
        })
        .collect();
    said.push("Both sides are by healthcare resource group and point of delivery: ours as the records of this run are grouped, theirs as published.".to_owned());
    said.push("Neither side is adjusted for the market forces factor here, so some of a difference may be what staff and buildings cost in this place.".to_owned());
    if !beside.left_out.is_zero() {
        said.push(format!(
            "Left out of our cost, since national unit costs leave it out: {}, {}.",
            left_out(rules),
            words::in_a_sentence(beside.left_out)
        ));
    }
    let (events, cost) = beside.not_compared;
    if events > 0 || !cost.is_zero() {
        said.push(format!(
            "Not compared: {} for {}. These have no national unit cost here, or consist mostly of what national unit costs leave out.",
            words::count(events, "event", "events"),
            words::in_a_sentence(cost)
        ));
    }
    Ok(said)
}

/// Of which years the two sides are.
fn years(national: &str, own: &str) -> String {
    if national.is_empty() {
        format!("its year is not stated, ours is {own}")
    } else if national == own {
        format!("both sides are of {own}")
    } else {
        format!(
            "it is of {national} and ours of {own}, and pay and prices between the two years are not taken out"
        )
    }
}

fn left_out(rules: &YearRules) -> String {
    let list = rules.reference_codes.get(rules::year::NATIONAL_LEFT_OUT);
    let names: Vec<String> =
        list.into_iter().flatten().map(|it| it.1.name.to_lowercase()).collect();
    names.join("; ")
}

fn chart(rules: &YearRules, beside: &BesideNational) -> Chart {
    let (mut most, _) = many_and_few(beside);
    most.sort_by_key(|it| std::cmp::Reverse(it.difference().abs()));
    most.truncate(DRAWN);
    most.retain(|it| !it.difference().is_zero());
    if most.is_empty() {
        return Chart::default();
    }
    let title = "Where the difference lies".to_owned();
    let heading = Heading {
        id: "national-chart".to_owned(),
        title: title.clone(),
        description: format!(
            "{title}: what each kind of care cost more or less than at the national mean, the largest difference first. The table below holds the same figures."
        ),
    };
    let (cost, expected) = beside.sums();
    let drawn: Money = most.iter().map(|it| it.difference()).sum();
    let rest = (cost - expected) - drawn;
    let mut bars: Vec<Bar> =
        most.iter().map(|it| bar(&drawn_name(rules, it), it.difference())).collect();
    if most.len() < beside.kinds.len() {
        bars.push(Bar { is_rest: true, ..bar("All other kinds together", rest) });
    }
    let chart = Bars { heading, width: 900, direction: Direction::Amounts, bars }.draw();
    Chart { svg: chart.svg(), note: chart.note.clone() }
}

fn bar(name: &str, difference: Money) -> Bar {
    Bar {
        name: name.to_owned(),
        value: more_or_less(difference),
        size: Some(difference.micro_pounds() / 10_000),
        is_strong: false,
        is_rest: false,
    }
}

fn drawn_name(rules: &YearRules, it: &NationalKind) -> String {
    format!("{}: index {}", care::name(rules, (&it.pod, &it.hrg)), index(it))
}

/// Kinds of care with enough events to stand alone, and the others.
fn many_and_few(beside: &BesideNational) -> (Vec<&NationalKind>, Vec<&NationalKind>) {
    beside.kinds.iter().partition(|it| it.events >= FEWEST)
}

/// Kinds of care by point of delivery and group; those with few events together.
fn rows(rules: &YearRules, page: &str, beside: &BesideNational) -> Vec<Row> {
    let (many, few) = many_and_few(beside);
    let mut rows: Vec<Row> = many.into_iter().map(|it| row(rules, page, it)).collect();
    if !few.is_empty() {
        let sum = |of: fn(&NationalKind) -> Money| few.iter().map(|it| of(it)).sum::<Money>();
        let (cost, expected) = (sum(|it| it.cost), sum(|it| it.expected));
        rows.push(Row {
            name: format!(
                "{} with fewer than {FEWEST} each",
                words::count(few.len() as u64, "kind", "kinds")
            ),
            events: words::thousands(few.iter().map(|it| it.events).sum()),
            index: index_permille(cost, expected).map_or_else(String::new, tenths),
            difference: more_or_less(cost - expected),
            ..Row::default()
        });
    }
    rows
}

fn row(rules: &YearRules, page: &str, it: &NationalKind) -> Row {
    let part = Part { pod: it.pod.clone(), hrg: it.hrg.clone() };
    Row {
        name: care::name(rules, (&it.pod, &it.hrg)),
        address: part.address(page, &[]),
        events: words::thousands(it.events),
        own: words::pounds(each(it.cost, it.events)),
        national: words::pounds(it.national),
        index: index(it),
        difference: more_or_less(it.difference()),
    }
}

/// `108.2`; blank where nothing is expected.
fn index(it: &NationalKind) -> String {
    index_permille(it.cost, it.expected).map_or_else(String::new, tenths)
}

fn tenths(permille: i64) -> String {
    let sign = if permille < 0 { "-" } else { "" };
    format!("{sign}{}.{}", permille.abs() / 10, permille.abs() % 10)
}

/// Where the page is linked from a part of a service line; blank where nothing is loaded.
pub(super) fn address(rules: &YearRules, code: &str, part: &Part) -> String {
    if rules.reference_costs.is_empty() {
        return String::new();
    }
    part.address(&format!("/services/{code}/national"), &[])
}

impl Page for NationalPage {
    const TEMPLATE: &'static str = "features/service_lines/national.html";

    fn samples() -> Vec<Self> {
        let row = Row {
            name: "Very major hip procedures for non-trauma, planned stays".to_owned(),
            address: "/services/TORT?pod=EL&hrg=HN12F".to_owned(),
            events: "824".to_owned(),
            own: "£10,651".to_owned(),
            national: "£8,464".to_owned(),
            index: "125.8".to_owned(),
            difference: "£1,802,088 more".to_owned(),
        };
        let page = |title: &str, rows: Vec<Row>, opportunity: Vec<String>| Self {
            shell: Shell::sample(title).below("Services", "/services"),
            kicker: "Trauma and orthopaedics".to_owned(),
            lead: vec!["That is an index of 125.8, where 100 is the national mean.".to_owned()],
            provenance: Provenance::sample(),
            sees: "You see exact figures, as clinical director.".to_owned(),
            chart: Chart::default(),
            rows,
            file: "/services/TORT/national.csv".to_owned(),
            opportunity,
            basis: vec!["Neither side is adjusted for the market forces factor here.".to_owned()],
            questions: Questions::sample(),
        };
        let said = vec!["Kinds of care that cost more cost £1.8 million more in all.".to_owned()];
        vec![
            page("It cost 25.8% more than at national mean unit costs", vec![row], said),
            page("There is no national unit cost to set beside it", Vec::new(), Vec::new()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn beside(cost: i64, expected: i64) -> BesideNational {
        let kind = NationalKind {
            pod: "EL".to_owned(),
            hrg: "HN12F".to_owned(),
            events: 10,
            cost: Money::from_pounds(cost),
            national: Money::from_pounds(expected),
            expected: Money::from_pounds(expected),
        };
        BesideNational { kinds: vec![kind], ..BesideNational::default() }
    }

    #[test]
    fn a_file_holds_no_kind_of_few_events() {
        // Three kinds of 10, 4 and 4 events: the two of 4 are 8 together, more than 7; were the
        // limit 8, the kind of 10 would join them, 18 together; were it 18, all would be left out.
        let mut found = beside(1_082, 1_000);
        for hrg in ["HN22A", "HN22B"] {
            let kind = NationalKind { hrg: hrg.to_owned(), events: 4, ..found.kinds[0].clone() };
            found.kinds.push(kind);
        }
        let name = |_: &NationalKind| "Hips".to_owned();
        expect![[r#"
            point_of_delivery,hrg,name,events,cost_gbp,national_mean_gbp,cost_at_national_mean_gbp,index
            EL,HN12F,Hips,10,1082.000000,1000.000000,1000.000000,108.2
            ,,"Kinds of 7 or fewer events, together",8,2164.000000,,2000.000000,108.2
        "#]]
        .assert_eq(&table(name, &found, 7).csv());
        assert_eq!(all_few(&found, 7), None);
        let joined = table(name, &found, 8).csv();
        assert_eq!(joined.lines().count(), 2, "{joined}");
        assert!(
            joined
                .contains(r#"together with the next smallest",18,3246.000000,,3000.000000,108.2"#),
            "{joined}"
        );
        assert_eq!(all_few(&found, 17), None);
        assert_eq!(table(name, &found, 18).csv().lines().count(), 1);
        let said = "Kinds of care with 18 or fewer events in all are left out.";
        assert_eq!(all_few(&found, 18).as_deref(), Some(said));
        assert_eq!(all_few(&BesideNational::default(), 18), None);
    }

    #[test]
    fn the_words_follow_the_figures() {
        assert_eq!(
            title(&beside(1_082, 1_000)),
            "It cost 8.2% more than at national mean unit costs"
        );
        assert_eq!(
            title(&beside(918, 1_000)),
            "It cost 8.2% less than at national mean unit costs"
        );
        assert_eq!(title(&beside(7, 7)), "It cost what it would at national mean unit costs");
        let mut part = beside(1_082, 1_000);
        part.not_compared = (50, Money::from_pounds(2_000));
        assert!(title(&part).starts_with("What can be compared cost 8.2% more"));
        assert!(lead(&part, "EL")[0].ends_with("35% of its cost can be compared."));
        let none = BesideNational::default();
        assert_eq!(title(&none), "There is no national unit cost to set beside it");
        assert!(lead(&none, "")[0].contains("reference_costs.csv"));
        assert!(lead(&beside(1_082, 1_000), "EL")[0].starts_with("10 stays cost £1,082"));
        assert!(opportunity(&beside(1_082, 1_000))[0].contains("cost £82 more in all"));
        assert!(opportunity(&beside(1_082, 1_000))[0].ends_with("none cost less."));
        assert!(opportunity(&beside(918, 1_000))[0].contains("£82 less"));
    }
}
