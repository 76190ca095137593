//! What the board is told: how many colleagues are followed up, whether the months were looked at,
//! and how it ended. No name, no code, no unit; fewer than a few are not told of.

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use engagement::variation::{Board, Kept};
use store::follow_ups;

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::session::today;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Counts of fewer people than this are not told: as everywhere where people could be worked out.
const FEWEST: u64 = 5;

#[derive(askama::Template)]
#[template(path = "features/follow_ups/board.html")]
pub(super) struct BoardPage {
    shell: Shell,
    lead: String,
    /// How many stand where, and how many these are.
    rows: Vec<(&'static str, String)>,
    /// Why there are no rows; blank where there are.
    hidden: String,
    months: String,
    on: String,
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    visit.scope(Capability::AggregateCosts)?.of_trust().ok_or(Fault::NotFound)?;
    let mut db = app.store().read().await?;
    let day = today(visit.now);
    let all = follow_ups::list(&mut db).await?;
    drop(db);
    let kept: Vec<Kept> = all.iter().map(|it| it.for_board(day)).collect();
    let shell = visit.shell(TITLE).below("Differences", "/variation");
    Ok(BoardPage::of(&shell, Board::of(&kept, FEWEST), &super::day(day)).respond())
}

const TITLE: &str = "Colleagues who are followed up";

impl BoardPage {
    fn of(shell: &Shell, board: Board, on: &str) -> Self {
        let page = |lead: String| Self {
            shell: shell.clone(),
            lead,
            rows: Vec::new(),
            hidden: String::new(),
            months: String::new(),
            on: on.to_owned(),
        };
        match board {
            Board::Nobody => page("No colleague has been followed up.".to_owned()),
            Board::Few => page(format!(
                "Fewer than {FEWEST} colleagues have been followed up. Nothing more is told of them, since somebody could be worked out."
            )),
            Board::Told { all, parts, months: (kept, of) } => {
                let lead = words::count(all, "colleague has", "colleagues have");
                let mut told = page(format!("{lead} been followed up."));
                told.months = match of {
                    0 => "No month has been looked at yet.".to_owned(),
                    of => format!(
                        "{} of {} were looked at.",
                        words::thousands(kept),
                        words::count(of, "month that was due", "months that were due")
                    ),
                };
                match parts {
                    Some(it) => {
                        let rows = [
                            ("Going on", it.open),
                            ("Explained", it.explained),
                            ("Moved within the range", it.within_range),
                            ("Still different", it.still_different),
                        ];
                        told.rows = rows.map(|it| (it.0, words::thousands(it.1))).to_vec();
                    }
                    None => {
                        told.hidden = format!(
                            "How it stands is not told by part: a part is of fewer than {FEWEST} colleagues, and somebody could be worked out."
                        );
                    }
                }
                told
            }
        }
    }
}

impl Page for BoardPage {
    const TEMPLATE: &'static str = "features/follow_ups/board.html";

    fn samples() -> Vec<Self> {
        use engagement::variation::Parts;
        let page = |board| Self::of(&Shell::sample(TITLE), board, "1 June 2026");
        let parts = Parts { open: 6, explained: 5, ..Parts::default() };
        vec![
            page(Board::Nobody),
            page(Board::Few),
            page(Board::Told { all: 6, parts: None, months: (12, 14) }),
            page(Board::Told { all: 11, parts: Some(parts), months: (40, 41) }),
        ]
    }
}
