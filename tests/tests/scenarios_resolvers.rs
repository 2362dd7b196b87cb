//! Resolvers of every make: encrypted, signed, a zone's own.

netspec::harness!("../scenarios/resolvers");
