//! What is worth a word in a recorded scenario: one row a kind of probe.

use crate::probe::{self, Kind};

/// How a kind of probe is recorded.
#[derive(Debug)]
pub struct Recorded {
    /// The kind's name.
    pub kind: &'static str,
    /// The setting that says whom to ask.
    pub target: &'static str,
    /// What it is called on the command line.
    pub target_name: &'static str,
    /// Settings that are not for recording.
    pub left_out: &'static [&'static str],
    /// Settings that may hold a secret, and so are taken only as `${secret:…}` or `${env:…}`.
    pub by_reference: &'static [&'static str],
    /// The fact that says that nobody answered, and its words for that.
    pub(super) vain: (&'static str, &'static [&'static str]),
    /// Whether several may be asked, each with a row of its own.
    pub several: bool,
    /// The scenario's sentence; `{}` stands for the target.
    pub title: &'static str,
    /// The check's name, likewise.
    pub check: &'static str,
    /// What may be expected, in the order it is written.
    pub(super) facts: &'static [Fact],
    /// What may be tracked.
    pub(super) track: &'static [Tracked],
    /// Examples for the help.
    pub examples: &'static str,
}

impl Recorded {
    /// The kind of probe it records.
    pub fn kind(&self) -> &'static Kind {
        probe::find(self.kind).unwrap_or(&probe::KINDS[0])
    }
}

/// One fact that may be expected.
#[derive(Debug)]
pub(super) struct Fact {
    /// Its word, from the top down.
    pub(super) word: &'static str,
    /// In which form.
    pub(super) form: Form,
    /// Whether it says something by itself; a bound on a time does not.
    pub(super) is_firm: bool,
}

/// In which form a fact is expected.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// The value that it always was.
    Same,
    /// The same, with a remark where it is none of these: it is as it is, and hardly as it should be.
    Usually(&'static [&'static str]),
    /// The same, but for the word that goes without saying.
    Unlike(&'static str),
    /// That value, and only if it always was this one.
    Only(&'static str),
    /// The list that it always was; `absent` where an answer was given and it always was empty.
    Exactly,
    /// The same, where there is something and no addresses say more.
    ExactlyInPlaceOf(&'static str),
    /// What was always in the list.
    Include,
    /// These facts of each in the list, and how many there are.
    Every(&'static [&'static str]),
    /// Below a rung of the ladder of times.
    Below,
    /// The lowest word that was seen, or one above it.
    AtLeast,
    /// At least so many days.
    Days,
    /// At most a share that leaves room.
    Loss,
    /// At most so many: two more than were seen, then up to the next multiple of this.
    Room(u64),
    /// The same of a distance, where there is an end to it.
    Distance(u64),
    /// The systems passed, by strong evidence alone.
    Passes,
}

/// One fact that may be tracked.
#[derive(Debug)]
pub(super) struct Tracked {
    /// Its word.
    pub(super) word: &'static str,
    /// When.
    pub(super) when: When,
}

/// When a fact is tracked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// Where it held still.
    Still,
    /// Where levels are wanted and it was a time each time: its level is learned, and a snapshot says nothing of it.
    Level,
    /// Where it held still, is small, and did so of itself and not because the answer was kept by the resolver.
    Fresh,
}

const fn firm(word: &'static str, form: Form) -> Fact {
    let is_firm = true;
    Fact {
        word,
        form,
        is_firm,
    }
}

const fn loose(word: &'static str, form: Form) -> Fact {
    let is_firm = false;
    Fact {
        word,
        form,
        is_firm,
    }
}

const fn still(word: &'static str) -> Tracked {
    let when = When::Still;
    Tracked { word, when }
}

const fn fresh(word: &'static str) -> Tracked {
    let when = When::Fresh;
    Tracked { word, when }
}

const fn level(word: &'static str) -> Tracked {
    let when = When::Level;
    Tracked { word, when }
}

/// Whose an address is.
const WHOSE: &[&str] = &["asn", "country", "special"];

