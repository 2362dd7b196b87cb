//! Verdicts run after run as a story: stable, suspect, changed, flapping.
