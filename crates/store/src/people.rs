//! People who may sign in: added, edited, imported, and gone with all their rights at once.

use std::collections::BTreeSet;

use domain::Day;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::api_tokens;
use crate::audit::{self, Entry};
use crate::credentials;
use crate::error::{Error, LineFault, Refusal, Result, code, filled, taken, usable};
use crate::grants::{self, NewGrant};
use crate::ids::{PersonId, UnitCode};
use crate::import;
use crate::row::{Values as _, texts};
use crate::sessions;
use crate::units;
use crate::writer::Tx;

texts! {
    /// Whether a person works here.
    PersonState {
        /// Works here.
        Active = "active",
        /// Has left: no session, no right, no sign-in.
        Left = "left",
    }
}

/// A person, as they should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Name.
    pub name: String,
    /// Address, unique whatever its case.
    pub email: String,
    /// Job title.
    pub job_title: String,
    /// Profession, such as finance or nursing.
    pub profession: String,
}

/// A person as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPerson {
    /// Reference.
    pub id: PersonId,
    /// The person.
    pub person: Person,
    /// Whether they work here.
    pub state: PersonState,
    /// The last day, of those who have left.
    pub left_on: Option<Day>,
    /// Goes up with each change.
    pub version: i64,
}

/// What ended with a person's leaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Sessions.
    pub sessions: usize,
    /// Rights.
    pub grants: usize,
}

/// What an import of people did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportedPeople {
    /// People who are new.
    pub added: usize,
    /// People of whom something changed.
    pub changed: usize,
    /// Rights granted.
    pub granted: usize,
}

/// All people by name.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection) -> Result<Vec<StoredPerson>> {
    let rows = sqlx::query("SELECT * FROM person ORDER BY name, id").fetch_all(db).await?;
    rows.iter().map(stored).collect()
}

