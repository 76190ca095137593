//! Cases that are no plain text, or not a matter of files alone.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use flate2::Compression;
use flate2::write::GzEncoder;
use intake::Progress;
use parquet::arrow::ArrowWriter;
use rust_xlsxwriter::{Formula, Workbook, Worksheet};

use crate::trust::{Outcome, Trust};

/// Cases made here.
pub(crate) const CASES: [&str; 32] = [
    "A1-optional",
    "A4",
    "A5",
    "A7",
    "A7-without-mark",
    "A10",
    "A21",
    "A22",
    "A22-nested",
    "A22-out-of-the-folder",
    "A22-workbook",
    "A23",
    "A24",
    "A25",
    "A26",
    "A26-old",
    "A27",
    "A29",
    "A29-joined",
    "A29-merges",
    "A30",
    "A31",
    "A31-drift",
    "A32",
    "C1-all-days-below-13",
    "C3-from-1904",
    "G1",
    "G8",
    "G9",
    "Q1",
    "Q2",
    "Q3",
];

const MERGES: &str = "merges.csv";
const STAYS: &str = "feeds/ward_stays.csv";
const WORKBOOK: &str = "feeds/ward_stays.xlsx";

/// Makes the files of a case and takes them in.
pub(crate) fn run(case: &str, trust: &Trust) -> Outcome {
    match case {
        "A29" => return trust.take_in_with(2, &Growing(trust, STAYS)),
        "A29-joined" => return trust.take_in_with(2, &Growing(trust, "reference/tests.csv")),
        "A29-merges" => return trust.take_in_with(2, &Growing(trust, MERGES)),
        "G8" => return trust.take_in_with(2, &Editing(trust.from().join("model/model.toml"))),
        "G9" => return busy(trust),
        _ => {}
    }
    text(case, trust);
    workbook(case, trust);
    columns(case, trust);
    trust.take_in()
}

fn text(case: &str, trust: &Trust) {
    let stays = || trust.read(STAYS);
    match case {
        "A1-optional" => trust.write("feeds/therapy_totals.csv", ""),
        "A4" => {
            let mut packed = gzip(stays().as_bytes());
            packed.truncate(packed.len() / 2);
            trust.write("feeds/ward_stays_2.csv.gz", packed);
        }
        "A5" => trust.write(STAYS, gzip(stays().as_bytes())),
        "A7" => trust.write(STAYS, utf16(&format!("\u{feff}{}", stays()))),
        "A7-without-mark" => trust.write(STAYS, utf16(&stays())),
        "A10" => trust.write(STAYS, stays().replace("X-W2", "X-W2\0")),
        "A21" => trust.write(STAYS, stays() + &"9".repeat(2 << 20)),
        "A22" => trust.write("feeds/ward_stays_2.csv.gz", gzip(bomb(&stays()).as_bytes())),
        "A22-nested" => trust.write("feeds/ward_stays_2.csv.gz", gzip(&gzip(stays().as_bytes()))),
        "C1-all-days-below-13" => {
            let row = |it: usize| format!(",X-P4,X-B{it},0{}/04/2025 10:00,,4\n", it % 9 + 1);
            let header =
                "NHS NUMBER,LOCAL PATIENT IDENTIFIER,ATTENDANCE,ARRIVAL,DEPARTURE,TRIAGE\n";
            trust.write("feeds/ed.csv", header.to_owned() + &(0..201).map(row).collect::<String>());
            let mapping = trust.read("model/intake/ed.toml");
            trust.write("model/intake/ed.toml", mapping.replace("%Y-%m-%d", "%d/%m/%Y"));
        }
        "G1" => fs::remove_file(trust.from().join("feeds/medicines.csv")).expect("it is there"),
        "Q1" | "Q2" | "Q3" => {
            let limits = match case {
                "Q1" => ["20", "99", "95"],
                "Q2" => ["20", "25", "95"],
                _ => ["95", "99", "20"],
            };
            let names = ["acceptance_rows,95", "refusal_rows,99", "acceptance_cost,95"];
            let mut settings = trust.read("model/settings.csv");
            for (name, limit) in names.into_iter().zip(limits) {
                let (word, _) = name.split_once(',').expect("a word and a number");
                settings = settings.replace(name, &format!("{word},{limit}"));
            }
            trust.write("model/settings.csv", settings);
            let medicines = trust.read("feeds/medicines.csv");
            trust.write("feeds/medicines.csv", medicines.replace("2025-04-29", "2025-04-31"));
        }
        _ => {}
    }
}

