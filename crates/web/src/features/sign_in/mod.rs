//! How people prove who they are: password, second factor, proving it again, and signing out.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET, POST | `/sign-in` | anybody |
//! | GET, POST | `/sign-in/code` | whose password was right |
//! | GET, POST | `/sign-in/again` | anybody signed in |
//! | POST | `/sign-out` | whose password was right |

mod again;
mod code;
mod start;

use axum::routing::{get, post};

use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/sign-in", Policy::Public, get(start::show)),
        Route::post("/sign-in", Policy::Public, post(start::sign_in)),
        Route::get("/sign-in/code", Policy::HalfSignedIn, get(code::show)),
        Route::post("/sign-in/code", Policy::HalfSignedIn, post(code::prove)),
        Route::get("/sign-in/again", Policy::SignedIn, get(again::show)),
        Route::post("/sign-in/again", Policy::SignedIn, post(again::prove)),
        Route::post("/sign-out", Policy::HalfSignedIn, post(start::sign_out)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<again::Again>(), rendered::<code::Code>(), rendered::<start::SignIn>()]
}
