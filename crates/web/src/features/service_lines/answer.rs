//! One service line, or one kind of its care, for those who see exact figures: what it cost, what
//! it was paid, what moved, and what can be changed.

use access::Capability;
use domain::Money;

use super::books::{Books, Part, Year};
use super::{change, closer, gap, money_rows, movement, outcomes, sentences, value, whose};
use crate::shell::fault::Fault;
use crate::shell::known_issues::Known;
use crate::shell::measures::Beside;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::Provenance;
use crate::shell::questions::Questions;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/service_lines/answer.html")]
pub(super) struct Answer {
    shell: Shell,
    kicker: String,
    lead: Vec<String>,
    provenance: Provenance,
    sees: String,
    /// Where the bridge from the budget is; blank for a part of a service line.
    budget: String,
    /// Where its pack for a review is; blank for a part of a service line.
    pack: String,
    gap: Option<gap::View>,
    income: Income,
    whose: Option<whose::View>,
    statement: money_rows::Statement,
    moved: Option<movement::View>,
    outcomes: outcomes::View,
    /// Cost beside outcome, month by month; none where nothing has an outcome.
    value: Option<value::View>,
    register: Beside,
    line_name: String,
    change: change::View,
    closer: closer::View,
    questions: Questions,
    /// What is known of the data; none for a part of a service line.
    known: Option<Known>,
}

/// Income in three figures.
#[derive(Clone, Debug, Default)]
struct Income {
    at_unit_price: String,
    recognised: String,
    difference: String,
    /// Whether a fixed sum pays for most of it.
    is_fixed: bool,
}

/// What is looked at, and by whom.
pub(super) struct Asked<'a> {
    pub(super) visit: &'a Visit,
    pub(super) books: &'a Books,
    pub(super) line: (&'a str, &'a str),
    pub(super) part: &'a Part,
    pub(super) sees: String,
    /// Whether one-off items are left out.
    pub(super) recurrent: bool,
    /// What the register of measures holds of the service line.
    pub(super) register: &'a Beside,
    /// What was asked about it.
    pub(super) questions: &'a Questions,
}

impl Asked<'_> {
    /// What one is called, and how many there are.
    pub(super) fn unit(&self, year: &Year) -> (&'static str, u64) {
        if self.part.is_whole() {
            return ("patient", year.patients);
        }
        (sentences::one_of(&self.part.pod), year.care.events)
    }

    /// The name of what is looked at.
    pub(super) fn name(&self) -> Result<String, Fault> {
        Ok(self.part.name(self.books.rules()?, self.line.1))
    }
}

impl Answer {
    /// The page, or that there is no such care.
    pub(super) fn of(asked: &Asked<'_>) -> Result<Self, Fault> {
        let (code, line) = asked.line;
        let year = asked.books.this_year(code, asked.part)?.ok_or(Fault::NotFound)?;
        let last = asked.books.last_year(code, asked.part)?;
        let moved = asked.books.moved(code, asked.part)?;
        let name = asked.name()?;
        let (one, count) = asked.unit(&year);
        let result = year.income.1 - year.care.cost();
        let mut shell = asked.visit.shell(title(asked, line, &year));
        shell = shell.below("Services", "/services");
        if !asked.part.is_whole() {
            shell = shell.below(line, format!("/services/{code}"));
        }
        let mut lead = vec![lead(asked, &year, (one, count), result)];
        lead.extend(moved.as_ref().and_then(|it| {
            sentences::unit_cost(it, if asked.part.is_whole() { "event" } else { one })
        }));
        let peers = asked.books.book.beside_peers(
            asked.books.rules()?,
            (&asked.part.pod, &asked.part.hrg),
            &year.care,
        );
        let questions = asked.questions.clone().saying(&[&shell.title, &lead.join(" ")]);
        let fixed = asked.books.rules()?.service_lines.get(code).is_some_and(|it| it.fixed_payment);
        Ok(Self {
            shell,
            kicker: if asked.part.is_whole() { "Service line".to_owned() } else { name },
            lead,
            provenance: Provenance::of(&asked.books.run, asked.visit.now)?,
            sees: asked.sees.clone(),
            budget: of_whole(asked, "budget"),
            pack: of_whole(asked, "pack"),
            gap: gap::View::of(&peers, (one, count), result),
            income: Income::of(year.income, fixed),
            whose: whose::View::of(asked, &year)?,
            statement: money_rows::Statement::of(asked, &year, last.as_ref()),
            moved: moved.map(|it| movement::View::of(asked, &it)).transpose()?,
            outcomes: outcomes::View::of(asked)?,
            value: value::View::of(asked)?,
            register: asked.register.clone(),
            line_name: line.to_owned(),
            change: change::View::of(&asked.books.book.controllable(&year.care), (one, count)),
            closer: closer::View::of(asked, &year)?,
            questions,
            known: None,
        })
    }

