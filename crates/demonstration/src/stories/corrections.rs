//! Theatre times and job plans of urology, as recorded and as clinicians correct them.

/// Minutes of surgery as the theatre system has them: the end was entered on leaving recovery.
pub(crate) fn recorded(specialty: &str, minutes: i64) -> i64 {
    if specialty == "101" { minutes + minutes / 3 + 12 } else { minutes }
}

/// The shares with four sessions in five weeks of each urologist on the surgical emergency rota.
pub(crate) fn shares(shares: &str) -> String {
    let mut text = String::new();
    for line in shares.lines() {
        match line.strip_prefix("X-CON-101,X-SURGERY-101,W-SURGERY-101,21.60,") {
            Some(rest) => {
                text.push_str("X-CON-101,X-SURGERY-101,W-SURGERY-101,14.40,");
                text.push_str(rest);
                text.push_str("\nX-CON-101,X-SURGERY-100,W-SURGERY-100,7.20,");
                text.push_str(rest);
            }
            None => text.push_str(line),
        }
        text.push('\n');
    }
    text
}
