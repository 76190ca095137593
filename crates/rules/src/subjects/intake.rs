//! `intake/<feed>.toml`: how a trust's own files become feeds.

use std::collections::BTreeMap;

use domain::{Day, FinancialYear, Place};
use jiff::civil;
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::tz::TimeZone;

use super::{Tables, feeds, joins, rebase};
use crate::faults;
use crate::intake_mapping::{
    ColumnSource, IntakeMapping, Phase, SideFile, TemplatePart, columns_needed, columns_of,
};
use crate::read::document::document;
use crate::read::{Book, Findings, Section, place};
use crate::year::{Feed, FeedRole};

/// An intake mapping as read, with the lines of its keys.
#[derive(Debug)]
pub(crate) struct IntakeFile {
    file: String,
    lines: Lines,
    /// Nothing if the file could not be read.
    pub(crate) mapping: Option<IntakeMapping>,
}

/// Lines of the keys at the top of a mapping, and of those in `[columns]`.
#[derive(Debug, Default)]
struct Lines {
    keys: BTreeMap<String, u64>,
    columns: BTreeMap<String, u64>,
}

impl IntakeFile {
    pub(super) fn at(&self, key: &str) -> Place {
        place(&self.file, self.lines.keys.get(key).copied().unwrap_or_default(), key)
    }

    fn at_column(&self, column: &str) -> Place {
        let columns = self.lines.keys.get("columns").copied().unwrap_or_default();
        place(&self.file, self.lines.columns.get(column).copied().unwrap_or(columns), column)
    }
}

const FORMATS: &[&str] = &["csv", "xlsx", "parquet"];
const ENCODINGS: &[&str] = &["utf-8", "windows-1252"];
const REPAIRS_OF_MONEY: &[&str] =
    &["commas", "pound_sign", "brackets", "crdr", "trailing_minus", "fractions"];
const DATE_FORMATS: &[&str] = &["%Y-%m-%d %H:%M:%S", "%Y-%m-%d"];

/// The feed that a file maps, if it is an intake mapping.
pub(crate) fn feed_of(file: &str) -> Option<&str> {
    file.strip_prefix("intake/")?.strip_suffix(".toml").filter(|it| !it.contains('/'))
}

/// Reads all mappings, by feed.
pub(crate) fn read(book: &mut Book<'_>) -> BTreeMap<String, IntakeFile> {
    let mut mappings = BTreeMap::new();
    for (file, bytes) in book.files {
        let Some(feed) = feed_of(file) else { continue };
        let read = document(file, bytes, &mut book.findings, read_mapping);
        let (mapping, lines) = read.unzip();
        let lines = lines.unwrap_or_default();
        mappings.insert(feed.to_owned(), IntakeFile { file: file.clone(), lines, mapping });
    }
    mappings
}

fn read_mapping(file: &mut Section<'_>) -> (IntakeMapping, Lines) {
    let keys = file.keys().into_iter().collect();
    let mut lines = Lines { keys, columns: BTreeMap::new() };
    let line_of_joins = file.line("join");
    let mapping = IntakeMapping {
        files: read_files(file),
        adjustments: file.flag("adjustments"),
        within_spell: file.flag("within_spell"),
        orders_of: file.text_if_any("orders_of").unwrap_or_default(),
        format: file.word("format", FORMATS),
        encoding: file.word("encoding", ENCODINGS),
        delimiter: read_delimiter(file),
        sheet: file.text_if_any("sheet").unwrap_or_default(),
        date_formats: read_date_formats(file),
        excel_dates: file.flag("excel_dates"),
        money: read_money(file),
        null: file.texts_if_any("null").unwrap_or_else(|| vec![String::new()]),
        sentinels: read_sentinels(file),
        drop: file.texts("drop"),
        latest_wins: file.word("resubmission", &["refuse", "latest"]) == "latest",
        only: file.section("where", read_lists).unwrap_or_default(),
        columns: read_columns(file, &mut lines.columns),
        lookup: read_lookups(file),
        phases: file.sections("phase", read_phase),
        joins: file.sections("join", joins::read),
        rebase: file.section("rebase", rebase::read),
        grouper: file.section("grouper", read_side_file),
        merges: file.section("merges", read_side_file),
        versions: file.section("versions", read_lists).unwrap_or_default(),
    };
    check_columns_read(&mapping, &lines, file);
    joins::check(&mapping, line_of_joins, file);
    check_lookups(&mapping, &lines, file);
    (mapping, lines)
}