/// Every kind that can be recorded.
#[rustfmt::skip] // a row a line, so that rows come and go by themselves
pub static RECORDED: &[Recorded] = &[
    Recorded {
        kind: "dns",
        target: "query",
        target_name: "NAME",
        left_out: &["reverse", "expect", "by-resolver", "across-resolvers", "across-servers", "servers", "identity"],
        by_reference: &[],
        vain: ("status", &["TIMEOUT", "UNREACHABLE", "HANDSHAKE-FAILED"]),
        several: true,
        title: "What {} is answered",
        check: "{} is answered as it was recorded",
        facts: &[
            firm("status", Form::Usually(&["NOERROR", "NODATA", "NXDOMAIN"])),
            firm("chain", Form::Exactly),
            firm("addresses", Form::Every(WHOSE)),
            firm("data", Form::ExactlyInPlaceOf("addresses")),
            firm("chain-problem", Form::Same),
            firm("dnssec.verdict", Form::Same),
            loose("replies", Form::Only("1")),
            loose("time", Form::Below),
        ],
        track: &[still("chain"), still("addresses.asn"), still("addresses.country"), fresh("addresses"), level("time")],
        examples: "\
Examples:
  netspec record dns cmmsns.qpic.cn --via cloudflare,baidu             to standard output
  netspec record dns qpic.cn --via 1.1.1.1 -o scenarios/qpic.yaml          with its snapshot
  netspec record dns qpic.cn --type TXT --via cloudflare --for 10m  outlasts what resolvers keep",
    },
    Recorded {
        kind: "ping",
        target: "to",
        target_name: "HOST",
        left_out: &["expect"],
        by_reference: &[],
        vain: ("status", &[]),
        several: false,
        title: "How {} echoes",
        check: "{} echoes as it was recorded",
        facts: &[
            firm("loss", Form::Loss),
            loose("rtt.median", Form::Below),
            firm("responders", Form::Every(WHOSE)),
            firm("from-other", Form::Usually(&["false"])),
            loose("duplicates", Form::Only("0")),
            loose("corrupt", Form::Only("0")),
            firm("path-mtu", Form::Same),
            firm("black-hole", Form::Usually(&["false"])),
        ],
        track: &[still("responders.asn"), still("responders.country"), level("rtt.median"), level("loss")],
        examples: "\
Examples:
  netspec record ping 101.33.110.25
  netspec record ping cdn.example --resolver cloudflare --count 20",
    },
    Recorded {
        kind: "route",
        target: "to",
        target_name: "HOST",
        left_out: &["expect"],
        by_reference: &[],
        vain: ("ended", &[]),
        several: false,
        title: "The way to {}",
        check: "{} is reached as it was recorded",
        facts: &[
            firm("reached", Form::Usually(&["true"])),
            firm("passes", Form::Passes),
            loose("silent-hops", Form::Room(4)),
            loose("hops", Form::Distance(5)),
            firm("destination.asn", Form::Same),
            firm("destination.country", Form::Same),
            loose("destination.rtt", Form::Below),
            firm("path-mtu", Form::Same),
            firm("black-hole", Form::Usually(&["false"])),
        ],
        track: &[still("as-path"), still("countries"), level("destination.rtt")],
        examples: "\
Examples:
  netspec record route vweixinthumb.tc.qq.com --resolver cloudflare --flows 5
  netspec record route 101.33.110.25 --probe '{ tcp: 443 }' -o scenarios/way.yaml",
    },
    Recorded {
        kind: "tcp",
        target: "connect",
        target_name: "HOST:PORT",
        left_out: &["expect", "send", "wait-for", "dialogue", "read-limit"],
        by_reference: &[],
        vain: ("status", &["timeout", "unreachable", "local-exhaustion", "not-asked"]),
        several: false,
        title: "How {} takes connections",
        check: "{} takes connections as it was recorded",
        facts: &[
            firm("status", Form::Usually(&["connected"])),
            firm("unreachable.said", Form::Same),
            firm("connected.asn", Form::Same),
            firm("connected.country", Form::Same),
            loose("rtt", Form::Below),
        ],
        track: &[still("connected.asn"), still("connected.country"), level("rtt")],
        examples: "\
Examples:
  netspec record tcp 162.62.115.23:443
  netspec record tcp mail.example:25 --resolver cloudflare --addresses all",
    },
    Recorded {
        kind: "tls",
        target: "connect",
        target_name: "HOST:PORT",
        left_out: &["expect"],
        by_reference: &[],
        vain: ("status", &["timeout", "unreachable", "local-exhaustion", "not-asked"]),
        several: false,
        title: "How {} speaks TLS",
        check: "{} speaks TLS as it was recorded",
        facts: &[
            firm("status", Form::Unlike("connected")),
            firm("handshake", Form::Same),
            firm("alert", Form::Same),
            firm("version", Form::AtLeast),
            firm("alpn", Form::Same),
            firm("chain", Form::Same),
            loose("expires-in", Form::Days),
            firm("connected.asn", Form::Same),
            firm("connected.country", Form::Same),
            loose("rtt", Form::Below),
        ],
        track: &[still("connected.asn"), still("connected.country"), still("issuer"), still("names"), level("rtt")],
        examples: "\
Examples:
  netspec record tls 43.130.30.140:443 --server-name cmmsns.qpic.cn
  netspec record tls mail.example:25 --resolver cloudflare --starttls smtp",
    },
    Recorded {
        kind: "http",
        target: "get",
        target_name: "URL",
        left_out: &["expect", "head", "post", "put", "patch", "delete", "options", "body", "json", "form"],
        by_reference: &["auth", "headers", "proxy"],
        vain: ("ended", &["unreachable", "timeout"]),
        several: false,
        title: "How {} is served",
        check: "{} is served as it was recorded",
        facts: &[
            firm("ended", Form::Unlike("answered")),
            firm("status", Form::Same),
            firm("version", Form::Same),
            firm("headers.location", Form::Same),
            firm("content.type", Form::Same),
            firm("content.problem", Form::Same),
            firm("icp-licences", Form::Include),
            firm("connected.asn", Form::Same),
            firm("connected.country", Form::Same),
            firm("tls.version", Form::AtLeast),
            firm("tls.chain", Form::Same),
            loose("tls.expires-in", Form::Days),
            loose("time.first-byte", Form::Below),
            loose("time.total", Form::Below),
        ],
        track: &[still("connected.asn"), still("connected.country"), still("tls.issuer"), still("content.sha256"), level("time.connect")],
        examples: "\
Examples:
  netspec record http https://qpic.cn/ --resolver baidu
  netspec record http https://api.example/ --resolver cloudflare --auth '{ bearer: \"${secret:token}\" }'",
    },
];
