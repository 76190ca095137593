//! Forms: how their fields are read, and how what is wrong with them is shown.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::de::DeserializeOwned;

use super::fault::Fault;

/// Fields of a form in the order in which they came, tokens taken out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    pairs: Vec<(String, String)>,
}

/// Tokens that came with a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// That of the session.
    pub csrf: String,
    /// That of one form; blank if it has none.
    pub once: String,
}

impl Fields {
    /// Reads a body of the type that browsers send, and takes the tokens out.
    ///
    /// # Errors
    ///
    /// [`Fault::Refused`] if it is no such body.
    pub fn parse(body: &[u8]) -> Result<(Self, Tokens), Fault> {
        let unreadable = |_| Fault::Refused("The form could not be read.".to_owned());
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_bytes(body).map_err(unreadable)?;
        let mut tokens = Tokens::default();
        let mut fields = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "csrf" => tokens.csrf = value,
                "once" => tokens.once = value,
                _ => fields.pairs.push((name, value)),
            }
        }
        Ok((fields, tokens))
    }

    /// Fields that came in another way than as a small form.
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        let owned = pairs.into_iter().map(|(name, value)| (name.to_owned(), value));
        Self { pairs: owned.collect() }
    }

    /// The fields as a form of a page. A name that the form does not have, or one that comes twice,
    /// is refused.
    ///
    /// # Errors
    ///
    /// [`Fault::Refused`] naming what does not fit.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        let text = serde_urlencoded::to_string(&self.pairs)
            .map_err(|error| Fault::Broken(error.to_string()))?;
        serde_urlencoded::from_str(&text)
            .map_err(|error| Fault::Refused(format!("The form does not fit this page: {error}.")))
    }

    /// All fields as one text, to tell one sending from another.
    pub(super) fn content(&self) -> String {
        serde_urlencoded::to_string(&self.pairs).unwrap_or_default()
    }

    /// The value of a field; blank if there is none.
    pub fn get(&self, name: &str) -> &str {
        self.pairs.iter().find(|it| it.0 == name).map_or("", |it| it.1.as_str())
    }

    /// All values of a field that may come more than once.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.pairs.iter().filter(|it| it.0 == name).map(|it| it.1.as_str()).collect()
    }
}

/// What is wrong with a form, by field, in the order of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wrong(Vec<(String, String)>);

impl Wrong {
    /// Adds what is wrong with a field.
    pub fn add(&mut self, field: &str, what: impl Into<String>) {
        self.0.push((field.to_owned(), what.into()));
    }

    /// Adds it where something does not hold.
    pub fn unless(&mut self, holds: bool, field: &str, what: &str) {
        if !holds {
            self.add(field, what);
        }
    }

    /// With what else is wrong.
    pub fn and(mut self, more: &Self) -> Self {
        self.0.extend_from_slice(&more.0);
        self
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All, for the summary: field and text.
    pub fn all(&self) -> &[(String, String)] {
        &self.0
    }

    /// What is wrong with one field; blank for nothing.
    pub fn of(&self, field: &str) -> &str {
        self.0.iter().find(|it| it.0 == field).map_or("", |it| it.1.as_str())
    }
}

/// Leads on to a page after a form has done its work; `said` is shown there once.
pub fn go(address: &str, said: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, HeaderValue::from_str(local(address)).unwrap_or(ROOT));
    if !said.is_empty() {
        let text = serde_urlencoded::to_string([("t", said)]).unwrap_or_default();
        let cookie = format!("said={}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax", &text[2..]);
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
    response
}

/// What the form before this page said; blank for nothing.
pub(super) fn said(headers: &HeaderMap) -> String {
    let value = cookie(headers, "said").unwrap_or_default();
    let pairs = serde_urlencoded::from_str::<Vec<(String, String)>>(&format!("t={value}"));
    pairs.ok().and_then(|it| it.into_iter().next()).map(|it| it.1).unwrap_or_default()
}

/// Takes what was said away, once it has been shown.
pub(super) fn forget_said(headers: &mut HeaderMap) {
    let gone = HeaderValue::from_static("said=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    headers.append(header::SET_COOKIE, gone);
}

/// The value of a cookie.
pub(super) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|it| it.to_str().ok());
    let mut pairs = lines.flat_map(|it| it.split(';')).filter_map(|it| it.trim().split_once('='));
    pairs.find(|it| it.0 == name).map(|it| it.1.to_owned())
}

const ROOT: HeaderValue = HeaderValue::from_static("/");

/// The address if it stays on this site, else the first page.
pub fn local(address: &str) -> &str {
    let stays = address.starts_with('/')
        && !address.starts_with("//")
        && !address.contains('\\')
        && address.bytes().all(|it| (0x21..0x7f).contains(&it));
    if stays { address } else { "/" }
}

/// 128 random bits in hexadecimal.
pub fn random_token() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system has random numbers");
    bytes.iter().map(|it| format!("{it:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Named {
        name: String,
    }

    fn read(body: &str) -> Result<Named, Fault> {
        Fields::parse(body.as_bytes())?.0.read()
    }

    #[test]
    fn a_form_takes_its_own_fields_once() {
        let (fields, tokens) = Fields::parse(b"csrf=a&name=J%C3%B8rgen+B&once=b").expect("reads");
        assert_eq!(tokens, Tokens { csrf: "a".into(), once: "b".into() });
        assert_eq!(fields.read::<Named>().expect("fits").name, "Jørgen B");
        assert!(read("name=a&name=b").is_err(), "twice");
        assert!(read("name=a&role=ADMINISTRATOR").is_err(), "more than the form has");
        assert!(read("").is_err(), "less than the form has");
    }

    #[test]
    fn nobody_is_led_to_another_site() {
        for elsewhere in
            ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\r\nb", ""]
        {
            assert_eq!(local(elsewhere), "/", "{elsewhere}");
        }
        assert_eq!(local("/runs/1?page=2"), "/runs/1?page=2");
    }
}
