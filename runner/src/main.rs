//! The `netspec` command.
fn main() {}
