//! The service line review: its stages, participants and themes as data, and the rules of meetings.
//!
//! The guide suggests and a trust decides: everything can be skipped, renamed and put in another
//! order. What is not left to anybody is that a review has owners, evidence and a record.

mod amount;
mod backfill;
pub mod coverage;
mod local;
mod meeting;
mod programme;
mod senior;
mod slots;
mod time;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::Deserialize;

pub use self::amount::{Amount, AmountError, Needs, needs};
pub use self::backfill::{
    Backfill, BackfillFault, Released, backfill, by_programme, released, sessions, tenths,
};
pub use self::local::{DecidedBy, LocalFault};
pub use self::meeting::{
    Attendance, Came, DataAge, DueAction, EXPECTED, Facilitator, Notice, Participant, Side, absent,
    attendance, data_age, facilitator, notice, waiting,
};
pub use self::programme::{
    Chaired, Held, Perspective, Stage, StageState, chaired, days_late, needs_reason, next_due,
    outstanding, unheard,
};
pub use self::senior::Senior;
pub use self::slots::{
    Answer, Asked, Coming, MeetingSlot, Missing, SlotFault, SlotStanding, asked_faults, ranked,
    slot_faults,
};
pub use self::time::{TimeShared, WHOLE_TIME, time_shared};

/// What comes with the program.
const OWN: &str = include_str!("../../data/reviews-2013.toml");

/// Days after which data may be called old, from and to.
const DATA_AGE: (u32, u32) = (1, 366);

/// Days of notice that a meeting may need, from and to.
const NOTICE: (u32, u32) = (0, 366);

/// People who may have to be there, from and to.
const QUORUM: (u32, u32) = (2, 30);

/// From whose side a question may be asked.
const SIDES: [&str; 3] = ["clinical", "finance", "both"];

/// Everything about reviews that is data.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewGuide {
    /// Local numbers.
    pub settings: Settings,
    /// Who counts as a senior clinician.
    pub senior: Senior,
    /// Posts of the register of service lines.
    pub posts: Vec<Post>,
    /// How often a service is reviewed.
    pub cadences: Vec<Cadence>,
    /// Who may chair.
    pub chairs: Vec<Chair>,
    /// How long meetings are.
    pub lengths: Vec<Length>,
    /// Who takes part.
    pub roles: Vec<Role>,
    /// The stages, in the order of the guide.
    pub stages: Vec<StageTemplate>,
    /// What a review may be about.
    pub themes: Vec<Theme>,
    /// What is brought by itself, and what of a checklist it answers.
    pub brings: Vec<Brings>,
    /// Who decided the local numbers of a trust; none where all are those of the program.
    #[serde(skip)]
    pub local: Option<DecidedBy>,
}

/// Local numbers of reviews.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Days after which data are old.
    pub data_age: Setting,
    /// Days of notice before a meeting.
    pub notice: Setting,
    /// People who must be there.
    pub quorum: Setting,
    /// Months of reviews whose chairs count.
    pub chaired_within: Setting,
    /// Services of a pilot at the fewest.
    pub pilot_least: Setting,
    /// Services of a pilot at the most.
    pub pilot_most: Setting,
    /// Meetings in a row without a staff group, from which on it is told.
    pub absent_meetings: Setting,
    /// Slots that are proposed at the fewest.
    pub slots_least: Setting,
    /// Slots that are proposed at the most.
    pub slots_most: Setting,
    /// Hours of a session of a clinician.
    pub session_hours: Setting,
    /// Days within which somebody who leads a service line has signed in, if access works.
    pub signed_in_within: Setting,
}

/// One number, and why it is so.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// The number, in its unit.
    pub value: u32,
    /// Its unit.
    pub unit: String,
    /// The document that says so, or that it is our own.
    pub source: String,
    /// Why it is so.
    pub why: String,
}

/// A post of the register of service lines.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// Its code.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What is said where nobody holds it.
    pub missing: String,
    /// For whom it leads.
    pub leads: coverage::Leads,
    /// Code of the role in which whoever holds it usually takes part.
    pub role: String,
    /// Whether a share of somebody's time is given to it.
    #[serde(default)]
    pub shares_time: bool,
    /// Where it comes from.
    pub source: String,
}

/// How often a service is reviewed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cadence {
    /// Its code.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Months from one review to the next.
    pub months: u32,
}

/// As what somebody chairs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chair {
    /// Its code.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether the review counts as chaired by a clinical director.
    pub is_clinical_director: bool,
    /// Code of the role in which whoever is in the chair as this usually takes part; blank for none.
    #[serde(default)]
    pub role: String,
}

/// How long a meeting is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Length {
    /// Minutes.
    pub minutes: u32,
    /// What for.
    pub name: String,
}

