//! What a DNS probe can see of an encrypted connection to the server.

use crate::fact::Fact;
use crate::tls;
use schemars::JsonSchema;
use serde::Serialize;

/// The connection that carried the question: over TLS, HTTPS or QUIC, one for each question, never a resumed one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Connection {
    /// Who said where the server is; null where its address is written.
    pub bootstrap: Option<String>,
    /// How long finding out where the server is took; null where its address is written. Not part of the answer's `time`.
    #[serde(rename = "bootstrap-time_ms")]
    #[schemars(extend("x-volatile" = true))]
    pub bootstrap_time_ms: Option<f64>,
    /// From the SYN to the connection; null over QUIC, which has no handshake apart, and where there was no connection.
    #[serde(rename = "connect-time_ms", skip_serializing_if = "Fact::is_unknown")]
    pub connect_time_ms: Fact<f64>,
    /// The handshake of TLS, or of QUIC with TLS in it; null where there was none.
    #[serde(rename = "handshake-time_ms", skip_serializing_if = "Fact::is_unknown")]
    pub handshake_time_ms: Fact<f64>,
    /// From the first byte of the question to the last of the answer, on the connection that was there; null where there was
    /// no answer.
    #[serde(rename = "answer-time_ms", skip_serializing_if = "Fact::is_unknown")]
    pub answer_time_ms: Fact<f64>,
    /// The status of the HTTP answer; null where there was none.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub http_status: Fact<u16>,
    /// Why there is no answer, in words for people; null where there is one.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub because: Fact<String>,
    /// What the TLS handshake showed, the server's certificates among it.
    pub tls: tls::Seen,
}
