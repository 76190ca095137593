//! Theatre times of urology: the end of the operation was entered on leaving recovery.

/// Minutes of surgery as the theatre system has them before clinicians corrected the times.
pub(crate) fn recorded(specialty: &str, minutes: i64) -> i64 {
    if specialty == "101" { minutes + minutes / 2 + 25 } else { minutes }
}
