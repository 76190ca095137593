//! A published run that a page is asked for by name, `?run=NAME`, instead of the newest: whether it can
//! be shown, what stands above the page, and links that stay with it.

use std::sync::LazyLock;

use access::{Capability, View};
use axum::RequestExt as _;
use axum::body::{Body, to_bytes};
use axum::extract::{RawPathParams, Request};
use axum::http::{Uri, header};
use axum::response::{IntoResponse as _, Response};

use super::fault::Fault;
use super::provenance::{period, short};
use super::registry;
use super::shelf::{Shelf, reading};
use super::visit::Visit;

/// What names a run in an address.
const NAME: &str = "run";

/// What stands for a service line in the path of a route.
const UNIT: &str = "unit";

/// What stands before the address of a link that leads away from the run.
const LEADS_AWAY: &str = "data-newest ";

/// Where the part of a page begins whose links stay with the run: the menu above leads to the newest.
const BEGINS: [&str; 2] = ["<nav class=\"nhsuk-breadcrumb\"", "<main"];

/// Addresses of pages that answer for a run that is named, as the registry has them.
static PAGES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    registry::routes().iter().filter(|it| it.names_run).map(|it| it.path).collect()
});

/// A published run that was asked for by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedRun {
    /// The run.
    pub id: String,
    /// Which run is shown, and that it is not the newest; blank where it is.
    pub said: String,
    /// The same page of the newest run.
    pub newest: String,
    /// Whether another run of the same year has taken its place. Then it is shown on pages of one
    /// service line alone, to those who see that exactly.
    pub is_superseded: bool,
}

impl NamedRun {
    /// A published run by its name, asked for at a page that shows the newest at this address.
    ///
    /// # Errors
    ///
    /// [`Fault::NoSuchRun`] if it is not there or not published, whoever asks; [`Fault::Broken`] if a
    /// run cannot be read.
    pub fn of(shelf: &Shelf, name: &str, newest: &str) -> Result<Self, Fault> {
        let refused = || Fault::NoSuchRun(newest.to_owned());
        let run = match shelf.run(name) {
            Err(Fault::NotFound) => return Err(refused()),
            other => other?,
        };
        if run.records()?.publication.is_none() {
            return Err(refused());
        }
        let is_newest = shelf.latest(false)?.is_some_and(|it| it.id() == run.id());
        let said = if is_newest {
            String::new()
        } else {
            let (id, period) = (short(run.id()), period(&run)?);
            format!("You see run {id}: {period}. It is not the newest published costing.")
        };
        let last = shelf.latest_of(&run.manifest().year, false)?;
        let is_superseded = last.is_some_and(|it| it.id() != run.id());
        Ok(Self { id: run.id().to_owned(), said, newest: newest.to_owned(), is_superseded })
    }

    /// For samples.
    pub fn sample() -> Self {
        Self {
            id: "45f90b5fcd55d0b4".to_owned(),
            said: "You see run 45f90b5f: 2024/25 to the end of March, published 16 May 2025. It is not the newest published costing.".to_owned(),
            newest: "/services/TORT".to_owned(),
            is_superseded: false,
        }
    }
}

/// Takes the name of a run out of what a page is asked for, so that the page reads the rest as ever and
/// finds the run with whoever asks.
///
/// Small numbers of each run are decided by themselves, so whoever sees them hidden could take a run
/// away from the one that took its place, and find the few patients between the two.
///
/// # Errors
///
/// As [`NamedRun::of`]; [`Fault::NoSuchRun`] too for a run whose place another of the same year has
/// taken, unless the page is of a service line that whoever asks sees exactly.
pub(super) async fn taken(visit: &mut Visit, request: &mut Request) -> Result<(), Fault> {
    let Some((name, rest)) = split(request.uri()) else { return Ok(()) };
    let newest = rest.to_string();
    *request.uri_mut() = rest;
    if name.is_empty() {
        return Ok(());
    }
    let is_exact = is_exact(visit, request).await;
    let app = visit.app.clone();
    let named = reading(move || {
        let named = NamedRun::of(app.shelf(), &name, &newest)?;
        if named.is_superseded && !is_exact { Err(Fault::NoSuchRun(newest)) } else { Ok(named) }
    });
    visit.named = Some(named.await?);
    Ok(())
}

/// Whether a page is of one service line, and whoever asks for it sees that exactly.
async fn is_exact(visit: &Visit, request: &mut Request) -> bool {
    let Ok(parts) = request.extract_parts::<RawPathParams>().await else { return false };
    let Some((_, unit)) = parts.iter().find(|it| it.0 == UNIT) else { return false };
    let scope = visit.scope(Capability::AggregateCosts);
    scope.is_ok_and(|it| it.of_unit(unit).is_some_and(|it| it.view == View::Exact))
}

/// The name of the run in an address, and the address without it; none where it names none.
fn split(address: &Uri) -> Option<(String, Uri)> {
    let asked: Vec<(String, String)> = serde_urlencoded::from_str(address.query()?).ok()?;
    let name = asked.iter().find(|it| it.0 == NAME)?.1.trim().to_owned();
    let rest: Vec<&(String, String)> = asked.iter().filter(|it| it.0 != NAME).collect();
    let (path, query) = (address.path(), serde_urlencoded::to_string(rest).ok()?);
    let rest = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    Some((name, rest.parse().ok()?))
}

/// An address with the name of a run, where it leads to a page that answers for one.
pub fn naming(address: &str, run: &str) -> String {
    named(address, (run, "&"))
}

