//! What was used and at what price: implants, devices and medicines that are charged at the price
//! paid, and income that pays for them at what they cost; for those who see the service line
//! exactly.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use charts::{Bar, Bars, Direction, Heading};
use results::Run;
use results::goods::{self, Goods, GoodsKind, Item, PaidAtCost};
use results::group::PatientGroup;

use super::books::Part;
use super::exactly::exactly;
use super::sentences::{many_of, one_of};
use super::{download, goods_file, unit};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::kept::Kept;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::Provenance;
use crate::shell::questions::Questions;
use crate::shell::shelf::reading;
use crate::shell::use_of_figures::looked_behind;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Goods by run, service line and part.
static GOODS: Kept<(String, String, Part), Goods> = Kept::new(PARTS);

/// Parts of service lines that are kept at most.
const PARTS: usize = 1_000;

/// Things of one kind that are listed; the rest are put together.
const LISTED: usize = 15;

/// A kind is large from this part of the cost of all on: one tenth.
const LARGE: u64 = 10;

/// Below ten pounds a price is told in pence.
const IN_PENCE: i64 = 10;

#[derive(askama::Template)]
#[template(path = "features/service_lines/goods.html")]
pub(super) struct GoodsPage {
    shell: Shell,
    kicker: String,
    lead: Vec<String>,
    provenance: Provenance,
    sees: String,
    /// What is said of goods that are paid at what they cost; blank where none are.
    paid_at_cost: Vec<String>,
    kinds: Vec<Section>,
    many: &'static str,
    method: Vec<String>,
    file: String,
    questions: Questions,
}

/// Goods of one activity.
#[derive(Clone, Debug, Default)]
struct Section {
    id: String,
    title: String,
    says: Vec<String>,
    svg: String,
    note: String,
    rows: Vec<Row>,
    /// Whether its table is shown without being asked for.
    is_large: bool,
}

/// One thing that was used, or the rest of them.
#[derive(Clone, Debug, Default)]
struct Row {
    name: String,
    events: String,
    quantity: String,
    each: String,
    prices: String,
    cost: String,
}

/// What is asked, with what was found.
struct Found {
    run: Arc<Run>,
    /// None where the rows are not at hand.
    goods: Option<Arc<Goods>>,
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
    let folder = app.settings().datasets.join(&run.manifest().year);
    let found = reading(move || {
        let name = part.name(run.rules()?, &line.1);
        if !folder.is_dir() {
            return Ok(Found { run, goods: None, name, line, part });
        }
        let key = (run.manifest_sha256().to_owned(), line.0.clone(), part.clone());
        let group = PatientGroup::of_part(&line.0, (&part.pod, &part.hrg));
        let goods = GOODS.of(key, || match run.goods(&group, &folder) {
            // Another dataset than the run's says nothing of it; the next may be its own.
            Err(results::ResultsError::OtherDataset { .. }) => Err(Fault::NotFound),
            other => Ok(other?),
        });
        let goods = match goods {
            Err(Fault::NotFound) => None,
            other => Some(other?),
        };
        if goods.as_ref().is_some_and(|it| it.events == 0) {
            return Err(Fault::NotFound);
        }
        Ok(Found { run, goods, name, line, part })
    });
    Ok((found.await?, said))
}

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    Query(query): Query<unit::Query>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (found, sees) = found(&app, &visit, (code.clone(), query.part())).await?;
    looked_behind(&visit, &code).await;
    let place = found.part.place("/services/{unit}/goods", &found.line.0);
    let questions = Questions::of(&app, &visit, place, found.run.id()).await?;
    let page = GoodsPage::of(&visit, &found, sees)?;
    let questions = questions.saying(&[&page.shell.title, &page.lead.join(" ")]);
    Ok(GoodsPage { questions, ..page }.respond())
}

