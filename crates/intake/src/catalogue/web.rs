//! Cases H: forms and interfaces of the web application.

use super::Action::{Accept, RefuseFile, Warn};
use super::{Entry, web};

pub(super) const CASES: &[Entry] = &[
    web("H1", RefuseFile, "a text of 100,000 characters"),
    web("H2", Accept, "emoji, combining characters, right-to-left text"),
    web("H3", Accept, "HTML or a script as text"),
    web("H4", Accept, "text that begins like a formula"),
    web("H5", RefuseFile, "a score out of range"),
    web("H6", RefuseFile, "an answer to a closed survey"),
    web("H7", RefuseFile, "a token used before"),
    web("H8", RefuseFile, "a form without its token"),
    web("H9", RefuseFile, "an edit of a stale version"),
    web("H10", Warn, "a due date in the past"),
    web("H11", Accept, "a page of 10,000 actions"),
    web("H12", RefuseFile, "an owner who does not exist"),
    web("H13", RefuseFile, "a field given twice"),
    web("H14", RefuseFile, "a field that is not known"),
    web("H15", RefuseFile, "a negative page"),
    web("H16", RefuseFile, "a sort by an unlisted column"),
];
