//! Records from a check to an answer and its effect: requests in, pages out.
