//! Anything else that is tracked: which values were seen, and how often.
