//! The statement of some care: the model's rows, from income to surplus or deficit.

use std::collections::BTreeMap;

use domain::Money;
use domain::provenance::DIRECT;
use rules::YearRules;
use rules::year::{CountUnit, StatementKind, income_of, subtotal};

use super::{Care, CareBook, CostClass};

/// One row of the statement of some care.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CareRow {
    /// Code.
    pub row: String,
    /// Name.
    pub name: String,
    /// What it is.
    pub kind: CareRowKind,
    /// Amount; income and costs positive, results signed.
    pub amount: Money,
    /// Of which non-recurrent or technical.
    pub non_recurrent: Money,
    /// What it is made of, the largest first.
    pub uses: Vec<Use>,
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CareRowKind {
    /// Income.
    Income,
    /// Cost of the service line's own people and goods.
    Direct,
    /// Cost of services that it used.
    Service,
    /// Overheads and capital charges.
    Overhead,
    /// Rows added up.
    Subtotal,
}

/// One activity in a row: how much of it, and what it cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Activity.
    pub activity: String,
    /// Its name.
    pub name: String,
    /// Number, or seconds.
    pub count: i64,
    /// What it is counted by.
    pub unit: CountUnit,
    /// Cost.
    pub amount: Money,
}

/// A cost by who can change it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Controllable {
    /// The service line decides: its own people and goods.
    pub decides: Money,
    /// It decides how much, not what one costs: services that it used.
    pub how_much: Money,
    /// Neither.
    pub outside: Money,
}

impl CareBook {
    /// The rows of the statement, in the order of the model; income at unit price and recognised.
    pub fn statement(
        &self,
        rules: &YearRules,
        care: &Care,
        income: (Money, Money),
    ) -> Vec<CareRow> {
        let mut costs: BTreeMap<&str, Gathered> = BTreeMap::new();
        for ((activity, class), amount) in &care.parts {
            let class = &self.classes[usize::from(*class)];
            let row = costs.entry(class.row.as_str()).or_default();
            row.add(*activity, class, *amount);
        }
        let mut amounts: BTreeMap<&str, (Money, Money)> = BTreeMap::new();
        let mut rows = Vec::new();
        for row in &rules.statement {
            let gathered = costs.remove(row.row.as_str()).unwrap_or_default();
            let (kind, amount) = match &row.kind {
                StatementKind::Cost(_) => (gathered.kind(), (gathered.amount, gathered.one_off)),
                StatementKind::Income(which) => {
                    (CareRowKind::Income, (income_of(which, income), Money::ZERO))
                }
                StatementKind::Subtotal(terms) => {
                    (CareRowKind::Subtotal, subtotal(terms, &amounts))
                }
            };
            amounts.insert(&row.row, amount);
            rows.push(CareRow {
                row: row.row.clone(),
                name: row.name.clone(),
                kind,
                amount: amount.0,
                non_recurrent: amount.1,
                uses: self.uses(rules, care, gathered.by_activity),
            });
        }
        rows
    }

    fn uses(&self, rules: &YearRules, care: &Care, by: BTreeMap<u16, Money>) -> Vec<Use> {
        let one = |(number, amount): (u16, Money)| {
            let activity = self.activities[usize::from(number)].clone();
            let known = rules.activities.get(&activity);
            Use {
                name: known.map_or_else(|| activity.clone(), |it| it.name.clone()),
                unit: known.map_or(CountUnit::Number, |it| it.count_unit),
                count: care.counts.get(&number).copied().unwrap_or(0),
                activity,
                amount,
            }
        };
        let mut uses: Vec<Use> = by.into_iter().map(one).collect();
        uses.sort_by(|one, other| {
            (other.amount, &one.activity).cmp(&(one.amount, &other.activity))
        });
        uses
    }

    /// Cost by who can change it: what the model calls controllable, and how it comes to the
    /// service line.
    pub fn controllable(&self, care: &Care) -> Controllable {
        let mut found = Controllable::default();
        for ((_, class), amount) in &care.parts {
            *self.classes[usize::from(*class)].decided_by(&mut found) += *amount;
        }
        found
    }
}

/// What a service line can change of one row of its statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControllableLine {
    /// Code of the row; blank where no row takes the cost.
    pub row: String,
    /// Its name.
    pub name: String,
    /// What the service line decides of it: its own people and goods.
    pub decides: Money,
    /// What it decides the amount of, not what one costs.
    pub how_much: Money,
}

impl ControllableLine {
    /// Both together.
    pub fn amount(&self) -> Money {
        self.decides + self.how_much
    }
}

impl CareBook {
    /// What [`CareBook::controllable`] says can be changed, by row of the statement, the largest first.
    /// The lines add up to exactly what it decides and what it decides the amount of.
    pub fn controllable_lines(&self, rules: &YearRules, care: &Care) -> Vec<ControllableLine> {
        let mut found: BTreeMap<&str, Controllable> = BTreeMap::new();
        for ((_, class), amount) in &care.parts {
            let class = &self.classes[usize::from(*class)];
            *class.decided_by(found.entry(class.row.as_str()).or_default()) += *amount;
        }
        let name = |row: &str| {
            let known = rules.statement.iter().find(|it| it.row == row);
            known.map_or_else(|| row.to_owned(), |it| it.name.clone())
        };
        let line = |(row, it): (&str, Controllable)| ControllableLine {
            row: row.to_owned(),
            name: name(row),
            decides: it.decides,
            how_much: it.how_much,
        };
        let mut lines: Vec<ControllableLine> = found.into_iter().map(line).collect();
        lines.retain(|it| it.decides != Money::ZERO || it.how_much != Money::ZERO);
        lines.sort_by(|one, other| (other.amount(), &one.row).cmp(&(one.amount(), &other.row)));
        lines
    }
}

impl CostClass {
    /// Where a cost of this class counts, by who can change it.
    fn decided_by<'a>(&self, of: &'a mut Controllable) -> &'a mut Money {
        let is_own = self.support_group == DIRECT;
        match self.traceability.as_str() {
            "direct" if self.controllable && is_own => &mut of.decides,
            "direct" | "indirect" if is_own => &mut of.how_much,
            _ => &mut of.outside,
        }
    }
}

/// The costs of one row.
#[derive(Default)]
struct Gathered {
    amount: Money,
    one_off: Money,
    direct: Money,
    service: Money,
    by_activity: BTreeMap<u16, Money>,
}

impl Gathered {
    fn add(&mut self, activity: u16, class: &CostClass, amount: Money) {
        self.amount += amount;
        if !class.recurrent {
            self.one_off += amount;
        }
        match class.traceability.as_str() {
            "direct" if class.support_group == DIRECT => self.direct += amount.abs(),
            "indirect" if class.support_group == DIRECT => self.service += amount.abs(),
            _ => {}
        }
        *self.by_activity.entry(activity).or_default() += amount;
    }

    /// By where most of its money comes from.
    fn kind(&self) -> CareRowKind {
        match (self.direct, self.service) {
            (direct, service) if direct > service => CareRowKind::Direct,
            (_, service) if service > Money::ZERO => CareRowKind::Service,
            _ => CareRowKind::Overhead,
        }
    }
}
