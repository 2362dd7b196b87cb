//! ICMP and ICMPv6 messages: what the numbers mean, echo requests of a constant checksum, and what errors quote.

#[cfg(target_os = "linux")]
pub(crate) mod echo;
#[cfg(target_os = "linux")]
pub(crate) mod quote;

use std::borrow::Cow;

/// What an answer means for the way of a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The destination echoed.
    EchoReply,
    /// A router dropped it because its time to live ran out.
    TimeExceeded,
    /// Somebody says that the way ends here.
    Unreachable,
    /// The next link does not take packets of this size; the way goes on for smaller ones.
    TooBig,
    /// Not about the way: a redirect, a source quench, a parameter problem.
    Aside,
}

/// An ICMP type and code with the protocol they belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// ICMPv6 (RFC 4443) and not ICMP (RFC 792): the same numbers mean other things.
    pub v6: bool,
    /// The type.
    pub icmp_type: u8,
    /// The code.
    pub icmp_code: u8,
}

impl Said {
    /// An echo reply of either protocol.
    pub fn echo_reply(v6: bool) -> Self {
        Self {
            v6,
            icmp_type: if v6 { 129 } else { 0 },
            icmp_code: 0,
        }
    }

    /// What it means for the way.
    pub fn meaning(self) -> Meaning {
        match (self.v6, self.icmp_type, self.icmp_code) {
            (false, 0, _) | (true, 129, _) => Meaning::EchoReply,
            (false, 11, 0) | (true, 3, 0) => Meaning::TimeExceeded,
            (false, 3, 4) | (true, 2, _) => Meaning::TooBig,
            (false, 3, _) | (true, 1, _) => Meaning::Unreachable,
            _ => Meaning::Aside,
        }
    }

    /// The port is closed: only the host itself can say that.
    pub fn is_port_unreachable(self) -> bool {
        matches!(
            (self.v6, self.icmp_type, self.icmp_code),
            (false, 3, 3) | (true, 1, 4)
        )
    }

    /// The word for it, e.g. `time-exceeded`; numbers without a word keep their number.
    pub fn word(self) -> Cow<'static, str> {
        match self.meaning() {
            Meaning::EchoReply => "echo-reply".into(),
            Meaning::TimeExceeded => "time-exceeded".into(),
            Meaning::TooBig if self.v6 => "packet-too-big".into(),
            Meaning::TooBig => "fragmentation-needed".into(),
            Meaning::Unreachable if self.v6 => unreachable_word_v6(self.icmp_code),
            Meaning::Unreachable => unreachable_word_v4(self.icmp_code),
            Meaning::Aside => format!("icmp-{}-{}", self.icmp_type, self.icmp_code).into(),
        }
    }
}

/// RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1.
fn unreachable_word_v4(code: u8) -> Cow<'static, str> {
    match code {
        0 => "network-unreachable".into(),
        1 => "host-unreachable".into(),
        2 => "protocol-unreachable".into(),
        3 => "port-unreachable".into(),
        5 => "source-route-failed".into(),
        6 => "network-unknown".into(),
        7 => "host-unknown".into(),
        8 => "source-host-isolated".into(),
        9 => "network-prohibited".into(),
        10 => "host-prohibited".into(),
        11 => "network-unreachable-for-tos".into(),
        12 => "host-unreachable-for-tos".into(),
        13 => "administratively-prohibited".into(),
        14 => "host-precedence-violation".into(),
        15 => "precedence-cutoff".into(),
        other => format!("unreachable-code-{other}").into(),
    }
}

/// RFC 4443 §3.1, RFC 7084 §4.5 (L-14).
fn unreachable_word_v6(code: u8) -> Cow<'static, str> {
    match code {
        0 => "no-route".into(),
        1 => "administratively-prohibited".into(),
        2 => "beyond-scope".into(),
        3 => "host-unreachable".into(),
        4 => "port-unreachable".into(),
        5 => "source-policy-failed".into(),
        6 => "reject-route".into(),
        7 => "source-route-failed".into(),
        other => format!("unreachable-code-{other}").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(v6: bool, icmp_type: u8, icmp_code: u8, meaning: Meaning, word: &str) {
        let said = Said {
            v6,
            icmp_type,
            icmp_code,
        };
        assert_eq!(
            (said.meaning(), said.word().as_ref()),
            (meaning, word),
            "{said:?}"
        );
    }

    #[test]
    fn the_two_tables_differ() {
        check(false, 11, 0, Meaning::TimeExceeded, "time-exceeded");
        check(true, 3, 0, Meaning::TimeExceeded, "time-exceeded");
        check(false, 3, 0, Meaning::Unreachable, "network-unreachable");
        check(true, 1, 0, Meaning::Unreachable, "no-route");
        check(false, 3, 4, Meaning::TooBig, "fragmentation-needed");
        check(true, 2, 0, Meaning::TooBig, "packet-too-big");
        check(true, 1, 4, Meaning::Unreachable, "port-unreachable");
        check(false, 3, 3, Meaning::Unreachable, "port-unreachable");
        check(
            false,
            3,
            13,
            Meaning::Unreachable,
            "administratively-prohibited",
        );
        check(
            true,
            1,
            1,
            Meaning::Unreachable,
            "administratively-prohibited",
        );
        check(false, 3, 77, Meaning::Unreachable, "unreachable-code-77");
        check(false, 0, 0, Meaning::EchoReply, "echo-reply");
        check(true, 129, 0, Meaning::EchoReply, "echo-reply");
        check(true, 0, 0, Meaning::Aside, "icmp-0-0");
    }

    #[test]
    fn what_is_not_about_the_way_is_an_aside() {
        check(false, 5, 1, Meaning::Aside, "icmp-5-1");
        check(false, 4, 0, Meaning::Aside, "icmp-4-0");
        check(false, 11, 1, Meaning::Aside, "icmp-11-1");
        check(true, 3, 1, Meaning::Aside, "icmp-3-1");
    }
}
