//! Matrix, days, trend and reports of a specialty with a signed level: requests in, pages out.

use axum::http::StatusCode;
use jiff::SignedDuration;

use super::super::tests::{HIP, person, signed, text, with_one_piece};
use crate::shell::testing::{Browser, Site, TRUST};

/// The rows of a table of a page as text, a row a line, cells parted by bars.
fn rows(page: &str) -> Vec<String> {
    let plain = |cell: &str| {
        let mut text = String::new();
        let mut is_tag = false;
        for letter in cell.chars() {
            match letter {
                '<' => is_tag = true,
                '>' => is_tag = false,
                other if !is_tag => text.push(other),
                _ => {}
            }
        }
        text.trim().to_owned()
    };
    let row = |row: &str| {
        let cells = row.split("</th>").flat_map(|it| it.split("</td>"));
        let cells: Vec<String> = cells.map(plain).filter(|it| !it.is_empty()).collect();
        cells.join(" | ")
    };
    let inside = |it: &str| {
        let (_, row) = it.split_once('>').unwrap_or_default();
        row.split("</tr>").next().map(ToOwned::to_owned)
    };
    page.split("<tr").skip(1).filter_map(inside).map(|it| row(&it)).collect()
}

async fn board_member(site: &Site) -> Browser {
    person(site, "Owen", "management", ("BOARD_MEMBER", TRUST)).await
}

#[tokio::test]
async fn the_matrix_says_in_each_cell_how_the_step_stands() {
    let (site, amara, _) = signed().await;
    let page = text(&site, &amara, &format!("{HIP}/matrix")).await;
    let rows = rows(&page);
    // 23 steps, three categories, the heading, and two totals.
    assert_eq!(rows.len(), 23 + 3 + 1 + 2, "{rows:?}");
    let of = |label: &str| rows.iter().find(|it| it.contains(label)).cloned().unwrap_or_default();
    // From Level 4 on: three cells say that it is not in the level.
    let feedback = of("Patient feedback");
    assert_eq!(feedback.matches("not in this level").count(), 3, "{feedback}");
    assert!(feedback.contains("Not yet"), "{feedback}");
    assert!(of("PLICS implemented").contains("Shown, never counted"), "{}", of("PLICS"));
    assert_eq!(of("Steps in the level"), "Steps in the level | 3 | 10 | 17 | 23");
    let board = of("Clinical and finance leadership");
    assert!(board.contains("Rated for the trust") && board.contains("Not rated yet"), "{board}");
    // Of 22 without PLICS: not the three of the board, nor patient feedback.
    assert!(of("Steps that count").ends_with("18 of 22"), "{}", of("Steps that count"));
    let trust = board_member(&site).await;
    let page = text(&site, &trust, "/assessment/TRUST/matrix").await;
    assert!(page.contains("Counts in 1 of 1") && page.contains("Counts in 0 of 1"));
    let page = text(&site, &trust, "/assessment/TRUST/matrix?on=1948-07-05").await;
    assert!(page.contains("It was no unit of the trust on this day") || page.contains("0 of 0"));
    let page = text(&site, &trust, &format!("{HIP}/matrix?on=yesterday")).await;
    assert!(page.contains("Write the day as 2026-03-31") && page.contains("Counts"));
    assert!(
        text(&site, &trust, &format!("{HIP}/matrix?on=2999-01-01")).await.contains("still to come")
    );
}

#[tokio::test]
async fn two_days_are_told_apart_step_by_step_and_so_is_why() {
    let (site, amara, _) = signed().await;
    let today = "2026-06-11";
    let page = text(&site, &amara, &format!("{HIP}/compare")).await;
    // Three months ago nobody had begun, or the unit was not there.
    assert!(page.contains("Shown now") || page.contains("no unit of the trust"), "{page}");
    let wrong = text(&site, &amara, &format!("{HIP}/compare?from={today}&to={today}")).await;
    assert!(wrong.contains("The first day must be before the second"));
    // The evidence counts for a year; after that nobody has lost anything but its proof.
    site.wait(SignedDuration::from_hours(24 * 500));
    let owen = board_member(&site).await;
    let page = text(&site, &owen, &format!("{HIP}/compare?from={today}")).await;
    assert!(page.contains("The level fell only because evidence expired"), "{page}");
    let rows = rows(&page);
    let row = rows.iter().find(|it| it.contains("Service line review")).expect("it differs");
    assert_eq!(
        row,
        "Service line review/management | Counts | Consistent, no evidence counts | Evidence expired"
    );
    assert!(!rows.iter().any(|it| it.contains("Patient feedback")), "it is as it was");
}

