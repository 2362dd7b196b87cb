//! What the probe believes, held against `delv` on zones that Knot signed: every verdict the same, or the difference named.

#[path = "dnssec/knot.rs"]
mod knot;

use knot::Knot;
use libtest_mimic::{Arguments, Failed, Trial};
use netspec_probes::dns::{QueryName, QueryType, Question, Security, Server, TrustAnchor, ask};
use netspec_probes::facts::Atlas;
use std::process::{Command, ExitCode};

/// The zone of the trust anchor, the name, the type, and what it comes to.
const CASES: &[(&str, &str, &str, Security)] = &[
    ("signed.test", "www.signed.test", "A", Security::Secure),
    ("signed.test", "alias.signed.test", "A", Security::Secure),
    (
        "signed.test",
        "deep.tree.signed.test",
        "A",
        Security::Secure,
    ),
    ("signed.test", "any.wild.signed.test", "A", Security::Secure),
    (
        "signed.test",
        "any.wild.signed.test",
        "AAAA",
        Security::Secure,
    ),
    ("signed.test", "www.signed.test", "AAAA", Security::Secure),
    ("signed.test", "nobody.signed.test", "A", Security::Secure),
    ("signed.test", "signed.test", "DNSKEY", Security::Secure),
    ("signed.test", "child.signed.test", "DS", Security::Secure),
    (
        "signed.test",
        "www.child.signed.test",
        "A",
        Security::Secure,
    ),
    (
        "signed.test",
        "nobody.child.signed.test",
        "A",
        Security::Secure,
    ),
    (
        "signed.test",
        "www.open.signed.test",
        "A",
        Security::Insecure,
    ),
    (
        "signed.test",
        "nobody.open.signed.test",
        "A",
        Security::Insecure,
    ),
    (
        "signed.test",
        "www.broken.signed.test",
        "A",
        Security::Bogus,
    ),
    (
        "signed.test",
        "www.unsigned.signed.test",
        "A",
        Security::Bogus,
    ),
    ("hashed.test", "www.hashed.test", "A", Security::Secure),
    ("hashed.test", "alias.hashed.test", "A", Security::Secure),
    (
        "hashed.test",
        "deep.tree.hashed.test",
        "A",
        Security::Secure,
    ),
    ("hashed.test", "any.wild.hashed.test", "A", Security::Secure),
    (
        "hashed.test",
        "any.wild.hashed.test",
        "AAAA",
        Security::Secure,
    ),
    ("hashed.test", "www.hashed.test", "AAAA", Security::Secure),
    ("hashed.test", "nobody.hashed.test", "A", Security::Secure),
    (
        "hashed.test",
        "www.open.hashed.test",
        "A",
        Security::Insecure,
    ),
    ("expired.test", "www.expired.test", "A", Security::Bogus),
    ("expired.test", "nobody.expired.test", "A", Security::Bogus),
    ("forged.test", "www.forged.test", "A", Security::Bogus),
    ("forged.test", "ns.forged.test", "A", Security::Secure),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let missing = ["knotd", "kzonesign", "keymgr", "delv"]
        .into_iter()
        .find(|tool| Command::new(tool).arg("-V").output().is_err());
    let trial = Trial::test("agrees-with-delv-on-zones-signed-by-knot", agrees);
    let trial = match missing {
        Some(tool) => trial
            .with_kind(format!("{tool} is not installed"))
            .with_ignored_flag(true),
        None => trial,
    };
    libtest_mimic::run(&arguments, vec![trial]).exit_code()
}

fn agrees() -> Result<(), Failed> {
    let knot = Knot::serving()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let mut differences = Vec::new();
    for (zone, name, rtype, expected) in CASES {
        let anchor = TrustAnchor::parse(&knot.anchor(zone)?)?;
        let (ours, because) = runtime.block_on(verdict(&knot, anchor, name, rtype))?;
        let theirs = knot.delv(zone, name, rtype)?;
        if ours != *expected || theirs != *expected {
            let line = format!(
                "{name} {rtype}: expected {expected:?}, we say {ours:?} ({because}), delv says {theirs:?}"
            );
            differences.push(line);
        }
    }
    let elsewhere = TrustAnchor::parse(&knot.anchor("hashed.test")?)?;
    let (without, _) = runtime.block_on(verdict(&knot, elsewhere, "www.signed.test", "A"))?;
    if without != Security::Indeterminate {
        differences.push(format!("without an anchor above it: {without:?}"));
    }
    match differences.is_empty() {
        true => Ok(()),
        false => Err(differences.join("\n").into()),
    }
}

async fn verdict(
    knot: &Knot,
    anchor: TrustAnchor,
    name: &str,
    rtype: &str,
) -> Result<(Security, String), String> {
    let rtype: QueryType = rtype.parse()?;
    let mut question = Question::new(QueryName::parse(name)?, rtype, Server::at(knot.addr));
    question.listen = std::time::Duration::ZERO;
    question.trust_anchor = Some(anchor);
    let seen = ask(&question, &Atlas::empty()).await.seen;
    let dnssec = seen
        .dnssec
        .ok_or_else(|| format!("{question}: {:?}", seen.status))?;
    Ok((dnssec.verdict, dnssec.because.unwrap_or_default()))
}