pub(super) fn read_files(file: &mut Section<'_>) -> Vec<String> {
    let line = file.line("files");
    let Some(patterns) = file.texts_if_any("files").filter(|it| !it.is_empty()) else {
        let remedy = "Name the file, or a pattern of files, below the folder that is read.";
        file.fault(faults::KEY_MISSING, "files", "the mapping names no `files`", remedy);
        return Vec::new();
    };
    let outside = |it: &str| {
        it.is_empty() || it.starts_with('/') || it.contains(['\\', ':']) || it.contains("..")
    };
    for pattern in patterns.iter().filter(|it| outside(it)) {
        let message = if pattern.is_empty() {
            "a file pattern is blank".to_owned()
        } else {
            format!("`{pattern}` is not a path below the folder that is read")
        };
        file.fault_at(
            faults::BAD_FILE_PATTERN,
            (line, "files"),
            message,
            "Write names with / between folders, without `..`, drive or leading slash.",
        );
    }
    patterns
}

fn read_delimiter(file: &mut Section<'_>) -> u8 {
    let line = file.line("delimiter");
    let text = file.text_if_any("delimiter").unwrap_or_else(|| ",".to_owned());
    match text.as_bytes() {
        [byte @ (b'\t' | b' '..=b'~')] if *byte != b'"' => *byte,
        _ => {
            let message = format!("`{text}` is not a single plain character");
            file.bad_value((line, "delimiter"), message, "Write one such as , ; | or a tab.");
            b','
        }
    }
}

fn read_date_formats(file: &mut Section<'_>) -> Vec<String> {
    let line = file.line("date_format");
    let Some(formats) = file.texts_if_any("date_format") else {
        return DATE_FORMATS.iter().map(|it| (*it).to_owned()).collect();
    };
    for format in formats.iter().filter(|it| !gives_a_date(it)) {
        file.fault_at(
            faults::BAD_DATE_FORMAT,
            (line, "date_format"),
            format!("`{format}` does not give year, month and day"),
            "Write it with %Y, %m, %d and, where there is a time, %H, %M and %S.",
        );
    }
    formats
}

/// Whether a date that is written so can be read back.
fn gives_a_date(format: &str) -> bool {
    let day = civil::date(2024, 2, 29);
    let Ok(moment) = day.at(13, 14, 15, 0).to_zoned(TimeZone::UTC) else { return false };
    let written = strtime::format(format, &moment).ok();
    let read = written.and_then(|it| BrokenDownTime::parse(format, it).ok());
    read.and_then(|it| it.to_date().ok()) == Some(day)
}

fn read_money(file: &mut Section<'_>) -> Vec<String> {
    let line = file.line("money");
    let repairs = file.texts("money");
    for repair in repairs.iter().filter(|it| !REPAIRS_OF_MONEY.contains(&it.as_str())) {
        let remedy = format!("Choose among: {}.", REPAIRS_OF_MONEY.join(", "));
        let message = format!("`{repair}` is not a repair of amounts");
        file.bad_value((line, "money"), message, &remedy);
    }
    repairs
}

fn read_sentinels(file: &mut Section<'_>) -> Vec<String> {
    let line = file.line("sentinels");
    let sentinels = file.texts("sentinels");
    for text in sentinels.iter().filter(|it| it.parse::<Day>().is_err()) {
        let message = format!("`{text}` is not a day such as 1900-01-01");
        let remedy = "Write year-month-day, however the file writes its dates.";
        file.bad_value((line, "sentinels"), message, remedy);
    }
    sentinels
}

pub(super) fn read_lists(section: &mut Section<'_>) -> BTreeMap<String, Vec<String>> {
    let keys = section.keys().into_iter();
    keys.map(|(key, _)| (key.clone(), section.texts(&key))).collect()
}

