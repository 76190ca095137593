//! One request as its page sees it: who asks, what they may, and what to put on record.

use std::net::{IpAddr, Ipv4Addr};

use access::{Access, Capability, Scope};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use jiff::Timestamp;
use store::requests::{self, Once};
use store::{Running, Tx};

use super::fault::Fault;
use super::forms::Fields;
use super::named_run::NamedRun;
use super::page::{Link, Shell};
use crate::App;

/// One request.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The site.
    pub app: App,
    /// When it came.
    pub now: Timestamp,
    /// Number, for the log and the audit.
    pub request: String,
    /// Address it came from.
    pub address: IpAddr,
    /// Path asked for.
    pub path: String,
    /// Nonce of scripts.
    pub nonce: String,
    /// Token of forms.
    pub csrf: String,
    /// Who is signed in.
    pub person: Option<SignedIn>,
    /// Fields of a form, its tokens taken out.
    pub fields: Fields,
    /// Token of the form that was sent; blank if it has none.
    pub once: String,
    /// What the form before this page did.
    pub said: String,
    /// The published run that the address names; none for the newest.
    pub named: Option<NamedRun>,
}

/// Who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Person.
    pub id: store::PersonId,
    /// Name.
    pub name: String,
    /// Session.
    pub session: store::SessionId,
    /// What they may.
    pub access: Access,
    /// Whether a second factor was shown in this session.
    pub second_factor: bool,
    /// When they last proved who they are.
    pub proved_at: Timestamp,
    /// Whether their password is one that somebody else has set, and they came by it.
    pub must_change: bool,
    /// Issuer and subject, where they came by an identity provider.
    pub identity: Option<(String, String)>,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("App")
    }
}

impl Visit {
    /// A visit of somebody who has no browser, at a moment: for what a demonstration begins with.
    ///
    /// # Errors
    ///
    /// [`Fault::NotFound`] if nobody has this reference; [`Fault::Broken`] if the store cannot be read.
    pub(crate) async fn in_name_of(
        app: &App,
        id: &store::PersonId,
        now: Timestamp,
    ) -> Result<Self, Fault> {
        let mut db = app.store().read().await?;
        let found = store::people::get(&mut db, id).await?;
        let person = SignedIn {
            access: super::session::access_of(app, &mut db, id, now).await?,
            id: found.id,
            name: found.person.name,
            session: store::SessionId::new(""),
            second_factor: false,
            proved_at: now,
            must_change: false,
            identity: None,
        };
        Ok(Self {
            app: app.clone(),
            now,
            request: String::new(),
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            path: String::new(),
            nonce: String::new(),
            csrf: String::new(),
            person: Some(person),
            fields: Fields::default(),
            once: String::new(),
            said: String::new(),
            named: None,
        })
    }

    /// Who is signed in; a page whose policy asks for that has somebody.
    ///
    /// # Errors
    ///
    /// [`Fault::NotFound`] if nobody is.
    pub fn person(&self) -> Result<&SignedIn, Fault> {
        self.person.as_ref().ok_or(Fault::NotFound)
    }

    /// How far the person may go with a capability.
    ///
    /// # Errors
    ///
    /// [`Fault::NotFound`] if they may not at all.
    pub fn scope(&self, capability: Capability) -> Result<&Scope, Fault> {
        self.person()?.access.scope(capability).ok_or(Fault::NotFound)
    }

    /// Whether the person has a right with this capability.
    pub fn may(&self, capability: Capability) -> bool {
        self.person.as_ref().is_some_and(|it| it.access.may(capability))
    }

    /// What goes on record for this request.
    pub fn entry(&self, action: &str, object: &str) -> store::Entry {
        let who = self.person.as_ref();
        let actor = who.map_or("nobody", |it| it.id.as_str());
        store::Entry {
            session: who.map(|it| it.session.as_str().to_owned()),
            role: who.map(|it| it.access.roles().join(" ")),
            ip: Some(self.address.to_string()),
            request: Some(self.request.clone()),
            ..store::Entry::by(actor, self.now).of(action, object)
        }
    }

    /// As [`Visit::entry`], with the scope of a capability.
    ///
    /// # Errors
    ///
    /// [`Fault::NotFound`] if the person has none.
    pub fn entry_in(&self, scope: &Scope, action: &str, object: &str) -> store::Entry {
        store::Entry { scope: Some(scope.in_words()), ..self.entry(action, object) }
    }

    /// Puts a question about patients' rows on record; the receipt says that it is on disk, and
    /// only with one can a caller of published runs be made.
    ///
    /// # Errors
    ///
    /// [`Fault::Broken`] if it is not on disk; then nothing may be shown.
    pub async fn asks(&self, entry: store::Entry) -> Result<results::Caller, Fault> {
        let reason = entry.purpose.clone().unwrap_or_default();
        let who = entry.actor.clone();
        let receipt = self.app.store().audit(entry).await?;
        let at = format!("{}, audit row {}", self.now, receipt.seq());
        Ok(results::Caller { who, at, reason })
    }

