//! What the published costing tells of one consultant's practice, in words: exactly to those who may
//! look at patients; small numbers of complications hidden from the others.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::Capability;
use disclosure::{DisclosureRules, HIDDEN, Release};
use domain::Money;
use jiff::Timestamp;
use results::group::PatientGroup;
use results::outcomes::{Complication, Counted, Practice, Treated};
use results::statements::in_words;
use results::{ResultsError, Run};
use store::units::Unit;

use super::super::figures::balance;
use super::small_numbers::{
    ALL, EARNED, ENDED, came_back, figures, hides_income, is_few, looked_at, not_yet_known, release,
};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::kept::Kept;
use crate::shell::provenance::Provenance;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Practices of runs, by run, service line, reference, and whether the run's own dataset is there.
static READ: Kept<(String, String, String, bool), Read> = Kept::new(PRACTICES);

/// Practices that are kept at most.
const PRACTICES: usize = 200;

/// What those read who may not look at patients in place of the cost by statement group.
const GROUPS: &str = "What each group cost is shown to those who may look at patients: how many patients a group is of is not known, and it may be few.";

/// What a run says of a practice.
pub(super) struct Read {
    practice: Practice,
    /// Cost by statement group, the largest first.
    groups: Vec<(String, Money)>,
}

/// The same of the published run, with where it comes from.
pub(super) struct Known {
    pub(super) run: String,
    pub(super) provenance: Provenance,
    read: Arc<Read>,
}

impl Known {
    /// Events that it is made of.
    pub(super) fn events(&self) -> usize {
        usize::try_from(self.read.practice.all.count).unwrap_or(usize::MAX)
    }
}

/// What the published run says of a consultant by reference; none where nothing is published.
pub(super) async fn known(
    app: &App,
    now: Timestamp,
    (unit, reference): (&str, &str),
) -> Result<Option<Known>, Fault> {
    let (app, unit, reference) = (app.clone(), unit.to_owned(), reference.to_owned());
    let found = reading(move || {
        let Some(run) = app.shelf().latest(false)? else { return Ok(None) };
        let read = read(&app, &run, (&unit, &reference))?;
        let provenance = Provenance::of(&run, now)?;
        Ok(Some(Known { run: run.id().to_owned(), provenance, read }))
    });
    found.await
}

/// Reads a practice of a run once. To be called away from the threads that answer requests.
pub(super) fn read(
    app: &App,
    run: &Run,
    (unit, reference): (&str, &str),
) -> Result<Arc<Read>, Fault> {
    let folder = app.settings().datasets.join(&run.manifest().year);
    let dataset = folder.is_dir().then_some(folder.as_path());
    let key = run.manifest_sha256().to_owned();
    READ.of((key, unit.to_owned(), reference.to_owned(), dataset.is_some()), || {
        let practice = match run.practice((unit, reference), dataset) {
            // Another dataset than the run's says nothing of it.
            Err(ResultsError::OtherDataset { .. }) => run.practice((unit, reference), None)?,
            other => other?,
        };
        let groups = groups(run, (unit, reference), practice.all.cost)?;
        Ok(Read { practice, groups })
    })
}

/// Cost by statement group, the largest first; whatever no group takes stands last.
fn groups(
    run: &Run,
    (unit, reference): (&str, &str),
    all: Money,
) -> Result<Vec<(String, Money)>, Fault> {
    let group =
        PatientGroup { consultants: [reference.to_owned()].into(), ..PatientGroup::of_line(unit) };
    let (book, rules) = (run.care_of(&group)?, run.rules()?);
    let mut sums: BTreeMap<&str, Money> = BTreeMap::new();
    for care in book.lines.get(unit).into_iter().flat_map(|it| it.cells.values()) {
        for ((_, class), amount) in &care.parts {
            let code = book.classes[usize::from(*class)].group.as_str();
            *sums.entry(code).or_default() += *amount;
        }
    }
    sums.remove("");
    let named = |(code, amount): (&str, Money)| {
        let name = rules.statement_groups.get(code).map_or(code, String::as_str);
        (name.to_owned(), amount)
    };
    let mut groups: Vec<(String, Money)> = sums.into_iter().map(named).collect();
    groups.retain(|it| !it.1.is_zero());
    groups.sort_by(|one, other| (other.1, &one.0).cmp(&(one.1, &other.0)));
    let in_groups: Money = groups.iter().map(|it| &it.1).sum();
    let other = all - in_groups;
    if !other.is_zero() {
        groups.push(("Of no group".to_owned(), other));
    }
    Ok(groups)
}

