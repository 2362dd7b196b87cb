//! Asks again what is suspicious: here, over TCP, elsewhere, and for a certificate.

use super::super::facts::listed;
use super::super::{Answer, Asker, Certificate, Model};
use super::look::{Kind, Look, Suspicion, look};
use super::{Rule, Rules};
use std::time::Duration;

/// What asking again brought.
#[derive(Default)]
pub(super) struct Found {
    pub(super) probes: u32,
    /// How often it was seen again.
    pub(super) again: u32,
    /// How often what is known was seen instead.
    pub(super) known: u32,
    /// Whether that was fetched just then, so that it cannot be an old answer that a cache still gives.
    pub(super) known_afresh: bool,
    /// How many answers show it that did not come from one cache, the first with them.
    pub(super) draws: u32,
    /// How many of those seen again came faster than the resolver is away.
    pub(super) fast: u32,
    /// Whether TCP gives what is known.
    pub(super) known_over_tcp: bool,
    /// Whether that was fetched just then.
    pub(super) tcp_afresh: bool,
    pub(super) elsewhere: Elsewhere,
    pub(super) proof: Proof,
    pub(super) notes: Vec<String>,
}

/// What other resolvers say, as far as it bears on the case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Elsewhere {
    #[default]
    Nothing,
    /// The new, so many of them.
    New(u32),
    /// What is known.
    Known,
    /// Some the one, some the other.
    Both,
    /// None of them answers.
    Silent,
}

/// What certificates say of new addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Proof {
    #[default]
    None,
    /// The name's own.
    Good,
    /// Another's.
    Bad,
}

pub(super) async fn confirm(
    model: &Model,
    answer: &Answer,
    suspicion: &Suspicion,
    asker: &impl Asker,
    rules: &Rules,
) -> Found {
    let mut found = Found {
        draws: 1,
        ..Found::default()
    };
    let kind = suspicion.kind;
    found.repeat(model, answer, kind, asker, rules).await;
    if found.known > 0 && matches!(kind, Kind::Failing | Kind::Status | Kind::Contradicted) {
        return found;
    }
    if rules.has(Rule::Tcp) && !matches!(kind, Kind::Failing | Kind::Contradicted | Kind::Alias) {
        found.over_tcp(model, asker, rules).await;
    }
    if rules.has(Rule::Elsewhere) && !matches!(kind, Kind::Contradicted | Kind::Alias | Kind::Added)
    {
        found.elsewhere(model, answer, kind, asker).await;
    }
    if rules.has(Rule::Certificate)
        && matches!(
            kind,
            Kind::Moved | Kind::Added | Kind::Provider | Kind::Alias
        )
    {
        found.certificate(model, answer, asker).await;
    }
    found
}

impl Found {
    /// Until it was seen as often as wanted, or what is known came.
    async fn repeat(
        &mut self,
        model: &Model,
        first: &Answer,
        kind: Kind,
        asker: &impl Asker,
        rules: &Rules,
    ) {
        let mut before = first.clone();
        let mut longest = first.ttl_s;
        let repeats = if rules.has(Rule::Again) {
            rules.repeats
        } else {
            0
        };
        for round in 0..repeats {
            let last = round + 1 == rules.repeats;
            asker
                .pause(if last {
                    patience(&before, rules)
                } else {
                    rules.pause
                })
                .await;
            let Some(answer) = asker.again().await else {
                break;
            };
            self.probes += 1;
            let known = matches!(look(model, &answer, rules), Look::Settled(_));
            if known {
                self.known += 1;
                self.known_afresh |= is_fresh(model, &answer);
                if kind != Kind::Contradicted {
                    break;
                }
            } else if answer.is_firm() || kind == Kind::Failing {
                self.again += 1;
                self.draws += u32::from(model.is_steady() || is_draw(longest, &answer, rules));
                longest = longest.max(answer.ttl_s);
                self.fast += u32::from(is_fast(model, &answer));
                before = answer;
            }
        }
        let (again, probes) = (self.again, self.probes);
        self.notes.push(format!(
            "seen again in {again} of {probes} more questions to the same resolver"
        ));
    }

    async fn over_tcp(&mut self, model: &Model, asker: &impl Asker, rules: &Rules) {
        let Some(answer) = asker.over_tcp().await else {
            return;
        };
        self.probes += 1;
        if !answer.is_firm() {
            return;
        }
        self.known_over_tcp = matches!(look(model, &answer, rules), Look::Settled(_));
        self.tcp_afresh = is_fresh(model, &answer);
        let what = match (self.known_over_tcp, self.tcp_afresh) {
            (false, _) => "the same",
            (true, true) => "what is known",
            (true, false) => "what is known, from a cache",
        };
        self.notes.push(format!("over TCP it gives {what}"));
    }

