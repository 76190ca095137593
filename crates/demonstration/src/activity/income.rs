//! Priced activity: at unit price, and as the contract recognises it.

use std::io;

use super::admission::Episode;
use super::admission_rows::{Admitted, recorded_hrg};
use super::year::{Care, EventName, Year};
use crate::calendar::{DAY, Minute, period};
use crate::data;
use crate::finances::in_year;
use crate::stories::contracts;
use crate::writing::Sheet;

/// One line before it is written.
struct Line<'a> {
    event: EventName,
    pod: &'a str,
    code: &'a str,
    specialty: &'a str,
    period: i64,
    unit_price: i64,
    recognised: i64,
    kind: &'a str,
    account: &'static str,
}

impl Year<'_> {
    /// Income of a spell, when it ends, shared by its episodes, and of its critical care.
    pub(super) fn income_of_spell(&mut self, admitted: Admitted<'_>) -> io::Result<()> {
        let spell = admitted.spell;
        if !self.span.contains(spell.discharged) {
            return Ok(());
        }
        let hrg = recorded_hrg(admitted);
        let price = self.price(spell.pod, hrg);
        let category = admitted.category();
        let parts = parts_of_spell(&spell.episodes, price);
        for (index, episode) in spell.episodes.iter().enumerate() {
            let order = i64::try_from(index + 1).expect("few episodes");
            let own = Line {
                event: EventName::Episode(spell.id, order),
                pod: spell.pod,
                code: hrg,
                specialty: &episode.specialty,
                period: period(spell.discharged / DAY),
                unit_price: parts[index],
                recognised: self.recognised(&episode.specialty, parts[index], category),
                kind: "PATIENT",
                account: account(category),
            };
            if episode.specialty == "192" {
                self.income_of_intensive_care(&admitted, &own)?;
            } else {
                self.income(&own)?;
            }
        }
        Ok(())
    }

    fn income_of_intensive_care(
        &mut self,
        admitted: &Admitted<'_>,
        own: &Line<'_>,
    ) -> io::Result<()> {
        let Some(care) = admitted.spell.intensive else { return Ok(()) };
        let code = format!("XC0{}Z", 7 - care.organs);
        let days = (care.ready - care.start + DAY - 1) / DAY;
        let unit_price = days * self.price("CC", &code);
        let recognised = self.recognised("192", unit_price, "01");
        let account = "4110";
        self.income(&Line { pod: "CC", code: &code, unit_price, recognised, account, ..*own })
    }

    /// Income of an emergency attendance.
    pub(super) fn income_of_attendance(
        &mut self,
        care: Care<'_>,
        hrg: &str,
        at: Minute,
    ) -> io::Result<()> {
        if !self.span.contains(at) {
            return Ok(());
        }
        let price = self.price("ED", hrg);
        self.income(&Line {
            event: care.event,
            pod: "ED",
            code: hrg,
            specialty: "180",
            period: period(at / DAY),
            unit_price: price,
            recognised: self.recognised("180", price, "01"),
            kind: "PATIENT",
            account: "4110",
        })
    }

    /// Income of an appointment.
    pub(super) fn income_of_clinic(
        &mut self,
        number: i64,
        specialty: &str,
        (pod, code): (&str, &str),
        (at, price, private): (Minute, i64, bool),
    ) -> io::Result<()> {
        let category = if private { "02" } else { "01" };
        self.income(&Line {
            event: EventName::Appointment(number),
            pod,
            code,
            specialty,
            period: period(at / DAY),
            unit_price: price,
            recognised: self.recognised(specialty, price, category),
            kind: "PATIENT",
            account: account(category),
        })
    }

    /// Income that passes the price of a medicine through to the purchaser.
    pub(super) fn pass_through(
        &mut self,
        care: Care<'_>,
        code: &str,
        (period, pence): (i64, i64),
    ) -> io::Result<()> {
        self.income(&Line {
            event: care.event,
            pod: "HCD",
            code,
            specialty: care.specialty,
            period,
            unit_price: pence,
            recognised: pence,
            kind: "PASS_THROUGH",
            account: "4120",
        })
    }

    /// Income of services as a whole, which no single patient earns.
    pub(super) fn block_contracts(&mut self) -> io::Result<()> {
        for line in data::table(data::BLOCK_CONTRACTS).lines() {
            let pounds = in_year(self.trust.size.scaled(line.number("pounds")), self.span.year);
            for period in 1..=12 {
                let pence = 100 * pounds / 12;
                self.income(&Line {
                    event: EventName::Nothing,
                    pod: "BLOCK",
                    code: "X-BLOCK",
                    specialty: line.text("specialty"),
                    period,
                    unit_price: pence,
                    recognised: pence,
                    kind: "PATIENT",
                    account: "4110",
                })?;
            }
        }
        Ok(())
    }

    /// Pence for a group at a point of delivery in this year, to the whole pound.
    pub(super) fn price(&self, pod: &str, hrg: &str) -> i64 {
        self.agreed(self.trust.hospital.price(pod, hrg))
    }

    /// A price of 2025-26 as agreed for this year, to the whole pound.
    pub(super) fn agreed(&self, pence: i64) -> i64 {
        in_year(pence / 100, self.span.year) * 100
    }

    fn recognised(&self, specialty: &str, price: i64, category: &str) -> i64 {
        match category {
            // Private patients and visitors pay the price and a quarter.
            "02" | "03" => price * 125 / 100,
            _ => {
                let line = &self.trust.hospital.specialty(specialty).service_line;
                price * contracts::recognised_per_mille(line) / 1000
            }
        }
    }

    fn income(&mut self, line: &Line<'_>) -> io::Result<()> {
        *self.tally.income.entry((line.account, line.period)).or_default() += line.recognised;
        self.lines += 1;
        let year = self.span.name();
        let sheet: &mut Sheet = &mut self.feeds.income;
        sheet.code("I", self.lines, 9);
        Self::event_cell(sheet, line.event, true);
        sheet.text(line.pod).text(line.code).text(line.specialty).text(&year).number(line.period);
        sheet.hundredths(line.unit_price).hundredths(line.recognised).text(line.kind);
        sheet.end(1)
    }
}

/// Each episode's part of a spell's price: the acute unit earns by its hours and its early work, and
/// intensive care has a price of its own.
fn parts_of_spell(episodes: &[Episode], price: i64) -> Vec<i64> {
    let mut parts = vec![0; episodes.len()];
    let first = &episodes[0];
    let last = episodes.len() - 1;
    if last > 0 && first.specialty == "326" {
        let whole = (episodes[last].end - first.start).max(1);
        let per_mille = (90 + 1000 * (first.end - first.start) / whole).min(600);
        parts[0] = price * per_mille / 1000;
    }
    parts[last] = price - parts[0];
    parts
}

/// Ledger account of patient care income, by whose patient it is.
fn account(category: &str) -> &'static str {
    match category {
        "02" => "4410",
        "03" => "4130",
        _ => "4110",
    }
}
