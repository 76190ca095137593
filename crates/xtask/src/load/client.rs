//! A browser as far as a load needs one: one connection that is kept, one request at a time.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

/// Longest wait for an answer; whatever takes longer is an error.
const PATIENCE: Duration = Duration::from_secs(30);

/// The cookie of forms before anybody is signed in, which carry the same token.
pub(super) const BEFORE: &str = "00000000000000000000000000000000";

/// One request.
#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    pub(super) path: String,
    /// Cookie of a session; blank for nobody.
    pub(super) session: String,
    /// Address of the browser, as our proxy would say it.
    pub(super) from: String,
    /// Fields of a form, encoded; none for a page.
    pub(super) form: Option<String>,
}

/// What came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Where it leads.
    pub(super) location: String,
    /// The session that it begins; blank if none.
    pub(super) session: String,
    pub(super) body: String,
}

/// A connection, opened when it is needed.
pub(super) struct Client {
    host: String,
    stream: Option<BufReader<TcpStream>>,
}

impl Client {
    /// A client of a site such as `127.0.0.1:8080`.
    pub(super) fn new(host: &str) -> Self {
        Self { host: host.to_owned(), stream: None }
    }

    /// Asks once; a connection that broke is opened anew for the next request.
    pub(super) fn ask(&mut self, request: &Request) -> Result<Answer> {
        let mut stream = if let Some(stream) = self.stream.take() {
            stream
        } else {
            let stream = TcpStream::connect(&self.host)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            BufReader::new(stream)
        };
        stream.get_mut().write_all(self.text(request).as_bytes())?;
        let (answer, closes) = read(&mut stream)?;
        if !closes {
            self.stream = Some(stream);
        }
        Ok(answer)
    }

    fn text(&self, request: &Request) -> String {
        let (host, path) = (&self.host, &request.path);
        let method = if request.form.is_some() { "POST" } else { "GET" };
        let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n");
        text += &match request.session.as_str() {
            "" => format!("Cookie: before={BEFORE}\r\n"),
            session => format!("Cookie: sid={session}\r\n"),
        };
        if !request.from.is_empty() {
            text += &format!("X-Forwarded-For: {}\r\n", request.from);
        }
        let Some(form) = &request.form else { return text + "\r\n" };
        let kind = "application/x-www-form-urlencoded";
        text + &format!(
            "Origin: http://{host}\r\nSec-Fetch-Site: same-origin\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        )
    }
}

/// Reads an answer, and says whether the connection ends with it.
fn read(stream: &mut impl BufRead) -> Result<(Answer, bool)> {
    let mut answer = Answer { status: status(&line(stream)?)?, ..Answer::default() };
    let (mut length, mut chunked, mut closes) = (0, false, false);
    loop {
        let line = line(stream)?;
        let Some((name, value)) = line.split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().context("a length")?,
            "transfer-encoding" => chunked = value.eq_ignore_ascii_case("chunked"),
            "connection" => closes = value.eq_ignore_ascii_case("close"),
            "location" => value.clone_into(&mut answer.location),
            "set-cookie" => {
                if let Some(session) = value.strip_prefix("sid=") {
                    session.split(';').next().unwrap_or_default().clone_into(&mut answer.session);
                }
            }
            _ => {}
        }
    }
    let body = if chunked { read_chunks(stream)? } else { read_bytes(stream, length)? };
    answer.body = String::from_utf8_lossy(&body).into_owned();
    Ok((answer, closes))
}

fn status(line: &str) -> Result<u16> {
    let code = line.split(' ').nth(1).context("an answer begins with its status")?;
    code.parse().with_context(|| format!("`{line}` has no status"))
}

fn line(stream: &mut impl BufRead) -> Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        bail!("the connection ended");
    }
    Ok(line.trim_end().to_owned())
}

fn read_bytes(stream: &mut impl BufRead, length: usize) -> Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn read_chunks(stream: &mut impl BufRead) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    loop {
        let line = line(stream)?;
        let length = usize::from_str_radix(&line, 16).context("a chunk begins with its length")?;
        stream.take(length as u64).read_to_end(&mut all)?;
        read_bytes(stream, 2)?;
        if length == 0 {
            return Ok(all);
        }
    }
}

/// A text as a field of a form has it.
pub(super) fn encoded(text: &str) -> String {
    let letter = |it: u8| match it {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(it).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_whole() {
        let text = "HTTP/1.1 303 See Other\r\nLocation: /\r\nSet-Cookie: sid=abc; HttpOnly\r\n\
            content-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\
            connection: close\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n";
        let mut stream = text.as_bytes();
        let (first, closes) = read(&mut stream).expect("an answer");
        assert_eq!((first.status, first.location.as_str(), closes), (303, "/", false));
        assert_eq!((first.session.as_str(), first.body.as_str()), ("abc", "ok"));
        let (second, closes) = read(&mut stream).expect("an answer");
        assert_eq!((second.status, second.body.as_str(), closes), (200, "abcd", true));
        assert!(read(&mut stream).is_err(), "nothing is left");
    }

    #[test]
    fn fields_are_encoded() {
        assert_eq!(encoded("a b@c.example"), "a%20b%40c.example");
    }
}
