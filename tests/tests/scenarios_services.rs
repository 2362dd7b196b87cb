//! The scenarios of TCP, TLS and HTTP servers, good ones and one for each way to fail.

netspec::harness!("../scenarios/services");