/// The same as a file. A file goes anywhere, so things that few used stand together in it.
pub(super) async fn take(
    State(app): State<App>,
    Path(code): Path<String>,
    Query(query): Query<unit::Query>,
    visit: Visit,
) -> Result<Response, Fault> {
    // Files of two parts could be subtracted from each other.
    if !query.part().is_whole() {
        return Err(Fault::NotFound);
    }
    let (found, _) = found(&app, &visit, (code, query.part())).await?;
    let goods = found.goods.as_ref().ok_or(Fault::NotFound)?;
    download::taken(&app, &visit, &format!("{} {} goods", found.run.id(), found.line.0)).await?;
    let name = format!("goods-{}-{}", found.line.0, found.run.id());
    let mut table = goods_file::table(goods).of_run(&found.run)?;
    for (what, said) in goods_file::about(goods) {
        table = table.about(what, said);
    }
    table.file(&visit, &name)
}

impl GoodsPage {
    fn of(visit: &Visit, found: &Found, sees: String) -> Result<Self, Fault> {
        let Found { run, goods, name, line, part } = found;
        let page = format!("/services/{}", line.0);
        let mut shell = visit.shell("What was used, and at what price".to_owned());
        shell = shell.below("Services", "/services").below(&line.1, page.clone());
        if !part.is_whole() {
            shell = shell.below(name, part.address(&page, &[]));
        }
        let goods = goods.as_deref();
        let kinds = goods.map_or(&[][..], |it| &it.kinds);
        let paid = goods.and_then(|it| it.paid_at_cost.as_ref());
        Ok(Self {
            shell,
            kicker: name.clone(),
            lead: lead(goods, &part.pod),
            provenance: Provenance::of(run, visit.now)?,
            sees,
            paid_at_cost: paid.map(paid_at_cost).unwrap_or_default(),
            kinds: kinds.iter().enumerate().map(|it| section(it, kinds, part)).collect(),
            many: many_of(&part.pod),
            method: goods::definitions(),
            questions: Questions::default(),
            file: if part.is_whole() && !kinds.is_empty() {
                format!("{page}/goods.csv")
            } else {
                String::new()
            },
        })
    }
}

fn lead(goods: Option<&Goods>, pod: &str) -> Vec<String> {
    let Some(goods) = goods else { return vec![goods::absent().to_owned()] };
    if goods.kinds.is_empty() {
        return vec![format!(
            "No implant, device, medicine or other thing with a price of its own is recorded for these {}.",
            many_of(pod)
        )];
    }
    let cost: domain::Money = goods.kinds.iter().map(|it| it.cost).sum();
    let kind = |it: &GoodsKind| {
        format!("{} for {}", words::in_a_sentence(it.cost), in_a_line(it.activity.words()))
    };
    let kinds: Vec<String> = goods.kinds.iter().map(kind).collect();
    let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
    if let [one] = &goods.kinds[..] {
        let name = in_a_line(one.activity.words());
        return vec![format!(
            "Things with a price of their own cost {}, all of it for {name}.",
            words::in_a_sentence(cost)
        )];
    }
    vec![format!(
        "Things with a price of their own cost {}: {}.",
        words::in_a_sentence(cost),
        words::listed(&kinds)
    )]
}

/// As it stands within a line: `implants used`.
fn in_a_line(name: &str) -> String {
    let mut letters = name.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_lowercase).collect();
    first + letters.as_str()
}

/// What income for goods at what they cost does to the surplus or deficit.
fn paid_at_cost(it: &PaidAtCost) -> Vec<String> {
    let shown = words::in_a_sentence;
    let mut says = vec![format!(
        "{} of the income is for things that are paid at what they cost.",
        shown(it.paid)
    )];
    if !it.paid_for_found.is_zero() || !it.cost_of_found.is_zero() {
        let above = it.above_cost();
        let result = match above.micro_pounds() {
            0 => "as much: they make neither surplus nor deficit".to_owned(),
            1.. => format!("{} less: a surplus of as much", shown(above)),
            _ => format!("{} more: a deficit of as much", shown(above.abs())),
        };
        says.push(format!(
            "{} of it is for things that are found with the same event, and these cost {result}.",
            shown(it.paid_for_found)
        ));
    }
    if !it.paid_for_uneven.is_zero() || !it.cost_of_uneven.is_zero() {
        says.push(format!(
            "{} of it is for another number of things than is found with the same event, at {}: which event each was for is a question to the records.",
            shown(it.paid_for_uneven),
            shown(it.cost_of_uneven)
        ));
    }
    if !it.not_found().is_zero() {
        says.push(format!(
            "{} of it is for events with which no such thing is found: income without its cost, by which the surplus or deficit here looks better than it is.",
            shown(it.not_found())
        ));
    }
    if !it.cost_without_income.is_zero() {
        says.push(format!(
            "Such things for {} have a cost here and no such income: by that it looks worse.",
            shown(it.cost_without_income)
        ));
    }
    if !it.paid_for_untold.is_zero() {
        says.push(format!(
            "For {} of it this cannot be said: the rows of these events do not come to the cost that the run states.",
            shown(it.paid_for_untold)
        ));
    }
    says
}

