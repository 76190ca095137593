//! Whose a row is, as the row says it.

use std::borrow::Cow;

use csv::ByteRecord;
use rules::year::Pattern;
use vault::{NhsNumber, NhsNumberFault};

use crate::cells::codes::mangled_identifier;
use crate::cells::text;
use crate::feeds::fault::Fault;
use crate::feeds::noticed::Noticed;
use crate::findings::shown;
use crate::plan::{Nulls, Source};

/// Identifiers of one row.
#[derive(Debug, Default)]
pub(crate) struct Named<'r> {
    /// NHS number, if valid.
    pub(crate) number: Option<NhsNumber>,
    /// Local identifier.
    pub(crate) local: Option<Cow<'r, [u8]>>,
    /// Whether the model declares it a test patient.
    pub(crate) test: bool,
}

/// Reads the identifiers of a row.
pub(crate) fn read<'r>(
    (nhs, local): (&Source, &Source),
    cells: &'r ByteRecord,
    nulls: &Nulls,
    test_identities: &[Pattern],
    (line, noticed): (u64, &mut Noticed),
) -> Result<Named<'r>, Fault> {
    let mut named = Named::default();
    let nhs = cell(nhs, cells, nulls);
    let local = cell(local, cells, nulls);
    let fits = |text: &[u8]| {
        let text = std::str::from_utf8(text).unwrap_or("");
        test_identities.iter().any(|it| it.fits(text))
    };
    if !test_identities.is_empty() {
        let digits: Option<Vec<u8>> =
            nhs.as_ref().map(|it| it.iter().copied().filter(u8::is_ascii_digit).collect());
        named.test =
            digits.is_some_and(|it| fits(&it)) || local.as_ref().is_some_and(|it| fits(it));
    }
    if named.test {
        return Ok(named);
    }
    if let Some(text) = nhs {
        named.number = number(&text, line, noticed)?;
    }
    if let Some(text) = local {
        let text = plain(text, line, noticed);
        if is_staff(&text) {
            let message = "a code of a consultant stands where the patient belongs";
            return Err(Fault::row("D14", "patient_local", message));
        }
        refuse_placeholder(&text)?;
        named.local = (!text.is_empty()).then_some(text);
    }
    Ok(named)
}

/// A word for nothing, or a number that lost digits, would make one patient of many.
fn refuse_placeholder(text: &[u8]) -> Result<(), Fault> {
    let words = String::from_utf8_lossy(text);
    refuse_mangled(&words, "patient_local")?;
    let nobody = matches!(words.to_ascii_uppercase().as_str(), "UNKNOWN" | "NOT KNOWN");
    if nobody || (!text.is_empty() && text.iter().all(|it| *it == b'0')) {
        let message = format!("{} stands for no patient", shown(&words));
        return Err(Fault::row("B5", "patient_local", message));
    }
    Ok(())
}

/// Refuses a row one of whose identifiers a spreadsheet has spoilt.
pub(crate) fn refuse_mangled(text: &str, column: &'static str) -> Result<(), Fault> {
    mangled_identifier(text).map_or(Ok(()), |it| Err(Fault::cell(column)(it)))
}

/// An NHS number that is not valid counts as absent; one of nine digits is never padded.
fn number(text: &[u8], line: u64, noticed: &mut Noticed) -> Result<Option<NhsNumber>, Fault> {
    let fault = match NhsNumber::parse(text) {
        Ok(number) => return Ok(Some(number)),
        Err(fault) => fault,
    };
    let code = match fault {
        NhsNumberFault::NineDigits => {
            let message = "an NHS number has nine digits: a Scottish CHI number without its zero?";
            return Err(Fault::row("D4", "patient_nhs", message));
        }
        NhsNumberFault::CheckDigitTen => "D2",
        NhsNumberFault::AllTheSame => "D3",
        NhsNumberFault::WrongCheckDigit | NhsNumberFault::NotTenDigits => "D1",
    };
    noticed.row(code, "patient_nhs", line);
    Ok(None)
}

fn cell<'r>(source: &Source, cells: &'r ByteRecord, nulls: &Nulls) -> Option<Cow<'r, [u8]>> {
    if let Source::Cell(index) = source {
        let text = cells.get(*index)?.trim_ascii();
        return (!nulls.has(text)).then_some(Cow::Borrowed(text));
    }
    source.read(cells, nulls, &mut Vec::new()).map(|it| Cow::Owned(it.to_vec()))
}

/// The text of an identifier without characters that nobody sees.
pub(crate) fn plain<'r>(text: Cow<'r, [u8]>, line: u64, noticed: &mut Noticed) -> Cow<'r, [u8]> {
    if text::is_plain(&text) {
        return text;
    }
    let (text, cleaned) = text::clean(&String::from_utf8_lossy(&text));
    if cleaned.invisible {
        noticed.row("A33", "patient_local", line);
    }
    if cleaned.control {
        noticed.row("A34", "patient_local", line);
    }
    Cow::Owned(text.into_bytes())
}

/// Whether a text has the form of a consultant code: a letter and seven digits.
///
/// # Source
///
/// NHS Data Dictionary, CONSULTANT CODE: the letter C, D or N before seven digits.
pub(crate) fn is_staff(text: &[u8]) -> bool {
    matches!(text, [b'C' | b'D' | b'N', digits @ ..]
        if digits.len() == 7 && digits.iter().all(u8::is_ascii_digit))
}
