//! What the stage makes of given tables.