fn workbook(case: &str, trust: &Trust) {
    let mut book = Workbook::new();
    let rows = || trust.read(STAYS);
    match case {
        "A22-workbook" => {
            fs::remove_file(trust.from().join(STAYS)).expect("it is there");
            trust.write(WORKBOOK, archive(&[("xl/worksheets/sheet1.xml", &vec![b' '; 12 << 20])]));
        }
        "A22-out-of-the-folder" => {
            trust.write(WORKBOOK, archive(&[("../../ward_stays.csv", rows().as_bytes())]));
        }
        "A23" => trust.write(WORKBOOK, compound("EncryptedPackage")),
        "A26-old" => trust.write(WORKBOOK, compound("Workbook")),
        "A24" => {
            let sheet = fill(book.add_worksheet(), &rows());
            sheet.write_formula(2, 6, Formula::new("=A1")).expect("a cell");
            save(trust, &mut book);
            // A program that does not calculate leaves the result out.
            rewrite(
                &trust.from().join(WORKBOOK),
                "xl/worksheets/sheet1.xml",
                ("</f><v>0</v>", "</f>"),
            );
        }
        "A25" => {
            let sheet = fill(book.add_worksheet(), &rows());
            sheet.set_row_hidden(2).expect("a row");
            save(trust, &mut book);
        }
        "A26" => {
            let sheet = fill(book.add_worksheet(), &rows());
            sheet.write(65_535, 0, "9990000034").expect("a cell");
            save(trust, &mut book);
        }
        "A27" => {
            fill(book.add_worksheet().set_name("Stays").expect("a name"), &rows());
            fill(book.add_worksheet().set_name("Stays (2)").expect("a name"), &rows());
            save(trust, &mut book);
        }
        "A32" => {
            let part: &[u8] = b"<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e \"e\">]><x>&e;</x>";
            trust.write(WORKBOOK, archive(&[("xl/workbook.xml", part)]));
        }
        "C3-from-1904" => {
            fill(book.add_worksheet(), &rows());
            save(trust, &mut book);
            let epoch = ("<workbookPr ", "<workbookPr date1904=\"1\" ");
            rewrite(&trust.from().join(WORKBOOK), "xl/workbook.xml", epoch);
        }
        _ => return,
    }
    let mapping = trust.read("model/intake/ward_stays.toml");
    trust.write("model/intake/ward_stays.toml", format!("format = \"xlsx\"\n{mapping}"));
    let _ = fs::remove_file(trust.from().join(STAYS));
}

/// Parquet files of medicines.
fn columns(case: &str, trust: &Trust) {
    if case == "A30" {
        // Nothing is changed: the same bytes come a second time.
        return;
    }
    if !case.starts_with("A31") {
        return;
    }
    let mapping = trust.read("model/intake/medicines.toml");
    let mapping = mapping.replace("medicines*.csv", "medicines*.parquet");
    trust.write("model/intake/medicines.toml", format!("format = \"parquet\"\n{mapping}"));
    fs::remove_file(trust.from().join("feeds/medicines.csv")).expect("it is there");
    let text = |value: &str| Arc::new(StringArray::from(vec![value])) as ArrayRef;
    let number = Arc::new(Float64Array::from(vec![21.0])) as ArrayRef;
    let file = |name: &str, drug: ArrayRef, quantity: ArrayRef| {
        let columns = vec![
            ("NHS NUMBER", text("9990000018")),
            ("LOCAL PATIENT IDENTIFIER", text("X-P1")),
            ("ISSUED", text("2025-04-02 12:00")),
            ("DRUG", drug),
            ("QUANTITY", quantity),
            ("COST", Arc::new(Float64Array::from(vec![2.1])) as ArrayRef),
        ];
        let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).expect("a writer");
        writer.write(&batch).expect("the rows fit");
        trust.write(name, writer.into_inner().expect("memory takes all"));
    };
    if case == "A31" {
        file("feeds/medicines.parquet", text("AMOXICILLIN"), text("21"));
    } else {
        file("feeds/medicines_1.parquet", text("AMOXICILLIN"), Arc::clone(&number));
        file("feeds/medicines_2.parquet", Arc::new(Int64Array::from(vec![4101])), number);
    }
}

