//! What is usually done instead: traces compared as text.

use crate::place::Token;
use crate::route::Trace;
use std::collections::BTreeSet;

/// What each baseline says of a trace: whether it is a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The addresses of the first flow as text, against those of the trace before.
    pub text: bool,
    /// Its systems as text.
    pub as_path: bool,
    /// Its systems as a set, by whether four in five are common.
    pub as_set: bool,
}

/// The trace before.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    before: Option<(String, String, BTreeSet<Token>)>,
}

impl Baseline {
    /// Holds a trace against the one before.
    pub fn judge(&mut self, trace: &Trace) -> Said {
        let first = |hop: &crate::route::Hop| {
            let mut its = hop.replies.iter().filter(|it| it.flows.contains(&0));
            its.next().map(|it| it.place.clone())
        };
        let places: Vec<_> = trace.hops.iter().map(first).collect();
        let addresses = places
            .iter()
            .map(|it| it.as_ref().map_or("*".into(), |it| it.address.to_string()));
        let text = addresses.collect::<Vec<String>>().join(" ");
        let tokens = places
            .iter()
            .map(|it| it.as_ref().map_or(Token::Gap, |it| it.token()));
        let mut path: Vec<String> = tokens.clone().map(|it| it.to_string()).collect();
        path.dedup();
        let systems: BTreeSet<Token> = tokens.filter(Token::is_system).collect();
        let now = (text, path.join(" "), systems);
        let said = self.before.as_ref().map_or(Said::default(), |before| Said {
            text: before.0 != now.0,
            as_path: before.1 != now.1,
            as_set: overlap(&before.2, &now.2) < 0.8,
        });
        self.before = Some(now);
        said
    }
}

fn overlap(one: &BTreeSet<Token>, other: &BTreeSet<Token>) -> f64 {
    let all = one.union(other).count().max(1);
    one.intersection(other).count() as f64 / all as f64
}
