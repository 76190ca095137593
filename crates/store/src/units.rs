//! Units of the trust: divisions, directorates, specialties, service lines, wards and teams, as a
//! tree.

use std::collections::{BTreeMap, BTreeSet};

use domain::Day;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, LineFault, Refusal, Result, code, filled, taken};
use crate::ids::UnitCode;
use crate::import;
use crate::row::{Values as _, iso, texts};
use crate::writer::Tx;

texts! {
    /// What a unit is.
    UnitKind {
        /// The trust itself.
        Trust = "trust",
        /// A division or care group.
        Division = "division",
        /// A directorate.
        Directorate = "directorate",
        /// A specialty.
        Specialty = "specialty",
        /// A service line.
        ServiceLine = "service_line",
        /// A ward; its code is how its locations in the feeds begin.
        Ward = "ward",
        /// A team.
        Team = "team",
    }
}

/// A unit, as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its code.
    pub code: UnitCode,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: UnitKind,
    /// The unit it belongs to; none at the top.
    pub parent: Option<UnitCode>,
    /// The first day on which it exists.
    pub from: Day,
    /// The last day on which it exists, if it ends.
    pub until: Option<Day>,
}

impl Unit {
    /// Whether it exists on a day.
    pub fn exists_on(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|it| day <= it)
    }
}

/// A unit as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredUnit {
    /// The unit.
    pub unit: Unit,
    /// Goes up with each change.
    pub version: i64,
}

/// A unit in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The unit.
    pub stored: StoredUnit,
    /// How far below the top: 0 at the top.
    pub depth: usize,
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Rows that are new.
    pub added: usize,
    /// Rows that changed something.
    pub changed: usize,
    /// Rows that are as they were.
    pub unchanged: usize,
}

/// All units by code.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection) -> Result<Vec<StoredUnit>> {
    let rows = sqlx::query("SELECT * FROM unit ORDER BY code").fetch_all(db).await?;
    rows.iter().map(stored).collect()
}

/// One unit.
///
/// # Errors
/// If there is none with this code.
pub async fn get(db: &mut Connection, code: &UnitCode) -> Result<StoredUnit> {
    let row = sqlx::query("SELECT * FROM unit WHERE code = $1")
        .bind(code.as_str())
        .fetch_optional(db)
        .await?;
    stored(&row.ok_or_else(|| Error::NotFound(format!("unit {code}")))?)
}

/// All units, each below the one it belongs to, siblings by code.
///
/// # Errors
/// If the database cannot be read.
pub async fn tree(db: &mut Connection) -> Result<Vec<Branch>> {
    let mut below: BTreeMap<Option<UnitCode>, Vec<StoredUnit>> = BTreeMap::new();
    for it in list(db).await? {
        below.entry(it.unit.parent.clone()).or_default().push(it);
    }
    let mut tree = Vec::new();
    let top = below.remove(&None).unwrap_or_default();
    let mut next: Vec<Branch> =
        top.into_iter().rev().map(|stored| Branch { stored, depth: 0 }).collect();
    while let Some(branch) = next.pop() {
        let children = below.remove(&Some(branch.stored.unit.code.clone())).unwrap_or_default();
        let depth = branch.depth + 1;
        next.extend(children.into_iter().rev().map(|stored| Branch { stored, depth }));
        tree.push(branch);
    }
    Ok(tree)
}

/// A unit and everything below it.
///
/// # Errors
/// If there is no such unit.
pub async fn within(db: &mut Connection, code: &UnitCode) -> Result<BTreeSet<UnitCode>> {
    get(db, code).await?;
    let mut found = BTreeSet::from([code.clone()]);
    let mut is_within = false;
    let mut depth = 0;
    for branch in tree(db).await? {
        if branch.stored.unit.code == *code {
            (is_within, depth) = (true, branch.depth);
        } else if branch.depth <= depth {
            is_within = false;
        }
        if is_within {
            found.insert(branch.stored.unit.code);
        }
    }
    Ok(found)
}