/// Why nothing can be said of a practice; none where something can.
pub(super) fn without(read: &Read, unit: &str) -> Option<String> {
    let practice = &read.practice;
    if !practice.is_coded {
        return Some(format!(
            "The feeds that the published costing was made of name no consultant in {unit}, so nothing can be told of one. Ask whoever loads them for the consultant code of each episode"
        ));
    }
    (practice.all.count == 0).then(|| {
        format!(
            "The published costing has no care in {unit} under this code. Write it letter for letter as the feeds of activity have it, or ask whoever loads them"
        )
    })
}

/// What a page tells.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    pub(super) title: String,
    pub(super) sections: Vec<Section>,
    /// Why something of it is hidden; blank where nothing is.
    pub(super) hidden: String,
    /// How it is counted.
    pub(super) method: Vec<String>,
}

/// Figures that belong together.
#[derive(Clone, Debug, Default)]
pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// What its second column counts; blank where it has none.
    pub(super) counts: &'static str,
    pub(super) rows: Vec<Row>,
    /// What cannot be said, and why.
    pub(super) absent: Vec<String>,
    /// Where to look behind it: what it is, and where.
    pub(super) drill: Vec<(&'static str, String)>,
}

/// One figure.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub(super) what: String,
    pub(super) count: String,
    pub(super) amount: String,
    /// The tables of the run that it comes from.
    pub(super) table: &'static str,
    pub(super) is_total: bool,
}

const EVENTS: &str = "events: own, absorbed";
const INCOME: &str = "events: income_recognised";
const AT_UNIT_PRICE: &str = "events: income_at_unit_price";
const COSTS: &str = "event_costs, service_line_costs";
const SPELLS: &str = "events, put together to spells";
const WITH_THEATRES: &str = "events, with the theatre rows of the dataset";

impl Told {
    /// What is told to whoever looks, or why nothing is.
    pub(super) fn of(
        visit: &Visit,
        unit: &Unit,
        known: &Known,
    ) -> Result<Result<Self, String>, Fault> {
        let (code, read) = (unit.code.as_str(), &*known.read);
        if let Some(why) = without(read, &unit.name) {
            return Ok(Err(words::sentence(&why)));
        }
        let rows = visit.scope(Capability::PatientRows).ok().and_then(|it| it.of_unit(code));
        let is_free = rows.is_some_and(|it| it.condition.is_none());
        let release = if is_free { None } else { Some(release(&read.practice)?) };
        let rules = DisclosureRules::own();
        if release.as_ref().is_some_and(is_few) {
            return Ok(Err(format!(
                "What this practice cost is hidden from those who may not look at patients. {}",
                rules.explanation()
            )));
        }
        let hides = release.as_ref().is_some_and(Release::hides_anything);
        let practice = &read.practice;
        Ok(Ok(Self {
            title: title(practice, release.as_ref()),
            sections: vec![
                money(practice, code, release.as_ref()),
                done(practice, (code, rows.is_some()), release.as_ref()),
                by_group(read, code, is_free),
                complications(practice, release.as_ref()),
            ],
            hidden: if hides { rules.explanation() } else { String::new() },
            method: method(practice, release.as_ref()),
        }))
    }
}

/// The headline: the result, or where the income may not be shown, the cost alone.
fn title(it: &Practice, release: Option<&Release>) -> String {
    if hides_income(release) {
        return format!("This practice cost {}", words::pounds(it.all.cost));
    }
    format!("This practice {}", in_words(it.recognised - it.all.cost))
}

