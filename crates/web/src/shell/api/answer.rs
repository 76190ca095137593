//! An answer to a program: JSON with the mark of what it holds, and the parts that all share.

use access::View;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use results::Run;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::{IntoParams, ToSchema};

use crate::shell::fault::Fault;

/// Items of a page unless told.
const ITEMS: usize = 200;

/// Items of a page at most.
const ITEMS_MAX: usize = 1_000;

/// Of which run, for the audit; nothing of it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::shell) struct Of(String);

/// The run that figures are of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RunRef {
    /// Its identifier: it stands for every file and every rule that the figures were made from.
    pub id: String,
    /// Financial year, such as `2025-26`.
    pub year: String,
    /// Months of the year that are costed: 12 is to the end of March.
    pub last_period: u8,
    /// When it was published.
    pub published_at: String,
    /// Who published it.
    pub published_by: Vec<String>,
}

impl RunRef {
    /// A run that is published.
    ///
    /// # Errors
    ///
    /// [`Fault::NotFound`] if it is not; [`Fault::Broken`] if it cannot be read.
    pub fn of(run: &Run) -> Result<Self, Fault> {
        let published = run.records()?.publication.ok_or(Fault::NotFound)?;
        let manifest = run.manifest();
        Ok(Self {
            id: run.id().to_owned(),
            year: manifest.year.clone(),
            last_period: manifest.last_period,
            published_at: published.at,
            published_by: published.by.iter().map(|it| crate::shell::words::spoken(it)).collect(),
        })
    }

    /// For samples.
    pub fn sample() -> Self {
        Self {
            id: "45f90b5fcd55d0b4".to_owned(),
            year: "2025-26".to_owned(),
            last_period: 12,
            published_at: "2026-05-20T08:14:00Z".to_owned(),
            published_by: vec!["Priya Raman".to_owned(), "Ravi Sethi".to_owned()],
        }
    }
}

/// How figures are seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// As they are.
    Exact,
    /// Small numbers are hidden: null, with the reason beside; counts are to the nearest 5.
    SmallNumbersHidden,
}

impl From<View> for Seen {
    fn from(view: View) -> Self {
        match view {
            View::Exact => Self::Exact,
            View::Suppressed => Self::SmallNumbersHidden,
        }
    }
}

/// Which items of a long list are wanted.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Page, from 1, which it is unless told.
    #[param(minimum = 1, example = 1)]
    page: Option<usize>,
    /// Items of a page: 200 unless told, 1,000 at most.
    #[param(minimum = 1, maximum = 1000, example = 200)]
    limit: Option<usize>,
}

/// Some items of a list, and where the next are.
pub struct Paged<T> {
    /// The items.
    pub items: Vec<T>,
    /// Page after this one, with what else is asked there; none where this is the last.
    pub next: Option<String>,
}

impl Paging {
    /// A page, as an address asks for it.
    pub fn at(page: Option<usize>, limit: Option<usize>) -> Self {
        Self { page, limit }
    }

    /// The items of this page; `address` is where the list is, `more` what else is asked there.
    ///
    /// # Errors
    ///
    /// [`Fault::Refused`] if there can be no such page.
    pub fn of<T>(
        self,
        items: Vec<T>,
        (address, more): (&str, &[(&str, &str)]),
    ) -> Result<Paged<T>, Fault> {
        let (page, limit) = (self.page.unwrap_or(1), self.limit.unwrap_or(ITEMS));
        if page == 0 || limit == 0 || limit > ITEMS_MAX {
            let why = format!("`page` counts from 1, and `limit` is from 1 to {ITEMS_MAX}.");
            return Err(Fault::Refused(why));
        }
        let first = (page - 1).saturating_mul(limit);
        let has_more = first.saturating_add(limit) < items.len();
        let items = items.into_iter().skip(first).take(limit).collect();
        let (after, limit) = (page.saturating_add(1).to_string(), limit.to_string());
        let own = [("page", after.as_str()), ("limit", limit.as_str())];
        let asked: Vec<_> = more.iter().chain(&own).filter(|it| !it.1.is_empty()).collect();
        let query = serde_urlencoded::to_string(asked).unwrap_or_default();
        Ok(Paged { items, next: has_more.then(|| format!("{address}?{query}")) })
    }
}

/// That a question of an address cannot be read.
pub(in crate::shell) fn not_understood() -> Fault {
    Fault::Refused("The address asks something that is not known here: /api/v1/openapi.json says what can be asked.".to_owned())
}

/// An answer of the figures of a run; blank for what is of no run.
///
/// # Errors
///
/// [`Fault::Broken`] if it cannot be written.
pub fn answer<T: Serialize>(run: &str, body: &T) -> Result<Response, Fault> {
    let text = serde_json::to_string(body)
        .map_err(|error| Fault::Broken(format!("an answer could not be written: {error}")))?;
    // The same run may be seen in several ways, and the year before may be published again.
    let digest = Sha256::digest(text.as_bytes());
    let short: String = digest.iter().take(8).map(|it| format!("{it:02x}")).collect();
    let mark = if run.is_empty() { format!("\"{short}\"") } else { format!("\"{run}-{short}\"") };
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::VARY, "Authorization".to_owned()),
        (header::ETAG, mark),
    ];
    let mut response = (headers, text).into_response();
    response.extensions_mut().insert(Of(run.to_owned()));
    Ok(response)
}

/// The run that an answer is of; none where it is no answer of figures.
pub(in crate::shell) fn mark_of(response: &Response) -> Option<String> {
    response.extensions().get::<Of>().map(|it| it.0.clone())
}

/// Whether the program holds this answer already.
pub(in crate::shell) fn is_known(held: Option<&HeaderValue>, headers: &HeaderMap) -> bool {
    let Some(mark) = headers.get(header::ETAG).and_then(|it| it.to_str().ok()) else {
        return false;
    };
    let held = held.and_then(|it| it.to_str().ok()).unwrap_or_default();
    held.split(',').any(|it| it.trim().trim_start_matches("W/") == mark)
}
