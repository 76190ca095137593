//! A small model: three matching rules, eighty activities, sixty resources in 320 pools.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Feeds of activity, all matched by the same rules.
pub(crate) const FEEDS: [&str; 4] = ["CONT", "IMAG", "MEDS", "PATH"];
/// Feeds of events, each called as its type of event; only what is taken in from CSV has them.
pub(crate) const EVENT_FEEDS: [&str; 3] = ["APC", "ED", "OP"];
/// Kinds of activity.
pub(crate) const ACTIVITIES: u64 = 80;
/// Kinds of resource.
pub(crate) const RESOURCES: u64 = 60;
/// Resources of each activity.
const OF_EACH: u64 = 4;

/// When rules of the model begin, and where they are from.
const END: &str = "2025-04-01,,x-yard,\n";

/// Writes the model's files; events come from these feeds.
pub(crate) fn write(folder: &Path, event_feeds: &[&str]) -> Result<()> {
    let intake = folder.join("intake");
    fs::create_dir_all(&intake).with_context(|| format!("cannot make {}", intake.display()))?;
    let others = FEEDS.into_iter().chain(["LEDGER", "CONTROL"]);
    for feed in others.chain(event_feeds.iter().copied()) {
        let path = intake.join(format!("{feed}.toml"));
        fs::write(&path, columns(feed))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    for (name, text) in files(event_feeds) {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// How each feed would be read from a trust's files.
fn columns(feed: &str) -> String {
    let columns = match feed {
        "LEDGER" => {
            "cost_centre = \"COST CENTRE\"\naccount = \"ACCOUNT\"\nyear = \"YEAR\"\nperiod = \"PERIOD\"\namount = \"AMOUNT\""
        }
        "CONTROL" => "year = \"YEAR\"\nperiod = \"PERIOD\"\namount = \"AMOUNT\"",
        _ if EVENT_FEEDS.contains(&feed) => {
            "patient_local = \"PATIENT\"\nevent = \"EVENT\"\nstart = \"START\"\nend = \"END\"\nspecialty = \"SPECIALTY\"\npod = \"POD\"\ncategory = \"=OWN\""
        }
        _ => {
            "patient_local = \"PATIENT\"\nrow = \"ROW\"\nstart = \"START\"\ncode = \"CODE\"\nquantity = \"QUANTITY\""
        }
    };
    // Times end in `Z`. The ledger is invented to the micro-pound, so that every engine sums it.
    let forms = match feed {
        "LEDGER" | "CONTROL" => "money = [\"fractions\"]\n",
        _ => "date_format = [\"%Y-%m-%d %H:%M:%S\"]\n",
    };
    format!("files = [\"{feed}.csv\"]\n{forms}\n[columns]\n{columns}\n")
}

fn files(event_feeds: &[&str]) -> Vec<(&'static str, String)> {
    let mut files = small();
    files.push(("feeds.csv", feeds(event_feeds)));
    files.push(("matching.csv", matching()));
    files.extend(activities());
    files.extend(resources());
    files
}

/// Files of a few lines each.
fn small() -> Vec<(&'static str, String)> {
    let table = |columns: &str, rows: &[&str]| {
        let rows: String = rows.iter().map(|it| format!("{it},{END}")).collect();
        format!("{columns},effective_from,effective_to,source,note\n{rows}")
    };
    vec![
        ("model.toml", "format = 1\nname = \"yardstick\"\ntitle = \"A measured trust (fictional)\"\norganisation = \"X-RYD\"\nfootnote = \"\"\n\n[[year]]\nyear = \"2025-26\"\nlast_period = 12\nextract_date = 2026-04-20\n".to_owned()),
        ("event_types.csv", table("event_type,name", &["APC,Admitted patient care", "ED,Emergency care", "OP,Outpatients"])),
        ("cost_objects.csv", table("cost_object,name,kind", &["X-RESEARCH,Research,RESEARCH"])),
        ("drivers.csv", table("driver,name,unit", &[])),
        ("income.csv", table("sequence,cost_centre,account,treatment", &[])),
        ("service_lines.csv", table("service_line,name,directorate,division,fixed_payment", &["X-MEDICINE,Medicine,Medicine,Medicine,no"])),
        ("specialties.csv", table("specialty,name,service_line", &["300,General medicine,X-MEDICINE"])),
        ("settings.csv", table("setting,value,unit", &[
            "staff_pool_minimum,5,people", "ward_net_of_theatre,no,yes/no",
            "quarantine_acceptance_rows,95,percent", "quarantine_refusal_rows,99,percent",
            "quarantine_acceptance_cost,95,percent", "ragged_rows_refusal,10,rows",
            "resubmission_fewer_rows,20,percent", "zero_cost_events_acceptance,1,percent",
            "small_number,8,people",
        ])),
        ("sources.csv", "source_key,title,edition,link,licence,effective_from,effective_to,source,note\nx-yard,Made to be measured,1,,Apache-2.0,2025-04-01,,,\n".to_owned()),
        ("statement.csv", table("order,row,name,kind,selector", &[
            "10,income,Income,income,recognised", "20,cost,Cost,cost,*/*/*/*",
            "30,surplus,Surplus,subtotal,income-cost",
        ])),
        ("statistics.csv", table("driver,cost_line,quantity", &[])),
        ("support_groups.csv", table("support_group,name,capital", &[])),
        ("statement_groups.csv", table("statement_group,name", &["X-CARE,Care"])),
    ]
}

fn feeds(event_feeds: &[&str]) -> String {
    let mut text = "feed,name,role,event_type,exclusive,open_end,unmatched,required,repeats,effective_from,effective_to,source,note\n".to_owned();
    for feed in FEEDS {
        let _ = write!(text, "{feed},{feed},auxiliary,,no,no,VISIBLE,yes,no,{END}");
    }
    for feed in event_feeds {
        let _ = write!(text, "{feed},{feed},master,{feed},no,no,VISIBLE,yes,no,{END}");
    }
    for (feed, role) in [("LEDGER", "ledger"), ("CONTROL", "control")] {
        let _ = write!(text, "{feed},{feed},{role},,no,no,,yes,no,{END}");
    }
    text
}

/// A stay within half an hour, an emergency attendance of the last day, a clinic of the half day.
fn matching() -> String {
    let mut text = "feed,sequence,identity,event_type,before,after,equalities,tie_breaks,confidence,effective_from,effective_to,source,note\n".to_owned();
    for feed in FEEDS {
        for (sequence, event_type, before, after, confidence) in [
            (1, "APC", "30m", "30m", "strong"),
            (2, "ED", "30m", "24h", "fair"),
            (3, "OP", "12h", "12h", "weak"),
        ] {
            let _ = write!(
                text,
                "{feed},{sequence},patient,{event_type},{before},{after},,nearest,{confidence},{END}"
            );
        }
    }
    text
}

/// Activities, what counts in them, and their weight sets: every other one counts quantities.
fn activities() -> Vec<(&'static str, String)> {
    let mut list =
        "activity,name,collection_activity,count_unit,effective_from,effective_to,source,note\n"
            .to_owned();
    let mut rules = "feed,code,band,specialty,location,category,activity,effective_from,effective_to,source,note\n".to_owned();
    let mut sets = "weight_set,activity,driver,staff,rwv_table,rwv_key,default_rwv,minimum_seconds,basis,effective_from,effective_to,source,note\n".to_owned();
    for it in 0..ACTIVITIES {
        let _ = write!(list, "X-A{it:02},Activity {it:02},,number,{END}");
        for feed in FEEDS {
            let _ = write!(rules, "{feed},A{it:02},*,*,*,*,X-A{it:02},{END}");
        }
        let driver = if it % 2 == 0 { "COUNT" } else { "QUANTITY" };
        let _ = write!(sets, "W-A{it:02},X-A{it:02},{driver},no,,,,,RELATIVE,{END}");
    }
    vec![("activities.csv", list), ("activity_rules.csv", rules), ("weight_sets.csv", sets)]
}

/// Resources, how they are booked and how they are shared.
fn resources() -> Vec<(&'static str, String)> {
    let mut list = "resource,name,collection_resource,method,statement_group,staff_pool,people,staff_group,specialty,directorate,negative_reason,effective_from,effective_to,source,note\n".to_owned();
    let mut lines = "cost_line,name,class,support_group,driver,resource,cost_object,reconciliation_item,traceability,behaviour,controllable,cost_type,pay_type,wte_funded,wte_contracted,wte_worked,recurrence,negative_reason,effective_from,effective_to,source,note\n".to_owned();
    let mut mapping = "sequence,cost_centre,account,cost_line,percentage,effective_from,effective_to,source,note\n".to_owned();
    for it in 0..RESOURCES {
        let _ = write!(list, "X-R{it:02},Resource {it:02},,SHARE,X-CARE,no,,,,,,{END}");
        let _ = write!(
            lines,
            "X-L{it:02},Line {it:02},PF,,,X-R{it:02},,,direct,variable,yes,OTHER_NON_PAY,,,,,recurrent,,{END}"
        );
        let _ = write!(mapping, "{},CC{it:02},*,X-L{it:02},100,{END}", it + 1);
    }
    let mut shares =
        "resource,activity,weight_set,share,effective_from,effective_to,source,note\n".to_owned();
    for activity in 0..ACTIVITIES {
        for place in 0..OF_EACH {
            let resource = (activity * OF_EACH + place) % RESOURCES;
            let share = 1 + (activity + place) % 3; // number: shares of one, two and three
            let _ =
                write!(shares, "X-R{resource:02},X-A{activity:02},W-A{activity:02},{share},{END}");
        }
    }
    vec![
        ("resources.csv", list),
        ("cost_lines.csv", lines),
        ("mapping.csv", mapping),
        ("shares.csv", shares),
    ]
}
