//! What of a model holds still: what a snapshot shows.

use super::{Kind, Model};
use crate::place::Token;
use crate::route::Detail;
use serde_json::{Value, json};
use std::collections::BTreeSet;

impl Model {
    /// The systems passed as tokens, and how answers vary at each distance; never a time, a rate or a count.
    pub fn view(&self) -> Value {
        self.view_in(Detail::As)
    }

    /// The same, with the addresses at each distance where every address counts.
    pub fn view_in(&self, detail: Detail) -> Value {
        let mut view = json!({
            "reached": self.reach() >= 0.5,
            "as-path": self.as_path(),
            "kinds": self.shown().map(|hop| hop.kind()).collect::<Vec<Kind>>(),
        });
        if detail == Detail::Ip {
            let addresses = self.shown().map(|hop| {
                let all = hop.present().map(|known| known.place.address.to_string());
                all.collect::<Vec<String>>()
            });
            view["addresses"] = addresses.collect();
        }
        view
    }

    /// The tokens of the distances, repeats collapsed, and gaps between two of the same.
    pub fn as_path(&self) -> Vec<String> {
        let mut path: Vec<String> = Vec::new();
        for hop in self.shown().chain(&self.destination) {
            let tokens: BTreeSet<Token> = hop.present().map(|it| it.place.token()).collect();
            let token = written(&tokens);
            if let [.., before, gap] = path.as_slice()
                && gap == "*"
                && *before == token
            {
                path.pop();
            }
            if path.last() != Some(&token) {
                path.push(token);
            }
        }
        path
    }

    /// The distances to the destination, or to the last that ever answered.
    fn shown(&self) -> impl Iterator<Item = &super::Distance> {
        let answering = self.hops.iter().filter(|hop| !hop.addresses.is_empty());
        let farthest = answering.map(|hop| hop.ttl).max().unwrap_or(0);
        let end = self
            .length
            .map_or(farthest, |length| length.most.saturating_sub(1));
        self.hops.iter().filter(move |hop| hop.ttl <= end)
    }
}

/// `AS1`, `private`, `AS{1,2}`, `{AS1,private}`, or a gap.
fn written(tokens: &BTreeSet<Token>) -> String {
    let mut systems: BTreeSet<u32> = BTreeSet::new();
    for token in tokens {
        if let Token::As(origins) = token {
            systems.extend(origins);
        }
    }
    let are_systems = tokens.iter().all(Token::is_system);
    let all: Vec<String> = tokens.iter().map(Token::to_string).collect();
    match tokens.len() {
        0 => Token::Gap.to_string(),
        _ if are_systems => Token::As(systems).to_string(),
        1 => all.concat(),
        _ => format!("{{{}}}", all.join(",")),
    }
}
