//! A collection from an empty round to a published table: requests in, pages out.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use demonstration::{SimulatedReturn, collection_register, collection_returns};
use engagement::framework::Framework;
use engagement::returns::{OrganisationCode, Return, StatedSteps, read_published, write};

use crate::shell::testing::{Answer, Browser, Site, hidden, request, site, site_on_postgres};

async fn nina(site: &Site) -> Browser {
    let id = site.person("Nina", "COLLECTOR").await;
    site.sign_in(&id).await
}

/// Opens a round, and says where it is.
async fn opened(site: &Site, who: &Browser, (kind, name, year): (&str, &str, &str)) -> String {
    let open_on = format!("{year}-07-31");
    let fields = [("kind", kind), ("name", name), ("year", year), ("open_on", open_on.as_str())];
    let done = site.post(who, "/collecting", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    done.location().to_owned()
}

async fn registered(site: &Site, who: &Browser, at: &str, csv: &str) {
    let done = site.post(who, &format!("{at}/register"), &[("csv", csv)]).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, at), "{}", done.text);
}

/// Looks at a file of returns, and takes it; `good` where rows that are wrong are left out.
async fn taken(site: &Site, who: &Browser, at: &str, (csv, good): (&str, &str)) -> Answer {
    let look = site.post(who, &format!("{at}/returns"), &[("csv", csv)]).await;
    assert_eq!(look.status, StatusCode::OK, "{}", look.text);
    let [file, files, registers] =
        ["file", "files", "registers"].map(|name| hidden(&look.text, name));
    let fields = [
        ("file", file.as_str()),
        ("name", "returns.csv"),
        ("files", files.as_str()),
        ("registers", registers.as_str()),
        ("good_rows", good),
    ];
    site.post(who, &format!("{at}/returns/accept"), &fields).await
}