    async fn elsewhere(&mut self, model: &Model, answer: &Answer, kind: Kind, asker: &impl Asker) {
        let others = asker.elsewhere().await;
        self.probes += u32::try_from(others.len()).unwrap_or(0);
        let mut said: [Vec<String>; 2] = Default::default();
        for (name, other) in others.iter().filter(|(_, other)| other.is_firm()) {
            if is_new(answer, other, kind) {
                said[0].push(name.clone());
            } else if is_known(model, other, kind) {
                said[1].push(name.clone());
            }
        }
        let firm = others.iter().any(|(_, other)| other.is_firm());
        let [new, known] = said;
        self.elsewhere = match (new.len(), known.len()) {
            (0, 0) if !others.is_empty() && !firm => Elsewhere::Silent,
            (0, 0) => Elsewhere::Nothing,
            (count, 0) => Elsewhere::New(u32::try_from(count).unwrap_or(1)),
            (0, _) => Elsewhere::Known,
            _ => Elsewhere::Both,
        };
        self.note_elsewhere(new, known, others.len());
    }

    fn note_elsewhere(&mut self, new: Vec<String>, known: Vec<String>, asked: usize) {
        for (names, what) in [(new, "the new as well"), (known, "what is known")] {
            if !names.is_empty() {
                let count = names.len();
                let names = listed(&names.into_iter().collect());
                self.notes.push(format!(
                    "{count} of {asked} other resolvers give {what}: {names}"
                ));
            }
        }
        if self.elsewhere == Elsewhere::Silent {
            self.notes
                .push(format!("none of {asked} other resolvers answers"));
        }
    }

    /// At a new address; where nobody speaks TLS there though at a known one somebody does, that is told and proves nothing.
    async fn certificate(&mut self, model: &Model, answer: &Answer, asker: &impl Asker) {
        let new = answer
            .places
            .iter()
            .find(|place| !model.pool.has(place.address));
        let Some(place) = new else { return };
        self.probes += 1;
        let (proof, note) = match asker.certificate(place.address).await {
            Certificate::Valid => (
                Proof::Good,
                "shows a certificate that holds for the name".to_owned(),
            ),
            Certificate::Invalid(why) => (
                Proof::Bad,
                format!("shows a certificate that does not: {why}"),
            ),
            Certificate::NotTestable => (Proof::None, "shows no certificate".to_owned()),
        };
        self.proof = proof;
        self.notes.push(format!("{} {note}", place.address));
    }
}

/// Long enough that a cache gives way to its source, if that is soon.
fn patience(before: &Answer, rules: &Rules) -> Duration {
    let left = Duration::from_secs(u64::from(before.ttl_s.unwrap_or(0)) + 1);
    if rules.has(Rule::Cache) && left <= rules.patience {
        left.max(rules.pause)
    } else {
        rules.pause
    }
}

/// Whether it has the longest time to live there ever was, which a cache would have counted down.
fn is_fresh(model: &Model, answer: &Answer) -> bool {
    answer
        .ttl_s
        .zip(model.ttl_max_s)
        .is_none_or(|(left, most)| left >= most)
}

/// Whether it cannot have come from a cache that gave one of those before: that would have counted down.
fn is_draw(longest: Option<u32>, answer: &Answer, rules: &Rules) -> bool {
    let counted = longest
        .zip(answer.ttl_s)
        .is_some_and(|(longest, left)| left < longest);
    !rules.has(Rule::Cache) || !counted || !answer.is_firm()
}

/// By far: half of the fastest there was, and five milliseconds.
pub(super) fn is_fast(model: &Model, answer: &Answer) -> bool {
    let floor = model.floor_ms.filter(|_| model.answers >= 10);
    floor
        .zip(answer.time_ms)
        .is_some_and(|(floor, time)| time < floor / 2.0 && floor - time > 5.0)
}

/// Whether another resolver gives what is new here. It may flatten aliases, and give other addresses of the same.
fn is_new(answer: &Answer, other: &Answer, kind: Kind) -> bool {
    let address = answer
        .places
        .iter()
        .any(|place| other.places.iter().any(|its| its.address == place.address));
    let whose = !answer.systems().is_disjoint(&other.systems())
        || !answer.holders().is_disjoint(&other.holders());
    let alias = !other.chain.is_empty() && other.end() == answer.end();
    match kind {
        Kind::Failing | Kind::Status => other.status == answer.status,
        Kind::Bogon => other.special().is_some(),
        Kind::Country => address || !answer.countries().is_disjoint(&other.countries()),
        Kind::Data => other.values() == answer.values(),
        Kind::Provider => alias || address || whose,
        _ => address || whose,
    }
}

fn is_known(model: &Model, other: &Answer, kind: Kind) -> bool {
    let address = other
        .places
        .iter()
        .any(|place| model.pool.has(place.address));
    let whose = model.systems.any(&other.systems()) || model.holders.any(&other.holders());
    let alias = !other.chain.is_empty() && model.ends.has(&other.end());
    match kind {
        Kind::Failing | Kind::Status => model.is_usual(&other.status),
        Kind::Country => address || model.countries.any(&other.countries()),
        Kind::Data => {
            !other.data.is_empty() && other.values().iter().all(|value| model.data.has(value))
        }
        Kind::Provider => alias || address || whose,
        _ => address || whose,
    }
}
