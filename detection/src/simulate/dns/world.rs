use super::super::{Chance, Clock};
use super::kinds::Kind;
use super::server::{Lie, Server};
use super::source::{Provider, Source};
use crate::dns::{Answer, Asker, Certificate};
use jiff::Timestamp;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A name, the resolver that is watched, others, and time.
#[derive(Debug)]
pub struct World {
    pub(super) kind: Kind,
    pub(super) source: Source,
    pub(super) watched: Server,
    pub(super) others: Vec<Server>,
    /// Whether the name's own servers speak TLS.
    pub(super) tls: bool,
    /// What certificate is found at the incident's addresses.
    pub(super) foreign: Certificate,
    pub(super) every: Duration,
    pub(super) chance: Chance,
    /// Since when there is an incident, in milliseconds.
    pub(super) befell_ms: Option<u64>,
    fresh: usize,
}

/// Addresses of this first octet, and of the private networks, are the incident's.
const FOREIGN: [u8; 3] = [90, 91, 10];

impl World {
    /// A world of a kind, by chance.
    pub fn new(kind: Kind, seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let source = kind.source(&mut chance);
        let mut watched = kind.server("watched", &mut chance);
        if kind == Kind::Censored {
            watched.lie = Some(Lie::Late);
        }
        let count = chance.between(0..=3);
        let others = (0..count).map(|number| kind.server(&format!("other {number}"), &mut chance));
        let others = others.collect();
        let every = *chance.pick(&[60, 600, 3600, 3600]).unwrap_or(&600);
        Self {
            kind,
            source,
            watched,
            others,
            tls: chance.happens(0.6),
            foreign: Certificate::NotTestable,
            every: Duration::from_secs(every),
            chance,
            befell_ms: None,
            fresh: 1000,
        }
    }

    /// What goes on without anybody's doing between one run and the next.
    pub(super) fn passes(&mut self) {
        let Self {
            kind,
            source,
            watched,
            chance,
            fresh,
            ..
        } = self;
        let goes = match kind {
            Kind::Drift => 0.5,
            Kind::Holder | Kind::Renumbered => 0.05,
            Kind::Wandering => 0.1,
            _ => 0.0,
        };
        if !chance.happens(goes) || self.befell_ms.is_some() {
            return;
        }
        *fresh += 1;
        let octet = if *kind == Kind::Wandering {
            40 + *fresh % 40
        } else {
            20
        };
        let mut provider = Provider::new(u8::try_from(octet).unwrap_or(20));
        match kind {
            // The same holder has one more system.
            Kind::Holder => provider.origins = vec![65_000 + (*fresh % 1000) as u32],
            // The resolver comes nearer.
            Kind::Drift if chance.happens(0.05) => watched.rtt_ms *= 0.3,
            _ => {}
        }
        let place = provider.place(*fresh);
        for branch in source.branches() {
            let gone = chance.below(branch.pool.len());
            if let Some(old) = branch.pool.get_mut(gone) {
                *old = place.clone();
            }
        }
    }

    /// How many runs a cache lives.
    pub(super) fn lifetime_runs(&self) -> usize {
        (u64::from(self.source.ttl_s) / self.every.as_secs().max(1)) as usize
    }

    pub(super) fn lies(&mut self, lie: Lie) {
        self.watched.lie = Some(lie);
    }

    pub(super) fn forged(&mut self, own_comes_too: bool) {
        let answer = self.foreign_answer();
        self.lies(Lie::Forged {
            answer,
            own_comes_too,
        });
    }

    /// An address of somebody else's, without an alias.
    pub(super) fn foreign_answer(&self) -> Answer {
        let place = Provider::new(90).place(1);
        Answer {
            status: "NOERROR".to_owned(),
            data: vec![place.address.to_string()],
            places: vec![place],
            ttl_s: Some(120),
            different_replies: 1,
            ..Answer::default()
        }
    }

    /// Whether the incident is in an answer: it comes from a lie, or was fetched since.
    pub(super) fn shows(&self, answer: &Answer) -> bool {
        let Some(befell_ms) = self.befell_ms else {
            return false;
        };
        let lies = self.watched.lie.is_some();
        let works = answer.status != "TIMEOUT" && answer.status != "SERVFAIL";
        lies || (works && self.watched.last_fetched_ms >= befell_ms)
    }

    fn certificate(&self, address: IpAddr) -> Certificate {
        let IpAddr::V4(address) = address else {
            return Certificate::NotTestable;
        };
        match (FOREIGN.contains(&address.octets()[0]), self.tls) {
            (true, true) => self.foreign.clone(),
            (false, true) => Certificate::Valid,
            (true, false) if matches!(self.foreign, Certificate::Invalid(_)) => {
                self.foreign.clone()
            }
            (_, false) => Certificate::NotTestable,
        }
    }
}

/// A world as rules ask it.
pub(super) struct Simulated {
    pub(super) world: Mutex<World>,
    pub(super) clock: Clock,
}

impl Simulated {
    pub(super) fn new(world: World) -> Self {
        let begin = Timestamp::from_second(1_750_000_000).unwrap_or(Timestamp::UNIX_EPOCH);
        Self {
            world: Mutex::new(world),
            clock: Clock::at(begin),
        }
    }

    pub(super) fn with<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        act(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn ask(&self, tcp: bool) -> Answer {
        let now = self.clock.passed_ms();
        let answer = self.with(|world| {
            let World {
                source,
                watched,
                chance,
                ..
            } = world;
            watched.ask(source, now, tcp, chance)
        });
        let took = answer.time_ms.unwrap_or(2_000.0).max(0.0);
        self.clock
            .pass(Duration::from_micros((took * 1000.0) as u64));
        answer
    }
}

impl Asker for Simulated {
    async fn again(&self) -> Option<Answer> {
        Some(self.ask(false))
    }

    async fn over_tcp(&self) -> Option<Answer> {
        self.with(|world| world.watched.tcp).then(|| self.ask(true))
    }

    async fn elsewhere(&self) -> Vec<(String, Answer)> {
        let now = self.clock.passed_ms();
        self.with(|world| {
            let World {
                source,
                others,
                chance,
                ..
            } = world;
            let ask =
                |server: &mut Server| (server.name.clone(), server.ask(source, now, false, chance));
            others.iter_mut().map(ask).collect()
        })
    }

    async fn certificate(&self, address: IpAddr) -> Certificate {
        self.with(|world| world.certificate(address))
    }

    async fn pause(&self, time: Duration) {
        self.clock.pass(time);
    }
}