fn money(it: &Practice, unit: &str, release: Option<&Release>) -> Section {
    let row = |what: &str, amount: String, table| Row {
        what: what.to_owned(),
        amount,
        table,
        ..Row::default()
    };
    let earned = |at: usize| figures(&it.earning[at], release, EARNED[at]).1;
    let result = if hides_income(release) {
        HIDDEN.to_owned()
    } else {
        balance((it.recognised - it.all.cost).micro_pounds())
    };
    Section {
        id: "money",
        title: "Income beside cost",
        rows: vec![
            row("Income recognised", earned(0), INCOME),
            row("Cost", words::pounds(it.all.cost), EVENTS),
            Row { is_total: true, ..row("Income less cost", result, "the two above") },
            row("The same care at unit price", earned(1), AT_UNIT_PRICE),
        ],
        drill: vec![("Income and cost of the service line", format!("/services/{unit}"))],
        ..Section::default()
    }
}

/// What was done; by type of event for those who may look at patients.
fn done(it: &Practice, (unit, sees_patients): (&str, bool), release: Option<&Release>) -> Section {
    let row = |what: &str, (count, amount): (String, String), table| Row {
        what: what.to_owned(),
        count,
        amount,
        table,
        is_total: false,
    };
    let exact = |of: &Treated| (words::thousands(of.count), words::pounds(of.cost));
    let is_free = release.is_none();
    let mut rows: Vec<Row> = Vec::new();
    if is_free {
        rows.extend(it.kinds.iter().map(|of| row(of.0.words(), exact(&of.1), EVENTS)));
    }
    let all = row("All events", figures(&it.all, release, ALL), EVENTS);
    rows.push(Row { is_total: is_free, ..all });
    rows.push(row("Spells that ended", figures(&it.spells, release, ENDED), SPELLS));
    let mut drill = vec![("Where and when patients leave", format!("/services/{unit}/stays"))];
    if sees_patients {
        let query = serde_urlencoded::to_string([("line", unit), ("order", "dearest")]);
        let address = format!("/patients?{}", query.unwrap_or_default());
        drill.push(("Events of the service line, the dearest first", address));
    }
    Section {
        id: "done",
        title: "What was done",
        counts: "How many",
        rows,
        drill,
        ..Section::default()
    }
}

/// Cost by statement group, for those who may look at patients: a run does not tell how many patients
/// a group is of, so that the small ones could be hidden.
fn by_group(read: &Read, unit: &str, is_free: bool) -> Section {
    let section = Section {
        id: "groups",
        title: "What the cost is made of",
        drill: vec![("What was used, and at what price", format!("/services/{unit}/goods"))],
        ..Section::default()
    };
    if !is_free {
        return Section { absent: vec![GROUPS.to_owned()], ..section };
    }
    let row = |(what, amount): &(String, Money)| Row {
        what: what.clone(),
        amount: words::pounds(*amount),
        table: COSTS,
        ..Row::default()
    };
    let mut rows: Vec<Row> = read.groups.iter().map(row).collect();
    let all = ("All groups".to_owned(), read.practice.all.cost);
    rows.push(Row { is_total: true, ..row(&all) });
    Section { rows, ..section }
}

fn complications(it: &Practice, release: Option<&Release>) -> Section {
    let mut section = Section {
        id: "complications",
        title: "What went wrong, and what that cost",
        counts: "Spells",
        ..Section::default()
    };
    for it in &it.complications {
        match &it.found {
            Ok(found) => section.rows.extend(counted((it, found), release)),
            Err(why) => section.absent.push(why.clone()),
        }
    }
    section
}

/// The rows of a measure: the spells that it counts, and those with which patients came back.
fn counted((it, found): (&Complication, &Counted), release: Option<&Release>) -> Vec<Row> {
    let table = if found.after.is_some() { SPELLS } else { WITH_THEATRES };
    let (count, amount) = figures(&found.spells, release, &it.code);
    let count = format!("{count} of {}", figures(&found.of, release, &looked_at(&it.code)).0);
    let mut rows = vec![Row { what: it.name.clone(), count, amount, table, ..Row::default() }];
    if let Some(after) = &found.after {
        let (count, amount) = figures(after, release, &came_back(&it.code));
        let what = "Emergency spells with which they came back, to any specialty".to_owned();
        rows.push(Row { what, count, amount, table, ..Row::default() });
    }
    rows
}

