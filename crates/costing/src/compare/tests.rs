//! Which rules each group of changes takes, and which groups are applied together.

use rules::ChangeGroup;
use rules::year::{ServiceLine, Specialty};

use super::groups::take;
use super::waits;
use crate::given::no_rules;

#[test]
fn each_group_takes_what_it_decides() {
    let mut other = no_rules();
    other.last_period = 4;
    other.settings.staff_pool_minimum_people = 7;
    other.settings.ward_net_of_theatre = true;
    other.settings.small_number_people = 9;
    let service_line = "X-CARE".to_owned();
    let line = ServiceLine {
        name: String::new(),
        directorate: String::new(),
        division: String::new(),
        fixed_payment: false,
    };
    other.service_lines.insert(service_line.clone(), line);
    other.specialties.insert("100".to_owned(), Specialty { name: String::new(), service_line });
    let moved: Vec<String> = ChangeGroup::ALL
        .into_iter()
        .map(|group| {
            let mut rules = no_rules();
            take(group, &mut rules, &other);
            let settings = rules.settings;
            format!(
                "{}: period {}, {} service lines, {} specialties, pools of {}, net {}, small {}",
                group.word(),
                rules.last_period,
                rules.service_lines.len(),
                rules.specialties.len(),
                settings.staff_pool_minimum_people,
                settings.ward_net_of_theatre,
                settings.small_number_people,
            )
        })
        .collect();
    let rest = "period 12, 0 service lines, 0 specialties, pools of 0, net false, small 0";
    assert_eq!(
        moved,
        [
            &format!("period: {}", rest.replace("12", "4")),
            &format!("ledger: {rest}"),
            &format!("feeds: {}", rest.replace("small 0", "small 9")),
            "mapping: period 12, 1 service lines, 1 specialties, pools of 0, net false, small 0",
            &format!("support: {rest}"),
            &format!("shares: {}", rest.replace("pools of 0", "pools of 7")),
            &format!("weights: {}", rest.replace("net false", "net true")),
            &format!("matching: {rest}"),
        ]
    );
}

#[test]
fn all_groups_together_are_the_other_model() {
    let mut other = no_rules();
    other.year = domain::FinancialYear::beginning(2024);
    other.last_period = 3;
    other.settings.staff_pool_minimum_people = 7;
    other.settings.ward_net_of_theatre = true;
    other.title = "other".to_owned();
    let mut rules = no_rules();
    for group in ChangeGroup::ALL {
        take(group, &mut rules, &other);
    }
    assert_eq!(rules, other);
}

#[test]
fn a_month_is_its_period_and_its_ledger() {
    use ChangeGroup::{Feeds, Ledger, Mapping, Period};
    // Three months against four of one year: the new month's spend is one step.
    assert!(waits(Period, Ledger, false));
    assert!(!waits(Ledger, Feeds, false));
    // The same ledger, costed to another period: the period is the cause.
    assert!(!waits(Period, Feeds, false));
    // Another year: neither its ledger nor its period mean anything beside the old activity.
    assert!(waits(Period, Ledger, true) && waits(Ledger, Feeds, true));
    assert!(!waits(Feeds, Mapping, true));
}
