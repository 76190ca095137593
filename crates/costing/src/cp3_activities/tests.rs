//! Resources and shares as text, pools as text.
