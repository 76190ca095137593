//! Ideas of staff as somebody may see them, and what of them waits.

use access::Capability;
use engagement::ideas::State;
use store::Connection;
use store::ideas::{self, StoredIdea};

use super::fault::Fault;
use super::joint_work::may;
use super::visit::Visit;
use super::words;

/// Whether an idea is that of whoever is signed in.
pub fn is_own(visit: &Visit, idea: &StoredIdea) -> bool {
    visit.person().is_ok_and(|me| me.id == idea.put_by)
}

/// Whether they see an idea: their own, and those for units whose actions they read.
pub fn sees(visit: &Visit, idea: &StoredIdea) -> bool {
    is_own(visit, idea) || may(visit, Capability::ReadActions, idea.of.unit.as_str())
}

/// Whether they may say what becomes of it. Nobody decides on their own.
pub fn may_decide(visit: &Visit, idea: &StoredIdea) -> bool {
    !is_own(visit, idea) && may(visit, Capability::KeepActions, idea.of.unit.as_str())
}

/// What of ideas waits for whoever is signed in, or is news to them, in a sentence or two; blank for
/// nothing.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn waiting(db: &mut Connection, visit: &Visit) -> Result<String, Fault> {
    let all = ideas::list(db).await?;
    let mut said = Vec::new();
    let news = all.iter().filter(|it| is_own(visit, it) && it.standing().has_news).count() as u64;
    if news > 0 {
        said.push(format!(
            "There is news of {}.",
            words::count(news, "idea of yours", "ideas of yours")
        ));
    }
    let put = |it: &&StoredIdea| it.standing().state == State::Put && may_decide(visit, it);
    let put = all.iter().filter(put).count() as u64;
    if put > 0 {
        said.push(format!("{} to be looked at.", words::count(put, "idea waits", "ideas wait")));
    }
    Ok(said.join(" "))
}