fn read_texts(section: &mut Section<'_>) -> BTreeMap<String, String> {
    let keys = section.keys().into_iter();
    keys.map(|(key, _)| (key.clone(), section.text_if_any(&key).unwrap_or_default())).collect()
}

fn read_lookups(file: &mut Section<'_>) -> BTreeMap<String, BTreeMap<String, String>> {
    let read = |lookups: &mut Section<'_>| {
        let keys = lookups.keys().into_iter();
        let lookup = |(key, _): (String, u64)| {
            let texts = lookups.section(&key, read_texts).unwrap_or_default();
            (key, texts)
        };
        keys.map(lookup).collect()
    };
    file.section("lookup", read).unwrap_or_default()
}

fn read_columns(
    file: &mut Section<'_>,
    lines: &mut BTreeMap<String, u64>,
) -> BTreeMap<String, ColumnSource> {
    let columns = file.section("columns", |section| {
        lines.extend(section.keys());
        let keys = section.keys().into_iter();
        keys.map(|(key, _)| (key.clone(), read_source(&key, section))).collect()
    });
    columns.unwrap_or_else(|| {
        let remedy = "Add [columns] with our name of each column and the file's own.";
        file.fault(faults::KEY_MISSING, "columns", "the mapping has no [columns]", remedy);
        BTreeMap::new()
    })
}

fn read_side_file(section: &mut Section<'_>) -> SideFile {
    SideFile {
        files: read_files(section),
        key: read_source("key", section),
        value: read_source("value", section),
    }
}

pub(super) fn read_source(key: &str, section: &mut Section<'_>) -> ColumnSource {
    let line = section.line(key);
    let text = section.text(key);
    parse_source(&text).unwrap_or_else(|| {
        section.fault_at(
            faults::BAD_TEMPLATE,
            (line, key),
            format!("`{text}` has an unclosed or empty pair of braces"),
            "Write each column of the file between { and }.",
        );
        ColumnSource::Constant(String::new())
    })
}

/// A constant behind `=`, a template if there are braces, else a column.
fn parse_source(text: &str) -> Option<ColumnSource> {
    if let Some(constant) = text.strip_prefix('=') {
        return Some(ColumnSource::Constant(constant.to_owned()));
    }
    if !text.contains(['{', '}']) {
        return Some(ColumnSource::Column(text.to_owned()));
    }
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        if !before.is_empty() {
            parts.push(TemplatePart::Text(before.to_owned()));
        }
        let (column, behind) = after.split_once('}')?;
        if column.is_empty() || column.contains('{') {
            return None;
        }
        parts.push(TemplatePart::Column(column.to_owned()));
        rest = behind;
    }
    if !rest.is_empty() {
        parts.push(TemplatePart::Text(rest.to_owned()));
    }
    let stray = |it: &TemplatePart| matches!(it, TemplatePart::Text(text) if text.contains('}'));
    (!parts.iter().any(stray)).then_some(ColumnSource::Template(parts))
}

fn read_phase(section: &mut Section<'_>) -> Phase {
    Phase {
        code: section.text("code"),
        start: section.text("start"),
        end: section.text_if_any("end").unwrap_or_default(),
        staff: section.text_if_any("staff").unwrap_or_default(),
    }
}

fn check_columns_read(mapping: &IntakeMapping, lines: &Lines, file: &mut Section<'_>) {
    let read = mapping.columns_read();
    let line = lines.keys.get("drop").copied().unwrap_or_default();
    for column in mapping.drop.iter().filter(|it| read.contains(&it.as_str())) {
        let message = format!("`{column}` is dropped, but the mapping reads it");
        let remedy = "Take it out of `drop`, or do not read it.";
        file.fault_at(faults::COLUMN_DROPPED_AND_READ, (line, "drop"), message, remedy);
    }
}

