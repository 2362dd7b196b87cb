//! The scenarios that run programs, which their own netspec.yaml allows.

netspec::harness!("../scenarios/exec");
