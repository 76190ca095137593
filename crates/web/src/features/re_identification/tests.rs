//! Requests in, pages out.
