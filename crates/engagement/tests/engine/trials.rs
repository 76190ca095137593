//! Assessments made by chance, near the borders of the rules.

use engagement::assessment::{
    Frequency, MaterialityStatement, Rated, Rating, Ratings, ReviewState, Sharing, Status, Support,
    UnitKind,
};
use engagement::{Assessment, Mode, Share, Unit, UnitId};
use proptest::prelude::*;

use crate::form::{NATIONAL, assessment, day, live, unit};

/// Ratings that show most of one level's column, less of what is above, and PLICS or not.
fn ratings() -> impl Strategy<Value = Ratings> {
    let steps: Vec<_> =
        NATIONAL.steps().iter().map(|it| (it.id.clone(), it.from_level.number())).collect();
    let chances =
        (0..=4_u8, prop::sample::select(vec![55_u8, 80, 95]), prop::sample::select(vec![5_u8, 40]));
    let draws = prop::collection::vec((0..100_u8, 0..6_u8), steps.len());
    (chances, draws).prop_map(move |((level, within, above), draws)| {
        let rated = |chance: u8, (draw, other): (u8, u8)| {
            if draw < chance {
                return Some(Rated { rating: Rating::Consistently, evidence: vec![live()] });
            }
            let mut stale = live();
            stale.event = day("2012-06-30");
            let mut unread = live();
            unread.state = ReviewState::InReview;
            Some(match other {
                0 => Rated { rating: Rating::Consistently, evidence: Vec::new() },
                1 => Rated { rating: Rating::Consistently, evidence: vec![stale, unread] },
                2 => Rated { rating: Rating::Partly, evidence: vec![live()] },
                3 => Rated { rating: Rating::NotYet, evidence: Vec::new() },
                4 => Rated::default(),
                _ => return None,
            })
        };
        let chance = |from| if from <= level { within } else { above };
        let all = steps.iter().zip(draws);
        all.filter_map(|((id, from), draw)| Some((id.clone(), rated(chance(*from), draw)?)))
            .collect()
    })
}

fn share() -> impl Strategy<Value = Option<Share>> {
    let hundredths = prop::sample::select(vec![-1_i64, 0, 20, 40, 50, 50, 99, 100, 600]);
    hundredths.prop_map(|it| Share::of(it, 10_000).ok())
}

fn one_unit() -> impl Strategy<Value = Unit> {
    let status = prop::sample::select(vec![
        None,
        Some(Status::BoardOnly),
        Some(Status::AdHoc),
        Some(Status::Norm),
        Some(Status::Norm),
        Some(Status::Norm),
    ]);
    let support =
        prop::sample::select(vec![Support::Unanswered, Support::No, Support::Yes, Support::Yes]);
    let last = prop::sample::select(vec![None, Some("2013-04-30"), Some("2013-05-01")]);
    let flags = (any::<bool>(), prop::bool::weighted(0.7));
    let shares = (share(), share(), share());
    (status, support, last, flags, shares, ratings()).prop_map(
        |(status, support, last, (lapse_confirmed, very_small), shares, ratings)| Unit {
            status,
            support,
            sharing: last.map(|it| Sharing { every: Frequency::Monthly, last: Some(day(it)) }),
            lapse_confirmed,
            very_small,
            cost_object_share: shares.0,
            expenditure_share: shares.1,
            activity_share: shares.2,
            ratings,
            ..unit("")
        },
    )
}

/// An assessment of up to five units that count, and some that do not.
pub(crate) fn assessments() -> impl Strategy<Value = Assessment> {
    let units = prop::collection::vec(one_unit(), 0..=5);
    let mode = prop::sample::select(vec![Mode::Organisation, Mode::ByUnit]);
    let named = prop::collection::vec(prop::bool::weighted(0.8), 5);
    let planned = prop::collection::vec(prop::bool::weighted(0.2), 5);
    let support = prop::sample::select(vec![
        Support::Unanswered,
        Support::Unanswered,
        Support::No,
        Support::Yes,
    ]);
    let stated = (named, prop::bool::weighted(0.8), planned);
    (units, mode, ratings(), support, stated, any::<u8>()).prop_map(
        |(mut units, mode, organisation, support, (named, signed, planned), shape)| {
            let ids: Vec<UnitId> =
                ["a", "b", "c", "d", "e"].map(UnitId::from).into_iter().take(units.len()).collect();
            for (unit, id) in units.iter_mut().zip(&ids) {
                unit.id = id.clone();
                unit.name = id.to_string();
            }
            let chosen = |flags: Vec<bool>| {
                let flagged = ids.iter().zip(flags).filter(|(_, it)| *it);
                flagged.map(|(id, _)| id.clone()).collect()
            };
            let statement = Some(MaterialityStatement { units: chosen(named), signed });
            let roll_out = chosen(planned);
            reshape(&mut units, shape);
            Assessment { mode, organisation, units, statement, roll_out, support, ..assessment() }
        },
    )
}

/// Makes some units such that they do not count.
fn reshape(units: &mut Vec<Unit>, shape: u8) {
    let Some(first) = units.first_mut() else { return };
    match shape % 8 {
        0 => first.open_to = Some(day("2013-06-30")),
        1 => first.kind = UnitKind::Corporate,
        2 => first.kind = UnitKind::ClinicalSupport,
        3 => {
            let parent = first.id.clone();
            let mut division = unit("division");
            division.kind = UnitKind::Division;
            division.parent = Some(parent);
            for unit in units.iter_mut().skip(3) {
                unit.parent = Some(division.id.clone());
            }
            units.push(division);
        }
        4 => first.open_from = Some(day("2013-07-01")),
        _ => {}
    }
}