/// Whole rows that are almost all blanks: 12 MiB that pack into a few KiB.
fn bomb(stays: &str) -> String {
    let header = stays.lines().next().expect("a header");
    let blanks = " ".repeat(100 << 10);
    let row = |it: usize| {
        format!("9990000018,X-P1,X-S1,X-N{it},2025-04-02 10:00,2025-04-04 12:00,W01{blanks},\n")
    };
    format!("{header}\n{}", (0..120).map(row).collect::<String>())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes).expect("memory takes all");
    packer.finish().expect("memory takes all")
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The first bytes of a compound file with a stream of this name.
fn compound(name: &str) -> Vec<u8> {
    let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    bytes.resize(1024, 0);
    bytes.extend(utf16(name));
    bytes.resize(2048, 0);
    bytes
}

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated);
    for (name, bytes) in parts {
        archive.start_file(*name, options).expect("a part");
        archive.write_all(bytes).expect("memory takes all");
    }
    archive.finish().expect("memory takes all").into_inner()
}

/// Replaces a text in one part of a workbook.
fn rewrite(path: &Path, wanted: &str, (old_text, new_text): (&str, &str)) {
    let bytes = fs::read(path).expect("the workbook");
    let mut old = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("an archive");
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    for index in 0..old.len() {
        let mut part = old.by_index(index).expect("a part");
        let name = part.name().expect("a plain name").into_owned();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut bytes).expect("a whole part");
        if name == wanted {
            let text = String::from_utf8(bytes).expect("XML is text");
            assert!(text.contains(old_text), "the workbook has what is to be changed");
            bytes = text.replace(old_text, new_text).into_bytes();
        }
        parts.push((name, bytes));
    }
    let parts: Vec<(&str, &[u8])> =
        parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    fs::write(path, archive(&parts)).expect("the workbook can be written");
}

fn fill<'a>(sheet: &'a mut Worksheet, rows: &str) -> &'a mut Worksheet {
    for (row, line) in (0..).zip(rows.lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            sheet.write(row, column, cell).expect("a cell");
        }
    }
    sheet
}

fn save(trust: &Trust, book: &mut Workbook) {
    trust.write(WORKBOOK, book.save_to_buffer().expect("a workbook"));
}

/// A file grows by its own last line whenever it is opened.
struct Growing<'a>(&'a Trust, &'static str);

impl Progress for Growing<'_> {
    fn opening(&self, _: &str, file: &str) {
        if file != self.1 {
            return;
        }
        let text = self.0.read(file);
        let line = text.lines().last().expect("it has lines");
        self.0.write(file, format!("{}\n{line}\n", text.trim_end()));
    }
}

/// The model is edited on disk while its rules are used.
struct Editing(std::path::PathBuf);

impl Progress for Editing {
    fn stage(&self, _: &str) {
        fs::write(&self.0, "not a model any more").expect("the file can be written");
    }
}

/// A second intake begins while the first has not ended.
struct Second<'a> {
    trust: &'a Trust,
    tries: AtomicUsize,
    outcome: std::sync::Mutex<Option<Outcome>>,
}

impl Progress for Second<'_> {
    fn stage(&self, _: &str) {
        if self.tries.fetch_add(1, Ordering::SeqCst) == 0 {
            let outcome = self.trust.take_in();
            *self.outcome.lock().expect("nobody panicked") = Some(outcome);
        }
    }
}

fn busy(trust: &Trust) -> Outcome {
    let second = Second { trust, tries: AtomicUsize::new(0), outcome: std::sync::Mutex::default() };
    assert_eq!(trust.take_in_with(2, &second).refused(), None, "the first is not disturbed");
    second.outcome.into_inner().expect("nobody panicked").expect("the second was tried")
}