/// Adds a unit (`seen` none), or changes the one that was seen at this version; its new version.
///
/// # Errors
/// If somebody else changed it since, there is one already, its parent is not there, or it would
/// stand above itself.
pub async fn upsert(tx: &mut Tx, unit: &Unit, seen: Option<i64>, entry: &Entry) -> Result<i64> {
    code("the code", unit.code.as_str())?;
    filled("the name", &unit.name)?;
    if unit.until.is_some_and(|it| it < unit.from) {
        return Err(Refusal::EndsBeforeItBegins.into());
    }
    let known = list(tx).await?;
    let current = known.iter().find(|it| it.unit.code == unit.code).map(|it| it.version);
    let version = match (seen, current) {
        (None, None) => 1,
        (None, Some(_)) => return Err(Error::Duplicate(format!("a unit {}", unit.code))),
        (Some(_), None) => return Err(Error::NotFound(format!("unit {}", unit.code))),
        (Some(yours), Some(current)) if yours != current => {
            return Err(Error::Stale { what: format!("unit {}", unit.code), yours, current });
        }
        (Some(_), Some(current)) => current + 1,
    };
    let mut parents: BTreeMap<UnitCode, Option<UnitCode>> =
        known.into_iter().map(|it| (it.unit.code, it.unit.parent)).collect();
    if let Some(parent) = unit.parent.as_ref().filter(|it| !parents.contains_key(it)) {
        return Err(Error::NotFound(format!("unit {parent}")));
    }
    parents.insert(unit.code.clone(), unit.parent.clone());
    if is_in_cycle(&parents, &unit.code) {
        return Err(Refusal::Cycle(unit.code.to_string()).into());
    }
    put(tx, unit, version).await?;
    audit::append(tx, &entry.of("unit.change", format!("unit/{} v{version}", unit.code))).await?;
    Ok(version)
}

/// Adds and changes units from a file `code,name,kind,parent,from,until`, all or nothing.
///
/// # Errors
/// [`Error::Faults`] with everything that is wrong, by line.
pub async fn import_csv(tx: &mut Tx, csv: &str, entry: &Entry) -> Result<Imported> {
    let known: BTreeMap<UnitCode, StoredUnit> =
        list(tx).await?.into_iter().map(|it| (it.unit.code.clone(), it)).collect();
    let wanted = read(csv, &known)?;
    let mut imported = Imported::default();
    // Parents first, so that whoever is referred to is there.
    for unit in in_order(wanted) {
        let version = match known.get(&unit.code) {
            Some(it) if it.unit == unit => {
                imported.unchanged += 1;
                continue;
            }
            Some(it) => {
                imported.changed += 1;
                it.version + 1
            }
            None => {
                imported.added += 1;
                1
            }
        };
        put(tx, &unit, version).await?;
    }
    let rows = imported.added + imported.changed;
    audit::append(tx, &entry.of("unit.import", "units").rows(rows)).await?;
    Ok(imported)
}

fn read(csv: &str, known: &BTreeMap<UnitCode, StoredUnit>) -> Result<Vec<Unit>> {
    let (rows, mut faults) = import::read(csv, ["code", "name", "kind", "parent", "from", "until"]);
    let named: BTreeSet<&str> = rows.iter().map(|it| it.fields[0].as_str()).collect();
    let is_known = |it: &str| named.contains(it) || known.contains_key(&UnitCode::new(it));
    let mut wanted: Vec<(u64, Unit)> = Vec::new();
    for row in &rows {
        let [code, name, kind, parent, from, until] = &row.fields;
        let before = faults.len();
        let mut fault = |message: String| faults.push(LineFault { line: row.line, message });
        for (what, text) in [("the code", code), ("the name", name)] {
            if let Err(error) = crate::error::code(what, text) {
                fault(error.to_string());
            }
        }
        let kind: Option<UnitKind> = kind.parse().ok();
        if kind.is_none() {
            let kinds: Vec<&str> = UnitKind::ALL.iter().map(|it| it.as_str()).collect();
            fault(format!("the kind must be one of {}", kinds.join(", ")));
        }
        let days = import::days(from, until).map_err(&mut fault).ok();
        if !(parent.is_empty() || is_known(parent)) {
            fault(format!("the parent {parent} is neither in the file nor known"));
        }
        if wanted.iter().any(|(_, it)| it.code.as_str() == code) {
            fault(format!("unit {code} is in the file twice"));
        }
        if let (Some(kind), Some((from, until)), true) = (kind, days, faults.len() == before) {
            let parent = (!parent.is_empty()).then(|| UnitCode::new(parent));
            let (code, name) = (UnitCode::new(code), name.clone());
            wanted.push((row.line, Unit { code, name, kind, parent, from, until }));
        }
    }
    let mut parents: BTreeMap<UnitCode, Option<UnitCode>> =
        known.iter().map(|(code, it)| (code.clone(), it.unit.parent.clone())).collect();
    parents.extend(wanted.iter().map(|(_, it)| (it.code.clone(), it.parent.clone())));
    for (line, unit) in &wanted {
        if is_in_cycle(&parents, &unit.code) {
            let message = format!("unit {} would stand above itself", unit.code);
            faults.push(LineFault { line: *line, message });
        }
    }
    import::none(faults)?;
    Ok(wanted.into_iter().map(|it| it.1).collect())
}

