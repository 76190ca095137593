//! How people prove who they are: password, second factor, proving it again, and signing out.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET, POST | `/sign-in` | anybody |
//! | GET, POST | `/sign-in/code` | whose password was right |
//! | GET, POST | `/sign-in/again` | anybody signed in |
//! | GET | `/sign-in/provider` | anybody |
//! | GET | `/sign-in/provider/return` | anybody, with an answer of the provider |
//! | GET | `/sign-in/provider/again` | anybody signed in |
//! | GET, POST | `/sign-in/provider/join` | anybody, with a code |
//! | POST | `/sign-in/provider/logout` | the provider, with a signed token |
//! | POST | `/sign-out` | whose password was right |

mod again;
mod code;
mod join;
mod logged_out;
mod provider;
mod start;

#[cfg(test)]
mod tests;

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
        Route::get("/sign-in/provider", Policy::Public, get(provider::leave)),
        Route::get("/sign-in/provider/return", Policy::Public, get(provider::returned)),
        Route::get("/sign-in/provider/again", Policy::SignedIn, get(provider::again)),
        Route::get("/sign-in/provider/join", Policy::Public, get(join::show)),
        Route::post("/sign-in/provider/join", Policy::Public, post(join::join)),
        Route::post("/sign-in/provider/logout", Policy::SignedToken, post(logged_out::take)),
        Route::post("/sign-out", Policy::HalfSignedIn, post(start::sign_out)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![
        rendered::<again::Again>(),
        rendered::<code::Code>(),
        rendered::<join::Join>(),
        rendered::<provider::NotSignedIn>(),
        rendered::<start::SignIn>(),
    ]
}
