//! Incentives and penalties for delivering, or not, both quality and cost improvement (the guide, 3.4).
//!
//! A rule names a measure of quality with a target, and savings that two leads verified. What was met
//! in some months is worked out; what follows is decided by a clinical and a finance lead, whatever
//! the trigger says, and nothing is ever paid or booked here. Amounts are in millionths of a pound.

mod fault;

use jiff::civil::Date;

use crate::benefits::{Account, Good, Kind, Pair, Side, drawn, month, months_later};
use crate::listed::listed;

pub use self::fault::{Gap, IncentiveFault};

listed! {
    /// What a rule does for a service line.
    Way {
        /// It gives something.
        Promised = "promised", "Promised where both are delivered";
        /// It keeps something back.
        Withheld = "withheld", "Withheld where not both are delivered";
    }
}

listed! {
    /// What two leads decide.
    Verdict {
        /// What was promised is given.
        Paid = "paid", "Paid";
        /// It is not.
        NotPaid = "not_paid", "Not paid";
        /// What may be kept back is.
        Withheld = "withheld", "Withheld";
        /// It is not.
        NotWithheld = "not_withheld", "Not withheld";
    }
}

listed! {
    /// What of quality and cost improvement was met in some months.
    Outcome {
        /// Both.
        Both = "both", "Both quality and cost improvement were met";
        /// Quality.
        QualityAlone = "quality_alone", "Quality was met, cost improvement was not";
        /// Cost improvement.
        CostAlone = "cost_alone", "Cost improvement was met, quality was not";
        /// Neither.
        Neither = "neither", "Neither quality nor cost improvement was met";
        /// The measure has no figure of these months.
        NotKnown = "not_known", "Whether quality was met cannot be told";
    }
}

listed! {
    /// Where a rule stands.
    State {
        /// A lead has not agreed yet.
        Proposed = "proposed", "Waits for both leads to agree";
        /// Both leads agreed.
        Agreed = "agreed", "Agreed by both leads";
        /// Somebody decided upon it: it changes no more.
        Decided = "decided", "Agreed, and decided upon";
        /// It holds for no more months.
        Ended = "ended", "Ended";
    }
}

listed! {
    /// Whether a benefit counts towards cost improvement.
    Counts {
        /// What is verified of it does.
        Yes = "yes", "Counts";
        /// It is in another unit than pounds, or more income and no lower cost.
        NoCost = "no_cost", "Does not count: it is no cost that fell, in pounds";
        /// It is claimed for other months too.
        Beyond = "beyond", "Does not count: it is claimed for other months as well";
        /// Nothing of it is verified.
        NotVerified = "not_verified", "Does not count: nothing of it is verified";
    }
}

impl Way {
    /// What can be decided.
    pub const fn verdicts(self) -> [Verdict; 2] {
        match self {
            Self::Promised => [Verdict::Paid, Verdict::NotPaid],
            Self::Withheld => [Verdict::Withheld, Verdict::NotWithheld],
        }
    }

    /// What the trigger asks for; none where it cannot be told.
    pub const fn asks(self, outcome: Outcome) -> Option<Verdict> {
        match (self, outcome) {
            (_, Outcome::NotKnown) => None,
            (Self::Promised, Outcome::Both) => Some(Verdict::Paid),
            (Self::Promised, _) => Some(Verdict::NotPaid),
            (Self::Withheld, Outcome::Both) => Some(Verdict::NotWithheld),
            (Self::Withheld, _) => Some(Verdict::Withheld),
        }
    }
}

/// Months from a first day to a last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

impl Period {
    /// Whether it is of whole months, one at least.
    pub fn is_whole(self) -> bool {
        self.from == month(self.from) && self.to == self.to.last_of_month() && self.from < self.to
    }

    /// Whether another is in it.
    pub fn holds(self, other: Self) -> bool {
        self.from <= other.from && other.to <= self.to
    }

    /// Whether it has a day in common with another.
    pub fn meets(self, other: Self) -> bool {
        self.from <= other.to && other.from <= self.to
    }

    /// Its whole months that are over on a day; none where no month is.
    pub fn over_by(self, today: Date) -> Option<Self> {
        let last = month(today).yesterday().unwrap_or(Date::MIN);
        let over = Self { to: self.to.min(last), ..self };
        over.is_whole().then_some(over)
    }

