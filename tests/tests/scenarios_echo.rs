//! Scenarios in the world of echoes.

netspec::harness!("../scenarios/echo");
