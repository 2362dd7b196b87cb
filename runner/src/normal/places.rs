//! Whose addresses were, of checks whose rules know of values alone: what another database says of an address that is known
//! is no other value.

use super::observe;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What databases say of addresses, by address.
pub(super) type Places = BTreeMap<String, Map<String, Value>>;

/// How many addresses of one test are kept.
const MOST_PLACES: usize = 64;

/// The facts that come from databases.
const FACTS: [&str; 5] = ["asn", "as-name", "country", "city", "prefix"];

/// Notes what databases say of the addresses in what was seen.
pub(super) fn note(places: &mut Places, seen: &Value) {
    each(&mut seen.clone(), &mut |address, facts| {
        if places.len() < MOST_PLACES || places.contains_key(address) {
            places.insert(address.to_owned(), of(facts));
        }
    });
}

/// What was seen as the databases of then would have had it, and what those of now say otherwise, a sentence each.
pub(super) fn as_then(places: &Places, seen: &Value) -> (Value, Vec<String>) {
    let (mut then, mut said) = (seen.clone(), Vec::new());
    each(&mut then, &mut |address, facts| {
        let Some(known) = places.get(address).filter(|known| **known != of(facts)) else {
            return;
        };
        for fact in FACTS {
            let (was, is) = (known.get(fact), facts.get(fact));
            if was != is {
                let word =
                    |value: Option<&Value>| value.map_or("unknown".to_owned(), observe::word);
                said.push(format!(
                    "{fact} of {address} was {}, is {}",
                    word(was),
                    word(is)
                ));
            }
            match was {
                Some(was) => facts.insert(fact.to_owned(), was.clone()),
                None => facts.remove(fact),
            };
        }
    });
    (then, said)
}

fn of(facts: &Map<String, Value>) -> Map<String, Value> {
    let known = FACTS
        .iter()
        .filter_map(|fact| Some(((*fact).to_owned(), facts.get(*fact)?.clone())));
    known.collect()
}

/// Every address with its facts, wherever it stands.
fn each(value: &mut Value, with: &mut impl FnMut(&str, &mut Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, with)),
        Value::Object(fields) => {
            let address = fields
                .get("address")
                .and_then(Value::as_str)
                .map(str::to_owned);
            if let Some(address) = address.filter(|_| fields.contains_key("asn")) {
                with(&address, fields);
            }
            fields.values_mut().for_each(|value| each(value, with));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn connected(asn: &str) -> Value {
        json!({ "status": "connected", "connected": { "address": "192.0.2.1", "asn": asn, "country": "FR" } })
    }

    #[test]
    fn an_address_that_is_known_is_seen_with_the_facts_of_then() {
        let mut places = Places::new();
        note(&mut places, &connected("AS64500"));
        assert_eq!(
            as_then(&places, &connected("AS64500")),
            (connected("AS64500"), vec![])
        );
        let (then, said) = as_then(&places, &connected("AS64501"));
        assert_eq!(then, connected("AS64500"));
        assert_eq!(said, ["asn of 192.0.2.1 was AS64500, is AS64501"]);
    }
}