fn in_order(mut wanted: Vec<Unit>) -> Vec<Unit> {
    let mut ordered = Vec::with_capacity(wanted.len());
    while !wanted.is_empty() {
        let waiting: BTreeSet<UnitCode> = wanted.iter().map(|it| it.code.clone()).collect();
        let (ready, later): (Vec<Unit>, Vec<Unit>) = wanted
            .into_iter()
            .partition(|it| it.parent.as_ref().is_none_or(|it| !waiting.contains(it)));
        assert!(!ready.is_empty(), "cycles were refused before");
        ordered.extend(ready);
        wanted = later;
    }
    ordered
}

/// Whether a unit stands above itself.
fn is_in_cycle(parents: &BTreeMap<UnitCode, Option<UnitCode>>, code: &UnitCode) -> bool {
    let mut seen = BTreeSet::new();
    let mut next = parents.get(code).cloned().flatten();
    while let Some(above) = next {
        if above == *code {
            return true;
        }
        // Another cycle further up is the fault of those in it.
        if !seen.insert(above.clone()) {
            return false;
        }
        next = parents.get(&above).cloned().flatten();
    }
    false
}

async fn put(tx: &mut Tx, unit: &Unit, version: i64) -> Result<()> {
    sqlx::query(
        "INSERT INTO unit (code, name, kind, parent, from_date, until_date, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind,
             parent = excluded.parent, from_date = excluded.from_date,
             until_date = excluded.until_date, version = excluded.version",
    )
    .bind(unit.code.as_str())
    .bind(unit.name.trim())
    .bind(unit.kind.as_str())
    .bind(unit.parent.as_ref().map(UnitCode::as_str))
    .bind(unit.from.to_string())
    .bind(iso(unit.until))
    .bind(version)
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("a unit {}", unit.code)))?;
    Ok(())
}