    /// With what is known of the data, on the page of a whole service line.
    pub(super) fn knowing(self, known: Option<Known>) -> Self {
        Self { known, ..self }
    }
}

/// A page of the service line as a whole; blank for a part of it.
fn of_whole(asked: &Asked<'_>, page: &str) -> String {
    let code = asked.line.0;
    if asked.part.is_whole() { format!("/services/{code}/{page}") } else { String::new() }
}

fn title(asked: &Asked<'_>, line: &str, year: &Year) -> String {
    let cost = year.care.cost();
    if asked.part.is_whole() {
        let result = sentences::result(year.income.1 - cost, words::in_a_sentence);
        return format!("{line} had {result}");
    }
    let (one, count) = asked.unit(year);
    let of_one = |amount| words::pounds(words::each(amount, count));
    let said = format!("Each {one} cost {}", of_one(cost));
    if year.income.1.is_zero() {
        said
    } else {
        format!("{said} and was paid {}", of_one(year.income.1))
    }
}

fn lead(asked: &Asked<'_>, year: &Year, (one, count): (&str, u64), result: Money) -> String {
    let cost = words::in_a_sentence(year.care.cost());
    let income = words::in_a_sentence(year.income.1);
    if asked.part.is_whole() {
        return format!(
            "Its care of {} cost {cost}, and it had an income of {income}.",
            words::count(year.patients, "patient", "patients")
        );
    }
    let many = words::count(count, one, sentences::many_of(&asked.part.pod));
    let of_one = sentences::result(words::each(result, count), words::pounds);
    let all = words::in_a_sentence(result.abs());
    format!("{} {}: {all} over {many}.", words::capital(&of_one), sentences::a(one))
}

impl Income {
    fn of((at_unit_price, recognised): (Money, Money), is_fixed: bool) -> Self {
        Self {
            at_unit_price: words::pounds(at_unit_price),
            recognised: words::pounds(recognised),
            difference: sentences::more_or_less(recognised - at_unit_price),
            is_fixed,
        }
    }
}

/// Whether somebody may look at patients of a service line.
pub(super) fn sees_patients(visit: &Visit, line: &str) -> bool {
    visit.scope(Capability::PatientRows).is_ok_and(|scope| scope.of_unit(line).is_some())
}

/// Whether somebody may look at them without saying why.
pub(super) fn sees_patients_freely(visit: &Visit, line: &str) -> bool {
    let scope = visit.scope(Capability::PatientRows);
    scope.is_ok_and(|scope| scope.of_unit(line).is_some_and(|it| it.condition.is_none()))
}

impl Page for Answer {
    const TEMPLATE: &'static str = "features/service_lines/answer.html";

    fn samples() -> Vec<Self> {
        let page = |title: &str, is_fixed, moved: Option<movement::View>| {
            Self {
            shell: Shell::sample(title).below("Services", "/services"),
            kicker: "Very major hip procedures for non-trauma, planned stays".to_owned(),
            lead: vec![
                "A deficit of £1,270 a stay: £1.05 million over 824 stays.".to_owned(),
                "The same care cost £410 more a stay than last year; more use of own ward nursing accounts for half of that.".to_owned(),
            ],
            provenance: Provenance::sample(),
            sees: "You see exact figures, as clinical director.".to_owned(),
            budget: if is_fixed { String::new() } else { "/services/TORT/budget".to_owned() },
            pack: if is_fixed { String::new() } else { "/services/TORT/pack".to_owned() },
            gap: moved.as_ref().map(|_| gap::View::sample()),
            income: Income {
                at_unit_price: "£6,163,520".to_owned(),
                recognised: "£6,196,480".to_owned(),
                difference: "£32,960 more".to_owned(),
                is_fixed,
            },
            whose: moved.as_ref().map(|_| whose::View::sample()),
            statement: money_rows::Statement::sample(),
            moved,
            outcomes: outcomes::View::sample(),
            value: (!is_fixed).then(value::View::sample),
            register: if is_fixed { Beside::default() } else { Beside::sample() },
            line_name: "Trauma and orthopaedics".to_owned(),
            change: change::View::sample(),
            closer: closer::View::sample(),
            questions: if is_fixed { Questions::default() } else { Questions::sample() },
            known: (!is_fixed).then(Known::sample),
        }
        };
        let title = "Each stay cost £8,790 and was paid £7,520";
        let mut older = page(title, true, None);
        older.shell = older.shell.of_named_run();
        vec![page(title, false, Some(movement::View::sample())), older]
    }
}
