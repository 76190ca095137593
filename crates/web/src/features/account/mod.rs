//! One's own account: rights, sessions, password, and tokens for programs.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/account` | anybody signed in |
//! | POST | `/account/sessions` | anybody signed in |
//! | GET, POST | `/account/password` | anybody who proved it again |
//! | GET, POST | `/account/tokens` | anybody who proved it again |
//! | POST | `/account/tokens/{token}/end` | anybody signed in |
//! | GET | `/account/provider`, `/account/provider/go` | anybody who proved it again |
//! | GET, POST | `/account/provider/join` | anybody who proved it again, back from the provider |
//! | POST | `/account/provider/unlink` | anybody who proved it again |

mod overview;
mod password;
mod provider;
#[cfg(test)]
mod tests;
mod tokens;

use axum::routing::{get, post};

use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/account", Policy::SignedIn, get(overview::show)),
        Route::post("/account/sessions", Policy::SignedIn, post(overview::end_others)),
        Route::get("/account/password", Policy::Fresh, get(password::show)),
        Route::post("/account/password", Policy::Fresh, post(password::change)),
        Route::get("/account/tokens", Policy::Fresh, get(tokens::show)),
        Route::post("/account/tokens", Policy::Fresh, post(tokens::make)),
        Route::post("/account/tokens/{token}/end", Policy::SignedIn, post(tokens::end)),
        Route::get("/account/provider", Policy::Fresh, get(provider::show)),
        Route::get("/account/provider/go", Policy::Fresh, get(provider::leave)),
        Route::get("/account/provider/join", Policy::Fresh, get(provider::confirm)),
        Route::post("/account/provider/join", Policy::Fresh, post(provider::join)),
        Route::post("/account/provider/unlink", Policy::Fresh, post(provider::unlink)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![
        rendered::<overview::Overview>(),
        rendered::<password::Password>(),
        rendered::<provider::OwnProvider>(),
        rendered::<tokens::OwnTokens>(),
    ]
}