/// As [`naming`], with what stands between two parts of a question.
fn named(address: &str, (run, and): (&str, &str)) -> String {
    // What begins with `&#` is a letter that a page writes as a number.
    let begins = |(at, it): (usize, char)| it == '#' && !address[..at].ends_with('&');
    let end = address.char_indices().find(|it| begins(*it)).map_or(address.len(), |it| it.0);
    let (asked, place) = address.split_at(end);
    let path = asked.split_once('?').map_or(asked, |it| it.0);
    let is_named = asked.split(['?', '&', ';']).any(|it| it.starts_with("run="));
    if is_named || !PAGES.iter().any(|it| fits(it, path)) {
        return address.to_owned();
    }
    let between = if path.len() == asked.len() { "?" } else { and };
    format!("{asked}{between}{NAME}={run}{place}")
}

/// Whether an address is of a page or file of all service lines together.
fn is_of_all(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    PAGES.contains(&path)
}

/// Whether a path is one of a route.
fn fits(route: &str, path: &str) -> bool {
    let (wanted, found): (Vec<&str>, Vec<&str>) =
        (route.split('/').collect(), path.split('/').collect());
    let is_same = |(wanted, found): (&&str, &&str)| {
        wanted == found || (wanted.starts_with('{') && !found.is_empty())
    };
    wanted.len() == found.len() && wanted.iter().zip(&found).all(is_same)
}

/// An answer whose links to pages that answer for a run stay with it.
pub(super) async fn staying(run: &NamedRun, response: Response) -> Response {
    let media = response.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    if !media.is_some_and(|it| it.starts_with("text/html")) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(bytes) => {
            // The page is longer now.
            parts.headers.remove(header::CONTENT_LENGTH);
            let page = stay(&String::from_utf8_lossy(&bytes), run);
            Response::from_parts(parts, Body::from(page))
        }
        Err(error) => Fault::Broken(format!("a page of a run: {error}")).into_response(),
    }
}

fn stay(page: &str, run: &NamedRun) -> String {
    let begins = BEGINS.iter().find_map(|it| page.find(*it)).unwrap_or(page.len());
    let (before, rest) = page.split_at(begins);
    let mut pieces = rest.split("href=\"");
    let mut said = format!("{before}{}", pieces.next().unwrap_or_default());
    for piece in pieces {
        let (address, behind) = piece.split_at(piece.find('"').unwrap_or(0));
        let leads_away = said.ends_with(LEADS_AWAY) || (run.is_superseded && is_of_all(address));
        said.push_str("href=\"");
        if leads_away {
            said.push_str(address);
        } else {
            said.push_str(&named(address, (&run.id, "&amp;")));
        }
        said.push_str(behind);
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_taken_out_of_an_address_and_the_rest_stays() {
        let check = |address: &str, expected: Option<(&str, &str)>| {
            let found = split(&address.parse().expect("an address"));
            let found = found.map(|(name, rest)| (name, rest.to_string()));
            let expected = expected.map(|it| (it.0.to_owned(), it.1.to_owned()));
            assert_eq!(found, expected, "{address}");
        };
        check("/services/TORT", None);
        check("/services/TORT?pod=EL", None);
        check("/services/TORT?run=c0ffee", Some(("c0ffee", "/services/TORT")));
        check("/services/TORT?run=", Some(("", "/services/TORT")));
        check(
            "/services/TORT?pod=EL&run=c0ffee&hrg=HN12",
            Some(("c0ffee", "/services/TORT?pod=EL&hrg=HN12")),
        );
    }

    #[test]
    fn links_stay_with_the_run_where_they_lead_to_a_page_that_answers_for_it() {
        assert_eq!(naming("/services/TORT", "c0ffee"), "/services/TORT?run=c0ffee");
        assert_eq!(
            naming("/services/TORT/stays?pod=EL#ward", "c0ffee"),
            "/services/TORT/stays?pod=EL&run=c0ffee#ward"
        );
        for other in ["/actions", "/services/TORT/pack", "/services/TORT?run=beef", "#money", ""] {
            assert_eq!(naming(other, "c0ffee"), other);
        }
    }

    #[test]
    fn the_menu_and_the_way_to_the_newest_lead_away_from_the_run() {
        let page = "<a href=\"/services\">Menu</a><main><a data-newest href=\"/services/TORT\">\
                    Newest</a><a href=\"/services/TORT?pod=EL&#38;hrg=HN\">Hips</a>\
                    <a href=\"/patients\">Patients</a></main>";
        let stays = "<a href=\"/services\">Menu</a><main><a data-newest href=\"/services/TORT\">\
                     Newest</a><a href=\"/services/TORT?pod=EL&#38;hrg=HN&amp;run=c0ffee\">Hips</a>\
                     <a href=\"/patients\">Patients</a></main>";
        let run = NamedRun { id: "c0ffee".to_owned(), ..NamedRun::default() };
        assert_eq!(stay(page, &run), stays);
    }

    #[test]
    fn all_service_lines_together_are_those_of_the_newest_run_once_another_took_its_place() {
        let page = "<main><a href=\"/services\">All</a><a href=\"/services.csv\">File</a>\
                    <a href=\"/services/TORT\">One</a></main>";
        let stays = "<main><a href=\"/services\">All</a><a href=\"/services.csv\">File</a>\
                     <a href=\"/services/TORT?run=c0ffee\">One</a></main>";
        let run = NamedRun { id: "c0ffee".to_owned(), ..NamedRun::default() };
        assert_eq!(stay(page, &NamedRun { is_superseded: true, ..run.clone() }), stays);
        assert!(stay(page, &run).contains("\"/services?run=c0ffee\""));
    }
}
