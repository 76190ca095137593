//! Staff of service lines, in whole-time equivalents.

use std::collections::BTreeMap;

use domain::number::show_scaled;
use serde::Serialize;
use tables::run::ServiceLineWte;

use crate::{ResultsError, Run, reading};

/// Staff of one service line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Staff {
    /// All kinds of pay.
    pub all: Wte,
    /// By kind of pay.
    pub by_pay_type: BTreeMap<String, Wte>,
}

/// Whole-time equivalents × 10⁴.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Wte {
    /// Funded.
    pub funded_e4: i64,
    /// Contracted.
    pub contracted_e4: i64,
    /// Worked.
    pub worked_e4: i64,
}

impl Wte {
    fn add(&mut self, row: &ServiceLineWte) {
        self.funded_e4 += row.wte_funded_e4;
        self.contracted_e4 += row.wte_contracted_e4;
        self.worked_e4 += row.wte_worked_e4;
    }
}

impl Staff {
    /// `41.2 WTE worked, of which 3.1 agency; 40.0 contracted, 42.5 funded`.
    pub fn in_words(&self) -> String {
        let mut text = format!("{} WTE worked", tenths(self.all.worked_e4));
        for kind in ["agency", "bank", "additional"] {
            let worked = self.by_pay_type.get(kind).map_or(0, |it| it.worked_e4);
            if worked != 0 {
                let begins = if text.contains("of which") { "," } else { ", of which" };
                text += &format!("{begins} {} {kind}", tenths(worked));
            }
        }
        text + &format!(
            "; {} contracted, {} funded",
            tenths(self.all.contracted_e4),
            tenths(self.all.funded_e4)
        )
    }
}

/// With one decimal, half away from zero; what is less than a twentieth keeps all its decimals.
fn tenths(value_e4: i64) -> String {
    let tenths = (i128::from(value_e4).abs() + 500) / 1_000 * i128::from(value_e4.signum());
    if tenths == 0 && value_e4 != 0 {
        return show_scaled(i128::from(value_e4), 4);
    }
    show_scaled(tenths, 1)
}

impl Run {
    /// Staff by service line; blank for those whose cost reached no event.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if the table cannot be read.
    pub fn staff(&self) -> Result<BTreeMap<String, Staff>, ResultsError> {
        let mut found: BTreeMap<String, Staff> = BTreeMap::new();
        for row in reading::all_rows::<ServiceLineWte>(self)? {
            let staff = found.entry(row.service_line.clone()).or_default();
            staff.all.add(&row);
            staff.by_pay_type.entry(row.pay_type.clone()).or_default().add(&row);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staff_in_words() {
        let row = |pay_type: &str, worked: i64| ServiceLineWte {
            pay_type: pay_type.to_owned(),
            wte_funded_e4: 100_000,
            wte_worked_e4: worked,
            ..ServiceLineWte::default()
        };
        let mut staff = Staff::default();
        for row in [row("substantive", 380_600), row("agency", 31_400), row("bank", 300)] {
            staff.all.add(&row);
            staff.by_pay_type.entry(row.pay_type.clone()).or_default().add(&row);
        }
        // 38.06 + 3.14 + 0.03 = 41.23 worked; three times 10 funded.
        let words =
            "41.2 WTE worked, of which 3.1 agency, 0.0300 bank; 0.0 contracted, 30.0 funded";
        assert_eq!(staff.in_words(), words);
    }
}