#[tokio::test]
async fn quarters_are_told_with_the_level_that_was_signed() {
    let (site, _, _) = signed().await;
    site.wait(SignedDuration::from_hours(24 * 200));
    let owen = board_member(&site).await;
    let page = text(&site, &owen, &format!("{HIP}/trend")).await;
    let rows = rows(&page);
    assert!(
        rows.len() >= 3 && rows[1..].iter().all(|it| it.contains("| Level 4 | ■■■□ Level 3")),
        "{rows:?}"
    );
    let file = site.get(&owen, &format!("{HIP}/trend.csv")).await;
    assert_eq!(file.status, StatusCode::OK);
    let mut lines = file.text.lines();
    assert_eq!(
        lines.next().map(|it| it.trim_start_matches('\u{feff}')),
        Some("day,shown,signed_level,assess_again_by")
    );
    assert!(lines.all(|it| it.ends_with(",Level 4,3,2027-06-01")), "{}", file.text);
    site.wait(SignedDuration::from_hours(24 * 400));
    let helen = person(&site, "Helen", "medicine", ("MEDICAL_DIRECTOR", TRUST)).await;
    let page = text(&site, &helen, &format!("{HIP}/trend")).await;
    assert!(page.contains("assessed again by 1 June 2027: that is overdue"), "{page}");
    let list = text(&site, &helen, "/assessment").await;
    assert!(list.contains("Was to be assessed again by 1 June 2027"), "{list}");
}

