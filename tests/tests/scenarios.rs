//! Every shipped scenario that is meant to hold; `refused/` must not load and `failing/` must not pass, which other tests see to.

netspec::harness!("../scenarios"; except "../scenarios/echo", "../scenarios/exec", "../scenarios/failing", "../scenarios/paths", "../scenarios/refused", "../scenarios/resolvers", "../scenarios/services");