/// One person.
///
/// # Errors
/// If there is no such person.
pub async fn get(db: &mut Connection, id: &PersonId) -> Result<StoredPerson> {
    let row = sqlx::query("SELECT * FROM person WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(db)
        .await?;
    stored(&row.ok_or_else(|| Error::NotFound(format!("person {id}")))?)
}

/// The person with an address, whatever its case.
///
/// # Errors
/// If the database cannot be read.
pub async fn by_email(db: &mut Connection, email: &str) -> Result<Option<StoredPerson>> {
    let row = sqlx::query("SELECT * FROM person WHERE email_key = $1")
        .bind(key(email))
        .fetch_optional(db)
        .await?;
    row.as_ref().map(stored).transpose()
}

/// Adds a person, who may do nothing yet.
///
/// # Errors
/// If the name or address is missing, or somebody has the address already.
pub async fn create(tx: &mut Tx, person: &Person, entry: &Entry) -> Result<PersonId> {
    let id = add(tx, person).await?;
    audit::append(tx, &entry.of("person.create", format!("person/{id}"))).await?;
    Ok(id)
}

/// Changes a person who was seen at a version; their new version.
///
/// # Errors
/// If somebody else changed them since, or another has the address.
pub async fn edit(
    tx: &mut Tx,
    id: &PersonId,
    person: &Person,
    seen: i64,
    entry: &Entry,
) -> Result<i64> {
    check(person)?;
    let current = get(tx, id).await?;
    if current.version != seen {
        let what = format!("person {}", current.person.name);
        return Err(Error::Stale { what, yours: seen, current: current.version });
    }
    let version = seen + 1;
    put(tx, id, person, version).await?;
    audit::append(tx, &entry.of("person.edit", format!("person/{id} v{version}"))).await?;
    Ok(version)
}

/// Lets a person go: sessions and tokens end, rights are revoked, password and codes are forgotten, all in the
/// same transaction.
///
/// # Errors
/// If there is no such person, or they have left.
pub async fn leave(tx: &mut Tx, id: &PersonId, on: Day, entry: &Entry) -> Result<Ended> {
    if get(tx, id).await?.state == PersonState::Left {
        return Err(Refusal::HasLeft.into());
    }
    sqlx::query(
        "UPDATE person SET state = 'left', left_on = $1, version = version + 1 WHERE id = $2",
    )
    .bind(on.to_string())
    .bind(id.as_str())
    .execute(&mut **tx)
    .await?;
    credentials::forget(tx, id).await?;
    let sessions = sessions::end_each(tx, id, entry.at).await?;
    api_tokens::end_all(tx, id, entry).await?;
    let grants = grants::revoke_each(tx, id, entry).await?;
    let entry = entry.of("person.leave", format!("person/{id}")).rows(sessions + grants);
    audit::append(tx, &entry).await?;
    Ok(Ended { sessions, grants })
}

/// Takes a person back who had left, without any right, password or code.
///
/// # Errors
/// If there is no such person, or they have not left.
pub async fn rejoin(tx: &mut Tx, id: &PersonId, entry: &Entry) -> Result<()> {
    let person = get(tx, id).await?;
    if person.state == PersonState::Active {
        let (what, from) = (person.person.name, person.state.to_string());
        return Err(Refusal::WrongMove { what, from, to: "taken back" }.into());
    }
    sqlx::query(
        "UPDATE person SET state = 'active', left_on = NULL, version = version + 1 WHERE id = $1",
    )
    .bind(id.as_str())
    .execute(&mut **tx)
    .await?;
    audit::append(tx, &entry.of("person.rejoin", format!("person/{id}"))).await?;
    Ok(())
}

/// Adds and changes people from a file `name,email,job_title,role,unit,from,until`, all or nothing.
///
/// A role needs a unit and a first day and is granted unless the same was; patient-level rights are
/// never imported. Whoever imports cannot grant to themselves.
///
/// # Errors
/// [`Error::Faults`] with everything that is wrong, by line.
pub async fn import_csv(
    tx: &mut Tx,
    csv: &str,
    roles: &[&str],
    entry: &Entry,
) -> Result<ImportedPeople> {
    let units: BTreeSet<UnitCode> =
        units::list(tx).await?.into_iter().map(|it| it.unit.code).collect();
    let known = list(tx).await?;
    let lines = read(csv, roles, &units, &known, entry)?;
    let mut imported = ImportedPeople::default();
    for Line { person, right } in lines {
        let id = match by_email(tx, &person.email).await? {
            None => {
                imported.added += 1;
                add(tx, &person).await?
            }
            Some(stored) => {
                let person = Person { profession: stored.person.profession.clone(), ..person };
                if stored.person != person {
                    imported.changed += 1;
                    put(tx, &stored.id, &person, stored.version + 1).await?;
                }
                stored.id
            }
        };
        if let Some((role, unit, from, until)) = right {
            let reason = "imported".to_owned();
            let (person, patient_level) = (id, false);
            let new = NewGrant { person, role, unit, patient_level, reason, from, until };
            if !grants::is_granted(tx, &new).await? {
                grants::grant(tx, &new, entry).await?;
                imported.granted += 1;
            }
        }
    }
    let entry = entry.of("person.import", "people").rows(imported.added + imported.changed);
    audit::append(tx, &entry).await?;
    Ok(imported)
}

struct Line {
    person: Person,
    right: Option<(String, UnitCode, Day, Option<Day>)>,
}

fn read(
    csv: &str,
    roles: &[&str],
    units: &BTreeSet<UnitCode>,
    known: &[StoredPerson],
    entry: &Entry,
) -> Result<Vec<Line>> {
    let columns = ["name", "email", "job_title", "role", "unit", "from", "until"];
    let (rows, mut faults) = import::read(csv, columns);
    let mut lines: Vec<Line> = Vec::new();
    for row in &rows {
        let [name, email, job_title, role, unit, from, until] = &row.fields;
        let before = faults.len();
        let mut fault =
            |message: &str| faults.push(LineFault { line: row.line, message: message.to_owned() });
        for (what, text) in [("the name", name), ("the address", email)] {
            if let Err(error) = code(what, text) {
                fault(&error.to_string());
            }
        }
        if !looks_like_an_address(email) {
            fault("needs an email address such as a.name@trust.nhs.uk");
        }
        let stored = known.iter().find(|it| key(&it.person.email) == key(email));
        if stored.is_some_and(|it| it.state == PersonState::Left) {
            fault("this person has left");
        }
        let person = Person {
            name: name.clone(),
            email: email.clone(),
            job_title: job_title.clone(),
            profession: String::new(),
        };
        let is_other = |it: &Line| key(&it.person.email) == key(email) && it.person != person;
        if lines.iter().any(is_other) {
            fault("the same address stands above with another name or job title");
        }
        let mut right = None;
        if !role.is_empty() {
            let unit = UnitCode::new(unit);
            if !roles.contains(&role.as_str()) {
                fault(&format!("the role must be one of {}", roles.join(", ")));
            }
            if !units.contains(&unit) {
                fault(&format!("there is no unit `{unit}`"));
            }
            if stored.is_some_and(|it| it.id.as_str() == entry.actor) {
                fault("nobody grants a right to themselves");
            }
            match import::days(from, until) {
                Ok((from, until)) => right = Some((role.clone(), unit, from, until)),
                Err(message) => fault(&message),
            }
        } else if !(unit.is_empty() && from.is_empty() && until.is_empty()) {
            fault("has a unit or days, but no role");
        }
        if faults.len() == before {
            lines.push(Line { person, right });
        }
    }
    import::none(faults)?;
    Ok(lines)
}

fn looks_like_an_address(email: &str) -> bool {
    email.split_once('@').is_some_and(|(name, place)| {
        !name.is_empty() && place.contains('.') && !email.contains(char::is_whitespace)
    })
}

/// Addresses are compared without regard to case.
fn key(email: &str) -> String {
    email.trim().to_lowercase()
}

fn check(person: &Person) -> Result<()> {
    filled("the name", &person.name)?;
    code("the email address", &person.email)?;
    usable("the job title", &person.job_title)?;
    usable("the profession", &person.profession)?;
    if !looks_like_an_address(person.email.trim()) {
        return Err(Refusal::Empty("an email address such as a.name@trust.nhs.uk").into());
    }
    Ok(())
}

async fn add(tx: &mut Tx, person: &Person) -> Result<PersonId> {
    check(person)?;
    let id = PersonId::random()?;
    put(tx, &id, person, 1).await?;
    Ok(id)
}

async fn put(tx: &mut Tx, id: &PersonId, person: &Person, version: i64) -> Result<()> {
    sqlx::query(
        "INSERT INTO person (id, name, email, email_key, job_title, profession, state, version)
         VALUES ($1, $2, $3, $4, $5, $6, 'active', $7)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email,
             email_key = excluded.email_key, job_title = excluded.job_title,
             profession = excluded.profession, version = excluded.version",
    )
    .bind(id.as_str())
    .bind(person.name.trim())
    .bind(person.email.trim())
    .bind(key(&person.email))
    .bind(person.job_title.trim())
    .bind(person.profession.trim())
    .bind(version)
    .execute(&mut **tx)
    .await
    .map_err(taken("somebody with this email address"))?;
    Ok(())
}

fn stored(row: &AnyRow) -> Result<StoredPerson> {
    Ok(StoredPerson {
        id: PersonId::new(row.text("id")?),
        person: Person {
            name: row.text("name")?,
            email: row.text("email")?,
            job_title: row.text("job_title")?,
            profession: row.text("profession")?,
        },
        state: row.parsed("state", "state of a person")?,
        left_on: row.day_if("left_on")?,
        version: row.number("version")?,
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::Store;
    use crate::audit::Asked;
    use crate::sessions::{Limits, NewSession};
    use crate::testing::{
        add_person, add_unit, at, by, change, day, error, on_both, operator, person,
    };
    use jiff::SignedDuration;

    #[test]
    fn people_are_added_edited_and_found_by_address() {
        on_both(|store| async move {
            let id = add_person(&store, "Ann Other").await;
            let edited = Person { job_title: "Lead accountant".to_owned(), ..person("Ann Other") };
            let (target, new) = (id.clone(), edited.clone());
            let version = change!(store, |tx| edit(tx, &target, &new, 1, &operator()));
            assert_eq!(version.expect("nobody else edited"), 2);

            let mut db = store.read().await.expect("a connection");
            let found = by_email(&mut db, " ANN.OTHER@trust.nhs.uk").await.expect("a read");
            let found = found.expect("case does not matter");
            assert_eq!((found.id, found.person, found.version), (id.clone(), edited.clone(), 2));

            let result = change!(store, |tx| edit(tx, &id, &edited, 1, &operator()));
            expect![
                "person Ann Other was changed by somebody else: you edited version 1, it is at 2"
            ]
            .assert_eq(&error(result));
        });
    }

    #[test]
    fn an_address_is_one_person_and_looks_like_one() {
        on_both(|store| async move {
            add_person(&store, "Ann Other").await;
            let same = Person { email: "ANN.other@Trust.nhs.uk".to_owned(), ..person("Else") };
            let result = change!(store, |tx| create(tx, &same, &operator()));
            expect!["there is already somebody with this email address"].assert_eq(&error(result));

            let none = "the email address is missing";
            let wrong = "an email address such as a.name@trust.nhs.uk is missing";
            for (email, expected) in [
                (" ", none),
                ("ann", wrong),
                ("@trust.nhs.uk", wrong),
                ("a b@trust.nhs.uk", wrong),
                ("ann@trust", wrong),
            ] {
                let wrong = Person { email: email.to_owned(), ..person("Else") };
                let result = change!(store, |tx| create(tx, &wrong, &operator()));
                assert_eq!(error(result), expected, "{email}");
            }
            let id = add_person(&store, "Bea Other").await;
            let taken = person("Ann Other");
            let result = change!(store, |tx| edit(tx, &id, &taken, 1, &operator()));
            expect!["there is already somebody with this email address"].assert_eq(&error(result));
        });
    }

    async fn with_right_and_session(store: &Store, name: &str, token: &str) -> PersonId {
        let id = add_person(store, name).await;
        let (person, token) = (id.clone(), token.to_owned());
        change!(store, |tx| async {
            let new = NewGrant {
                person: person.clone(),
                role: "clinician".to_owned(),
                unit: UnitCode::new("T"),
                patient_level: false,
                reason: "joins".to_owned(),
                from: day("2025-04-01"),
                until: None,
            };
            grants::grant(tx, &new, &operator()).await?;
            let (csrf, ip, agent) = ("c", "::1", "browser");
            let new = NewSession { token: &token, person: &person, csrf, ip, agent };
            sessions::start(tx, &new, &operator()).await
        })
        .expect("a right and a session");
        id
    }

    #[test]
    fn whoever_leaves_loses_sessions_and_rights_at_once_and_nobody_else_does() {
        on_both(|store| async move {
            add_unit(&store, "T", None).await.expect("the top");
            let leaver = with_right_and_session(&store, "Lea Ver", "token of the leaver").await;
            let stayer = with_right_and_session(&store, "Sta Yer", "token of the stayer").await;

            let target = leaver.clone();
            let left = day("2025-05-01");
            let ended = change!(store, |tx| leave(tx, &target, left, &operator()));
            assert_eq!(ended.expect("they leave"), Ended { sessions: 1, grants: 1 });

            let mut db = store.read().await.expect("a connection");
            let limits = Limits {
                idle: SignedDuration::from_mins(30),
                absolute: SignedDuration::from_hours(12),
            };
            for (who, token, is_in) in
                [(&leaver, "token of the leaver", false), (&stayer, "token of the stayer", true)]
            {
                let session = sessions::find(&mut db, token, at(1), &limits).await.expect("read");
                let rights = grants::counting(&mut db, who, left).await.expect("a read");
                assert_eq!((session.is_some(), rights.len()), (is_in, usize::from(is_in)));
            }
            let stored = get(&mut db, &leaver).await.expect("they stay on record");
            assert_eq!((stored.state, stored.left_on), (PersonState::Left, Some(left)));

            let target = leaver.clone();
            let result = change!(store, |tx| leave(tx, &target, left, &operator()));
            expect!["this person has left"].assert_eq(&error(result));
            let person = leaver.clone();
            let result = change!(store, |tx| async {
                let new =
                    NewSession { token: "new", person: &person, csrf: "c", ip: "", agent: "" };
                sessions::start(tx, &new, &operator()).await
            });
            expect!["this person has left"].assert_eq(&error(result));

            let asked = Asked { action: Some("person.leave".to_owned()), ..Asked::default() };
            let rows = audit::list(&mut db, &asked, 10).await.expect("the rows");
            assert_eq!(rows.len(), 1);
            assert_eq!(rows[0].entry.rows, Some(2));
        });
    }

    const ROLES: &[&str] = &["accountant", "clinician"];

    #[test]
    fn a_file_of_people_is_taken_and_taking_it_again_changes_nothing() {
        on_both(|store| async move {
            add_unit(&store, "T", None).await.expect("the top");
            let file = "name,email,job_title,role,unit,from,until\n\
                        Ann Other,ann@trust.nhs.uk,Accountant,accountant,T,2025-04-01,\n\
                        Ann Other,ann@trust.nhs.uk,Accountant,clinician,T,2025-04-01,2025-09-30\n\
                        Bob Other,bob@trust.nhs.uk,Porter,,,,\n";
            let imported = change!(store, |tx| import_csv(tx, file, ROLES, &operator()));
            let expected = ImportedPeople { added: 2, changed: 0, granted: 2 };
            assert_eq!(imported.expect("a good file"), expected);

            let imported = change!(store, |tx| import_csv(tx, file, ROLES, &operator()));
            assert_eq!(imported.expect("a good file"), ImportedPeople::default());

            let file = file.replace("Porter", "Head porter").replace("bob@", "BOB@");
            let imported = change!(store, |tx| import_csv(tx, &file, ROLES, &operator()));
            let expected = ImportedPeople { added: 0, changed: 1, granted: 0 };
            assert_eq!(imported.expect("a good file"), expected);
        });
    }

    #[test]
    fn every_fault_of_a_file_of_people_is_told_and_nothing_is_taken() {
        on_both(|store| async move {
            add_unit(&store, "T", None).await.expect("the top");
            let importer = add_person(&store, "Ima Porter").await;
            let file = "name,email,job_title,role,unit,from,until\n\
                        ,ann,Accountant,,,,\n\
                        Ima Porter,ima.porter@trust.nhs.uk,,accountant,T,2025-04-01,\n\
                        Bob Other,bob@trust.nhs.uk,Porter,boss,U,soon,\n\
                        Cat Other,cat@trust.nhs.uk,Nurse,,T,,\n\
                        Dan Other,dan@trust.nhs.uk,Nurse,,,,\n\
                        Dan Otter,dan@trust.nhs.uk,Nurse,,,,\n";
            let entry = by(&importer);
            let result = change!(store, |tx| import_csv(tx, file, ROLES, &entry));
            let Err(Error::Faults(faults)) = result else { panic!("the file has faults") };
            let told: String = faults.iter().map(|it| format!("{it}\n")).collect();
            expect![[r#"
                line 2: needs an email address such as a.name@trust.nhs.uk
                line 2: the name is missing
                line 3: nobody grants a right to themselves
                line 4: `soon` is not a day such as 2025-04-01
                line 4: the role must be one of accountant, clinician
                line 4: there is no unit `U`
                line 5: has a unit or days, but no role
                line 7: the same address stands above with another name or job title
            "#]]
            .assert_eq(&told);
            let people = list(&mut store.read().await.expect("a connection")).await;
            assert_eq!(people.expect("a read").len(), 1);
        });
    }
}
