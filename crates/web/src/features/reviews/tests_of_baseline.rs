//! Baselines of priority areas that are taken from the frozen figures of a review: requests in, pages
//! out.

use axum::http::StatusCode;

use super::tests::address;
use crate::shell::costed;
use crate::shell::words;

/// A priority area as its form sends it: the figure that is chosen, and the baseline that is written.
fn area<'a>(
    figure: &'a str,
    [value, unit, period, source]: [&'a str; 4],
) -> Vec<(&'a str, &'a str)> {
    vec![
        ("name", "Income of hips"),
        ("desired", ""),
        ("figure", figure),
        ("value", value),
        ("unit", unit),
        ("period", period),
        ("source", source),
        ("low", "412"),
        ("high", "824"),
        ("size_unit", "pounds a year"),
    ]
}

/// On the costed trust: a baseline is a frozen figure that somebody chooses. It is filled in from it, says
/// the run and leads to where the figure stands; what is written beside it is not lost; and who may not
/// see the figures sees nothing of it.
#[tokio::test]
async fn a_baseline_is_taken_from_the_frozen_figures_says_its_run_and_leads_to_its_place() {
    let site = costed::site().await;
    let amara = site.sign_in("CLINICAL_DIRECTOR").await;
    let fields = [("title", "Hip review"), ("theme", "whole"), ("due", "2026-07-23")];
    let review = site.post(&amara, "/reviews/TORT/open", &fields).await.location;
    let (add, figures) = (format!("{review}/add/priority"), format!("{review}/figures"));
    let form = site.get(&amara, &add).await.text;
    assert!(!form.contains("id=\"figure\""), "nothing is frozen, so nothing can be chosen: {form}");
    let frozen = site.post(&amara, &figures, &[("seen", "0")]).await;
    assert_eq!(frozen.status, StatusCode::SEE_OTHER, "{}", frozen.text);
    let statements = costed::trust().open().statements().expect("reads");
    let line = statements.iter().find(|it| it.service_line.code == "TORT").expect("it is there");
    let income = line.rows.iter().find(|it| it.row == "income").expect("a row");
    let amount = words::pounds(income.amount);
    let form = site.get(&amara, &add).await.text;
    let option = format!("<option value=\"1/row-income\">Income recognised: {amount}</option>");
    assert!(form.contains(&option), "{option}: {form}");
    let nowhere = site.post(&amara, &add, &area("9/row-income", [""; 4])).await.text;
    assert!(nowhere.contains("Choose one of those that stand there"), "{nowhere}");
    let both = area("1/row-income", ["5.1", "days", "2025/26", "a report"]);
    let both = site.post(&amara, &add, &both).await;
    assert_ne!(both.status, StatusCode::SEE_OTHER);
    for part in ["another baseline is written", "value=\"5.1\"", "value=\"a report\""] {
        assert!(both.text.contains(part), "{part}: {}", both.text);
    }
    let taken = site.post(&amara, &add, &area("1/row-income", [""; 4])).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
    let page = site.get(&amara, &review).await.text;
    let says = [
        format!("{} pounds", amount.trim_start_matches('£')),
        format!("run {}, frozen for this review", &costed::trust().run[..8]),
        format!(
            "href=\"/services/TORT?run={}#row-income\">Where the baseline comes from",
            costed::trust().run
        ),
    ];
    for part in &says {
        assert!(page.contains(part), "{part}: {page}");
    }
    // Each frozen figure leads to its place in its own run too, and each place is there.
    for place in ["#change", "#row-direct_pay", "#row-income"] {
        let leads = format!("href=\"/services/TORT?run={}{place}\"", costed::trust().run);
        assert!(page.contains(&leads), "{leads}: {page}");
    }
    let service = site.get(&amara, "/services/TORT").await.text;
    for id in ["change", "row-direct_pay", "row-income"] {
        assert!(service.contains(&format!("id=\"{id}\"")), "{id}: {service}");
    }
    let board = site.sign_in("BOARD_MEMBER").await;
    let hidden = site.get(&board, &review).await.text;
    assert!(hidden.contains("Now shown to those who may see it exactly"), "{hidden}");
    assert!(!hidden.contains(&says[0]) && !hidden.contains("/services/TORT"), "{hidden}");
    stays_until_another_is_chosen(&site, [&amara, &board], (&review, &page), &amount).await;
}

/// Figures that are frozen later change nothing of it, and the form begins with what stands there.
async fn stays_until_another_is_chosen(
    site: &costed::Site,
    [amara, board]: [&costed::SignedIn; 2],
    (review, page): (&str, &str),
    amount: &str,
) {
    let told = format!("{} pounds", amount.trim_start_matches('£'));
    // Figures that are frozen later change nothing of a baseline, until somebody chooses another.
    let again = site.post(amara, &format!("{review}/figures"), &[("seen", "1")]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text);
    let item = page[page.find("Income of hips").expect("an area")..].to_owned();
    let item = address(&item, "/items/");
    let form = site.get(amara, &item).await.text;
    for part in ["As it was taken from run", "\"2/row-income\""] {
        assert!(form.contains(part), "{part}: {form}");
    }
    let mut kept = area("1/row-income", [""; 4]);
    kept.push(("seen", "1"));
    assert_eq!(site.post(amara, &item, &kept).await.status, StatusCode::SEE_OTHER);
    assert!(site.get(amara, review).await.text.contains(&told));
    not_left_behind(site, [amara, board], (review, &item), amount).await;
    let mut written = area("", ["5.1", "days a patient", "2025/26", "a report"]);
    written.push(("seen", "2"));
    assert_eq!(site.post(amara, &item, &written).await.status, StatusCode::SEE_OTHER);
    let page = site.get(amara, review).await.text;
    assert!(page.contains("5.1 days a patient") && !page.contains("Where the baseline"), "{page}");
}

/// Whoever takes the choice of a frozen figure back does not leave it behind as if they had written it:
/// everybody would read it then.
async fn not_left_behind(
    site: &costed::Site,
    [amara, board]: [&costed::SignedIn; 2],
    (review, item): (&str, &str),
    amount: &str,
) {
    let run = &costed::trust().run[..8];
    let source = format!("Income recognised, run {run}, frozen for this review");
    let source = source.as_str();
    let value = amount.trim_start_matches('£');
    for (value, source) in [(value, source), (value, "a report"), ("5.1", source)] {
        let mut left = area("", [value, "pounds", "2025/26", source]);
        left.push(("seen", "2"));
        let left = site.post(amara, item, &left).await;
        assert_ne!(left.status, StatusCode::SEE_OTHER, "{value} {source}");
        assert!(left.text.contains("still that of the frozen figure"), "{}", left.text);
        let hidden = site.get(board, review).await.text;
        assert!(hidden.contains("Now shown to those who may see it exactly"), "{hidden}");
    }
}