    fn months(self) -> impl Iterator<Item = Date> {
        let later = (0..).map(move |it| months_later(self.from, it));
        later.take_while(move |it| *it <= self.to)
    }
}

/// A measure of quality and where it should stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aim {
    /// Code of the measure.
    pub measure: String,
    /// Code of the unit that it is measured in.
    pub unit: String,
    /// The target in ten-thousandths of percent, of each thousand, or of its unit.
    pub target_e4: i64,
}

/// A rule as it is proposed. Both parts of its trigger must be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Whether it promises or withholds.
    pub way: Way,
    /// What, in words.
    pub what: String,
    /// For which months.
    pub period: Period,
    /// Its part of quality.
    pub quality: Option<Aim>,
    /// Its part of cost improvement: verified savings in millionths of a pound.
    pub savings: Option<i64>,
}

/// A measure as its rule sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// Its months, with the target as its limit.
    pub pair: Pair,
    /// The month from which on it counts something else; none where it never did.
    pub changed: Option<Date>,
}

/// A benefit of the service line as the ledger of benefits has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saving {
    /// Its reference.
    pub reference: String,
    /// What it is.
    pub title: String,
    /// Its kind.
    pub kind: Kind,
    /// Whether it is in pounds.
    pub is_cash: bool,
    /// For when it is claimed.
    pub period: Period,
    /// What became of its claim.
    pub account: Account,
}

/// What was met in some months, with the figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reckoning {
    /// Of which months.
    pub period: Period,
    /// Where quality stood, in ten-thousandths, or why that cannot be told.
    pub quality_e4: Result<i64, Gap>,
    /// What was verified, in millionths of a pound.
    pub verified: i128,
    /// Both parts together.
    pub outcome: Outcome,
}

/// What a lead decides of some months.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// For which side.
    pub side: Side,
    /// Reference of the person.
    pub by: String,
    /// Of which months.
    pub period: Period,
    /// What.
    pub verdict: Verdict,
    /// Why; may be blank where it is what the trigger asks for.
    pub because: String,
}

/// How what was decided of some months stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody decided.
    Open,
    /// This side has still to decide.
    Waits(Side),
    /// The leads decided differently: nothing follows.
    Differ,
    /// Both decided this.
    Settled(Verdict),
}

impl Rule {
    /// Everything that stands in the way of it; its measure is given where one is chosen.
    pub fn faults(&self, measure: Option<&Pair>) -> Vec<IncentiveFault> {
        let mut faults = Vec::new();
        if self.what.trim().is_empty() {
            faults.push(IncentiveFault::NoWords);
        }
        if !self.period.is_whole() {
            faults.push(IncentiveFault::NotWholeMonths);
        }
        match (&self.quality, self.savings) {
            (None, None) => faults.push(IncentiveFault::NoTrigger),
            (None, Some(_)) => faults.push(IncentiveFault::CostAlone),
            (Some(_), None) => faults.push(IncentiveFault::QualityAlone),
            (Some(_), Some(savings)) if savings <= 0 => faults.push(IncentiveFault::NoSavings),
            (Some(_), Some(_)) => {}
        }
        faults.extend(measure.and_then(|it| self.target_fault(it)));
        faults
    }

    fn target_fault(&self, measure: &Pair) -> Option<IncentiveFault> {
        if measure.good == Good::Neither {
            return Some(IncentiveFault::NoDirection);
        }
        let Some(before) = measure.before(self.period.from) else {
            return Some(IncentiveFault::NothingBefore);
        };
        measure.is_worse(measure.limit_e4, before).then_some(IncentiveFault::TargetTooLow)
    }

    /// What was met in some months of it. Only what is verified counts, of costs that fell, in
    /// pounds, and of benefits that are claimed for these months alone.
    pub fn reckon(&self, watched: &Watched, savings: &[Saving], period: Period) -> Reckoning {
        let counted = savings.iter().filter(|it| it.counts(period) == Counts::Yes);
        let verified: i128 = counted.map(|it| i128::from(it.account.verified)).sum();
        let is_cost_met = self.savings.is_some_and(|it| it > 0 && verified >= i128::from(it));
        let quality_e4 = watched.stood(self.period.from, period);
        let pair = &watched.pair;
        let outcome = match quality_e4.map(|it| !pair.is_worse(it, pair.limit_e4)) {
            Err(_) => Outcome::NotKnown,
            Ok(true) if is_cost_met => Outcome::Both,
            Ok(true) => Outcome::QualityAlone,
            Ok(false) if is_cost_met => Outcome::CostAlone,
            Ok(false) => Outcome::Neither,
        };
        Reckoning { period, quality_e4, verified, outcome }
    }

