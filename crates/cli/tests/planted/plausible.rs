//! The page "is this trust plausible?" agrees with what a costed trust shows.
