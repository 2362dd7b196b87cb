//! Everything `cargo test` runs lives in this package's `tests/` folder.