    /// Its months as far as a day on which it ended; none where no whole month is left.
    pub fn held(&self, ended_on: Option<Date>) -> Option<Period> {
        match ended_on {
            None => Some(self.period),
            Some(day) => self.period.over_by(day),
        }
    }
}

impl Watched {
    /// Where the measure stood in some months of a rule that began on a day. Every month needs its
    /// value, and no break may have taken away all of the year before the rule.
    fn stood(&self, began: Date, period: Period) -> Result<i64, Gap> {
        let year_before = months_later(began, -12);
        let is_torn = |it: &Date| {
            let is_within = *it >= began && *it <= period.to;
            is_within || (*it > year_before && self.pair.before(began).is_none())
        };
        if let Some(changed) = self.changed.filter(is_torn) {
            return Err(Gap::Changed(changed));
        }
        let mut months = Vec::new();
        for month in period.months() {
            let found = self.pair.readings.iter().find(|it| it.month == month);
            months.push(*found.ok_or(Gap::Missing(month))?);
        }
        drawn(self.pair.form, &months).ok_or(Gap::OfNothing)
    }
}

impl Saving {
    /// Whether what is verified of it counts towards some months.
    pub fn counts(&self, period: Period) -> Counts {
        if !self.is_cash || self.kind != Kind::Cost {
            Counts::NoCost
        } else if !period.holds(self.period) {
            Counts::Beyond
        } else if self.account.verified <= 0 {
            Counts::NotVerified
        } else {
            Counts::Yes
        }
    }
}

/// What stands in the way of agreeing to a rule for a side; `agreed` are those who agreed to what it
/// says now, `writers` all who ever wrote it.
pub fn agree_fault(
    (side, by): (Side, &str),
    agreed: &[(Side, &str)],
    writers: &[&str],
) -> Option<IncentiveFault> {
    if writers.contains(&by) {
        return Some(IncentiveFault::OwnRule);
    }
    if agreed.iter().any(|it| it.0 == side) {
        return Some(IncentiveFault::AgreedAlready);
    }
    agreed.iter().any(|it| it.1 == by).then_some(IncentiveFault::OnePersonForBoth)
}

/// What stands in the way of a decision upon a rule whose trigger says what was met; `earlier` is what
/// was decided before, in order, `writers` are all who ever wrote the rule.
pub fn decide_fault(
    rule: (Way, Outcome),
    new: &Ruling,
    earlier: &[Ruling],
    writers: &[&str],
) -> Option<IncentiveFault> {
    let (way, outcome) = rule;
    if !way.verdicts().contains(&new.verdict) {
        return Some(IncentiveFault::OtherVerdict);
    }
    if writers.contains(&new.by.as_str()) {
        return Some(IncentiveFault::OwnRule);
    }
    let same = |it: &&Ruling| it.period == new.period;
    if earlier.iter().filter(same).any(|it| it.side != new.side && it.by == new.by) {
        return Some(IncentiveFault::OnePersonForBoth);
    }
    if let Some(it) = earlier.iter().find(|it| !same(it) && it.period.meets(new.period)) {
        return Some(IncentiveFault::DecidedWithOthers(months_words(it.period)));
    }
    let departs = way.asks(outcome) != Some(new.verdict);
    (departs && new.because.trim().is_empty()).then_some(IncentiveFault::NoReason)
}

/// Months for which somebody asks of a rule that holds for others, on a day.
///
/// # Errors
/// If they are no whole months, not all of the rule, or not over.
pub fn asked(held: Option<Period>, period: Period, today: Date) -> Result<Period, IncentiveFault> {
    if !period.is_whole() {
        return Err(IncentiveFault::NotWholeMonths);
    }
    if !held.is_some_and(|it| it.holds(period)) {
        return Err(IncentiveFault::OtherMonths);
    }
    if period.to >= today { Err(IncentiveFault::NotOver) } else { Ok(period) }
}