fn section((at, kind): (usize, &GoodsKind), all: &[GoodsKind], part: &Part) -> Section {
    let (svg, note) = chart(at, kind);
    let cost: domain::Money = all.iter().map(|it| it.cost).sum();
    Section {
        id: format!("goods-{at}"),
        title: kind.activity.words().to_owned(),
        says: says(kind, part),
        svg,
        note,
        rows: rows(kind),
        is_large: words::each(cost, LARGE) <= kind.cost,
    }
}

fn says(kind: &GoodsKind, part: &Part) -> Vec<String> {
    let (one, many) = (one_of(&part.pod), many_of(&part.pod));
    let mut says = vec![format!(
        "{} used some, for {} on average.",
        words::count(kind.events, one, many),
        words::pounds(words::each(kind.cost, kind.events))
    )];
    // Over all kinds of care one thing is no alternative of another.
    if !part.hrg.is_empty()
        && let Some(it) = kind.alternatives()
        && let (Some(low), Some(high)) = (it.cheapest.each(), it.dearest.each())
    {
        says.push(format!(
            "“{}” cost {} each and “{}” {}: {} more for one, used {} and {} times.",
            it.dearest.code.words(),
            words::pounds(high),
            it.cheapest.code.words(),
            words::pounds(low),
            words::pounds(high - low),
            quantity(it.dearest.quantity_e4),
            quantity(it.cheapest.quantity_e4)
        ));
        says.push(format!(
            "At the price of “{}” those set beside each other here would have cost {} less. That is a question for those who choose and those who buy, not a target: what is dearer may be right for a patient, and a price can be agreed.",
            it.cheapest.code.words(),
            words::in_a_sentence(it.more)
        ));
    }
    if kind.told < kind.events {
        says.push(format!(
            "For {} of these {many}, which took {}, the rows do not come to the cost that the run states: they are not in the table.",
            words::thousands(kind.events - kind.told),
            words::in_a_sentence(kind.cost - kind.told_cost)
        ));
    }
    says
}

/// Prices of what was used often; nothing of one thing alone.
fn chart(at: usize, kind: &GoodsKind) -> (String, String) {
    if !kind.is_one_alone() {
        return (String::new(), String::new());
    }
    let often = kind.items.iter().filter(|it| it.events >= goods::fewest());
    let mut priced: Vec<_> = often.filter_map(|it| Some((it.each()?, it))).take(LISTED).collect();
    if priced.len() < 2 {
        return (String::new(), String::new());
    }
    priced.sort_by(|one, other| (other.0, &one.1.code.code).cmp(&(one.0, &other.1.code.code)));
    let bar = |(each, it): &(domain::Money, &Item)| Bar {
        name: format!("{}, {} used", it.code.words(), quantity(it.quantity_e4)),
        value: price(*each),
        size: Some(each.micro_pounds() / 10_000),
        is_strong: false,
        is_rest: false,
    };
    let heading = Heading {
        id: format!("goods-chart-{at}"),
        title: format!("{}: price of one", kind.activity.words()),
        description:
            "What one cost on average, the dearest first. The table below holds the same figures."
                .to_owned(),
    };
    let bars = priced.iter().map(bar).collect();
    let chart = Bars { heading, width: 900, direction: Direction::Amounts, bars }.draw();
    let note =
        format!("What one cost on average. Drawn are those that {} or more used.", goods::fewest());
    (chart.svg(), note)
}

