//! What is asked: which care, which use, which spells; and the answer of the run, worked out once.

use std::sync::Arc;

use results::Run;
use results::care::{CareBook, GapPart};
use results::group::PatientGroup;
use results::outcomes::{UseAsked, Uses, known_uses};
use rules::YearRules;
use rules::year::PeerKind;
use serde::Deserialize;

use super::rights::Line;
use crate::shell::care;
use crate::shell::fault::Fault;
use crate::shell::kept::Kept;

/// The use that is shown where none is named.
const FIRST: &str = "bed-days";

/// The address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Query {
    pod: String,
    hrg: String,
    r#use: String,
    /// `in` to count spells that several consultants had.
    shared: String,
    /// `out` to leave emergencies out.
    emergencies: String,
}

/// What is asked of a run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Asked {
    pub(super) pod: String,
    pub(super) hrg: String,
    pub(super) code: String,
    pub(super) leave_out_shared: bool,
    pub(super) leave_out_emergencies: bool,
}

impl Query {
    /// # Errors
    ///
    /// [`Fault::NotFound`] for a use or a choice that there is not.
    pub(super) fn read(self) -> Result<Asked, Fault> {
        let code = if self.r#use.is_empty() { FIRST.to_owned() } else { self.r#use };
        let is_known = known_uses().any(|it| it.0 == code);
        let leave_out_shared = match self.shared.as_str() {
            "" | "out" => true,
            "in" => false,
            _ => return Err(Fault::NotFound),
        };
        let leave_out_emergencies = match self.emergencies.as_str() {
            "" | "in" => false,
            "out" => true,
            _ => return Err(Fault::NotFound),
        };
        if !is_known || !care::may_have_spells(&self.pod) {
            return Err(Fault::NotFound);
        }
        Ok(Asked { pod: self.pod, hrg: self.hrg, code, leave_out_shared, leave_out_emergencies })
    }
}

impl Asked {
    /// All care of the service line, or some of it.
    pub(super) fn is_whole(&self) -> bool {
        self.pod.is_empty() && self.hrg.is_empty()
    }

    /// Its address; what is usual is left out.
    pub(super) fn address(&self, line: &Line) -> String {
        format!("{}?{}", line.address(), self.query())
    }

    /// Where whoever lies beyond chance is followed up.
    pub(super) fn follow_up(&self, line: &Line) -> String {
        format!("/follow-ups/new/{}?{}", line.code, self.query())
    }

    fn query(&self) -> String {
        let shared = if self.leave_out_shared { "" } else { "in" };
        let emergencies = if self.leave_out_emergencies { "out" } else { "" };
        let pairs = [
            ("pod", self.pod.as_str()),
            ("hrg", self.hrg.as_str()),
            ("use", self.code.as_str()),
            ("shared", shared),
            ("emergencies", emergencies),
        ];
        let pairs: Vec<_> = pairs.into_iter().filter(|it| !it.1.is_empty()).collect();
        serde_urlencoded::to_string(pairs).unwrap_or_default()
    }

    /// What goes on record.
    pub(super) fn object(&self, line: &Line, run: &Run) -> String {
        format!("{} run/{}", self.address(line), run.id())
    }

    /// What the spells needed, by consultant.
    ///
    /// # Errors
    ///
    /// [`Fault::NotFound`] where the service line has no such care.
    pub(super) fn answer(
        &self,
        (run, before): (&Run, Option<&Run>),
        line: &Line,
    ) -> Result<Answer, Fault> {
        let book = care::book(run)?;
        let cells = &book.lines.get(line.code.as_str()).ok_or(Fault::NotFound)?.cells;
        let holds = |pod: &str, hrg: &str| {
            (self.pod.is_empty() || self.pod == pod) && hrg.starts_with(&self.hrg)
        };
        if !cells.keys().any(|it| holds(&it.pod, &it.hrg)) {
            return Err(Fault::NotFound);
        }
        let uses = self.uses((run, before), line)?;
        let peers = self.peers(&book, run.rules()?, (line, &uses));
        Ok(Answer { uses, peers })
    }

    fn uses(&self, (run, before): (&Run, Option<&Run>), line: &Line) -> Result<Arc<Uses>, Fault> {
        let runs = [Some(run), before].map(|it| it.map_or("", Run::manifest_sha256));
        let key = (runs.join(" "), line.code.to_string(), self.clone());
        FOUND.of(key, || {
            let group = PatientGroup::of_part(line.code.as_str(), (&self.pod, &self.hrg));
            let asked = UseAsked {
                leave_out_shared: self.leave_out_shared,
                leave_out_emergencies: self.leave_out_emergencies,
                ..UseAsked::of(&self.code)
            };
            Ok(run.uses_since(&group, &asked, before)?)
        })
    }

    /// What the model says of similar trusts for this use, each beside the trust's own on the same
    /// basis.
    fn peers(
        &self,
        book: &CareBook,
        rules: &YearRules,
        (line, uses): (&Line, &Uses),
    ) -> Vec<GapPart> {
        let Some(line) = book.lines.get(line.code.as_str()) else { return Vec::new() };
        let care = line
            .sum(|it| (self.pod.is_empty() || self.pod == it.pod) && it.hrg.starts_with(&self.hrg));
        let is_of_use = |part: &GapPart| {
            let same = |it: &&rules::year::PeerValue| {
                it.measure == part.measure && it.kind == PeerKind::Use && it.unit == part.unit
            };
            let counts = |it: &rules::year::PeerValue| {
                if uses.activities.is_empty() {
                    return it.unit == "days";
                }
                let is_counted =
                    |activity: &String| it.counted_by.iter().any(|of| of.fits(activity));
                it.unit == "number" && uses.activities.iter().any(is_counted)
            };
            part.kind == PeerKind::Use && rules.peers.iter().filter(same).any(counts)
        };
        let parts = book.beside_peers(rules, (&self.pod, &self.hrg), &care);
        parts.into_iter().filter(is_of_use).collect()
    }
}

/// What was found.
pub(super) struct Answer {
    pub(super) uses: Arc<Uses>,
    pub(super) peers: Vec<GapPart>,
}

/// Answers of runs, by run and that of the year before, service line and what was asked.
static FOUND: Kept<(String, String, Asked), Uses> = Kept::new(ANSWERS);

/// Answers that are kept at most.
const ANSWERS: usize = 500;
