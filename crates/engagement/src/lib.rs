//! Clinical and financial engagement: the framework and the level engine.
