//! What can go wrong for the person at the browser, and the page that says so.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::page::{Page, Shell};

/// Why there is no page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing here for this person: unknown, or out of their scope. Both look the same.
    NotFound,
    /// The run that the address names is not there, or not published; says where the same page of the
    /// newest is.
    NoSuchRun(String),
    /// A program has no token, or one that opens nothing; says what to do.
    NoToken(String),
    /// The form was not one of this session's, or came from another site.
    Forged,
    /// Somebody else changed the same thing; says what it is now.
    Stale(String),
    /// What was sent cannot be taken; says what to do.
    Refused(String),
    /// Too many tries; says how many seconds to wait.
    TooMany(u64),
    /// Larger than what is taken; says the limit.
    TooLarge(String),
    /// Our own fault; the text is for the log and never for the page.
    Broken(String),
}

impl Fault {
    /// Its status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::NoSuchRun(_) => StatusCode::NOT_FOUND,
            Self::NoToken(_) => StatusCode::UNAUTHORIZED,
            Self::Forged => StatusCode::FORBIDDEN,
            Self::Stale(_) => StatusCode::CONFLICT,
            Self::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn words(&self) -> (&'static str, String) {
        match self {
            Self::NotFound => (
                "Page not found",
                "If you typed the address, check that it is right. If somebody sent you a link, it may lead to something that you have no right to see: ask them.".to_owned(),
            ),
            Self::NoSuchRun(_) => (
                "This costing cannot be shown",
                "The address asks for a run by its name. It is not published, it is not kept here any more, or another costing of the same year has taken its place: then it is shown to those alone who see the service line exactly. Nothing of it is shown here, and the newest published costing is not put in its place.".to_owned(),
            ),
            Self::Forged => (
                "That form is no longer valid",
                "It was opened before you signed in, or in another site. Nothing was changed. Go back, open the page again and repeat what you did.".to_owned(),
            ),
            Self::Stale(now) => ("Somebody else changed this before you", format!("Nothing of yours was saved. {now}")),
            Self::NoToken(why) => ("This address is for programs", why.clone()),
            Self::Refused(why) => ("That cannot be done", why.clone()),
            Self::TooMany(seconds) => (
                "Too many tries",
                format!("Wait {seconds} seconds and try again. Your account is not locked."),
            ),
            Self::TooLarge(limit) => ("That is too large", format!("At most {limit} can be taken. Nothing was saved.")),
            Self::Broken(_) => (
                "There is a problem with Concord",
                "Nothing you entered was saved. Try again in a minute. If it goes on, give your administrator the number below.".to_owned(),
            ),
        }
    }

    /// The page that says so.
    pub fn page(&self, shell: Shell) -> Response {
        let (title, text) = self.words();
        let newest = match self {
            Self::NoSuchRun(address) => address.clone(),
            _ => String::new(),
        };
        let page = FaultPage { shell: shell.titled(title), text, newest };
        let mut response = page.respond();
        *response.status_mut() = self.status();
        if let Self::TooMany(seconds) = self
            && let Ok(value) = seconds.to_string().parse()
        {
            response.headers_mut().insert("retry-after", value);
        }
        response
    }
}

impl IntoResponse for Fault {
    /// An empty answer that carries the fault; the guard makes the page of it.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<store::Error> for Fault {
    fn from(error: store::Error) -> Self {
        use store::Error;
        match error {
            Error::NotFound(_) => Self::NotFound,
            it @ (Error::Refused(_) | Error::Duplicate(_) | Error::Faults(_)) => {
                Self::Refused(super::words::sentence(&it.to_string()))
            }
            it @ Error::Stale { .. } => Self::Stale(format!(
                "{} Open the page again to see it as it is now.",
                super::words::sentence(&it.to_string())
            )),
            other => Self::Broken(other.to_string()),
        }
    }
}

impl From<results::ResultsError> for Fault {
    fn from(error: results::ResultsError) -> Self {
        match error {
            results::ResultsError::NoSuchEvent(_)
            | results::ResultsError::Restricted(_)
            | results::ResultsError::NoSuchFigure { .. } => Self::NotFound,
            other => Self::Broken(other.to_string()),
        }
    }
}

#[derive(askama::Template)]
#[template(path = "shell/fault.html")]
struct FaultPage {
    shell: Shell,
    text: String,
    /// The same page of the newest run; blank where no run was named.
    newest: String,
}

impl Page for FaultPage {
    const TEMPLATE: &'static str = "shell/fault.html";

    fn samples() -> Vec<Self> {
        let page = |fault: &Fault, newest: &str| {
            let (title, text) = fault.words();
            FaultPage { shell: Shell::sample(title), text, newest: newest.to_owned() }
        };
        let newest = "/services/TORT";
        vec![page(&Fault::NotFound, ""), page(&Fault::NoSuchRun(newest.to_owned()), newest)]
    }
}

/// Samples of the templates of this file.
pub(crate) fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![super::page::rendered::<FaultPage>()]
}
