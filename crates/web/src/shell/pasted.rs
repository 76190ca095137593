//! Small files of text that come as a form of several parts, for pages that take them pasted too.

use axum::extract::Multipart;

use super::fault::Fault;
use super::forms::{Fields, Tokens};
use super::guard::check_token;
use super::visit::Visit;

/// The visit with the file as if it had been pasted into the field `csv`, once its token is checked,
/// and the name of the file.
///
/// # Errors
///
/// [`Fault::Refused`] if it cannot be read or is no text, [`Fault::TooLarge`] if it is too large.
pub async fn uploaded(mut visit: Visit, mut parts: Multipart) -> Result<(Visit, String), Fault> {
    let unreadable = |_| Fault::Refused("The file could not be read. Send it again.".to_owned());
    let mut tokens = Tokens::default();
    let mut file = String::new();
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "csrf" => tokens.csrf = part.text().await.map_err(unreadable)?,
            "once" => tokens.once = part.text().await.map_err(unreadable)?,
            _ => {
                check_token(&visit, &tokens)?;
                file = part.file_name().unwrap_or_default().to_owned();
                let bytes =
                    part.bytes().await.map_err(|_| Fault::TooLarge("a file of 2 MB".to_owned()))?;
                let not_text =
                    "The file is not text in UTF-8. Save it as “CSV UTF-8” and send it again.";
                let text =
                    std::str::from_utf8(&bytes).map_err(|_| Fault::Refused(not_text.to_owned()))?;
                let body = serde_urlencoded::to_string([("csv", text)])
                    .map_err(|error| Fault::Broken(error.to_string()))?;
                visit.fields = Fields::parse(body.as_bytes())?.0;
            }
        }
    }
    check_token(&visit, &tokens)?;
    visit.once = tokens.once;
    Ok((visit, file))
}