    /// Carries out a change once, however often its form is sent, and leads on to a page.
    ///
    /// # Errors
    ///
    /// What the change refused; then nothing of it is stored.
    pub async fn change<F>(&self, leads_to: &str, said: &str, work: F) -> Result<Response, Fault>
    where
        F: for<'a> FnOnce(&'a mut Tx) -> Running<'a, ()> + Send + 'static,
    {
        self.person()?;
        Ok(self.attempt(leads_to, said, work).await?)
    }

    /// As [`Visit::change`], for a page that shows by itself what the store refused.
    ///
    /// # Errors
    ///
    /// What the change refused; then nothing of it is stored.
    pub async fn attempt<F>(&self, leads_to: &str, said: &str, work: F) -> store::Result<Response>
    where
        F: for<'a> FnOnce(&'a mut Tx) -> Running<'a, ()> + Send + 'static,
    {
        let location = leads_to.to_owned();
        let done = self.try_once(move |tx| {
            Box::pin(async move {
                work(tx).await?;
                Ok(location)
            })
        });
        Ok(led_on(done.await?, said))
    }

    /// As [`Visit::change`], where the page that it leads to comes of the change: whoever sends the
    /// form again is led to the same page.
    ///
    /// # Errors
    ///
    /// As [`Visit::change`].
    pub async fn change_to<F>(&self, said: &str, work: F) -> Result<Response, Fault>
    where
        F: for<'a> FnOnce(&'a mut Tx) -> Running<'a, String> + Send + 'static,
    {
        Ok(led_on(self.once(work).await?, said))
    }

    /// Carries out a change once; says whether now, or before, and where it leads.
    ///
    /// # Errors
    ///
    /// As [`Visit::change`].
    pub async fn once<F>(&self, work: F) -> Result<Once, Fault>
    where
        F: for<'a> FnOnce(&'a mut Tx) -> Running<'a, String> + Send + 'static,
    {
        self.person()?;
        Ok(self.try_once(work).await?)
    }

    /// As [`Visit::once`], also for nobody in particular, with what the store refused.
    async fn try_once<F>(&self, work: F) -> store::Result<Once>
    where
        F: for<'a> FnOnce(&'a mut Tx) -> Running<'a, String> + Send + 'static,
    {
        let person = self.person.as_ref().map_or("nobody", |it| it.id.as_str()).to_owned();
        let (key, content, now) = (self.once.clone(), self.fields.content(), self.now);
        let key = if key.is_empty() { super::forms::random_token() } else { key };
        let done = self.app.store().write(move |tx| {
            Box::pin(async move {
                let content = content.as_bytes();
                let sent = requests::Sent { person: &person, key: &key, content };
                let once = requests::once(tx, sent, now, move |tx| {
                    Box::pin(async move {
                        let location = Some(work(tx).await?);
                        Ok(requests::Answer { status: 303, location })
                    })
                });
                once.await
            })
        });
        done.await
    }

    /// What stands around a page of this request.
    pub fn shell(&self, title: impl Into<String>) -> Shell {
        let settings = self.app.settings();
        Shell {
            title: title.into(),
            trust: settings.trust.clone(),
            person: self.person.as_ref().map(|it| it.name.clone()),
            navigation: self.person.as_ref().map(|it| self.navigation(it)).unwrap_or_default(),
            notice: settings.notice.clone(),
            said: self.said.clone(),
            named: self.named.clone().unwrap_or_default(),
            csrf: self.csrf.clone(),
            once: super::forms::random_token(),
            nonce: self.nonce.clone(),
            request: self.request.clone(),
            ..Shell::default()
        }
    }

    fn navigation(&self, person: &SignedIn) -> Vec<Link> {
        let allowed = crate::features::MENU
            .iter()
            .filter(|it| it.needs.iter().any(|need| person.access.may(*need)));
        let link = |it: &crate::features::MenuItem| Link {
            name: it.name.to_owned(),
            address: it.address.to_owned(),
            current: self.path == it.address || self.path.starts_with(&format!("{}/", it.address)),
        };
        allowed.map(link).collect()
    }
}

/// On to where a change leads.
fn led_on(done: Once, said: &str) -> Response {
    let (Once::Now(answer) | Once::Before(answer)) = done;
    super::forms::go(answer.location.as_deref().unwrap_or("/"), said)
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        let found = parts.extensions.get::<Self>().cloned();
        found.ok_or_else(|| Fault::Broken("a page without a guard".to_owned()))
    }
}