async fn text(site: &Site, who: &Browser, path: &str) -> String {
    let page = site.get(who, path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    page.text.replace('\u{a0}', " ").replace("&#39;", "'")
}

async fn published(site: &Site, who: &Browser, at: &str) -> Answer {
    let page = site.get(who, at).await.text;
    let is_offered = page.contains("name=\"publications\"");
    let fields = ["publications", "registers", "files"];
    let fields = fields.map(|it| (it, if is_offered { hidden(&page, it) } else { "0".to_owned() }));
    let fields = fields.each_ref().map(|it| (it.0, it.1.as_str()));
    site.post(who, &format!("{at}/publish"), &fields).await
}

/// A simulated return as an organisation would send it.
fn as_return(it: &SimulatedReturn) -> Return {
    let framework = Framework::national_2013();
    let level = |number: i64| {
        let number = u8::try_from(number).expect("a small number");
        engagement::Level::try_from(number).expect("a level")
    };
    let counted = |shows: i64| {
        let steps = framework.steps().iter().filter(|it| it.from_level <= level(shows));
        StatedSteps::Counted(steps.map(|it| it.id.clone()).collect())
    };
    Return {
        organisation: OrganisationCode::from(it.organisation.as_str()),
        year: u16::try_from(it.year).expect("a year"),
        level: level(it.level),
        steps: it.shows.map_or(StatedSteps::ByUnit, counted),
        clinical_lead: it.clinical_lead.clone(),
        finance_lead: it.finance_lead.clone(),
        framework: framework.id().clone(),
    }
}

/// The file of returns of a simulated year.
fn of_year(year: i64) -> String {
    write(&collection_returns(year).iter().map(as_return).collect::<Vec<_>>())
}

#[tokio::test]
async fn a_file_of_244_returns_gives_the_published_table_exactly() {
    published_exactly(site().await).await;
}

#[tokio::test]
async fn a_file_of_244_returns_gives_the_published_table_on_postgres_too() {
    published_exactly(site_on_postgres().await).await;
}

async fn published_exactly(site: Site) {
    let nina = nina(&site).await;
    let mut at = String::new();
    for year in [2012, 2013] {
        let of = ("national", "National collection", year.to_string());
        at = opened(&site, &nina, (of.0, of.1, &of.2)).await;
        registered(&site, &nina, &at, &collection_register()).await;
        let done = taken(&site, &nina, &at, (&of_year(year), "")).await;
        assert_eq!(
            (done.status, done.location()),
            (StatusCode::SEE_OTHER, at.as_str()),
            "{}",
            done.text
        );
        let leads_to = format!("{at}/published");
        assert_eq!(published(&site, &nina, &at).await.location(), leads_to);
    }
    let page = text(&site, &nina, &at).await;
    assert!(page.contains("National collection 2013: 244 of 244 have returned"), "{page}");
    assert!(page.contains("148 of 244 (61%) are at Level 3 or 4, after 134 of 248 (54%) in 2012."));
    assert!(page.contains(
        "Of 240 organisations that returned in both years, 40 rose, 9 fell and 191 stayed."
    ));
    assert!(page.contains("Nothing has changed since it was published."));
    // The guide, section 2.5.
    let file = text(&site, &nina, &format!("{at}/published.csv")).await;
    let lines: Vec<&str> = file.lines().map(str::trim_end).collect();
    assert_eq!(
        lines,
        [
            "level,trusts_2012,percent_2012,trusts_2013,percent_2013,change",
            "1,20,8,7,3,-13",
            "2,94,38,89,36,-5",
            "3,85,34,92,38,7",
            "4,49,20,56,23,7",
            "Total,248,100,244,100,-4",
        ]
    );
    let guide = engagement::reference::Reference::own();
    let read = read_published(&file).expect("others can read it");
    assert_eq!(Some(read[1]), guide.distribution(2013), "and read it as it was meant");
    assert_eq!(site.get(&nina, &format!("{at}/published.xlsx")).await.status, StatusCode::OK);
    // Nobody is named in what is published, and small sectors are put together.
    let groups = text(&site, &nina, &format!("{at}/groups.csv")).await;
    for it in [text(&site, &nina, &format!("{at}/published")).await, file, groups.clone()] {
        assert!(!it.contains("X-0") && !it.contains("Simulated trust"), "{it}");
    }
    let of_children = groups.lines().find(|it| it.contains("children")).expect("a sector");
    assert!(of_children.contains("ambulance, children's"), "put together with others: {groups}");
    let counts = groups.lines().filter(|it| it.starts_with("sector,"));
    let sum: u32 = counts.filter_map(|it| it.rsplit(',').next()?.parse::<u32>().ok()).sum();
    assert_eq!(sum, 244, "{groups}");
    let moves = text(&site, &nina, &format!("{at}/moves.csv")).await;
    let expected = ["1,6,11,2,0", "2,1,71,16,2", "3,0,5,69,9", "4,0,0,3,45"];
    assert!(moves.lines().skip(1).map(str::trim_end).eq(expected), "{moves}");
    let page = text(&site, &nina, &format!("{at}/moves")).await;
    assert_eq!(page.matches(" became X-").count(), 4, "three mergers, and one that joined");
}

const REGISTER: &str = "organisation_code,name,sector,region,open_from,open_to,successors\n\
    X-001,First,acute,north,,,\nX-002,Second,acute,north,,,\nX-003,Third,acute,south,,,\n\
    X-004,Fourth,acute,south,,,\nX-005,Fifth,mental,south,,,\nX-006,Sixth,mental,south,,,\n\
    X-007,Seventh,acute,north,,2013-03-31,X-001\n";

const HEADER: &str = "organisation_code,year,level,steps,clinical_lead,finance_lead,framework\n";

fn row(code: &str, level: &str) -> String {
    format!("{code},2013,{level},by unit,Dr A,Ms B,2013\n")
}

#[tokio::test]
async fn rows_that_are_wrong_are_named_and_nothing_is_half_taken() {
    let site = site().await;
    let nina = nina(&site).await;
    let at = opened(&site, &nina, ("national", "National collection", "2013")).await;
    let early = site.post(&nina, &format!("{at}/returns"), &[("csv", HEADER)]).await;
    assert!(early.text.contains("Bring the register of the round first"));
    registered(&site, &nina, &at, REGISTER).await;
    let rows = [
        row("X-001", "3"),
        row("X-002", "5"),
        row("X-999", "2"),
        row("X-007", "2"),
        row("X-003", "2"),
        row("X-003", "3"),
        row("X-001", "3"),
        "X-004,2013,4,C1 P1,Dr A,Ms B,2013\n".to_owned(),
    ];
    let csv = format!("\u{feff}{HEADER}{}", rows.concat());
    let look = site.post(&nina, &format!("{at}/returns"), &[("csv", &csv)]).await.text;
    let look = look.replace('\u{a0}', " ");
    assert!(look.contains("Of 8 rows 2 can be taken, and 6 cannot."), "{look}");
    for (line, what) in [
        (3, "`5` is no level: it must be 1, 2, 3 or 4"),
        (4, "Nobody knows the organisation `X-999`: correct the code or register it"),
        (5, "The organisation `X-007` has become `X-001`, who must return"),
        (6, "The organisation returns something else in row 7: ask which is right"),
        (7, "The organisation returns something else in row 6: ask which is right"),
        (8, "It repeats row 2"),
    ] {
        assert!(
            look.contains(&format!(">{line}</th><td class=\"nhsuk-table__cell\">{what}")),
            "{line}"
        );
    }
    assert!(
        look.contains("`X-004` states Level 4; its steps show less (Level 1): ask for the reason")
    );
    let unsaid = taken(&site, &nina, &at, (&csv, "")).await;
    assert!(unsaid.text.contains("Say that the rows below are left out"), "{}", unsaid.text);
    let page = text(&site, &nina, &at).await;
    assert!(page.contains("0 of 6 have returned") && !page.contains("Returns 1:"), "{page}");
    assert_eq!(taken(&site, &nina, &at, (&csv, "yes")).await.location(), at);
    assert!(text(&site, &nina, &at).await.contains("2 of 6 have returned"));
    // The file is kept as it came, to the byte.
    assert_eq!(site.get(&nina, &format!("{at}/files/1")).await.text, csv);
    assert_eq!(site.get(&nina, &format!("{at}/files/2")).await.status, StatusCode::NOT_FOUND);
    let ask = text(&site, &nina, &format!("{at}/ask")).await;
    // Of six rows that were left out, the repeated one needs no question.
    assert!(ask.contains("6 to ask, and 4 missing"), "{ask}");
    for part in ["X-004 Fourth", "Level 4", "File 1, row 3", "X-002 Second", "X-005 Fifth"] {
        assert!(ask.contains(part), "{part}");
    }
    let file = text(&site, &nina, &format!("{at}/ask.csv")).await;
    assert_eq!(file.lines().count(), 1 + 6 + 4, "{file}");
    // What is mended replaces it, and the level of X-001 is corrected.
    let mended = format!("{HEADER}{}{}{}", row("X-002", "4"), row("X-003", "3"), row("X-001", "2"));
    let look = site.post(&nina, &format!("{at}/returns"), &[("csv", &mended)]).await.text;
    assert!(look.contains("What it replaces") && look.contains("X-001 First"), "{look}");
    assert_eq!(taken(&site, &nina, &at, (&mended, "")).await.location(), at);
    assert!(text(&site, &nina, &format!("{at}/ask")).await.contains("3 to ask, and 2 missing"));
}

#[tokio::test]
async fn a_register_with_a_fault_is_not_taken_and_a_stale_look_is_shown_anew() {
    let site = site().await;
    let nina = nina(&site).await;
    let at = opened(&site, &nina, ("national", "National collection", "2013")).await;
    let register = format!("{at}/register");
    let wrong = format!("{REGISTER}X-008,,acute,north,,soon,\n");
    let refused = site.post(&nina, &register, &[("csv", &wrong)]).await.text.replace('\u{a0}', " ");
    assert!(refused.contains("Nothing is taken: mend the 1 fault below"), "{refused}");
    assert!(
        refused.contains(">9</th><td class=\"nhsuk-table__cell\">`name` is empty"),
        "{refused}"
    );
    let lost = REGISTER.replace(",X-001\n", ",X-111\n");
    let refused = site.post(&nina, &register, &[("csv", &lost)]).await.text;
    assert!(refused.contains("became `X-111`, which is not there"), "{refused}");
    assert!(text(&site, &nina, &at).await.contains("Bring the register"));
    // As a file.
    let body = format!(
        "--B\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n\
         --B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"r.csv\"\r\n\r\n{REGISTER}\r\n--B--\r\n",
        nina.csrf
    );
    let sent = request(Method::POST, &nina, &format!("{register}/file"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=B")
        .body(Body::from(body));
    assert_eq!(site.send(sent.expect("a request")).await.location(), at);
    assert_eq!(site.get(&nina, &format!("{at}/registers/1")).await.text, REGISTER);
    // Between look and take another register came.
    let csv = format!("{HEADER}{}", row("X-001", "3"));
    let look = site.post(&nina, &format!("{at}/returns"), &[("csv", &csv)]).await.text;
    registered(&site, &nina, &at, REGISTER).await;
    let file = hidden(&look, "file");
    let fields = [
        ("file", file.as_str()),
        ("name", "r"),
        ("files", "0"),
        ("registers", "1"),
        ("good_rows", ""),
    ];
    let stale = site.post(&nina, &format!("{at}/returns/accept"), &fields).await;
    assert!(
        stale.text.contains("The round has changed since you looked at this file"),
        "{}",
        stale.text
    );
    assert!(text(&site, &nina, &at).await.contains("0 of 6 have returned"));
}

#[tokio::test]
async fn a_group_is_hidden_below_the_minimum_and_published_once() {
    let site = site().await;
    let nina = nina(&site).await;
    let at = opened(&site, &nina, ("group", "Vale group", "2013")).await;
    registered(&site, &nina, &at, REGISTER).await;
    let codes = ["X-001", "X-002", "X-003", "X-004"];
    let four: String = codes.iter().zip(["1", "2", "3", "4"]).map(|it| row(it.0, it.1)).collect();
    taken(&site, &nina, &at, (&format!("{HEADER}{four}"), "")).await;
    let page = text(&site, &nina, &at).await;
    assert!(page.contains("4 of the 5 organisations that are needed have returned"), "{page}");
    assert!(!page.contains("Organisations at each level by year") && !page.contains("</svg>"));
    assert!(text(&site, &nina, &format!("{at}/groups")).await.contains("4 of the 5"));
    let refused = published(&site, &nina, &at).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(site.get(&nina, &format!("{at}/published")).await.status, StatusCode::NOT_FOUND);
    taken(&site, &nina, &at, (&format!("{HEADER}{}", row("X-005", "2")), "")).await;
    let page = text(&site, &nina, &at).await;
    assert!(page.contains("2 of 5 (40%) are at Level 3 or 4."), "{page}");
    assert_eq!(published(&site, &nina, &at).await.status, StatusCode::SEE_OTHER);
    taken(&site, &nina, &at, (&format!("{HEADER}{}", row("X-006", "4")), "")).await;
    let page = text(&site, &nina, &at).await;
    assert!(page.contains("The table of a group or a system is published once"), "{page}");
    let again = published(&site, &nina, &at).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let file = text(&site, &nina, &format!("{at}/published.csv")).await;
    assert!(file.contains("Total,5,100"), "what was published stays: {file}");
}

#[tokio::test]
async fn a_round_needs_its_particulars_and_is_there_once() {
    let site = site().await;
    let nina = nina(&site).await;
    let empty = site.post(&nina, "/collecting", &[("year", "13")]).await.text;
    for part in [
        "Choose for whom you collect",
        "Say what the collection is called",
        "Write the year with four digits, from 2012 on",
        "Write the day as 2013-07-31",
    ] {
        assert!(empty.contains(part), "{part}");
    }
    opened(&site, &nina, ("system", "A system", "2013")).await;
    let fields =
        [("kind", "system"), ("name", "A system"), ("year", "2013"), ("open_on", "2013-07-31")];
    let twice = site.post(&nina, "/collecting", &fields).await;
    assert!(twice.text.contains("There is a round of this collection for the year"));
    assert_eq!(site.get(&nina, "/collecting/none").await.status, StatusCode::NOT_FOUND);
    // Whoever collects sees nothing of the trust, and nobody of the trust sees the collection.
    assert_eq!(site.get(&nina, "/assessment").await.status, StatusCode::NOT_FOUND);
    let helen = site.person("Helen", "MEDICAL_DIRECTOR").await;
    let helen = site.sign_in(&helen).await;
    assert_eq!(site.get(&helen, "/collecting").await.status, StatusCode::NOT_FOUND);
}
