//! How joint working of a demonstration spreads, as it begins: plan, champions, a team, the
//! directors' dialogue, ratings from outside, a round, and a step of the trust's own.

use std::collections::BTreeSet;
use std::str::FromStr;

use demonstration::{DemonstrationSpread, Person};
use domain::Day;
use jiff::{SignedDuration, Timestamp};
use store::assessing::champions::{self, Kind, NewChampion, NewContact};
use store::assessing::dialogue::{self, NewDialogue};
use store::assessing::local_steps::{self, NewLocalStep};
use store::assessing::plan::{self, NewPlan};
use store::assessing::rounds::{self, NewRound};
use store::assessing::sponsors::{self, NewPair};
use store::assessing::teams::{self, NewTeam};
use store::assessing::{self, moderated};
use store::{Entry, PersonId, Tx, UnitCode, Unknown, units};
use web::shell::session::today;

use super::people;

/// Hours of a day.
const DAY: i64 = 24;

/// Days ago on which champions were recorded: before the first of their contacts.
const CHAMPIONS: i64 = 90;

/// Who records what nobody else is named for.
const DIRECTOR: &str = "helen.marsh";

/// Records what the demonstration says, of units that there are.
pub(super) async fn record(
    tx: &mut Tx,
    staff: &[(Person, PersonId)],
    at: Timestamp,
) -> store::Result<()> {
    let people = people::by_login(staff);
    let Some(director) = people.get(DIRECTOR).copied() else { return Ok(()) };
    for it in demonstration::joint_working() {
        let mut there = BTreeSet::new();
        for code in named(&it) {
            // Another model than the demonstration's has other service lines.
            match units::get(tx, &code).await {
                Ok(_) => {
                    there.insert(code);
                }
                Err(store::Error::NotFound(_)) => {}
                Err(other) => return Err(other),
            }
        }
        if there.is_empty() && !it.unit.is_empty() {
            continue;
        }
        let who = people.get(it.who.as_str()).copied();
        let other = people.get(it.other.as_str()).copied();
        let one = One { it: &it, units: there, who, other, at, director };
        one.record(tx).await?;
    }
    Ok(())
}

/// Units that a row names: several of a round, and one with spaces in its code of a directorate.
fn named(it: &DemonstrationSpread) -> Vec<UnitCode> {
    if it.kind == "round" {
        return it.unit.split_whitespace().map(UnitCode::new).collect();
    }
    Some(it.unit.as_str()).filter(|it| !it.is_empty()).map(UnitCode::new).into_iter().collect()
}

/// One thing that is recorded.
struct One<'a> {
    it: &'a DemonstrationSpread,
    units: BTreeSet<UnitCode>,
    who: Option<&'a PersonId>,
    other: Option<&'a PersonId>,
    at: Timestamp,
    director: &'a PersonId,
}

