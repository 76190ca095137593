//! Where resources can be read: addresses that the directors record, and whether they still answer.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use engagement::library::Library;
use jiff::Timestamp;
use outbound::{Net, Origin};
use store::Entry;
use store::assessing::resources::{self, Link};

use super::library::again;
use crate::App;
use crate::shell::assessed::led;
use crate::shell::assessing::gather;
use crate::shell::fault::Fault;
use crate::shell::forms::{Wrong, go};
use crate::shell::visit::Visit;
use crate::shell::words;

/// How long an address may take to answer.
const PATIENCE: Duration = Duration::from_secs(10); // number: longer than any page that people wait for

/// Records where a resource can be read; blank takes it away.
pub(in super::super) async fn record(
    State(app): State<App>,
    visit: Visit,
) -> Result<Response, Fault> {
    led(&visit, &gather(&app, visit.now).await?)?;
    let resource = visit.fields.get("resource").to_owned();
    let address = visit.fields.get("address").trim().to_owned();
    let seen = visit.fields.get("seen").parse().unwrap_or(-1);
    if !Library::own().resources.iter().any(|it| it.title == resource) {
        return Err(Fault::NotFound);
    }
    let mut wrong = Wrong::default();
    let may_be_asked = address.is_empty() || is_public(&address);
    wrong.unless(
        may_be_asked,
        "address",
        "Write an address that begins with https:// and has the name of a host outside the trust's network",
    );
    if !wrong.is_empty() {
        return again(&app, &visit, (resource, address, wrong)).await;
    }
    let entry = visit.entry_in(visit.scope(Capability::SignLevels)?, "library.link", "");
    let done = visit.change("/assessment/library#resources", "It is kept.", move |tx| {
        Box::pin(
            async move { resources::record_link(tx, (&resource, &address), seen, &entry).await },
        )
    });
    done.await
}

/// Seconds between two looks at all addresses.
const PAUSE: i64 = 300; // number: nobody needs to know sooner, and nobody is flooded

/// When all addresses were last tried, in seconds of the epoch.
static TRIED_AT: AtomicI64 = AtomicI64::new(i64::MIN);

/// Tries every address, and keeps what came of it.
pub(in super::super) async fn try_all(
    State(app): State<App>,
    visit: Visit,
) -> Result<Response, Fault> {
    led(&visit, &gather(&app, visit.now).await?)?;
    let (now, before) = (visit.now.as_second(), TRIED_AT.load(Ordering::SeqCst));
    let is_due = now.saturating_sub(before) >= PAUSE;
    if !is_due
        || TRIED_AT.compare_exchange(before, now, Ordering::SeqCst, Ordering::SeqCst).is_err()
    {
        let said = "The addresses were tried a moment ago. Try them again in five minutes.";
        return Ok(go("/assessment/library#resources", said));
    }
    let links = resources::links(&mut *app.store().read().await?).await?;
    let scope = visit.scope(Capability::SignLevels)?;
    let entry = visit.entry_in(scope, "library.check", "");
    let tried: Vec<(String, Link)> =
        links.into_iter().filter(|it| is_public(&it.1.address)).collect();
    // That somebody asked is on record before anything is asked.
    app.store().audit(visit.entry_in(scope, "library.try", "library")).await?;
    let count = words::count(tried.len() as u64, "address is", "addresses are");
    tokio::spawn(async move {
        for (resource, link) in tried {
            let fault = fault(&link.address).await;
            if let Err(error) = keep(&app, (resource, link.number), fault, &entry).await {
                tracing::warn!(why = %error, "what came of an address could not be kept");
            }
        }
    });
    let said = format!("{count} being tried. Look again in a minute.");
    Ok(go("/assessment/library#resources", &said))
}

/// Whether an address is by TLS and of a named host that others than this network know: no number,
/// no host of this machine, and no bare name.
fn is_public(address: &str) -> bool {
    let Some(rest) = address.strip_prefix("https://") else { return false };
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default().to_lowercase();
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_named = host.contains('.') && last.chars().all(|it| it.is_ascii_alphabetic());
    let is_inside = ["local", "internal", "localhost", "lan"].contains(&last);
    Origin::of(address).is_ok() && is_named && last.len() > 1 && !is_inside
}

async fn keep(
    app: &App,
    (resource, number): (String, i64),
    fault: String,
    entry: &Entry,
) -> store::Result<()> {
    let entry = entry.clone();
    let kept = app.store().write(move |tx| {
        Box::pin(
            async move { resources::record_check(tx, (&resource, number), &fault, &entry).await },
        )
    });
    kept.await
}

/// What is wrong with an address; blank where it answers. Where it leads on to is not followed.
async fn fault(address: &str) -> String {
    let origin = match Origin::of(address) {
        Ok(origin) => origin,
        Err(error) => return error.to_string(),
    };
    match Net::new(vec![origin], PATIENCE).status(address).await {
        Ok(status) if status.is_success() || status.is_redirection() => String::new(),
        Ok(status) => format!("{ANSWERED} {}", status.as_u16()),
        Err(error) => error.to_string(),
    }
}

/// How a fault begins that the server itself told.
const ANSWERED: &str = "it answered";

/// How a link stands, in words; blank where nobody tried it, or there is none.
pub(super) fn standing(link: &Link) -> String {
    let at = |it: Timestamp| words::moment(it);
    match &link.checked {
        None => String::new(),
        Some((when, fault)) if fault.is_empty() => format!("It answered on {}", at(*when)),
        Some((when, fault)) if fault.starts_with(ANSWERED) => {
            format!("Link no longer works: {fault} on {}", at(*when))
        }
        Some((when, fault)) => {
            format!("It could not be reached from here on {}: {fault}", at(*when))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hosts_with_a_name_outside_this_network_are_asked() {
        for it in
            ["https://www.hfma.org.uk/a?b=c", "https://kingsfund.org.uk", "https://a.nhs.uk:8443/"]
        {
            assert!(is_public(it), "{it}");
        }
        for it in [
            "http://www.hfma.org.uk",
            "https://127.0.0.1:9200/",
            "https://[::1]/",
            "https://10.0.0.5",
            "https://localhost/",
            "https://ledger/",
            "https://ledger.internal/",
            "https://me@evil.example/",
            "https://",
            "",
        ] {
            assert!(!is_public(it), "{it}");
        }
    }

    /// A server on this machine that answers one question with a status.
    async fn answers(status: &'static str) -> String {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}/a", server.local_addr().expect("an address"));
        tokio::spawn(async move {
            let (mut stream, _) = server.accept().await.expect("a caller");
            let mut heard = [0; 1024];
            let _ = stream.read(&mut heard).await;
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes()).await;
        });
        address
    }

    #[tokio::test]
    async fn what_a_server_answers_is_told_and_leading_on_is_an_answer() {
        for (status, expected) in [
            ("200 OK", ""),
            ("301 Moved Permanently", ""),
            ("404 Not Found", "it answered 404"),
            ("500 Internal Server Error", "it answered 500"),
        ] {
            assert_eq!(fault(&answers(status).await).await, expected, "{status}");
        }
        // Nobody listens there any more.
        assert_eq!(fault("http://127.0.0.1:9/").await, "it does not answer");
    }
}
