//! The same change seen by many tests is one event that lists them.
