//! A site over an empty database, for tests.