/// A role at a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Its code.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether the guide counts it among the five without whom a review is not one.
    pub core: bool,
    /// Where it comes from.
    pub source: String,
}

/// A stage as the guide has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageTemplate {
    /// Its code.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub source: String,
    /// What is to be at hand, or done.
    pub checklist: Vec<String>,
    /// What is to be written.
    pub texts: Vec<String>,
}

/// Something that a program does which brings what a checklist asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brings {
    /// What: figures that are frozen, or a pack that is kept.
    pub what: Brought,
    /// What of a checklist it answers.
    pub asks: Vec<String>,
    /// What is said where somebody says that it is at hand, and this was not done.
    pub missing: String,
    /// Where it comes from.
    pub source: String,
}

/// What is brought by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Brought {
    /// Figures that were frozen for the review.
    Figures,
    /// A pack that was kept while the review was open.
    Pack,
}

/// What a review may be about, with what it begins with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// Its code.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is about, in a sentence.
    pub about: String,
    /// Where it comes from.
    pub source: String,
    /// Meetings that it takes.
    pub meetings: u32,
    /// Minutes of each.
    pub minutes: u32,
    /// Questions to answer together.
    pub questions: Vec<String>,
    /// From whose side each question is asked, in their order: `clinical`, `finance` or `both`; none
    /// where that is open.
    #[serde(default)]
    pub sides: Vec<String>,
    /// Data to ask for.
    pub data: Vec<String>,
    /// Measures to choose from: each with the one that shows whether patients pay for it.
    pub measures: Vec<String>,
    /// Whether it is the sit-down of one consultant and finance: read by those who take part and by
    /// those who see named clinicians, and no review of the service.
    #[serde(default)]
    pub is_sit_down: bool,
}

/// Why a text is no guide to reviews.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReviewGuideError {
    /// The text breaks the rules of TOML, or something lacks one of its parts.
    #[error("what reviews are cannot be read: {0}")]
    Unreadable(String),
    /// A list is empty.
    #[error("there are no {0}: add one at least")]
    Empty(&'static str),
    /// A code stands twice.
    #[error("the code `{1}` stands twice among the {0}: give one of them another")]
    Twice(&'static str, String),
    /// A number makes no sense.
    #[error("`{0}` is {1}, and must be from {2} to {3}")]
    Value(&'static str, u32, u32, u32),
    /// The role in which somebody usually takes part is none of those that there are.
    #[error("`{0}` usually takes part as `{1}`, which is no role: write the code of one")]
    NoRole(String, String),
    /// A post that makes a clinician senior is none of those that there are.
    #[error(
        "whoever holds `{0}` is a senior clinician, and that is no post: write the code of one"
    )]
    NoPost(String),
    /// A theme says of other questions from whose side they are than it has, or names no such side.
    #[error("the sides of `{0}` must be clinical, finance or both, one for each question or none")]
    Sides(String),
    /// What is brought by itself answers something that no checklist asks for.
    #[error("`{0}` stands in the checklist of no stage: write it as it stands there")]
    NotAsked(String),
    /// Something does not say where it comes from.
    #[error("`{0}` needs a source")]
    NoSource(String),
}

impl ReviewGuide {
    /// What comes with the program.
    pub fn own() -> Self {
        Self::parse(OWN).expect("a test reads what comes with the program")
    }

