use super::super::Chance;
use super::source::{Provider, Source};
use crate::dns::Answer;
use crate::place::Place;

/// A resolver: one address, several machines behind it, each with its cache.
#[derive(Clone, Debug)]
pub(super) struct Server {
    pub(super) name: String,
    pub(super) region: usize,
    /// What each machine remembers, with the time it was fetched; no machines where it asks the source each time.
    pub(super) caches: Vec<Option<(Answer, u64)>>,
    /// How often it gives the addresses without the aliases.
    pub(super) flattens: f64,
    /// How often it gives no answer, or fails.
    pub(super) fails: f64,
    /// How often an answer has nothing to do with the name.
    pub(super) strays: f64,
    /// Whether it can be asked over TCP.
    pub(super) tcp: bool,
    pub(super) rtt_ms: f64,
    pub(super) lie: Option<Lie>,
    /// When what it gave last was fetched, in milliseconds.
    pub(super) last_fetched_ms: u64,
}

/// What comes in place of, or before, a resolver's answer.
#[derive(Clone, Debug)]
pub(super) enum Lie {
    /// The resolver itself gives this.
    Itself(Answer),
    /// Somebody on the way answers by UDP, faster; the resolver's own answer comes after it, or does not.
    Forged { answer: Answer, own_comes_too: bool },
    /// Somebody on the way answers by UDP, and the resolver's own answer is faster.
    Late,
}

impl Server {
    pub(super) fn ask(
        &mut self,
        source: &Source,
        now_ms: u64,
        tcp: bool,
        chance: &mut Chance,
    ) -> Answer {
        let time_ms = self.rtt_ms * (1.0 + 0.02 * chance.exponential(1.0));
        match self.lie.clone() {
            Some(Lie::Forged {
                answer,
                own_comes_too,
            }) if !tcp => {
                let different_replies = 1 + u32::from(own_comes_too);
                let time_ms = Some(time_ms * 0.2);
                return Answer {
                    time_ms,
                    different_replies,
                    ..answer
                };
            }
            Some(Lie::Itself(answer)) => {
                return Answer {
                    time_ms: Some(time_ms),
                    ..answer
                };
            }
            _ => {}
        }
        if chance.happens(self.fails) {
            let status = if chance.happens(0.7) {
                "TIMEOUT"
            } else {
                "SERVFAIL"
            };
            return Answer {
                status: status.to_owned(),
                ..Answer::default()
            };
        }
        if chance.happens(self.strays) {
            return stray(time_ms, chance);
        }
        let (mut answer, missed) = self.cached(source, now_ms, chance);
        let fetching = if missed {
            chance.exponential(40.0)
        } else {
            0.0
        };
        answer.time_ms = Some(time_ms + fetching);
        answer.different_replies += u32::from(matches!(self.lie, Some(Lie::Late)) && !tcp);
        chance.shuffle(&mut answer.places);
        answer
    }

    /// What one of its machines has, or fetches; and whether it had to.
    fn cached(&mut self, source: &Source, now_ms: u64, chance: &mut Chance) -> (Answer, bool) {
        let machine = chance.below(self.caches.len());
        if let Some(Some((answer, fetched_ms))) = self.caches.get(machine) {
            let age_s =
                u32::try_from(now_ms.saturating_sub(*fetched_ms) / 1000).unwrap_or(u32::MAX);
            let left = answer.ttl_s.unwrap_or(0).saturating_sub(age_s);
            if left > 0 {
                self.last_fetched_ms = *fetched_ms;
                return (
                    Answer {
                        ttl_s: Some(left),
                        ..answer.clone()
                    },
                    false,
                );
            }
        }
        let mut answer = source.answer(self.region, chance);
        if chance.happens(self.flattens) {
            answer.chain.clear();
        }
        if let Some(cache) = self.caches.get_mut(machine) {
            *cache = Some((answer.clone(), now_ms));
        }
        self.last_fetched_ms = now_ms;
        (answer, true)
    }
}

/// One of three: the name is gone, an address of a private network, or one of somebody's.
fn stray(time_ms: f64, chance: &mut Chance) -> Answer {
    let mut answer = Answer {
        status: "NXDOMAIN".to_owned(),
        ttl_s: Some(60),
        time_ms: Some(time_ms),
        different_replies: 1,
        ..Answer::default()
    };
    let mut place = match chance.below(3) {
        0 => return answer,
        1 => Place::unknown([10, 0, 0, 1].into()),
        _ => Provider::new(91).place(chance.below(1000)),
    };
    if place.origins.is_none() {
        place.special = Some("private".to_owned());
    }
    answer.status = "NOERROR".to_owned();
    answer.data = vec![place.address.to_string()];
    answer.places = vec![place];
    answer
}
