//! The care of the miniature, worked by hand.