fn rows(kind: &GoodsKind) -> Vec<Row> {
    let mut rows: Vec<Row> = kind.items.iter().take(LISTED).map(row).collect();
    let rest = kind.items.get(LISTED..).unwrap_or_default();
    if !rest.is_empty() {
        rows.push(Row {
            name: format!("{} together", words::count(rest.len() as u64, "other", "others")),
            cost: words::pounds(rest.iter().map(|it| it.cost).sum()),
            ..Row::default()
        });
    }
    rows
}

fn row(it: &Item) -> Row {
    Row {
        name: it.code.with_code(),
        events: words::thousands(it.events),
        quantity: quantity(it.quantity_e4),
        each: it.each().map_or_else(String::new, price),
        prices: it
            .prices
            .map_or_else(String::new, |(low, high)| format!("{} to {}", price(low), price(high))),
        cost: words::pounds(it.cost),
    }
}

fn price(it: domain::Money) -> String {
    if it < domain::Money::from_pounds(IN_PENCE) { words::pence(it) } else { words::pounds(it) }
}

/// A quantity × 10⁴ without zeros at its end: `31`, `2.5`.
pub(super) fn quantity(e4: i64) -> String {
    let sign = if e4 < 0 { "-" } else { "" };
    let (whole, rest) = (e4.unsigned_abs() / 10_000, e4.unsigned_abs() % 10_000);
    let text = format!("{sign}{whole}.{rest:04}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Where the page is linked from a service line or a part of it; blank where the model traces no
/// cost of goods.
pub(super) fn address(rules: &rules::YearRules, code: &str, part: &Part) -> String {
    if !goods::has_goods(rules) {
        return String::new();
    }
    part.address(&format!("/services/{code}/goods"), &[])
}

impl Page for GoodsPage {
    const TEMPLATE: &'static str = "features/service_lines/goods.html";

    fn samples() -> Vec<Self> {
        let row = Row {
            name: "HIP-A".to_owned(),
            events: "31".to_owned(),
            quantity: "31".to_owned(),
            each: "£1,280".to_owned(),
            prices: "£1,201 to £1,310".to_owned(),
            cost: "£39,680".to_owned(),
        };
        let section = Section {
            id: "goods-0".to_owned(),
            title: "Implants used".to_owned(),
            says: vec!["61 stays used some, for £1,721 on average.".to_owned()],
            svg: String::new(),
            note: "What one cost on average.".to_owned(),
            rows: vec![row],
            is_large: true,
        };
        let small = Section {
            id: "goods-1".to_owned(),
            title: "Blood issued".to_owned(),
            is_large: false,
            ..section.clone()
        };
        let page = |lead: &str, paid_at_cost: Vec<String>, kinds, file: &str| Self {
            shell: Shell::sample("What was used, and at what price").below("Services", "/services"),
            kicker: "Very major hip procedures for non-trauma, planned stays".to_owned(),
            lead: vec![lead.to_owned()],
            provenance: Provenance::sample(),
            sees: "You see exact figures, as clinical director.".to_owned(),
            paid_at_cost,
            kinds,
            many: "stays",
            method: goods::definitions(),
            file: file.to_owned(),
            questions: Questions::sample(),
        };
        let paid =
            vec!["£120 of the income is for things that are paid at what they cost.".to_owned()];
        let used = "Things with a price of their own cost £105,000.";
        vec![
            page(used, paid, vec![section, small], "/services/TORT/goods.csv"),
            page(goods::absent(), Vec::new(), Vec::new(), ""),
        ]
    }
}

#[cfg(test)]
mod tests {
    use domain::Money;
    use results::explain::Named;

    use super::*;

    fn item(code: &str, events: u64, pounds: i64) -> Item {
        Item {
            code: Named { code: code.to_owned(), name: String::new() },
            events,
            used_by: (1..=events).collect(),
            quantity_e4: i64::try_from(events).expect("small") * 10_000,
            cost: Money::from_pounds(pounds),
            prices: None,
        }
    }

    fn kind(items: Vec<Item>) -> GoodsKind {
        let (events, cost) =
            (items.iter().map(|it| it.events).sum(), items.iter().map(|it| it.cost).sum());
        GoodsKind {
            activity: Named { code: "X".to_owned(), name: "Implants used".to_owned() },
            events,
            cost,
            told: events,
            told_cost: cost,
            alone: events,
            items,
        }
    }

    fn hips() -> Part {
        Part { pod: "EL".to_owned(), hrg: "HN12".to_owned() }
    }

    #[test]
    fn the_words_follow_the_prices() {
        // 20 at 1,000 and 10 at 2,500.
        let told =
            says(&kind(vec![item("B", 10, 25_000), item("A", 20, 20_000)]), &hips()).join(" ");
        assert!(told.starts_with("30\u{a0}stays used some, for £1,500 on average."), "{told}");
        assert!(
            told.contains(
                "“B” cost £2,500 each and “A” £1,000: £1,500 more for one, used 10 and 20 times."
            ),
            "{told}"
        );
        assert!(told.contains(
            "At the price of “A” those set beside each other here would have cost £15,000 less."
        ));
        // Swapped: 20 at 2,500 and 10 at 1,000.
        let told =
            says(&kind(vec![item("A", 20, 50_000), item("B", 10, 10_000)]), &hips()).join(" ");
        assert!(told.contains("“A” cost £2,500 each and “B” £1,000"), "{told}");
        assert!(told.contains("would have cost £30,000 less"), "{told}");
        // Over all kinds of care nothing is set beside another.
        let all = kind(vec![item("A", 20, 50_000), item("B", 10, 10_000)]);
        assert_eq!(says(&all, &Part::default()).len(), 1);
        let together = GoodsKind { alone: 3, ..all.clone() };
        assert_eq!((says(&together, &hips()).len(), chart(0, &together).0.len()), (1, 0));
        assert!(chart(0, &all).0.contains("£2,500") && chart(0, &all).0.contains("A, 20 used"));
        let untold = GoodsKind { told: 28, told_cost: Money::from_pounds(58_000), ..all };
        let told = says(&untold, &Part::default()).join(" ");
        assert!(
            told.contains("For 2 of these events, which took £2,000, the rows do not"),
            "{told}"
        );
    }

    #[test]
    fn what_is_paid_at_cost_is_neither_surplus_nor_deficit_unless_it_is() {
        let pounds = Money::from_pounds;
        let paid = |paid, found, cost, without| PaidAtCost {
            paid: pounds(paid),
            paid_for_found: pounds(found),
            cost_of_found: pounds(cost),
            cost_without_income: pounds(without),
            ..PaidAtCost::default()
        };
        let told = |it: PaidAtCost| paid_at_cost(&it).join(" ");
        assert_eq!(
            told(paid(100, 100, 100, 0)),
            "£100 of the income is for things that are paid at what they cost. £100 of it is for things that are found with the same event, and these cost as much: they make neither surplus nor deficit."
        );
        assert!(
            told(paid(100, 100, 90, 0)).ends_with("these cost £10 less: a surplus of as much.")
        );
        assert!(told(paid(100, 90, 100, 0)).contains("these cost £10 more: a deficit of as much."));
        assert!(
            told(paid(100, 90, 90, 0))
                .contains("£10 of it is for events with which no such thing is found")
        );
        assert!(told(paid(100, 100, 100, 7)).ends_with(
            "Such things for £7 have a cost here and no such income: by that it looks worse."
        ));
        let uneven = PaidAtCost {
            paid_for_uneven: pounds(6),
            cost_of_uneven: pounds(12),
            ..paid(106, 100, 100, 0)
        };
        let said = told(uneven);
        assert!(
            said.contains(
                "£6 of it is for another number of things than is found with the same event, at £12"
            ),
            "{said}"
        );
        assert!(!said.contains("no such thing is found"), "{said}");
        let untold = PaidAtCost { paid_for_untold: pounds(4), ..paid(104, 100, 100, 0) };
        assert!(
            told(untold).contains("For £4 of it this cannot be said")
                && !told(untold).contains("no such thing is found")
        );
    }

    #[test]
    fn quantities_have_no_zeros_at_their_end() {
        let shown = [310_000, 25_000, 1, -5_000, 0].map(quantity);
        assert_eq!(shown, ["31", "2.5", "0.0001", "-0.5", "0"]);
        let shown = ["9.994", "10", "1280.4"].map(|it| price(it.parse().expect("an amount")));
        assert_eq!(shown, ["£9.99", "£10", "£1,280"]);
    }
}
