//! A month as its systems sent it, with planted faults; the same month mended as far as it can be;
//! and the record of what was planted.

use std::fs;
use std::io;
use std::path::Path;

use crate::folder::write_file;

/// The folder of the month as it was sent.
const SENT: &str = "month_12/as_sent";
/// The folder of the month after ledger and intensive care were extracted again.
const MENDED: &str = "month_12/mended";
/// The record of what was planted in each.
const RECORD: &str = "month_12/planted.csv";

/// A cost centre that no rule of the model takes: code, name, and its accounts with their pence.
const NEW_COST_CENTRE: (&str, &str) = ("389900", "Virtual ward");
const NEW_LINES: [(&str, &str, i64); 2] =
    [("521000", "Nurses", 3_840_000), ("621000", "Medical and surgical supplies", 215_000)];

/// Of so many devices one stands in the file twice.
const TWICE_EVERY: usize = 25;
/// Of so many devices one has a date that is in no calendar.
const NO_DATE_EVERY: usize = 40;

/// One fault, as it can be counted in the files.
struct Planted {
    folder: &'static str,
    file: &'static str,
    /// What intake or costing calls it.
    code: &'static str,
    rows: usize,
    pence: i64,
    says: &'static str,
}

/// Writes both months beside the year whose files they are made from.
pub(crate) fn write(dir: &Path, year: &str) -> io::Result<()> {
    let from = dir.join(year);
    let ledger = with_new_cost_centre(&fs::read(from.join("ledger/trial_balance.csv"))?, year);
    let control = fs::read(from.join("ledger/control_total.csv"))?;
    let (devices, counted) = with_faulty_devices(&fs::read(from.join("feeds/devices.csv"))?);
    let critical = fs::read(from.join("feeds/critical_care.csv"))?;
    let new: i64 = NEW_LINES.iter().map(|it| it.2).sum();
    let files = [
        (SENT, "trial_balance.csv", ledger.clone()),
        (SENT, "control_total.csv", control.clone()),
        (SENT, "devices.csv", devices.clone()),
        (SENT, "critical_care.csv", with_names(&critical)),
        (MENDED, "trial_balance.csv", ledger),
        (MENDED, "control_total.csv", with_total(&control, new)),
        (MENDED, "devices.csv", devices),
        (MENDED, "critical_care.csv", critical),
    ];
    for (folder, name, bytes) in files {
        write_file(&dir.join(folder).join(name), &bytes)?;
    }
    write_file(&dir.join(RECORD), record(new, &counted).as_bytes())
}

/// The ledger with a cost centre that the model does not know yet.
fn with_new_cost_centre(ledger: &[u8], year: &str) -> Vec<u8> {
    let mut bytes = ledger.to_vec();
    let (code, name) = NEW_COST_CENTRE;
    for (account, account_name, pence) in NEW_LINES {
        let amount = pounds(pence);
        bytes
            .extend(format!("{code},{name},{account},{account_name},{year},12,{amount}\n").bytes());
    }
    bytes
}

/// The control totals with so many pence more in the last period.
fn with_total(control: &[u8], pence: i64) -> Vec<u8> {
    let text = String::from_utf8_lossy(control);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let last = lines.last_mut().expect("control totals of twelve periods");
    let (before, total) = last.rsplit_once(',').expect("a total behind the last comma");
    *last = format!("{before},{}", pounds(in_pence(total) + pence));
    lines.join("\n").into_bytes().into_iter().chain(*b"\n").collect()
}

/// Rows and pence of the two faults in the file of devices: twice there, and without a date.
#[derive(Default)]
struct Counted {
    twice: (usize, i64),
    no_date: (usize, i64),
}

/// The devices, some of them twice and some on a 31 February.
fn with_faulty_devices(devices: &[u8]) -> (Vec<u8>, Counted) {
    let mut counted = Counted::default();
    let mut bytes = Vec::with_capacity(devices.len());
    for (number, line) in devices.split_inclusive(|it| *it == b'\n').enumerate() {
        let cells: Vec<&[u8]> = line.splitn(5, |it| *it == b',').collect();
        if number > 0 && number % NO_DATE_EVERY == 0 {
            let dated = [cells[0], cells[1], cells[2], b"2026-02-31", cells[4]].join(&b","[..]);
            bytes.extend_from_slice(&dated);
            counted.no_date.0 += 1;
            counted.no_date.1 += price(cells[4]);
            continue;
        }
        bytes.extend_from_slice(line);
        if number > 0 && number % TWICE_EVERY == 0 {
            bytes.extend_from_slice(line);
            counted.twice.0 += 1;
            counted.twice.1 += price(cells[4]);
        }
    }
    (bytes, counted)
}

/// The price in pence among the last cells of a device, where it stands in quotes.
fn price(cells: &[u8]) -> i64 {
    let quoted = cells.split(|it| *it == b'"').nth(1).unwrap_or_default();
    let text: String = quoted
        .iter()
        .filter(|it| matches!(it, b'0'..=b'9' | b'.' | b'-'))
        .map(|it| char::from(*it))
        .collect();
    in_pence(&text)
}

/// Intensive care with a column of names, which nobody asked for.
fn with_names(critical: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(critical);
    let mut named = String::with_capacity(text.len() * 2);
    for (number, line) in text.lines().enumerate() {
        named.push_str(line);
        named.push_str(if number == 0 { ",PATIENT NAME\n" } else { ",INVENTED PERSON\n" });
    }
    named.into_bytes()
}

fn record(new: i64, devices: &Counted) -> String {
    let fault =
        |folder, file, code, (rows, pence), says| Planted { folder, file, code, rows, pence, says };
    let of_month = |folder| {
        [
            fault(
                folder,
                "devices.csv",
                "E1",
                devices.twice,
                "devices that stand in the file twice",
            ),
            fault(folder, "devices.csv", "C4", devices.no_date, "devices used on a 31 February"),
            fault(
                folder,
                "trial_balance.csv",
                "F4",
                (NEW_LINES.len(), new),
                "a cost centre that no mapping rule takes",
            ),
        ]
    };
    let mut all = vec![
        fault(
            SENT,
            "control_total.csv",
            "F1",
            (1, new),
            "a control total taken before the new cost centre was posted",
        ),
        fault(SENT, "critical_care.csv", "D13", (1, 0), "a column of names"),
    ];
    all.extend(of_month(SENT));
    all.extend(of_month(MENDED));
    let mut text = "FOLDER,FILE,CODE,ROWS,POUNDS,WHAT\n".to_owned();
    for it in all {
        text += &format!(
            "{},{},{},{},{},{}\n",
            it.folder,
            it.file,
            it.code,
            it.rows,
            pounds(it.pence),
            it.says
        );
    }
    text
}

/// Pence as pounds with two places.
fn pounds(pence: i64) -> String {
    let sign = if pence < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", pence.abs() / 100, pence.abs() % 100)
}

/// Pounds with two places as pence.
fn in_pence(pounds: &str) -> i64 {
    pounds.replace('.', "").parse().expect("pounds with two places")
}
