//! What is known of reviews without anybody writing it: what was attached to their checklists by itself,
//! and the time that is bought for clinicians in all of them.

use super::body::{Backfill, Body, Input, InputState};
use super::items::{items_of, write};
use super::open_one;
use crate::Connection;
use crate::audit::Entry;
use crate::error::Result;
use crate::ids::ReviewId;
use crate::row::Values as _;
use crate::writer::Tx;

/// Ticks what a review asks for by one of these names, as something was attached that answers it: in
/// which words, and where it is. What is waived stays waived, and words that somebody wrote stay.
///
/// # Errors
/// If there is no such review, or it is finished.
pub async fn attach(
    tx: &mut Tx,
    review: &ReviewId,
    asks: &[String],
    (words, link): (&str, &str),
    entry: &Entry,
) -> Result<()> {
    open_one(tx, review).await?;
    for item in items_of(tx, review).await? {
        let Body::Input(it) = &item.latest().body else { continue };
        // Where two wrote at once, both texts stand until somebody who saw them settles it.
        let is_settled = item.standing().len() == 1;
        if !asks.contains(&it.asks) || it.state == InputState::Waived || !is_settled {
            continue;
        }
        let body = Body::Input(Input {
            state: InputState::Attached,
            attached: words.to_owned(),
            link: link.to_owned(),
            ..it.clone()
        });
        if body != item.latest().body {
            write(tx, (&item.id, item.number() + 1, item.number()), &body, entry).await?;
        }
    }
    Ok(())
}

/// Time that is bought for clinicians in each review, as it was written last, in the order of reviews.
///
/// # Errors
/// If the database cannot be read.
pub async fn bought(db: &mut Connection) -> Result<Vec<(ReviewId, Backfill)>> {
    let rows = sqlx::query(
        "SELECT i.review, v.body FROM review_item_version v JOIN review_item i ON i.id = v.item
         WHERE v.body LIKE $1
         AND v.number = (SELECT MAX(o.number) FROM review_item_version o WHERE o.item = v.item)
         ORDER BY i.review, i.place",
    )
    .bind("%\"kind\":\"backfill\"%")
    .fetch_all(db)
    .await?;
    let mut all = Vec::new();
    for row in &rows {
        // Another text may have these letters in it.
        if let Body::Backfill(of) = Body::of_text(&row.text("body")?)? {
            all.push((ReviewId::new(row.text("review")?), of));
        }
    }
    Ok(all)
}
