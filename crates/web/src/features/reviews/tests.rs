//! A review from nothing to the next one: requests in, pages out.
