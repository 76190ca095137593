//! A ward shared by two service lines, with agency staff, porters and research staff.

use expect_test::expect;

use super::STAYS_ON_BEDS;
use crate::given;
use crate::given_activity::{Trust, WHOLE, columns};

const WARD: &str = "# year
    year,last_period
    2025-26,2
    # ledger
    ledger_line,cost_centre,account,amount
    l1,NURSES,A,700
    l2,AGENCY,A,70
    l3,PORTERS,A,280
    l4,RESEARCH,A,40
    # cost_lines
    cost_line,class,support_group,driver,resource,cost_object,pay_type,wte_funded,wte_contracted,wte_worked
    NURSES,PF,,,NURSE,,substantive,10.50,10,9
    AGENCY,PF,,,NURSE,,agency,,,0.70
    PORTERS,T1,PORTERS,HEADS,,,substantive,,,4
    RESEARCH,OTHER,,,,RESEARCH,substantive,,,2
    # statistics
    driver,cost_line,quantity
    HEADS,NURSES,3
    HEADS,RESEARCH,1
    # resources
    resource
    NURSE
    # feeds
    feed,role,event_type,exclusive,open_end,unmatched
    apc,master,APC,,,VISIBLE
    stays,,,yes,yes,VISIBLE
    # specialties
    specialty,service_line
    100,SURGERY
    300,MEDICINE
    # events
    patient,event,event_type,start,end,specialty
    p1,e1,APC,2025-04-10 00:00,2025-04-12 00:00,100
    p2,e2,APC,2025-04-20 00:00,2025-04-24 00:00,300
    # stays
    row,patient,event,start,end,code
    s1,p1,e1,2025-04-10 00:00,2025-04-12 00:00,B
    s2,p2,e2,2025-04-20 00:00,2025-04-24 00:00,B
    s3,p9,e9,2025-04-20 00:00,2025-04-21 00:00,B";

#[test]
fn staff_follow_the_cost_of_their_cost_line() {
    // Seven days: surgery 2, medicine 4, without an event 1. Porters help nurses with 210 of 280,
    // so the pool is 980: 280, 560, 140. Nurses cost 200, 400 and 100 there; in the order
    // blank, MEDICINE, SURGERY their 105000 funded are 15000, 60000, 30000; of 100000 contracted
    // blank has 100000/7 = 14285, all but surgery 500000/7 = 71428, so medicine 57143, surgery
    // 28572; of 90000 worked 12857, 64285 - 12857 = 51428, 25715. Agency: 1000, 4000, 2000.
    // Porters cost surgery 60, medicine 120, and 100 elsewhere: of 40000, 14285,
    // 31428 - 14285 = 17143, 8572. Research reaches no event: 20000. So substantive worked are
    // 12857 + 14285 + 20000 = 47142, 51428 + 17143 = 68571, 25715 + 8572 = 34287.
    let files = Trust::new(&given::tables(&format!("{WARD}\n{STAYS_ON_BEDS}")))
        .run(WHOLE)
        .expect("it can be costed")
        .files;
    let wanted =
        ["service_line", "pay_type", "wte_funded_e4", "wte_contracted_e4", "wte_worked_e4"];
    expect![[r#"
        service_line,pay_type,wte_funded_e4,wte_contracted_e4,wte_worked_e4
        ,agency,0,0,1000
        ,substantive,15000,14285,47142
        MEDICINE,agency,0,0,4000
        MEDICINE,substantive,60000,57143,68571
        SURGERY,agency,0,0,2000
        SURGERY,substantive,30000,28572,34287
    "#]]
    .assert_eq(&columns(&files["service_line_wte.parquet"], &wanted).to_csv());
}
