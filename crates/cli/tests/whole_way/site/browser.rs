//! A served site, and a browser that sends plain requests to it.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::program::command;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);
const PAUSE: Duration = Duration::from_millis(50);

/// A site that runs; killed when dropped.
pub(crate) struct Served {
    pub(crate) child: Child,
    port: u16,
}

impl Served {
    /// Serves a folder at a free port, and waits until somebody answers there.
    pub(crate) fn start(folder: &Path) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = free.local_addr().expect("it has an address").port();
        drop(free);
        let child = command(folder)
            .args(["serve", "--dir", ".", "--listen", &format!("127.0.0.1:{port}")])
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        let served = Self { child, port };
        until(|| TcpStream::connect(("127.0.0.1", port)).is_ok());
        served
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something is so.
#[track_caller]
pub(crate) fn until(mut is_so: impl FnMut() -> bool) {
    let mut waited = Duration::ZERO;
    while !is_so() {
        assert!(waited < PATIENCE, "it takes too long");
        sleep(PAUSE);
        waited += PAUSE;
    }
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) text: String,
}

/// Cookies, kept from one site to the next.
#[derive(Default)]
pub(crate) struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Signs in as somebody of the demonstration.
    pub(crate) fn signed_in(site: &Served, person: &str) -> Self {
        let mut browser = Self::default();
        let page = browser.get(site, "/sign-in");
        let email = format!("{person}@ashbourne.example");
        let fields = [("email", email.as_str()), ("password", "for-the-demonstration")];
        let answer =
            browser.post(site, "/sign-in", (&page, &[&fields[..], &[("next", "/")]].concat()));
        assert_eq!((answer.status, answer.location.as_str()), (303, "/"), "{}", answer.text);
        browser
    }

    pub(crate) fn get(&mut self, site: &Served, path: &str) -> Answer {
        self.send(site, ("GET", path), ("text/plain", &[]))
    }

    /// Sends a form of a page: its tokens, then these fields.
    pub(crate) fn post(
        &mut self,
        site: &Served,
        path: &str,
        (page, fields): (&Answer, &[(&str, &str)]),
    ) -> Answer {
        let tokens = page.tokens();
        let pairs = tokens.iter().map(|it| (it.0, it.1.as_str())).chain(fields.iter().copied());
        let encoded: Vec<String> =
            pairs.map(|(name, value)| format!("{name}={}", percent(value))).collect();
        let kind = "application/x-www-form-urlencoded";
        self.send(site, ("POST", path), (kind, encoded.join("&").as_bytes()))
    }

    /// Sends one file with a form of a page.
    pub(crate) fn upload(
        &mut self,
        site: &Served,
        (page, fields): (&Answer, &[(&str, &str)]),
        (name, content): (&str, &str),
    ) -> Answer {
        let tokens = page.tokens();
        let pairs = tokens.iter().map(|it| (it.0, it.1.as_str())).chain(fields.iter().copied());
        let head = |it: &str| format!("--edge\r\nContent-Disposition: form-data; name=\"{it}\"");
        let parts: String =
            pairs.map(|(name, value)| format!("{}\r\n\r\n{value}\r\n", head(name))).collect();
        let file = format!("{}; filename=\"{name}\"\r\n\r\n{content}\r\n", head("files"));
        let body = format!("{parts}{file}--edge--\r\n");
        let kind = "multipart/form-data; boundary=edge";
        self.send(site, ("POST", "/loads/new"), (kind, body.as_bytes()))
    }

    fn send(
        &mut self,
        site: &Served,
        (method, path): (&str, &str),
        (kind, body): (&str, &[u8]),
    ) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\nCookie: {}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            site.port,
            cookies.join("; "),
            body.len()
        );
        let mut stream = TcpStream::connect(("127.0.0.1", site.port)).expect("the site is there");
        stream.write_all(&[head.as_bytes(), body].concat()).expect("it listens");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("it answers");
        self.read(&String::from_utf8_lossy(&bytes))
    }

    fn read(&mut self, answered: &str) -> Answer {
        let (head, text) = answered.split_once("\r\n\r\n").expect("a head, then the text");
        let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).expect("a status");
        let mut location = String::new();
        for (name, value) in head.lines().filter_map(|it| it.split_once(": ")) {
            if name.eq_ignore_ascii_case("location") {
                value.clone_into(&mut location);
            } else if name.eq_ignore_ascii_case("set-cookie") {
                let pair = value.split(';').next().and_then(|it| it.split_once('='));
                let (name, value) = pair.expect("a cookie is a pair");
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Answer { status, location, text: text.to_owned() }
    }
}

impl Answer {
    /// Tokens of the forms of a page.
    fn tokens(&self) -> Vec<(&'static str, String)> {
        let token = |name: &'static str| {
            let mark = format!("name=\"{name}\" value=\"");
            let rest = self.text.split_once(&mark)?.1;
            Some((name, rest.split('"').next()?.to_owned()))
        };
        ["csrf", "once"].into_iter().filter_map(token).collect()
    }

    /// The value of a hidden field.
    pub(crate) fn hidden(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let rest = self.text.split_once(&mark).expect("the field is there").1;
        rest.split('"').next().expect("it ends").to_owned()
    }
}

fn percent(text: &str) -> String {
    text.bytes().map(|it| format!("%{it:02X}")).collect()
}
