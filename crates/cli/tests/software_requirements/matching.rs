//! `MATCHING_01` to `MATCHING_06`: keys that come with a feed, keys that rules give, and rules that a
//! user edits.

use crate::passed;
use crate::trust::Trust;

const RULES: &str = "model/matching.csv";
const BY_EVENT: &str = "nursing_contacts,10,event,,,,,,strong,2025-04-01,,worked,";
const BY_PATIENT: &str = "nursing_contacts,20,patient,APC,0d,0d,,nearest,fair,2025-04-01,,worked,";
const CONTACTS: &str = "2025-26/feeds/nursing_contacts.csv";

/// Rows that name their episode are matched by that name alone.
#[test]
fn matching_01_feeds_already_linked() {
    let trust = Trust::new();
    trust.change(RULES, &format!("{BY_PATIENT}\n"), "");
    let run = trust.cost("model");
    // X-N4 names no episode and its patient has none.
    assert_eq!(trust.rules(&run), "10,3\nUNKNOWN_PATIENT,1\n");
    passed("MATCHING_01", "load feeds already linked by a cost-object id");
}

/// Three of four contacts have a key: 75 percent; one has none: 25 percent.
#[test]
fn matching_02_count_with_and_without_key() {
    let trust = Trust::new();
    let run = trust.cost("model");
    let shown = trust.done(&["show", &run, "--matching", "nursing_contacts"]);
    let expected = "with the key of an event 3 (75.00%), without 1 (25.00%)";
    assert!(shown.contains(expected), "{shown}");
    passed("MATCHING_02", "report number and % with and without key");
}

/// The same contacts without any episode on them: patient and day give each its own.
#[test]
fn matching_03_keys_are_attributed() {
    let trust = Trust::new();
    let run = trust.cost("model");
    let costs = "select event, own, absorbed from events order by event";
    let before = trust.query(&run, costs);
    for (native, key) in
        [("X-P1,X-S1,1,", "X-P1,,,"), ("X-P1,X-S2,1,", "X-P1,,,"), ("X-P2,X-S3,1,", "X-P2,,,")]
    {
        trust.change(CONTACTS, native, key);
    }
    let run = trust.cost("model");
    assert_eq!(trust.rules(&run), "20,3\nUNKNOWN_PATIENT,1\n");
    assert_eq!(trust.query(&run, costs), before, "each found the episode that was taken off it");
    passed("MATCHING_03", "automatic key attribution");
}

/// Ten columns of the trust's own, A to J, on both files: five equalities of two columns each.
/// The row of X-N2 differs in the tenth, and only there.
#[test]
fn matching_04_choose_the_columns() {
    let trust = Trust::new();
    let columns = "A,B,C,D,E,F,G,H,I,J";
    for (file, rows) in [("2025-26/feeds/episodes.csv", 3), (CONTACTS, 4)] {
        let text = trust.read(file);
        let mut lines = text.lines();
        let mut wide = format!("{},{columns}\n", lines.next().expect("a header"));
        let mut written = 0;
        for line in lines {
            let last = if line.starts_with("X-N2") { "other" } else { "j" };
            wide += &format!("{line},a,b,c,d,e,f,g,h,i,{last}\n");
            written += 1;
        }
        assert_eq!(written, rows);
        trust.write(file, &wide);
    }
    trust.change(
        "model/intake/episodes.toml",
        "spell = \"HOSPITAL PROVIDER SPELL NUMBER\"\n",
        "spell = \"{A}/{B}\"\n",
    );
    trust.change("model/intake/episodes.toml", "specialty = \"ACTIVITY TREATMENT FUNCTION CODE\"\n", "specialty = \"ACTIVITY TREATMENT FUNCTION CODE\"\nsite = \"{C}/{D}\"\nband = \"{E}/{F}/{G}/{H}/{I}/{J}\"\n");
    trust.change("model/intake/nursing_contacts.toml", "quantity = \"NURSING HOURS\"\n", "quantity = \"NURSING HOURS\"\nspell = \"{A}/{B}\"\nsite = \"{C}/{D}\"\nband = \"{E}/{F}/{G}/{H}/{I}/{J}\"\n");
    trust.change(RULES, &format!("{BY_EVENT}\n"), "");
    trust.change(RULES, "patient,APC,0d,0d,,nearest", "patient,APC,0d,0d,spell;site;band,nearest");
    let run = trust.cost("model");
    assert_eq!(trust.rules(&run), "20,2\nNO_EVENT_IN_WINDOW,1\nUNKNOWN_PATIENT,1\n");
    passed("MATCHING_04", "choose 5 to 10 arbitrary columns to match on");
}

/// The first rule with a candidate decides: turned round, the second has all; taken away, nobody
/// is left; a rule added at the end takes what the others leave.
#[test]
fn matching_05_change_the_rules() {
    let trust = Trust::new();
    assert_eq!(trust.rules(&trust.cost("model")), "10,3\nUNKNOWN_PATIENT,1\n");

    trust.change(RULES, BY_EVENT, &BY_EVENT.replace(",10,", ",30,"));
    assert_eq!(trust.rules(&trust.cost("model")), "20,3\nUNKNOWN_PATIENT,1\n", "reordered");

    trust.change(RULES, &format!("{BY_PATIENT}\n"), "");
    assert_eq!(trust.rules(&trust.cost("model")), "30,3\nUNKNOWN_PATIENT,1\n", "removed");

    // X-N1 loses its episode, so that only an appended rule can find it.
    trust.change(CONTACTS, "X-P1,X-S1,1,", "X-P1,,,");
    assert_eq!(
        trust.rules(&trust.cost("model")),
        "30,2\nNO_EVENT_IN_WINDOW,1\nUNKNOWN_PATIENT,1\n"
    );
    trust.add(RULES, &BY_PATIENT.replace(",20,", ",40,"));
    assert_eq!(trust.rules(&trust.cost("model")), "30,2\n40,1\nUNKNOWN_PATIENT,1\n", "appended");
    passed("MATCHING_05", "change order, remove, append rules");
}

/// X-N1, without its episode and three days after that ended: outside a window of two days,
/// inside one of three.
#[test]
fn matching_06_amend_the_window() {
    let trust = Trust::new();
    trust.change(CONTACTS, "X-P1,X-S1,1,2025-04-03", "X-P1,,,2025-04-07");
    trust.change(RULES, "patient,APC,0d,0d", "patient,APC,0d,2d");
    assert_eq!(
        trust.rules(&trust.cost("model")),
        "10,2\nNO_EVENT_IN_WINDOW,1\nUNKNOWN_PATIENT,1\n"
    );
    trust.change(RULES, "patient,APC,0d,2d", "patient,APC,0d,3d");
    assert_eq!(trust.rules(&trust.cost("model")), "10,2\n20,1\nUNKNOWN_PATIENT,1\n");
    passed("MATCHING_06", "amend the matching window");
}
