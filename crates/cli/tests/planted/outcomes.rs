//! What patients got, and how consultants differ, is told of the trust as it was planted; what is
//! no finding is not told as one.

use results::Run;
use results::group::PatientGroup;
use results::outcomes::{LeftOut, Outcome, UseAsked, Uses, beside};

use crate::trust::COSTED;

const YEARS: [&str; 2] = ["2024-25", "2025-26"];

fn run(year: &str) -> Run {
    Run::open(COSTED.run(year)).expect("the run is sound")
}

/// A measure in both years.
fn measured(group: &PatientGroup, code: &str) -> [Outcome; 2] {
    YEARS.map(|year| {
        let all = run(year).outcomes(group).expect("it can be read");
        all.into_iter().find(|it| it.code == code).expect("a measure")
    })
}

fn of_hrg(line: &str, hrg: &str) -> PatientGroup {
    PatientGroup { hrgs: [hrg.to_owned()].into(), ..PatientGroup::of_line(line) }
}

fn uses(group: &PatientGroup, code: &str) -> Uses {
    run("2025-26").uses_by_consultant(group, &UseAsked::of(code)).expect("it can be read")
}

/// Hips stay more than five days and knees about three; what a review agreed on shortened the stay of
/// hips since the year before, by more than chance.
#[test]
fn hips_stay_longer_than_knees_and_shorter_than_before() {
    let (hips, knees) = (of_hrg("TORT", "HN12"), of_hrg("TORT", "HN22"));
    let [hip_before, hip] = measured(&hips, "stay");
    let [_, knee] = measured(&knees, "stay");
    let (hip_days, knee_days) = (hip.estimate().expect("hips"), knee.estimate().expect("knees"));
    assert!(hip_days.low > 5.0, "{hip_days:?}");
    assert!(knee_days.high < 4.0, "{knee_days:?}");
    let found = beside(&hip_before, &hip);
    assert!(found.is_more_than_chance && found.words.contains("shorter"), "{}", found.words);
}

/// One patient waited 200 days: the mean of the year moves, the median does not, and two years are
/// not told apart by it.
#[test]
fn one_long_delay_moves_a_mean_and_is_no_finding() {
    let [before, after] = measured(&PatientGroup::of_line("ELDE"), "stay");
    let spread = after.spread.expect("stays");
    assert!(spread.most > 190.0 && spread.median < 10.0, "{spread:?}");
    let found = beside(&before, &after);
    assert!(!found.is_more_than_chance, "{}", found.words);
    assert!(found.words.contains("half had"), "{}", found.words);
}

/// In one dermatology clinic one appointment in four is missed, one in ten elsewhere.
#[test]
fn one_clinic_of_dermatology_misses_more_than_chance() {
    let find = "select consultant from events where specialty = '330' and event_type in ('OP', 'DNA') group by consultant having count(*) > 20 order by 1.0 * sum(case when event_type = 'DNA' then 1 else 0 end) / count(*) desc limit 1";
    let worst = COSTED.rows("2025-26", find).remove(0).remove(0);
    let of = |consultants: Vec<String>| {
        let group = PatientGroup {
            consultants: consultants.into_iter().collect(),
            ..PatientGroup::of_line("DERM")
        };
        let [_, it] = measured(&group, "not-attended");
        it
    };
    let others = "select distinct consultant from events where specialty = '330'";
    let others = COSTED.rows("2025-26", others).into_iter().map(|mut it| it.remove(0));
    let others = of(others.filter(|it| *it != worst).collect());
    let found = beside(&others, &of(vec![worst]));
    assert!(found.is_more_than_chance, "{}", found.words);
    assert_eq!(found.is_better, Some(false));
}

/// In the small trust no hip surgeon but one has ten spells: nobody is compared, and so neither
/// the one with nine nor the newly qualified one is found wanting.
#[test]
fn nobody_is_compared_on_too_few() {
    for code in ["bed-days", "theatre-minutes", "devices", "tests", "drugs"] {
        let found = uses(&of_hrg("TORT", "HN12"), code);
        assert!(!found.is_compared(), "{code}");
        let few = |it: &LeftOut| matches!(it, LeftOut::TooFew(_));
        assert!(found.consultants.iter().all(|it| it.compared.as_ref().is_err_and(few)), "{code}");
        assert!(found.spread.is_some_and(|it| it.median > 0.0), "{code}: the spread is told");
        assert!(found.absent.is_none(), "{code}");
    }
}

/// Each visit to theatre counts once: near two hours of anaesthesia and surgery for a hip, one
/// implant, and not twice because the model counts a row for the list and for the specialty.
#[test]
fn each_feed_row_counts_once() {
    let median = |code| uses(&of_hrg("TORT", "HN12"), code).spread.expect("hips").median;
    let minutes = COSTED.number(
        "2025-26",
        "select median(s) / 60.0 from (select e.event_number, sum(a.count) as s from events e join event_activities a on a.event_number = e.event_number where e.hrg like 'HN12%' and e.completeness = 'WITHIN' and (a.activity like 'X-TH-%' or a.activity like 'X-EV-%' or a.activity like 'X-EM-%') group by e.event_number) t",
    );
    assert!((median("theatre-minutes") - minutes).abs() < 6.0, "{minutes}");
    assert_eq!(median("devices").to_string(), "1");
}

/// Five in six of the revisions are one surgeon's: the others have too few like them, so that he
/// is not judged by primary hips. The locums' code stands for nobody.
#[test]
fn false_trails_are_raised_nowhere() {
    for line in ["TORT", "SURG", "GMED", "ELDE", "UROL", "GYNA", "CARD"] {
        for code in ["bed-days", "theatre-minutes", "devices", "tests", "drugs"] {
            for it in uses(&PatientGroup::of_line(line), code).consultants {
                let beyond = matches!(&it.compared, Ok(it) if it.is_beyond_chance());
                assert!(!beyond, "{line} {code} {it:?}");
            }
        }
    }
    let revisions = uses(&of_hrg("TORT", "HN81"), "bed-days").consultants;
    let most = revisions.iter().max_by_key(|it| it.spells).expect("revisions");
    assert!(most.without_like > 5, "{most:?}");
    let locums = uses(&PatientGroup::of_line("ELDE"), "bed-days").consultants;
    let several =
        locums.iter().filter(|it| matches!(it.compared, Err(LeftOut::SeveralSpecialties(_))));
    assert_eq!(several.count(), 1);
}
