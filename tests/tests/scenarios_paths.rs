//! Shipped scenarios about ways, in a world of their own.

netspec::harness!("../scenarios/paths");
