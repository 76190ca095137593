//! What stands around every page, and how a page becomes an answer.

use askama::Template;
use axum::response::{Html, IntoResponse as _, Response};

use super::fault::Fault;
use super::forms::Wrong;
use super::named_run::NamedRun;
use super::terms;

/// A link of the menu or of the trail above a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// What it says.
    pub name: String,
    /// Where it leads.
    pub address: String,
    /// Whether the page belongs to it.
    pub current: bool,
}

impl Link {
    /// A link.
    pub fn new(name: impl Into<String>, address: impl Into<String>) -> Self {
        Self { name: name.into(), address: address.into(), current: false }
    }
}

/// What stands around a page.
#[derive(Clone, Debug, Default)]
pub struct Shell {
    /// Title; also the page's first heading.
    pub title: String,
    /// Name of the trust.
    pub trust: String,
    /// Name of who is signed in.
    pub person: Option<String>,
    /// Menu.
    pub navigation: Vec<Link>,
    /// Pages above this one.
    pub trail: Vec<Link>,
    /// What stands above every page of this site.
    pub notice: String,
    /// What was just done; blank for nothing.
    pub said: String,
    /// The run that was asked for by name; blank for the newest.
    pub named: NamedRun,
    /// Whether the form on it was refused.
    pub has_errors: bool,
    /// Token of forms.
    pub csrf: String,
    /// Token of one form, so that sending it twice does its work once.
    pub once: String,
    /// Nonce of scripts.
    pub nonce: String,
    /// Number of the request.
    pub request: String,
}

impl Shell {
    /// With another title.
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// With a page above it.
    pub fn below(mut self, name: impl Into<String>, address: impl Into<String>) -> Self {
        self.trail.push(Link::new(name, address));
        self
    }

    /// Marked as holding a refused form, where something is wrong with it.
    pub fn with_errors(mut self, wrong: &Wrong) -> Self {
        self.has_errors = !wrong.is_empty();
        self
    }

    /// As one that was asked for a run that is not the newest, for samples.
    pub fn of_named_run(mut self) -> Self {
        self.named = NamedRun::sample();
        self
    }

    /// For samples.
    pub fn sample(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            trust: "Ashbourne Vale NHS Trust, a demonstration".to_owned(),
            person: Some("Priya Raman".to_owned()),
            navigation: vec![
                Link { name: "Runs".to_owned(), address: "/runs".to_owned(), current: true },
                Link::new("Data quality", "/data-quality"),
            ],
            trail: vec![Link::new("Runs", "/runs")],
            notice: "This trust is invented.".to_owned(),
            csrf: "csrf".to_owned(),
            once: "once".to_owned(),
            nonce: "nonce".to_owned(),
            request: "0123456789abcdef".to_owned(),
            ..Self::default()
        }
    }
}

/// A page: a template with everything it shows.
pub trait Page: Template + Sized {
    /// Path of the template below `src`.
    const TEMPLATE: &'static str;

    /// What it looks like with invented values: usual, empty, and with errors.
    fn samples() -> Vec<Self>;

    /// The page as an answer.
    fn respond(&self) -> Response {
        match self.render() {
            Ok(html) => Html(terms::explain(&html)).into_response(),
            Err(error) => Fault::Broken(format!("{}: {error}", Self::TEMPLATE)).into_response(),
        }
    }
}

/// Samples of a page, rendered.
pub(crate) fn rendered<P: Page>() -> (&'static str, Vec<String>) {
    let render = |it: &P| terms::explain(&it.render().expect("a sample renders"));
    (P::TEMPLATE, P::samples().iter().map(render).collect())
}