#[tokio::test]
async fn the_report_holds_level_trace_differences_evidence_and_thresholds() {
    let (site, amara, _) = signed().await;
    let page = text(&site, &amara, &format!("{HIP}/report")).await;
    for part in [
        "Level 3, signed by Amara for clinicians and Daniel for finance",
        "The norm is new",
        "Level 4 is shown",
        "They differed on 1 step",
        "Consistently demonstrated, recorded by Amara. So since May.",
        "Reviews of the year",
        "Evidence without an expiry date is live for 12 months",
        "Framework 2013",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let file = site.get(&amara, &format!("{HIP}/report.csv")).await.text.replace('\u{a0}', " ");
    for line in
        ["differences,Continuous improvement,", "steps,Patient feedback,Not yet,P6", "thresholds,"]
    {
        assert!(file.contains(line), "{line}: {file}");
    }
    assert_eq!(site.get(&amara, "/assessment/TRUST/report").await.status, 404);
    assert_eq!(site.get(&amara, "/assessment/inspection").await.status, 404);
    assert_eq!(site.get(&amara, "/assessment/board.csv").await.status, 404);
}

#[tokio::test]
async fn the_inspection_pack_names_evidence_and_gaps() {
    let (site, _, _) = with_one_piece().await;
    let owen = board_member(&site).await;
    // One piece for cross-training, which speaks to recommendation 214 alone.
    let page = text(&site, &owen, "/assessment/inspection").await;
    assert!(
        page.contains("Recommendations 2, 35, 65, 69, 132, 198, 287 and 288 have no evidence that counts: 8 gaps"),
        "{page}"
    );
    let rows = rows(&page);
    let row =
        |number: &str| rows.iter().find(|it| it.starts_with(number)).cloned().unwrap_or_default();
    assert!(row("214: ").contains("| Course (Unit HIP) | P4"), "{}", row("214: "));
    assert!(row("2: ").contains("A gap: nothing counts"), "{}", row("2: "));
    let file = site.get(&owen, "/assessment/inspection.csv").await.text;
    assert!(file.contains("recommendations,") && file.contains("evidence,Course"), "{file}");
    assert!(file.contains("actions,There are no joint actions."), "{file}");
    assert!(file.contains("outcomes,There are no verified benefits."), "{file}");
    let nadia = person(&site, "Nadia", "peer review", ("PEER_ASSESSOR", TRUST)).await;
    let page = text(&site, &nadia, "/assessment/inspection").await;
    assert!(page.contains("Your role reads no actions and no benefits"), "{page}");
}

#[tokio::test]
async fn the_board_reads_how_many_actions_are_joint_and_how_many_of_one_profession() {
    let (site, amara, _) = signed().await;
    let none = text(&site, &board_member(&site).await, "/assessment/board").await;
    assert!(none.contains("No action that you may see is open."), "{none}");
    let mut owners = Vec::new();
    for email in ["amara@trust.example", "daniel@trust.example"] {
        let mut db = site.store().read().await.expect("a connection");
        let found = store::people::by_email(&mut db, email).await.expect("a read");
        owners.push(found.expect("they are there").id.to_string());
    }
    for (joint, second) in [("yes", owners[1].as_str()), ("no", "")] {
        let fields = [
            ("unit", "HIP"),
            ("what", "Discharge by criteria"),
            ("joint", joint),
            ("owner_1", owners[0].as_str()),
            ("owner_2", second),
            ("owner_1_view", "as-is"),
            ("owner_2_view", "as-is"),
            ("measure", "Stay below 4.4 days"),
            ("quality", "Patients may come back"),
            ("effort", "medium"),
            ("priority", "high"),
            ("starts", "2026-06-11"),
            ("due", "2026-07-31"),
        ];
        let done = site.post(&amara, "/actions/new", &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    }
    let helen = person(&site, "Helen", "medicine", ("MEDICAL_DIRECTOR", TRUST)).await;
    let page = text(&site, &helen, "/assessment/board").await;
    let told = "Of 2 open actions that you may see, 1 is joint and 1 is of one profession.";
    assert!(page.contains(told), "{page}");
    let file = site.get(&helen, "/assessment/board.csv").await.text.replace('\u{a0}', " ");
    assert!(file.contains(told), "{file}");
    let nadia = person(&site, "Nadia", "peer review", ("PEER_ASSESSOR", TRUST)).await;
    let page = text(&site, &nadia, "/assessment/board").await;
    assert!(page.contains("Your role reads no actions.") && !page.contains("is joint"), "{page}");
}

#[tokio::test]
async fn the_board_reads_which_reviews_are_late_and_who_reads_none_is_told_so() {
    let (site, _, _) = signed().await;
    let helen = person(&site, "Helen", "medicine", ("MEDICAL_DIRECTOR", TRUST)).await;
    let ravi = person(&site, "Ravi", "finance", ("FINANCE_DIRECTOR", TRUST)).await;
    let none = text(&site, &helen, "/assessment/board").await;
    for part in ["No review is late.", "No benefit is claimed.", "The guard holds nothing."] {
        assert!(none.contains(part), "{part}: {none}");
    }
    let fields = [
        ("conditions", "Hips"),
        ("cadence", "quarter"),
        ("begins_on", "2026-05-11"),
        ("is_pilot", "no"),
        ("seen", "0.0.0.0.0"),
    ];
    let done = site.post(&helen, "/reviews/HIP/register", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    // It is 11 June: 20 days of May and 11 of June since 11 May.
    let row = "Unit HIP | 11 May 2026 | 31 days late";
    for who in [&helen, &ravi, &board_member(&site).await] {
        let page = text(&site, who, "/assessment/board").await;
        assert!(rows(&page).iter().any(|it| it.replace('\u{a0}', " ") == row), "{page}");
        assert!(page.contains("1 review is late."), "{page}");
    }
    let file = site.get(&ravi, "/assessment/board.csv").await.text.replace('\u{a0}', " ");
    assert!(file.contains("late-reviews,Unit HIP,11 May 2026,31 days late"), "{file}");
    let nadia = person(&site, "Nadia", "peer review", ("PEER_ASSESSOR", TRUST)).await;
    let page = text(&site, &nadia, "/assessment/board").await;
    for part in ["reads no reviews.", "reads no benefits.", "follows up no colleagues."] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("31 days late"), "{page}");
}

#[tokio::test]
async fn both_directors_and_the_board_read_the_same_page() {
    let (site, _, _) = signed().await;
    let helen = person(&site, "Helen", "medicine", ("MEDICAL_DIRECTOR", TRUST)).await;
    let ravi = person(&site, "Ravi", "finance", ("FINANCE_DIRECTOR", TRUST)).await;
    let content = |page: &str| page.split("<main").nth(1).map(ToOwned::to_owned);
    let page = text(&site, &helen, "/assessment/board").await;
    assert_eq!(content(&page), content(&text(&site, &ravi, "/assessment/board").await));
    for part in [
        "No level is signed for the trust",
        "1 specialty",
        "Specialties by the level",
        "Nobody has said which two directors lead together",
        "A clinical and a cost champion are named in 0 of 1 specialty, 0%",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let file = site.get(&helen, "/assessment/board.csv").await.text;
    assert!(file.contains("spread,Level 4,1 specialty"), "{file}");
}
