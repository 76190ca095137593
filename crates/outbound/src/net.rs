//! One question to one of the hosts that may be called, with limits of time and size.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::{Error, Result};

/// Bytes of an answer at most.
const ANSWER_BYTES: usize = 256 << 10;

/// Scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    is_tls: bool,
    host: String,
    port: u16,
}

impl Origin {
    /// The origin of an address: by TLS, or on this very machine.
    ///
    /// # Errors
    ///
    /// [`Error::Unfit`] if it is no such address.
    pub fn of(address: &str) -> Result<Self> {
        let unfit = || Error::Unfit(format!("`{address}` is no address by https"));
        let uri: Uri = address.parse().map_err(|_| unfit())?;
        let authority = uri.authority().filter(|it| !it.as_str().contains('@'));
        let host = authority.ok_or_else(unfit)?.host().to_ascii_lowercase();
        let (is_tls, usual) = match uri.scheme_str() {
            Some("https") => (true, 443),
            Some("http") if is_loopback(&host) => (false, 80),
            _ => return Err(unfit()),
        };
        Ok(Self { is_tls, host, port: uri.port_u16().unwrap_or(usual) })
    }

    fn name(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|it| it.is_loopback())
}

/// The way out, to the hosts of the settings and to no other.
#[derive(Debug)]
pub struct Net {
    allowed: Vec<Origin>,
    patience: Duration,
    tls: OnceLock<Arc<ClientConfig>>,
}

/// A form to be sent.
pub struct Form {
    /// Its fields, encoded.
    pub body: String,
    /// The header that proves who sends it, if it is not proved in the form.
    pub authorization: Option<String>,
}

impl Net {
    /// A way out to these, each answer within so much time.
    pub const fn new(allowed: Vec<Origin>, patience: Duration) -> Self {
        Self { allowed, patience, tls: OnceLock::new() }
    }

    /// Whether an address may be called.
    pub fn allows(&self, address: &str) -> bool {
        Origin::of(address).is_ok_and(|it| self.allowed.contains(&it))
    }

    /// Fetches what must be there.
    ///
    /// # Errors
    ///
    /// [`Error`] if it is not, or may not be asked for.
    pub async fn get(&self, address: &str) -> Result<Bytes> {
        let (status, body) = self.ask(address, None).await?;
        if status == StatusCode::OK {
            return Ok(body);
        }
        Err(Error::Unreachable(format!("it answered {}", status.as_u16())))
    }

    /// Sends a form; without one, asks for what is there.
    ///
    /// # Errors
    ///
    /// [`Error`] if there is no answer, or the host may not be asked.
    pub async fn ask(&self, address: &str, form: Option<Form>) -> Result<(StatusCode, Bytes)> {
        let origin = self.allowed(address)?;
        let request = request(address, form)?;
        let answered = tokio::time::timeout(self.patience, self.spoken(&origin, request, true));
        answered.await.map_err(late)?
    }

    /// What a server says of an address, its answer left unread.
    ///
    /// # Errors
    ///
    /// [`Error`] if there is no answer, or the host may not be asked.
    pub async fn status(&self, address: &str) -> Result<StatusCode> {
        let origin = self.allowed(address)?;
        let answered = tokio::time::timeout(self.patience, async {
            let request = request(address, None)?;
            self.spoken(&origin, request, false).await
        });
        Ok(answered.await.map_err(late)??.0)
    }

    /// The origin of an address that may be called.
    fn allowed(&self, address: &str) -> Result<Origin> {
        let origin = Origin::of(address)?;
        if self.allowed.contains(&origin) {
            return Ok(origin);
        }
        Err(Error::Unfit(format!("`{address}` is not of a host that may be called")))
    }

    /// One request on a connection of its own.
    async fn spoken(
        &self,
        origin: &Origin,
        request: Request<Full<Bytes>>,
        reads: bool,
    ) -> Result<(StatusCode, Bytes)> {
        let stream = TcpStream::connect((origin.name(), origin.port)).await;
        let stream = stream.map_err(|_| silent())?;
        if !origin.is_tls {
            return spoken(stream, request, reads).await;
        }
        let name = ServerName::try_from(origin.name().to_owned());
        let name = name.map_err(|_| Error::Unfit("the host has no name".to_owned()))?;
        let secure = TlsConnector::from(self.tls()?).connect(name, stream).await;
        let secure = secure.map_err(|_| Error::Unreachable("TLS failed".to_owned()))?;
        spoken(secure, request, reads).await
    }

    /// TLS with the certificates that the system trusts.
    fn tls(&self) -> Result<Arc<ClientConfig>> {
        if let Some(known) = self.tls.get() {
            return Ok(Arc::clone(known));
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            return Err(Error::Unfit("the system trusts no certificate authority".to_owned()));
        }
        let ring = Arc::new(rustls::crypto::ring::default_provider());
        let versions =
            ClientConfig::builder_with_provider(ring).with_safe_default_protocol_versions();
        let versions = versions.map_err(|error| Error::Unfit(error.to_string()))?;
        let config = versions.with_root_certificates(roots).with_no_client_auth();
        Ok(Arc::clone(self.tls.get_or_init(|| Arc::new(config))))
    }
}

fn late(_: tokio::time::error::Elapsed) -> Error {
    Error::Unreachable("it took too long".to_owned())
}

fn silent() -> Error {
    Error::Unreachable("it does not answer".to_owned())
}

fn request(address: &str, form: Option<Form>) -> Result<Request<Full<Bytes>>> {
    let unfit = || Error::Unfit(format!("`{address}` is no address"));
    let uri: Uri = address.parse().map_err(|_| unfit())?;
    let host = uri.authority().ok_or_else(unfit)?.as_str().to_owned();
    let path = uri.path_and_query().map_or("/", |it| it.as_str()).to_owned();
    let mut request = Request::builder()
        .uri(path)
        .header(header::HOST, host)
        .header(header::ACCEPT, "application/json");
    let body = match form {
        None => Bytes::new(),
        Some(form) => {
            let kind = "application/x-www-form-urlencoded";
            request = request.method(Method::POST).header(header::CONTENT_TYPE, kind);
            if let Some(text) = form.authorization {
                request = request.header(header::AUTHORIZATION, text);
            }
            Bytes::from(form.body)
        }
    };
    request.body(Full::new(body)).map_err(|_| unfit())
}

/// One request on a connection of its own.
async fn spoken<S>(
    stream: S,
    request: Request<Full<Bytes>>,
    reads: bool,
) -> Result<(StatusCode, Bytes)>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|_| silent())?;
    let talk = async move {
        let response = sender.send_request(request).await.map_err(|_| silent())?;
        let (parts, body) = response.into_parts();
        if !reads {
            return Ok((parts.status, Bytes::new()));
        }
        let body = Limited::new(body, ANSWER_BYTES).collect().await;
        let body = body.map_err(|_| Error::Unreachable("its answer is too long".to_owned()))?;
        Ok((parts.status, body.to_bytes()))
    };
    // The connection lives as long as the talk, so that nothing is left behind when time runs out.
    let mut connection = std::pin::pin!(connection);
    let mut talk = std::pin::pin!(talk);
    tokio::select! {
        biased;
        answer = &mut talk => answer,
        _ = &mut connection => talk.await,
    }
}