fn method(it: &Practice, release: Option<&Release>) -> Vec<String> {
    let mut said = vec![
        "Events count for the consultant who had them, spells for the one who discharged the patient. A spell costs what all its episodes cost in the period, whoever had them, so spells and events do not add up to each other.".to_owned(),
        "Each cost holds what was absorbed from activity for which no event was found. Income is what the contracts paid for these events; income that no event earned stands under no consultant.".to_owned(),
        "Events of legally restricted records are in none of these. Nobody is set beside other consultants here: that needs the comparison that the medical director has agreed.".to_owned(),
    ];
    for it in &it.complications {
        said.push(format!("{}: {} {}.", it.name, words::sentence(&it.definition), it.source));
        let Some(unknown) = it.found.as_ref().ok().map(|it| it.unknown) else { continue };
        if unknown.count > 0 {
            let (number, _) = figures(&unknown, release, &not_yet_known(&it.code));
            said.push(format!("{}, spells that ended too late to know: {number}.", it.name));
        }
    }
    said
}

impl Told {
    pub(super) fn sample() -> Self {
        let row = |what: &str, count: &str, amount: &str, table| Row {
            what: what.to_owned(),
            count: count.to_owned(),
            amount: amount.to_owned(),
            table,
            is_total: false,
        };
        let link = |name, address: &str| vec![(name, address.to_owned())];
        let home = "/services/TORT";
        let total = |it: Row| Row { is_total: true, ..it };
        Self {
            title: "This practice spent £52,300 more than it earned".to_owned(),
            sections: vec![
                Section {
                    id: "money",
                    title: "Income beside cost",
                    rows: vec![
                        row("Income recognised", "", "£501,200", INCOME),
                        row("Cost", "", "£553,500", EVENTS),
                        total(row("Income less cost", "", "deficit of £52,300", "the two above")),
                    ],
                    drill: link("Income and cost of the service line", home),
                    ..Section::default()
                },
                Section {
                    id: "groups",
                    title: "What the cost is made of",
                    rows: vec![
                        row("Theatres", "", "£301,000", COSTS),
                        total(row("All groups", "", "£553,500", COSTS)),
                    ],
                    drill: link("What was used, and at what price", home),
                    ..Section::default()
                },
                Section {
                    id: "complications",
                    title: "What went wrong, and what that cost",
                    counts: "Spells",
                    rows: vec![row(
                        "Emergency readmission within 30 days",
                        "* of about 80",
                        "*",
                        SPELLS,
                    )],
                    absent: vec!["We hold no number of operations here.".to_owned()],
                    ..Section::default()
                },
            ],
            hidden: DisclosureRules::own().explanation(),
            method: vec!["Events count for the consultant who had them.".to_owned()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many spells of as many patients, each at so many pounds.
    fn treated(count: u64, pounds: i64) -> Treated {
        let each = Money::from_pounds(pounds);
        let sum = |of: u64| (0..of).map(|_| each).sum::<Money>();
        Treated {
            count,
            patients: count,
            cost: sum(count),
            dearest: (sum(count.min(1)), sum(count.min(2))),
        }
    }

    fn practice(all: u64, readmitted: u64) -> Practice {
        of_spells(all, (all, readmitted, 0))
    }

    /// Of so many events, and so many spells: those looked at, those readmitted, and those that ended
    /// too late to know.
    fn of_spells(all: u64, (ended, readmitted, unknown): (u64, u64, u64)) -> Practice {
        let complication = |code: &str, found| Complication {
            code: code.to_owned(),
            name: code.to_owned(),
            definition: "Counted".to_owned(),
            source: "A source".to_owned(),
            found,
        };
        let found = Counted {
            spells: treated(readmitted, 1_000),
            of: treated(ended, 2_000),
            unknown: treated(unknown, 2_000),
            after: Some(treated(readmitted, 300)),
        };
        Practice {
            is_coded: true,
            kinds: Vec::new(),
            all: treated(all, 2_000),
            recognised: Money::ZERO,
            at_unit_price: Money::ZERO,
            earning: [Treated::default(); 2],
            spells: treated(ended + unknown, 2_000),
            complications: vec![
                complication("came back", Ok(found)),
                complication("again", Err("We hold none.".to_owned())),
            ],
        }
    }

    fn shown(it: &Practice, is_free: bool) -> Vec<String> {
        let released = release(it).expect("decided");
        let section = complications(it, Some(&released).filter(|_| !is_free));
        assert_eq!(section.absent, ["We hold none."]);
        section.rows.iter().map(|it| format!("{} for {}", it.count, it.amount)).collect()
    }

    #[test]
    fn who_may_not_look_at_patients_is_told_no_small_number_of_complications() {
        let seven = practice(40, 7);
        assert_eq!(shown(&seven, true), ["7 of 40 for £7,000", "7 for £2,100"]);
        assert_eq!(shown(&seven, false), ["* of about 40 for *", "* for *"]);
        // 12 is nearest to 10; each of twelve patients has a twelfth of the amount.
        let twelve = practice(40, 12);
        let told = ["about 10 of about 40 for £12,000", "about 10 for £3,600"];
        assert_eq!(shown(&twelve, false), told);
        // That there was none is no secret.
        assert_eq!(shown(&practice(40, 0), false), ["0 of about 40 for £0", "0 for £0"]);
    }

    #[test]
    fn of_how_few_spells_they_are_some_and_how_few_are_unknown_is_hidden_too() {
        // 40 events, of spells that ended 3 are known and 2 are not; 1 came back.
        let few = of_spells(40, (3, 1, 2));
        assert_eq!(shown(&few, false), ["* of * for *", "* for *"]);
        assert_eq!(shown(&few, true), ["1 of 3 for £1,000", "1 for £300"]);
        let released = release(&few).expect("decided");
        let all = |it: Option<&Release>| method(&few, it).join(" ");
        assert!(all(None).contains("spells that ended too late to know: 2."), "{}", all(None));
        let hidden = all(Some(&released));
        assert!(hidden.contains("spells that ended too late to know: *."), "{hidden}");
    }

    #[test]
    fn income_of_few_patients_is_hidden_and_the_result_with_it() {
        // 40 patients at £2,000 each; three of them earned £500 each.
        let earned = treated(3, 500);
        let few = Practice { recognised: earned.cost, earning: [earned; 2], ..practice(40, 0) };
        let released = release(&few).expect("decided");
        let told = |it: Option<&Release>| {
            let rows = money(&few, "TORT", it).rows.into_iter();
            (title(&few, it), rows.map(|it| it.amount).collect::<Vec<String>>())
        };
        let exact = ["£1,500", "£80,000", "deficit of £78,500", "£1,500"];
        assert_eq!(told(None).1, exact);
        assert!(told(None).0.starts_with("This practice spent "), "{}", told(None).0);
        assert_eq!(told(Some(&released)).1, ["*", "£80,000", "*", "*"]);
        assert_eq!(told(Some(&released)).0, "This practice cost £80,000");
    }

    #[test]
    fn what_each_group_cost_is_told_to_those_who_may_look_at_patients() {
        let groups = vec![("Implants".to_owned(), Money::from_pounds(900))];
        let read = Read { practice: practice(40, 0), groups };
        let amounts = |is_free| {
            let section = by_group(&read, "TORT", is_free);
            let rows = section.rows.into_iter().map(|it| it.amount).collect::<Vec<String>>();
            (rows, section.absent)
        };
        assert_eq!(amounts(true), (vec!["£900".to_owned(), "£80,000".to_owned()], Vec::new()));
        assert_eq!(amounts(false), (Vec::new(), vec![GROUPS.to_owned()]));
    }

    #[test]
    fn of_a_practice_of_seven_patients_they_are_told_nothing() {
        let is_hidden = |all| is_few(&release(&practice(all, 0)).expect("decided"));
        assert!(is_hidden(7) && !is_hidden(8));
    }

    #[test]
    fn why_nothing_can_be_told_is_said() {
        let read = |practice| Read { practice, groups: Vec::new() };
        let none = Practice { is_coded: false, ..practice(0, 0) };
        let why = without(&read(none), "Hips").expect("why");
        assert!(why.contains("name no consultant in Hips"), "{why}");
        let why = without(&read(practice(0, 0)), "Hips").expect("why");
        assert!(why.contains("no care in Hips under this code"), "{why}");
        assert_eq!(without(&read(practice(1, 0)), "Hips"), None);
    }
}