fn stored(row: &AnyRow) -> Result<StoredUnit> {
    let unit = Unit {
        code: UnitCode::new(row.text("code")?),
        name: row.text("name")?,
        kind: row.parsed("kind", "kind of unit")?,
        parent: row.text_if("parent")?.map(UnitCode::new),
        from: row.day("from_date")?,
        until: row.day_if("until_date")?,
    };
    Ok(StoredUnit { unit, version: row.number("version")? })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::testing::{add_unit, change, day, error, on_both, operator, unit};
    use crate::{Error, Store};

    async fn shown(store: &Store) -> String {
        let tree = tree(&mut store.read().await.expect("a connection")).await.expect("a tree");
        let line = |it: &Branch| {
            let StoredUnit { unit, version } = &it.stored;
            format!("{}{} {} v{version}\n", "  ".repeat(it.depth), unit.code, unit.kind)
        };
        tree.iter().map(line).collect()
    }

    #[test]
    fn units_are_a_tree() {
        on_both(|store| async move {
            add_unit(&store, "T", None).await.expect("the top");
            add_unit(&store, "B", Some("T")).await.expect("below the top");
            add_unit(&store, "A", Some("T")).await.expect("below the top");
            add_unit(&store, "A2", Some("A")).await.expect("below A");
            add_unit(&store, "A1", Some("A")).await.expect("below A");
            expect![[r#"
                T trust v1
                  A service_line v1
                    A1 service_line v1
                    A2 service_line v1
                  B service_line v1
            "#]]
            .assert_eq(&shown(&store).await);

            let mut db = store.read().await.expect("a connection");
            let within = within(&mut db, &UnitCode::new("A")).await.expect("A is there");
            let codes: Vec<&str> = within.iter().map(UnitCode::as_str).collect();
            assert_eq!(codes, ["A", "A1", "A2"]);
        });
    }

    #[test]
    fn of_two_editors_one_is_told() {
        on_both(|store| async move {
            add_unit(&store, "T", None).await.expect("the top");
            // Both saw version 1 and save at the same time.
            let edit = |name: &str| {
                let edited = Unit { name: name.to_owned(), ..unit("T", None) };
                let store = store.clone();
                tokio::spawn(async move {
                    change!(store, |tx| upsert(tx, &edited, Some(1), &operator()))
                })
            };
            let (one, other) = (edit("One"), edit("Other"));
            let both = [one.await.expect("no panic"), other.await.expect("no panic")];
            assert_eq!(both.iter().filter(|it| matches!(it, Ok(2))).count(), 1);
            let is_told =
                |it: &&Result<i64>| matches!(it, Err(Error::Stale { yours: 1, current: 2, .. }));
            assert_eq!(both.iter().filter(is_told).count(), 1);
        });
    }

    #[test]
    fn what_makes_no_tree_is_refused() {
        on_both(|store| async move {
            add_unit(&store, "T", None).await.expect("the top");
            add_unit(&store, "A", Some("T")).await.expect("below the top");
            expect!["there is already a unit A"]
                .assert_eq(&error(add_unit(&store, "A", None).await));
            expect!["there is no unit NONE"]
                .assert_eq(&error(add_unit(&store, "B", Some("NONE")).await));

            let turned = unit("T", Some("A"));
            let result = change!(store, |tx| upsert(tx, &turned, Some(1), &operator()));
            expect!["unit T would stand above itself"].assert_eq(&error(result));

            let ends = Unit { until: Some(day("2025-03-31")), ..unit("C", None) };
            let result = change!(store, |tx| upsert(tx, &ends, None, &operator()));
            expect!["the last day is before the first"].assert_eq(&error(result));
            expect![[r#"
                T trust v1
                  A service_line v1
            "#]]
            .assert_eq(&shown(&store).await);
        });
    }

    #[test]
    fn a_file_is_taken_whole_children_before_parents_or_not() {
        on_both(|store| async move {
            add_unit(&store, "T", None).await.expect("the top");
            let file = "\u{feff}code,name,kind,parent,from,until\n\
                        CARD,Cardiology,service_line,MED,2025-04-01,\n\
                        MED,\"Medicine, all\",division,T,2025-04-01,2026-03-31\n\
                        T,Unit T,trust,,2025-04-01,\n";
            let imported =
                change!(store, |tx| import_csv(tx, file, &operator())).expect("a good file");
            assert_eq!(imported, Imported { added: 2, changed: 0, unchanged: 1 });

            let renamed = file.replace("Cardiology", "Heart");
            let imported =
                change!(store, |tx| import_csv(tx, &renamed, &operator())).expect("a good file");
            assert_eq!(imported, Imported { added: 0, changed: 1, unchanged: 2 });
            expect![[r#"
                T trust v1
                  MED division v1
                    CARD service_line v2
            "#]]
            .assert_eq(&shown(&store).await);
        });
    }

    #[test]
    fn every_fault_of_a_file_is_told_by_line() {
        on_both(|store| async move {
            let file = "code,name,kind,parent,from,until\n\
                        A,Alpha,bay,,2025-04-01,\n\
                        B,,team,,2025-13-01,\n\
                        C,Gamma,team,NONE,2025-04-01,2025-03-31\n\
                        D,Delta,team,E,2025-04-01,\n\
                        E,Echo,team,D,2025-04-01,\n\
                        E,Echo again,team,,2025-04-01,\n\
                        F,Foxtrot,team,NONE,2025-04-01,\n\
                        G,Golf\n";
            let result = change!(store, |tx| import_csv(tx, file, &operator()));
            let Err(Error::Faults(faults)) = result else { panic!("the file has faults") };
            let told: String = faults.iter().map(|it| format!("{it}\n")).collect();
            // D and E stand above each other; E stands twice; NONE is nowhere.
            expect![[r#"
                line 2: the kind must be one of trust, division, directorate, specialty, service_line, ward, team
                line 3: `2025-13-01` is not a day such as 2025-04-01
                line 3: the name is missing
                line 4: the last day is before the first
                line 4: the parent NONE is neither in the file nor known
                line 5: unit D would stand above itself
                line 6: unit E would stand above itself
                line 7: unit E is in the file twice
                line 8: the parent NONE is neither in the file nor known
                line 9: has 2 fields, the header 6
            "#]]
            .assert_eq(&told);
            assert_eq!(shown(&store).await, "");

            let result = change!(store, |tx| import_csv(tx, "code,name,sort\n", &operator()));
            expect!["nothing was imported: line 1: the column from is missing; line 1: the column kind is missing; line 1: the column parent is missing; line 1: the column sort is not one of code, name, kind, parent, from, until; line 1: the column until is missing"].assert_eq(&error(result));
        });
    }
}
