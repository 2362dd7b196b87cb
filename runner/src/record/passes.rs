//! The systems that a route always passes, by strong evidence alone.

use super::propose::Proposal;
use super::said::Said;
use serde_json::Value;

/// The entries of `passes`: what all of the routes have in common, in its order, the destination's own system left out.
pub(super) fn propose(seen: &[&Value]) -> Proposal {
    let mut routes = seen.iter().map(|seen| systems(seen));
    let first = routes.next().unwrap_or_default();
    let common = routes.fold(first, |common, route| in_both(&common, &route));
    let entry = |asn: &String| {
        let asn = ("asn".to_owned(), Said::Text(asn.clone()));
        Said::Map(vec![asn, ("evidence".to_owned(), Said::plain("strong"))])
    };
    match common.is_empty() {
        true => Proposal::default(),
        false => Proposal::of(Said::List(common.iter().map(entry).collect())),
    }
}

/// The systems with a strong hop, in order, repeats collapsed.
fn systems(seen: &Value) -> Vec<String> {
    let destination = seen["destination"]["asn"].as_str();
    let hops = seen["path"].as_array().into_iter().flatten();
    let mut systems: Vec<String> = hops.filter_map(system).collect();
    systems.dedup();
    systems.retain(|asn| Some(asn.as_str()) != destination);
    systems
}

/// The one system that all who answered at a hop are in, with strong evidence.
fn system(hop: &Value) -> Option<String> {
    let addresses = hop["addresses"].as_array()?;
    let asn = addresses.first()?["asn"].as_str()?;
    let is_in = |address: &Value| address["asn"] == asn && address["evidence"] == "strong";
    addresses.iter().all(is_in).then(|| asn.to_owned())
}

/// The longest sequence that is part of both.
fn in_both(a: &[String], b: &[String]) -> Vec<String> {
    let mut longest = vec![vec![Vec::new(); b.len() + 1]; a.len() + 1];
    for (i, left) in a.iter().enumerate().rev() {
        for (j, right) in b.iter().enumerate().rev() {
            longest[i][j] = match left == right {
                true => {
                    let mut with = vec![left.clone()];
                    with.extend_from_slice(&longest[i + 1][j + 1]);
                    with
                }
                false if longest[i + 1][j].len() >= longest[i][j + 1].len() => {
                    longest[i + 1][j].clone()
                }
                false => longest[i][j + 1].clone(),
            };
        }
    }
    longest.swap_remove(0).swap_remove(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn hop(asn: &str, evidence: &str) -> Value {
        json!({ "addresses": [{ "asn": asn, "evidence": evidence }] })
    }

    #[track_caller]
    fn check(routes: &[Value], expect: Option<&str>) {
        let routes: Vec<&Value> = routes.iter().collect();
        let said = propose(&routes).said.map(|said| said.flow());
        assert_eq!(said.as_deref(), expect);
    }

    #[test]
    fn only_what_is_strong_and_always_there_is_passed() {
        let one = json!({ "path": [hop("AS1", "strong"), hop("AS1", "strong"), hop("AS2", "weak"), hop("AS3", "strong"), hop("AS9", "strong")],
            "destination": { "asn": "AS9" } });
        check(
            std::slice::from_ref(&one),
            Some("[{ asn: AS1, evidence: strong }, { asn: AS3, evidence: strong }]"),
        );
        let other = json!({ "path": [hop("AS1", "strong"), hop("AS4", "strong")] });
        check(&[one, other], Some("[{ asn: AS1, evidence: strong }]"));
        check(&[json!({ "path": [] })], None);
        check(&[json!({})], None);
    }

    #[test]
    fn what_is_common_keeps_its_order() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(in_both(&words("a b c d"), &words("b x d a")), words("b d"));
    }
}