    /// Reads it from the text of a TOML file.
    ///
    /// # Errors
    ///
    /// [`ReviewGuideError`] for the first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, ReviewGuideError> {
        let guide: Self = toml::from_str(text)
            .map_err(|it| ReviewGuideError::Unreadable(it.message().to_owned()))?;
        unique("posts", guide.posts.iter().map(|it| &it.id))?;
        unique("cadences", guide.cadences.iter().map(|it| &it.id))?;
        unique("chairs", guide.chairs.iter().map(|it| &it.id))?;
        unique("roles", guide.roles.iter().map(|it| &it.id))?;
        unique("stages", guide.stages.iter().map(|it| &it.id))?;
        unique("themes", guide.themes.iter().map(|it| &it.id))?;
        if guide.lengths.is_empty() {
            return Err(ReviewGuideError::Empty("lengths"));
        }
        guide.settings.check()?;
        for it in &guide.cadences {
            within("months", it.months, (1, 24))?;
        }
        for it in &guide.themes {
            within("meetings", it.meetings, (1, 12))?;
            let fits = it.sides.is_empty() || it.sides.len() == it.questions.len();
            if !fits || it.sides.iter().any(|it| !SIDES.contains(&it.as_str())) {
                return Err(ReviewGuideError::Sides(it.id.clone()));
            }
        }
        let asked = |it: &&String| guide.stages.iter().any(|of| of.checklist.contains(it));
        if let Some(it) = guide.brings.iter().flat_map(|it| &it.asks).find(|it| !asked(it)) {
            return Err(ReviewGuideError::NotAsked(it.clone()));
        }
        let usual = guide.posts.iter().map(|it| (&it.id, &it.role));
        let usual = usual.chain(guide.chairs.iter().map(|it| (&it.id, &it.role)));
        for (of, role) in usual.filter(|it| !it.1.is_empty()) {
            if guide.role(role).is_none() {
                return Err(ReviewGuideError::NoRole(of.clone(), role.clone()));
            }
        }
        let is_post = |it: &&String| guide.posts.iter().any(|of| of.id == **it);
        if let Some(it) = guide.senior.posts.iter().find(|it| !is_post(it)) {
            return Err(ReviewGuideError::NoPost(it.clone()));
        }
        let sources = guide.themes.iter().map(|it| (&it.id, &it.source));
        let sources = sources.chain(guide.stages.iter().map(|it| (&it.id, &it.source)));
        let sources = sources.chain(guide.roles.iter().map(|it| (&it.id, &it.source)));
        let sources = sources.chain(guide.posts.iter().map(|it| (&it.id, &it.source)));
        let brings = guide.brings.iter().map(|it| (&it.missing, &it.source));
        let sources = sources.chain(brings);
        let sources = sources.chain([(&guide.senior.says, &guide.senior.source)]);
        for (id, source) in sources {
            if source.trim().is_empty() {
                return Err(ReviewGuideError::NoSource(id.clone()));
            }
        }
        Ok(guide)
    }

    /// A theme by its code.
    pub fn theme(&self, id: &str) -> Option<&Theme> {
        self.themes.iter().find(|it| it.id == id)
    }

    /// Whether a review of a theme is the sit-down of one consultant and finance.
    pub fn is_sit_down(&self, theme: &str) -> bool {
        self.theme(theme).is_some_and(|it| it.is_sit_down)
    }

    /// A cadence by its code.
    pub fn cadence(&self, id: &str) -> Option<&Cadence> {
        self.cadences.iter().find(|it| it.id == id)
    }

    /// What is brought by itself.
    pub fn brings(&self, what: Brought) -> Option<&Brings> {
        self.brings.iter().find(|it| it.what == what)
    }

    /// What is said of something that is at hand, where nothing was attached by itself that answers it;
    /// nothing where nothing ever is.
    pub fn missing(&self, asks: &str) -> Option<&str> {
        let answers = |it: &&Brings| it.asks.iter().any(|it| it == asks);
        self.brings.iter().find(answers).map(|it| it.missing.as_str())
    }

    /// A role by its code.
    pub fn role(&self, id: &str) -> Option<&Role> {
        self.roles.iter().find(|it| it.id == id)
    }

    /// A chair by its code.
    pub fn chair(&self, id: &str) -> Option<&Chair> {
        self.chairs.iter().find(|it| it.id == id)
    }
}

impl Settings {
    fn check(&self) -> Result<(), ReviewGuideError> {
        let all = [
            ("data_age", &self.data_age, DATA_AGE),
            ("notice", &self.notice, NOTICE),
            ("quorum", &self.quorum, QUORUM),
            ("chaired_within", &self.chaired_within, (1, 60)),
            ("pilot_least", &self.pilot_least, (1, 10)),
            ("pilot_most", &self.pilot_most, (self.pilot_least.value, 10)),
            ("absent_meetings", &self.absent_meetings, (1, 12)),
            ("slots_least", &self.slots_least, (1, 10)),
            ("slots_most", &self.slots_most, (self.slots_least.value, 20)),
            ("session_hours", &self.session_hours, (1, 12)),
            ("signed_in_within", &self.signed_in_within, (1, 366)),
        ];
        for (name, it, bounds) in all {
            within(name, it.value, bounds)?;
            if it.source.trim().is_empty() || it.why.trim().is_empty() {
                return Err(ReviewGuideError::NoSource(name.to_owned()));
            }
        }
        Ok(())
    }
}

fn within(
    name: &'static str,
    value: u32,
    (least, most): (u32, u32),
) -> Result<(), ReviewGuideError> {
    if value < least || value > most {
        return Err(ReviewGuideError::Value(name, value, least, most));
    }
    Ok(())
}

fn unique<'a>(
    what: &'static str,
    ids: impl Iterator<Item = &'a String>,
) -> Result<(), ReviewGuideError> {
    let mut seen = BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(ReviewGuideError::Twice(what, id.clone()));
        }
    }
    if seen.is_empty() { Err(ReviewGuideError::Empty(what)) } else { Ok(()) }
}
