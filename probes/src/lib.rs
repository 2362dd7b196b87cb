//! Asks the network one question and says what was seen.
//!
//! No YAML, no judging, no printing. What a probe saw is a plain value whose JSON *is* the vocabulary:
//! the field names here are the words of an expectation, of a snapshot and of `--json`. The doc comment of a
//! field is its reference text.
//!
//! Three conventions hold for every `seen` type:
//! - a field whose number has a unit ends in it after an underscore (`time_ms`, `ttl_s`, `size_bytes`);
//!   an expectation drops the suffix, because its operand carries the unit (`time: { below: 2s }`);
//! - a key that is **missing** was not measured or cannot be known; a key that is `null`, or an empty list,
//!   was looked at and there is nothing;
//! - everything in a `seen` came from outside and is to be escaped before it is shown.

pub mod dns;
#[cfg(unix)]
pub mod exec;
pub mod fact;
pub mod facts;
pub mod hostnames;
pub mod http;
mod icmp;
pub mod observation;
pub mod ping;
pub mod route;
#[cfg(target_os = "linux")]
mod sys;
pub mod tcp;
pub mod tls;
