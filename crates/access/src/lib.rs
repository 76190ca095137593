//! What a caller may see and do: roles and rights as data, scopes, and the proof of an audit.
//!
//! Nothing here reads a file, a clock or a database. Grants and units come in as values; out comes
//! an [`Access`], and from it, for one capability, a [`Scope`]. Only this crate can make a scope,
//! so that whoever asks for one has asked here.

mod caller;
mod capability;
mod matrix;
mod profession;
mod scope;
mod units;

pub use caller::{Access, Grant};
pub use capability::{ApiScope, Capability, Condition, ProfessionGroup, Reach, View};
pub use matrix::{MatrixError, Right, Role, RoleMatrix};
pub use scope::{InScope, Scope};
pub use units::UnitTree;