fn check_lookups(mapping: &IntakeMapping, lines: &Lines, file: &mut Section<'_>) {
    let line = lines.keys.get("lookup").copied().unwrap_or_default();
    let by_phase = |column: &str| column == "code" && !mapping.phases.is_empty();
    let unused = |it: &&String| !mapping.columns.contains_key(*it) && !by_phase(it);
    for column in mapping.lookup.keys().filter(unused) {
        let message = format!("there is a lookup for `{column}`, which the mapping does not fill");
        let remedy = "Fill the column, or take the lookup out.";
        file.fault_at(faults::LOOKUP_UNUSED, (line, "lookup"), message, remedy);
    }
}

/// Checks that each mapping has a feed, and fills what its role has and needs.
pub(crate) fn check(tables: &Tables, year: FinancialYear, findings: &mut Findings) {
    let in_force = tables.feeds.by_name(year);
    for (name, read) in &tables.intake {
        let ever = tables.feeds.rows.iter().any(|it| it.head.key[0] == *name);
        if !ever && tables.feeds.readable {
            findings.refuse(
                faults::MAPPING_WITHOUT_FEED,
                place(&read.file, 0, ""),
                format!("feeds.csv has no feed `{name}`"),
                "Add the feed, or rename the mapping after the feed that it is for.",
            );
        }
        let feed = in_force.get(name.as_str()).filter(|it| it.head.sound);
        if let (Some(feed), Some(mapping)) = (feed, &read.mapping) {
            check_columns(read, mapping, &feed.value, findings);
            check_keys_of_role(read, mapping, &feed.value, findings);
            rebase::check(read, mapping, tables, &in_force, findings);
            let other = mapping.orders_of.as_str();
            if !other.is_empty() && !in_force.contains_key(other) {
                findings.refuse(
                    faults::UNKNOWN_REFERENCE,
                    read.at("orders_of"),
                    format!("`{other}` is not in feeds.csv"),
                    "Add the feed for the same years, or correct the spelling.",
                );
            }
        }
    }
}

fn check_keys_of_role(
    read: &IntakeFile,
    mapping: &IntakeMapping,
    feed: &Feed,
    findings: &mut Findings,
) {
    let of_master = feed.role == FeedRole::Master;
    let of_ledger = matches!(feed.role, FeedRole::Ledger | FeedRole::Budget);
    let keys = [
        ("grouper", mapping.grouper.is_some() && !of_master),
        ("merges", mapping.merges.is_some() && !of_master),
        ("adjustments", mapping.adjustments && !of_ledger),
    ];
    for (key, _) in keys.into_iter().filter(|(_, wrong)| *wrong) {
        findings.refuse(
            faults::KEY_OF_OTHER_ROLE,
            read.at(key),
            format!("`{key}` means nothing for feeds with role {}", feeds::word(feed.role)),
            "Take it out, or correct the role in feeds.csv.",
        );
    }
}

fn check_columns(read: &IntakeFile, mapping: &IntakeMapping, feed: &Feed, findings: &mut Findings) {
    let role = feeds::word(feed.role);
    let known = columns_of(feed.role);
    for column in mapping.columns.keys().filter(|it| !known.contains(&it.as_str())) {
        findings.refuse(
            faults::INTAKE_COLUMN_UNKNOWN,
            read.at_column(column),
            format!("feeds with role {role} have no column `{column}`"),
            format!("Choose among: {}.", known.join(", ")),
        );
    }
    let by_phase = |column: &str| !mapping.phases.is_empty() && column == "start";
    let filled = |column: &str| mapping.columns.contains_key(column) || by_phase(column);
    for column in columns_needed(feed.role).iter().filter(|it| !filled(it)) {
        findings.refuse(
            faults::INTAKE_COLUMN_MISSING,
            read.at_column(column),
            format!("feeds with role {role} need the column `{column}`"),
            format!("Add `{column}` to [columns]."),
        );
    }
    if feed.role == FeedRole::Master && feed.event_type.is_empty() && !filled("event_type") {
        findings.refuse(
            faults::INTAKE_COLUMN_MISSING,
            read.at_column("event_type"),
            "neither feeds.csv nor the mapping says of which type the events are",
            "Fill `event_type` in feeds.csv, or add it to [columns].",
        );
    }
}
