//! Every rule by its name: what it says, and of what.

use crate::verdict::Word;

/// One rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The name that verdicts bear.
    pub name: &'static str,
    /// What it says.
    pub says: &'static [Word],
    /// When it says so.
    pub about: &'static str,
}

const fn rule(name: &'static str, says: &'static [Word], about: &'static str) -> Rule {
    Rule { name, says, about }
}

use Word::{Changed, DbChanged, Flapping, Inconclusive, Same, Variance};

/// All of them, those of a family together.
#[rustfmt::skip] // a row a rule
pub static RULES: &[Rule] = &[
    rule("dns-learning", &[Variance], "Fewer answers were seen than it takes to know what is normal."),
    rule("dns-R0-status", &[Same, Changed], "The status (NOERROR, NODATA, NXDOMAIN …) is the usual one; or it is another, each time it was asked, and other resolvers of the class do not say otherwise."),
    rule("dns-R0-passing", &[Same], "The server failed once and works when it is asked again."),
    rule("dns-R0-failing", &[Changed], "The server fails (SERVFAIL, REFUSED, no answer …) as often as it did not before, beyond chance, and others do not."),
    rule("dns-R0-nobody", &[Inconclusive], "No server of the class answers: it is not this one, and not the name."),
    rule("dns-R1-bogon", &[Changed], "An address of a special range (RFC 6890) where the pool had none; before any rule that asks whose an address is."),
    rule("dns-R2-address", &[Same], "An address of the pool is among the answer's, at the same end of the alias; the pool grows by the others."),
    rule("dns-R2-added", &[Variance, Changed], "Besides an address of the pool one in a system where none ever was, each time it was asked; of a name that is in several hands, no change."),
    rule("dns-R3-cname-asn", &[Same], "New addresses at the same end of the alias, in a system or of a holder that is known."),
    rule("dns-R3-renumbered", &[Variance], "The same, of a pool that held still: worth showing, no change."),
    rule("dns-R3-country", &[Changed], "The same system, and every address in a country where none was."),
    rule("dns-R4-cert", &[Variance], "The same end of the alias in a new system, of a name that has wandered between systems before, with a certificate that holds for the name."),
    rule("dns-R4-moved", &[Changed], "The same end of the alias, in a system where no answer was."),
    rule("dns-R4-suspect", &[Changed], "The same, and what answers there shows a certificate that does not hold for the name."),
    rule("dns-R5-shape", &[Variance], "Another chain of aliases to an end that is known."),
    rule("dns-R5-cname", &[Variance], "The alias ends elsewhere, in a system that is known: a move inside one provider is worth showing and rarely a failure."),
    rule("dns-R5-suspect", &[Changed], "The same, and what answers there shows a certificate that does not hold for the name."),
    rule("dns-R6-provider", &[Changed], "The alias ends elsewhere and in a system where no answer was: another provider."),
    rule("dns-R6-suspect", &[Changed], "The same, and what answers there shows a certificate that does not hold for the name."),
    rule("dns-data", &[Same, Changed], "Of a type that is no address: all values are known; or one is new or gone that always stood there."),
    rule("dns-injected", &[Changed], "Several different answers come to one question, again and again, where that is not usual."),
    rule("dns-injected-udp", &[Changed], "By UDP something else than by TCP, which is harder to forge."),
    rule("dns-udp-alone", &[Changed], "By UDP something else than by TCP, where what TCP gives may be old: machines of the resolver that do not agree yet, or a forger."),
    rule("dns-injected-speed", &[Changed], "It comes faster than the resolver is away."),
    rule("dns-previous", &[Flapping], "It is again what was normal before the last change that was accepted."),
    rule("dns-balanced", &[Variance], "The known and the new take turns when it is asked again."),
    rule("dns-spreading", &[Inconclusive], "The new, and the known from a cache: a change may be on its way."),
    rule("dns-filling", &[Variance], "Most of what there is was not seen yet (the unseen mass of Good and Turing): one more new address is no surprise."),
    rule("dns-unproven", &[Inconclusive], "It is otherwise, and not often enough yet that chance is ruled out; runs that follow count."),
    rule("dns-unstable", &[Inconclusive], "Other resolvers of the class disagree among themselves (the rule of respdiff)."),
    rule("dns-alone", &[Inconclusive], "Only this resolver gives it, and others of its class what is known."),
    rule("dns-not-again", &[Inconclusive], "It was not seen a second time, or could not be asked again."),
    rule("route-learning", &[Variance], "Fewer traces were seen than it takes to know what is normal."),
    rule("route-same", &[Same], "Every hop that answered is known at its distance or one beside it, and the systems passed are the same."),
    rule("route-shifted", &[Variance], "Known hops, one or two nearer or farther than they were."),
    rule("route-new-address", &[Variance], "New addresses in the systems that are passed as ever."),
    rule("route-exchange", &[Variance], "Another address of the peering LAN of an exchange, which is no system on the way."),
    rule("route-border", &[Variance], "One hop of another system between two known ones that answer as ever: a border router may answer from a neighbour's address."),
    rule("route-reached", &[Variance], "The destination answers, which it did not before."),
    rule("route-silent", &[Inconclusive], "So little answers that nothing can be compared."),
    rule("route-per-packet", &[Variance], "One flow meets known and new addresses in turn: balanced packet by packet."),
    rule("route-lb-widened", &[Variance], "Another flow meets what is known at that distance: a balancer that goes on beside its new branch."),
    rule("route-remap-only-new", &[Changed], "At the first distance that differs, no flow of as many as it takes meets what was there before, in two rounds; the systems passed are others."),
    rule("route-branch-moved", &[Changed], "The flows of one branch of a balancer go through another system, the other branch as ever."),
    rule("route-address", &[Changed], "The same of addresses alone, where every address is asked to be the same."),
    rule("route-country", &[Changed], "The same systems, through a country that was not on the way."),
    rule("route-longer", &[Changed], "The way is longer than it ever was by more than two hops."),
    rule("route-shorter", &[Changed], "The way is shorter than it ever was by more than two hops."),
    rule("route-loop", &[Changed], "The way comes round to a router it has passed."),
    rule("route-unreached", &[Changed], "The destination does not answer, which by its rate of answers chance does not explain."),
    rule("route-cut", &[Changed], "Behind a hop all is silent that answered before; a silent hop with answers behind it is none of that."),
    rule("route-alternate", &[Flapping], "The way is again as it was before the last change that was taken for normal."),
    rule("route-too-silent", &[Inconclusive], "Too few probes of the second look are answered."),
    rule("route-unsteady", &[Inconclusive], "The two rounds say different things."),
    rule("route-not-reproduced", &[Inconclusive], "The second look does not show it again."),
    rule("route-not-asked", &[Inconclusive], "It could not be looked at again."),
    rule("rtt-level", &[Same, Variance, Changed], "The level of round-trip times, or of any tracked time: at it, off it for a moment, or another from a sample on."),
    rule("rtt-spread", &[Changed], "Times spread more, or less, about their level than they did."),
    rule("rtt-loss", &[Changed], "Another share of probes is lost."),
    rule("values-seen-before", &[Same], "Every value was seen before, of a list that varies every element."),
    rule("values-filling", &[Variance], "Values of it are still coming that were never seen before (the unseen mass of Good and Turing)."),
    rule("values-alternate", &[Variance], "A new value, and a known one when it is asked again."),
    rule("values-reproduced", &[Changed], "A new value where it held still, and the same one each time it was asked again."),
    rule("values-unsteady", &[Inconclusive], "A new value, and another one when it was asked again."),
    rule("values-not-reproduced", &[Inconclusive], "A new value, and it could not be asked again."),
    rule("side-new", &[Variance], "An address or a server that was not asked before."),
    rule("db-changed", &[DbChanged], "The databases of address facts say otherwise of addresses that are known; by what they say now, all is as it was."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    /// The names of rules that the sources of these crates write down.
    fn written(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).expect("readable") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                written(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs")
                && !path.ends_with("catalogue.rs")
            {
                let text = fs::read_to_string(&path).expect("readable");
                found.extend(
                    text.split('"')
                        .filter(|word| is_rule(word))
                        .map(str::to_owned),
                );
            }
        }
    }

    fn is_rule(word: &str) -> bool {
        let families = ["dns-", "route-", "rtt-", "values-", "side-", "db-"];
        let plain = word
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
        plain && families.iter().any(|family| word.starts_with(family))
    }

    #[test]
    fn every_rule_has_its_row_and_every_row_its_rule() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = BTreeSet::new();
        written(&crates.join("src/dns"), &mut found);
        written(&crates.join("src/route"), &mut found);
        written(&crates.join("src/rtt"), &mut found);
        written(&crates.join("../runner/src/normal"), &mut found);
        for file in ["src/values.rs", "src/rtt.rs"] {
            let text = fs::read_to_string(crates.join(file)).expect("readable");
            found.extend(
                text.split('"')
                    .filter(|word| is_rule(word))
                    .map(str::to_owned),
            );
        }
        let rows: BTreeSet<String> = RULES.iter().map(|rule| rule.name.to_owned()).collect();
        assert_eq!(rows.len(), RULES.len(), "a rule has one row");
        let difference: Vec<&String> = found.symmetric_difference(&rows).collect();
        assert!(difference.is_empty(), "{difference:?}");
    }
}