/// How what was decided of some months stands: of each side its latest word.
pub fn standing(all: &[Ruling], period: Period) -> Standing {
    let of = |side: Side| all.iter().rfind(|it| it.side == side && it.period == period);
    match (of(Side::Clinical), of(Side::Finance)) {
        (None, None) => Standing::Open,
        (None, Some(_)) => Standing::Waits(Side::Clinical),
        (Some(_), None) => Standing::Waits(Side::Finance),
        (Some(one), Some(other)) if one.verdict == other.verdict => Standing::Settled(one.verdict),
        (Some(_), Some(_)) => Standing::Differ,
    }
}

/// Months in words: `April 2025 to March 2026`, or one alone.
pub fn months_words(period: Period) -> String {
    let said = |day: Date| day.strftime("%B %Y").to_string();
    let (first, last) = (said(period.from), said(period.to));
    if first == last { first } else { format!("{first} to {last}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benefits::{Form, Reading};

    const POUND: i64 = 1_000_000;

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    /// `2025-04..2026-03`.
    fn months(text: &str) -> Period {
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let first_of = |it: &str| day(&format!("{it}-01"));
        Period { from: first_of(first), to: first_of(last).last_of_month() }
    }

    /// Falls: how many of how many bed days in a month.
    fn falls(target_e4: i64, rows: &[(&str, i64, i64)]) -> Watched {
        let reading = |it: &(&str, i64, i64)| Reading {
            month: day(&format!("{}-01", it.0)),
            value_e4: it.1 * 10_000,
            of_e4: Some(it.2 * 10_000),
        };
        let readings = rows.iter().map(reading).collect();
        let pair = Pair { form: Form::Rate, good: Good::Down, limit_e4: target_e4, readings };
        Watched { pair, changed: None }
    }

    /// 4 of 1,000 bed days before, then 3 of 500 and 1 of 500: 6.0 and 2.0, together 4.0.
    fn kept(target_e4: i64) -> Watched {
        falls(target_e4, &[("2025-03", 4, 1_000), ("2025-04", 3, 500), ("2025-05", 1, 500)])
    }

    fn rule(savings: i64) -> Rule {
        Rule {
            way: Way::Promised,
            what: "Half of the saving stays with the service".to_owned(),
            period: months("2025-04..2025-06"),
            quality: Some(Aim {
                measure: "FALLS".to_owned(),
                unit: "TORT".to_owned(),
                target_e4: 40_000,
            }),
            savings: Some(savings * POUND),
        }
    }

    fn saving(of: &str, claimed: i64, verified: i64) -> Saving {
        let account = Account {
            claimed: claimed * POUND,
            verified: verified * POUND,
            held: (claimed - verified) * POUND,
            not_accepted: 0,
        };
        Saving {
            reference: "1".to_owned(),
            title: "One price".to_owned(),
            kind: Kind::Cost,
            is_cash: true,
            period: months(of),
            account,
        }
    }

    fn refused(rule: &Rule, watched: &Watched) -> String {
        let all = rule.faults(rule.quality.as_ref().map(|_| &watched.pair));
        all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn a_rule_that_names_one_kind_alone_is_refused() {
        let whole = rule(80_000);
        assert_eq!(refused(&whole, &kept(40_000)), "");
        let cost = refused(&Rule { quality: None, ..whole.clone() }, &kept(40_000));
        assert!(cost.starts_with("this rule names cost improvement alone") && cost.contains("3.4"));
        let quality = refused(&Rule { savings: None, ..whole.clone() }, &kept(40_000));
        assert!(quality.starts_with("this rule names quality alone"), "{quality}");
        let neither = Rule { savings: None, quality: None, ..whole.clone() };
        assert!(refused(&neither, &kept(40_000)).starts_with("this rule names neither"));
        let nothing = Rule { savings: Some(0), ..whole.clone() };
        assert!(refused(&nothing, &kept(40_000)).starts_with("savings of £0 ask nothing"));
        // Falls stood at 4.0 before: a target of 4.1 would let them rise.
        assert!(refused(&whole, &kept(41_000)).starts_with("the target is worse than where"));
        assert!(refused(&whole, &falls(40_000, &[])).contains("no value in the year before"));
        let mut neither = kept(40_000);
        neither.pair.good = Good::Neither;
        assert!(refused(&whole, &neither).starts_with("this measure cannot be a target"));
        let day_late = Period { from: day("2025-04-02"), ..whole.period };
        let said =
            refused(&Rule { period: day_late, what: " ".to_owned(), ..whole }, &kept(40_000));
        assert!(said.starts_with("say what is promised or withheld | measures are kept by month"));
    }

    fn outcome(target_e4: i64, savings: i64, all: &[Saving], of: &str) -> Outcome {
        rule(savings).reckon(&kept(target_e4), all, months(of)).outcome
    }

    #[test]
    fn both_one_or_neither_is_met_and_no_claim_counts() {
        let verified = [saving("2025-04..2025-05", 100, 80)];
        let of = "2025-04..2025-05";
        assert_eq!(outcome(40_000, 80, &verified, of), Outcome::Both);
        assert_eq!(outcome(40_000, 81, &verified, of), Outcome::QualityAlone);
        assert_eq!(outcome(39_999, 80, &verified, of), Outcome::CostAlone);
        assert_eq!(outcome(39_999, 81, &verified, of), Outcome::Neither);
        let claimed = [saving("2025-04..2025-05", 100, 0)];
        assert_eq!(outcome(40_000, 80, &claimed, of), Outcome::QualityAlone, "claims never count");
        // April alone stood at 6.0; June has no value yet.
        let april = [saving("2025-04", 100, 80)];
        assert_eq!(outcome(40_000, 80, &april, "2025-04"), Outcome::CostAlone);
        assert_eq!(outcome(40_000, 80, &april, "2025-04..2025-06"), Outcome::NotKnown);
    }

    #[test]
    fn what_counts_towards_cost_improvement() {
        let of = months("2025-04..2025-05");
        let usual = saving("2025-04", 100, 80);
        let days = Saving { is_cash: false, kind: Kind::Capacity, ..usual.clone() };
        let income = Saving { kind: Kind::Income, ..usual.clone() };
        let longer = saving("2025-04..2026-03", 100, 80);
        let all = [usual, days, income, longer, saving("2025-05", 9, 0), saving("2025-05", 9, 5)];
        let said: Vec<Counts> = all.iter().map(|it| it.counts(of)).collect();
        let [yes, no, beyond, none] =
            [Counts::Yes, Counts::NoCost, Counts::Beyond, Counts::NotVerified];
        assert_eq!(said, [yes, no, no, beyond, none, yes]);
        // £80 and £5.
        let found = rule(85).reckon(&kept(40_000), &all, of);
        assert_eq!((found.verified, found.quality_e4), (85 * i128::from(POUND), Ok(40_000)));
    }

    #[test]
    fn a_measure_that_counts_something_else_tells_nothing_any_more() {
        let mut watched = kept(40_000);
        watched.changed = Some(day("2025-05-01"));
        let found = |it: &Watched, of: &str| rule(1).reckon(it, &[], months(of)).quality_e4;
        assert_eq!(found(&watched, "2025-04"), Ok(60_000));
        let gap = found(&watched, "2025-04..2025-05").expect_err("a break");
        assert!(gap.to_string().contains("something else since May 2025"), "{gap}");
        // So it is where it counts something else from the first month of the rule on.
        let first = day("2025-04-01");
        watched.changed = Some(first);
        assert_eq!(found(&watched, "2025-04"), Err(Gap::Changed(first)));
        // A line that began before the rule tells, as far as something from before stands beside it.
        let earlier = day("2025-03-01");
        watched.changed = Some(earlier);
        assert_eq!(found(&watched, "2025-04"), Ok(60_000));
        watched.pair.readings.retain(|it| it.month > earlier);
        assert_eq!(found(&watched, "2025-04"), Err(Gap::Changed(earlier)));
        watched.changed = Some(day("2024-04-01"));
        assert_eq!(found(&watched, "2025-04"), Ok(60_000), "the year before was never torn");
        let none = rule(1).reckon(&kept(40_000), &[], months("2025-06")).quality_e4;
        assert_eq!(none.expect_err("none").to_string(), "the measure has no value of June 2025");
    }

    fn ruling(side: Side, by: &str, of: &str, (verdict, because): (Verdict, &str)) -> Ruling {
        let (by, because) = (by.to_owned(), because.to_owned());
        Ruling { side, by, period: months(of), verdict, because }
    }

    #[test]
    fn whoever_departs_from_the_trigger_says_why() {
        let told = |outcome, new: &Ruling, earlier: &[Ruling]| {
            let fault = decide_fault((Way::Promised, outcome), new, earlier, &["grace"]);
            fault.map_or_else(|| "done".to_owned(), |it| it.to_string())
        };
        let helen =
            |verdict, because| ruling(Side::Clinical, "helen", "2025-04", (verdict, because));
        let (paid, not) = (Verdict::Paid, Verdict::NotPaid);
        assert_eq!(told(Outcome::CostAlone, &helen(not, ""), &[]), "done");
        assert!(told(Outcome::CostAlone, &helen(paid, " "), &[]).contains("say why you depart"));
        assert_eq!(told(Outcome::CostAlone, &helen(paid, "Falls of one patient"), &[]), "done");
        assert!(told(Outcome::NotKnown, &helen(not, ""), &[]).contains("or cannot tell"));
        assert!(told(Outcome::Both, &helen(Verdict::Withheld, "x"), &[]).starts_with("choose one"));
        let grace = ruling(Side::Clinical, "grace", "2025-04", (not, ""));
        assert!(told(Outcome::Neither, &grace, &[]).starts_with("whoever wrote the rule"));
        let own = [ruling(Side::Finance, "helen", "2025-04", (not, ""))];
        assert!(told(Outcome::Neither, &helen(not, ""), &own).starts_with("this takes two people"));
        let longer = [ruling(Side::Finance, "ravi", "2025-04..2025-06", (not, ""))];
        let met = told(Outcome::Neither, &helen(not, ""), &longer);
        assert!(met.contains("April 2025 to June 2025"), "{met}");
    }

    #[test]
    fn two_who_decide_the_same_settle_it() {
        let ravi = |verdict| ruling(Side::Finance, "ravi", "2025-04", (verdict, ""));
        let helen = |verdict| ruling(Side::Clinical, "helen", "2025-04", (verdict, ""));
        let of = |all: &[Ruling]| standing(all, months("2025-04"));
        assert_eq!(
            (of(&[]), standing(&[ravi(Verdict::Paid)], months("2025-05"))),
            (Standing::Open, Standing::Open)
        );
        assert_eq!(of(&[ravi(Verdict::Paid)]), Standing::Waits(Side::Clinical));
        let differ = [ravi(Verdict::Paid), helen(Verdict::NotPaid)];
        assert_eq!(of(&differ), Standing::Differ);
        let settled = [differ[0].clone(), differ[1].clone(), ravi(Verdict::NotPaid)];
        assert_eq!(of(&settled), Standing::Settled(Verdict::NotPaid));
        assert_eq!(Way::Withheld.asks(Outcome::Both), Some(Verdict::NotWithheld));
        assert_eq!(Way::Withheld.asks(Outcome::Neither), Some(Verdict::Withheld));
    }

    #[test]
    fn leads_agree_who_did_not_write_it_one_for_each_side() {
        let told = |side, by, agreed: &[(Side, &str)]| agree_fault((side, by), agreed, &["grace"]);
        assert_eq!(told(Side::Clinical, "helen", &[]), None);
        assert_eq!(told(Side::Clinical, "grace", &[]), Some(IncentiveFault::OwnRule));
        let one = [(Side::Clinical, "helen")];
        assert_eq!(told(Side::Clinical, "amara", &one), Some(IncentiveFault::AgreedAlready));
        assert_eq!(told(Side::Finance, "helen", &one), Some(IncentiveFault::OnePersonForBoth));
        assert_eq!(told(Side::Finance, "ravi", &one), None);
    }

    #[test]
    fn months_that_are_asked_for_are_of_the_rule_and_over() {
        let rule = rule(1);
        let ask = |ended: Option<&str>, of: &str| {
            let held = rule.held(ended.map(day));
            asked(held, months(of), day("2025-06-30")).map(months_words)
        };
        assert_eq!(ask(None, "2025-04..2025-05"), Ok("April 2025 to May 2025".to_owned()));
        assert_eq!(ask(None, "2025-03..2025-04"), Err(IncentiveFault::OtherMonths));
        assert_eq!(ask(None, "2025-06"), Err(IncentiveFault::NotOver));
        assert_eq!(ask(Some("2025-05-20"), "2025-05"), Err(IncentiveFault::OtherMonths));
        assert_eq!(ask(Some("2025-05-20"), "2025-04"), Ok("April 2025".to_owned()));
        assert_eq!(ask(Some("2025-04-20"), "2025-04"), Err(IncentiveFault::OtherMonths));
        let so_far = rule.period.over_by(day("2025-06-01")).map(months_words);
        assert_eq!(so_far.as_deref(), Some("April 2025 to May 2025"));
        assert_eq!(rule.period.over_by(day("2025-04-30")), None);
    }
}
