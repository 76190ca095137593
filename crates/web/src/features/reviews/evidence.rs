//! What a decision rests on that its review holds: which of it can be chosen, and where it stands.

use store::reviewing::Body;

use super::day;
use super::found::Found;
use super::papers::pack_address;
use crate::shell::provenance::short;
use crate::shell::words;

/// The field in which it is chosen.
pub(super) const RESTS_ON: &str = "rests_on";

/// What a review holds for those who see it: the frozen figures, the kept pack, priority areas and
/// measures. Each has a code, by which the decision keeps it, and a name.
fn held(found: &Found) -> Vec<(String, String)> {
    let mut all = Vec::new();
    if let Some(it) = found.figures.as_ref().filter(|_| found.sees) {
        let name = format!("Frozen figures to {}, run {}", day(it.period_end), short(&it.run));
        all.push((format!("figures-{}", it.number), name));
    }
    if let Some((id, at)) = &found.pack {
        let name = format!("The pack as it was kept, {}", words::moment(*at));
        all.push((format!("pack-{id}"), name));
    }
    for it in &found.items {
        let name = match &it.latest().body {
            Body::Priority(of) => format!("Priority area: {}", of.name),
            Body::Measure(of) => format!("Measure: {}", of.name),
            _ => continue,
        };
        all.push((format!("item-{}", it.id), name));
    }
    all
}

/// What can be chosen: nothing, what the review holds, and what was chosen before.
pub(super) fn options(found: &Found, body: &Body) -> Vec<(String, String)> {
    let mut all = vec![(String::new(), "Nothing of these".to_owned())];
    all.extend(held(found));
    if let Body::Decision(it) = body
        && !it.rests_on.is_empty()
        && !all.iter().any(|of| of.0 == it.rests_on)
    {
        all.push((it.rests_on.clone(), shown(found, &it.rests_on).0));
    }
    all
}

/// What a decision rests on, and where it stands; no address for those who may not see it.
pub(super) fn shown(found: &Found, code: &str) -> (String, String) {
    let Some((kind, key)) = code.split_once('-') else { return Default::default() };
    let name = held(found).into_iter().find(|it| it.0 == code).map(|it| it.1);
    let (usual, address) = match kind {
        "figures" => ("Figures that were frozen before", format!("{}#figures", found.address())),
        "pack" => ("A pack that was kept before", pack_address(found.unit.code.as_str(), key)),
        // Both stand with what the second stage finds.
        _ => ("What was found in this review", format!("{}#found", found.address())),
    };
    let is_seen = found.sees || kind == "item";
    let address = if is_seen { address } else { String::new() };
    (name.unwrap_or_else(|| usual.to_owned()), address)
}