impl One<'_> {
    async fn record(&self, tx: &mut Tx) -> store::Result<()> {
        match (self.it.kind.as_str(), self.units.first()) {
            ("plan", Some(unit)) => self.plan(tx, unit).await,
            ("champion", Some(unit)) => self.champion(tx, unit).await,
            ("contact", Some(unit)) => self.contact(tx, unit).await,
            ("team", Some(unit)) => self.team(tx, unit).await,
            ("moderated", Some(unit)) => self.moderated(tx, unit).await,
            ("round", Some(_)) => self.round(tx).await,
            ("dialogue", None) => self.dialogue(tx).await,
            ("sponsors", None) => self.sponsors(tx).await,
            ("local", None) => self.local(tx).await,
            _ => Err(store::Error::Unreadable { what: "row", value: self.it.kind.clone() }),
        }
    }

    /// As whom it is recorded, so many days ago.
    fn entry(&self, days: i64) -> Entry {
        let who = self.who.unwrap_or(self.director);
        Entry::by(who.as_str(), self.at - SignedDuration::from_hours(DAY * days))
    }

    /// The day so many days before today.
    fn ago(&self) -> Option<Day> {
        self.it.days.map(|it| today(self.at).plus(-it))
    }

    fn days(&self) -> i64 {
        i64::from(self.it.days.unwrap_or_default())
    }

    async fn plan(&self, tx: &mut Tx, unit: &UnitCode) -> store::Result<()> {
        let new = NewPlan {
            planned_on: self.it.days.map(|it| today(self.at).plus(it)),
            actual_on: None,
            words: self.it.words.clone(),
        };
        plan::record(tx, unit, &new, 0, &self.entry(0)).await
    }

    async fn champion(&self, tx: &mut Tx, unit: &UnitCode) -> store::Result<()> {
        let every = Some(self.it.other.as_str()).filter(|it| !it.is_empty());
        let new = NewChampion {
            person: self.who.cloned(),
            contact_every: every.map(|it| read(it, "time between two contacts")).transpose()?,
            words: self.it.words.clone(),
        };
        let kind = read(&self.it.code, "kind of champion")?;
        champions::record(tx, (unit, kind), &new, 0, &self.entry(CHAMPIONS)).await?;
        if new.person.is_none() {
            return Ok(());
        }
        let with = match kind {
            Kind::Clinical => "The cost champion",
            Kind::Cost => "The clinical champion",
        };
        self.in_contact(tx, (unit, kind), (with, "")).await
    }

    async fn contact(&self, tx: &mut Tx, unit: &UnitCode) -> store::Result<()> {
        let kind = read(&self.it.code, "kind of champion")?;
        self.in_contact(tx, (unit, kind), (&self.it.more, &self.it.words)).await
    }

    async fn in_contact(
        &self,
        tx: &mut Tx,
        of: (&UnitCode, Kind),
        (with, words): (&str, &str),
    ) -> store::Result<()> {
        let Some(on) = self.ago() else { return Ok(()) };
        let new = NewContact { on, with: with.to_owned(), words: words.to_owned() };
        champions::add_contact(tx, of, (&new, today(self.at)), &self.entry(0)).await
    }

    async fn team(&self, tx: &mut Tx, unit: &UnitCode) -> store::Result<()> {
        let Some((lead, finance)) = self.who.zip(self.other) else { return Ok(()) };
        let new = NewTeam {
            name: self.it.words.clone(),
            works_on: self.it.more.clone(),
            clinical_lead: lead.clone(),
            finance_member: finance.clone(),
            others: String::new(),
            since: self.ago().unwrap_or_else(|| today(self.at)),
            until: None,
        };
        teams::add(tx, unit, &new, &self.entry(0)).await?;
        Ok(())
    }

    async fn moderated(&self, tx: &mut Tx, unit: &UnitCode) -> store::Result<()> {
        let Some(open) = assessing::current(tx, unit).await? else { return Ok(()) };
        let rating = read(&self.it.other, "rating")?;
        let said = (self.it.code.as_str(), rating, self.it.words.as_str());
        moderated::moderate(tx, &open.id, said, &self.entry(self.days())).await
    }

    async fn round(&self, tx: &mut Tx) -> store::Result<()> {
        let new = NewRound {
            name: self.it.words.clone(),
            period: self.it.more.clone(),
            due_on: today(self.at).plus(self.it.days.unwrap_or_default()),
            units: self.units.clone(),
        };
        rounds::open(tx, &new, today(self.at), &self.entry(0)).await?;
        Ok(())
    }

    async fn dialogue(&self, tx: &mut Tx) -> store::Result<()> {
        let new = NewDialogue {
            happened_on: self.ago().unwrap_or_else(|| today(self.at)),
            topics: self.it.words.clone(),
            decisions: self.it.more.clone(),
        };
        dialogue::add(tx, &new, &self.entry(self.days())).await?;
        Ok(())
    }

    async fn sponsors(&self, tx: &mut Tx) -> store::Result<()> {
        let Some((medical, finance)) = self.who.zip(self.other) else { return Ok(()) };
        let new = NewPair {
            medical: medical.clone(),
            finance: finance.clone(),
            appeared_on: self.ago(),
            words: self.it.words.clone(),
        };
        sponsors::record(tx, &new, 0, &self.entry(0)).await
    }

    async fn local(&self, tx: &mut Tx) -> store::Result<()> {
        let new = NewLocalStep {
            category: self.it.code.clone(),
            label: self.it.words.clone(),
            guidance: self.it.more.clone(),
        };
        local_steps::add(tx, &new, &self.entry(self.days())).await?;
        Ok(())
    }
}

fn read<T: FromStr<Err = Unknown>>(text: &str, what: &'static str) -> store::Result<T> {
    text.parse().map_err(|it: Unknown| store::Error::Unreadable { what, value: it.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn champions_are_recorded_before_each_contact_of_theirs() {
        let all = demonstration::joint_working().into_iter();
        let days = all.filter(|it| ["champion", "contact"].contains(&it.kind.as_str()));
        let days: Vec<i64> = days.filter_map(|it| it.days).map(i64::from).collect();
        assert!(!days.is_empty() && days.iter().all(|it| *it < CHAMPIONS), "{days:?}");
    }
}
