//! What a TLS probe can see beside the handshake. The words of `tls: { expect: … }`.

use super::ask::Question;
use super::seen::{Seen, Version};
use super::starttls::Upgrade;
use crate::fact::Fact;
use crate::facts::{Atlas, DatabaseIdentity};
use crate::tcp::Connection;
use schemars::JsonSchema;
use serde::Serialize;

/// Everything one TLS server brought to light.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Probed {
    /// How connecting ended.
    #[serde(flatten)]
    pub connection: Connection,
    /// How the request for TLS was answered, where `starttls` makes one; the handshake comes only after `ready`.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub starttls: Fact<Upgrade>,
    /// The last line the server said in the clear; null where there was none.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub starttls_said: Fact<String>,
    /// What the handshake showed.
    #[serde(flatten)]
    pub tls: Seen,
    /// The versions of `try-versions` that the server takes; missing unless it answered to each of them.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub accepts: Fact<Vec<Version>>,
    /// The versions of `try-versions` that the server does not take; missing unless it answered to each of them.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub refuses: Fact<Vec<Version>>,
    /// How each of `try-versions` was answered.
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub tried: Fact<Vec<TriedVersion>>,
    /// The databases the facts come from.
    pub databases: Vec<DatabaseIdentity>,
}

/// One version offered by itself, on a connection of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TriedVersion {
    /// The version.
    pub version: Version,
    /// What the server made of it.
    pub answer: VersionAnswer,
    /// The alert in answer, by its registered name; null where there was none.
    pub alert: Fact<String>,
}

/// What a server makes of a version offered by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VersionAnswer {
    /// It goes on with it.
    Accepted,
    /// It says no, goes on with another, or ends the connection.
    Refused,
    /// It says nothing that can be understood.
    NoAnswer,
}

impl Probed {
    pub(super) fn new(connection: Connection, atlas: &Atlas) -> Self {
        Self {
            connection,
            starttls: Fact::Unknown,
            starttls_said: Fact::Unknown,
            tls: Seen::default(),
            accepts: Fact::Unknown,
            refuses: Fact::Unknown,
            tried: Fact::Unknown,
            databases: atlas.databases().to_vec(),
        }
    }

    /// Without a connection there is nothing more to be seen.
    pub(super) fn ends_there(&mut self, question: &Question) {
        self.tls = Seen::nothing();
        if question.starttls.is_some() {
            (self.starttls, self.starttls_said) = (Fact::Nothing, Fact::Nothing);
        }
        if !question.try_versions.is_empty() {
            self.no_versions();
        }
    }

    /// There is no TLS to have a version.
    pub(super) fn no_versions(&mut self) {
        (self.accepts, self.refuses, self.tried) = (Fact::Nothing, Fact::Nothing, Fact::Nothing);
    }

    /// What each version offered came to.
    pub(super) fn add(&mut self, tried: Vec<TriedVersion>) {
        let with = |answer| {
            let those = tried.iter().filter(move |it| it.answer == answer);
            Fact::Known(those.map(|it| it.version).collect())
        };
        if tried.iter().all(|it| it.answer != VersionAnswer::NoAnswer) {
            self.accepts = with(VersionAnswer::Accepted);
            self.refuses = with(VersionAnswer::Refused);
        }
        self.tried = Fact::Known(tried);
    }
}
