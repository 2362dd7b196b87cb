use super::super::Chance;
use super::server::Server;
use super::source::{Branch, Provider, Source};

/// What kind of name, and of resolver, a world has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// One address, without an alias.
    Single,
    /// A rotating pool behind an alias.
    Pool,
    /// Another pool in each region.
    Geo,
    /// A pool over several systems of one holder, in two countries.
    Holder,
    /// A resolver that leaves aliases out, always or sometimes.
    Flatten,
    /// A resolver that fails now and then.
    Flaky,
    /// A pool of which addresses go and others of the same system come.
    Drift,
    /// Two providers, by weight.
    Steered,
    /// Caches in many systems, and now and then in one more.
    Wandering,
    /// No database of systems.
    NoDatabase,
    /// Records that are not addresses.
    Text,
    /// A type that the name does not have.
    Missing,
    /// A chain with a label that is another each time.
    Volatile,
    /// Now and then one answer that has nothing to do with the name.
    Stray,
    /// One address, and one day another of the same system.
    Renumbered,
    /// An injector that was always there.
    Censored,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 16] = [
        Self::Single,
        Self::Pool,
        Self::Geo,
        Self::Holder,
        Self::Flatten,
        Self::Flaky,
        Self::Drift,
        Self::Steered,
        Self::Wandering,
        Self::NoDatabase,
        Self::Text,
        Self::Missing,
        Self::Volatile,
        Self::Stray,
        Self::Renumbered,
        Self::Censored,
    ];

    /// Whether the hands it is in are several.
    pub(super) fn wanders(self) -> bool {
        matches!(self, Self::Steered | Self::Wandering)
    }

    pub(super) fn source(self, chance: &mut Chance) -> Source {
        let ttls: &[u32] = match self {
            Self::Single | Self::Renumbered | Self::Text | Self::Missing => {
                &[60, 300, 3600, 86_400]
            }
            // Whoever spreads load by name does not wait for an hour.
            Self::Steered | Self::Wandering | Self::NoDatabase => &[5, 20, 60, 300, 900],
            _ => &[5, 20, 60, 300, 3600],
        };
        let ttl_s = *chance.pick(ttls).unwrap_or(&60);
        let mut source = Source {
            status: "NOERROR".to_owned(),
            regions: vec![vec![pool(&Provider::new(20), chance)]],
            data: Vec::new(),
            ttl_s,
            volatile: self == Self::Volatile,
            unknown: self == Self::NoDatabase,
        };
        match self {
            Self::Single | Self::Renumbered => {
                source.regions = vec![vec![Branch {
                    chain: Vec::new(),
                    take: 1,
                    ..pool_of(&Provider::new(20), 1)
                }]];
            }
            Self::Geo => {
                let region = |octet| vec![pool(&Provider::new(octet), &mut *chance)];
                source.regions = (20..24).map(region).collect();
            }
            Self::Holder => source.regions = vec![vec![pool(&two_countries(), chance)]],
            Self::Steered => source.regions = vec![steered(chance)],
            Self::Wandering => source.regions = vec![vec![wandering(chance)]],
            Self::Text => {
                source.regions.clear();
                let count = chance.between(1..=4);
                source.data = (0..count)
                    .map(|number| format!("10 mx{number}.mail.example."))
                    .collect();
            }
            Self::Missing => source.status = "NODATA".to_owned(),
            _ => {}
        }
        source
    }

    pub(super) fn server(self, name: &str, chance: &mut Chance) -> Server {
        let machines = if chance.happens(0.25) {
            0
        } else {
            chance.between(1..=4) as usize
        };
        let flattens = if chance.happens(0.5) {
            1.0
        } else {
            chance.unit()
        };
        Server {
            name: name.to_owned(),
            region: if self == Self::Geo {
                chance.below(4)
            } else {
                0
            },
            caches: vec![None; machines],
            flattens: if self == Self::Flatten { flattens } else { 0.0 },
            strays: if self == Self::Stray { 0.03 } else { 0.0 },
            tcp: chance.happens(0.6),
            fails: if self == Self::Flaky {
                0.05 + 0.15 * chance.unit()
            } else {
                0.0
            },
            rtt_ms: f64::from(chance.between(3..=200)),
            lie: None,
            last_fetched_ms: 0,
        }
    }
}

fn pool_of(provider: &Provider, count: usize) -> Branch {
    let end = format!("lb.cdn{}.example.", provider.octet);
    Branch {
        weight: 1.0,
        chain: vec![end],
        pool: provider.places(count),
        take: count,
    }
}

fn pool(provider: &Provider, chance: &mut Chance) -> Branch {
    let count = chance.between(2..=40) as usize;
    let take = chance.between(1..=8) as usize;
    Branch {
        take: take.min(count),
        ..pool_of(provider, count)
    }
}

fn two_countries() -> Provider {
    let mut provider = Provider::new(20);
    provider.origins = vec![64_020, 64_120, 64_220];
    provider.countries = vec!["CN", "HK"];
    provider
}

fn steered(chance: &mut Chance) -> Vec<Branch> {
    let share = *chance.pick(&[0.05, 0.2, 0.5]).unwrap_or(&0.5);
    let one = pool(&Provider::new(20), chance);
    let other = pool(&Provider::new(21), chance);
    vec![
        Branch {
            weight: 1.0 - share,
            ..one
        },
        Branch {
            weight: share,
            ..other
        },
    ]
}

/// One end, addresses in the systems of several holders.
fn wandering(chance: &mut Chance) -> Branch {
    let mut branch = pool(&Provider::new(20), chance);
    let hosts = chance.between(2..=5);
    for octet in 30..30 + hosts {
        let provider = Provider::new(u8::try_from(octet).unwrap_or(30));
        branch
            .pool
            .extend(provider.places(branch.pool.len().min(4)));
    }
    branch.take = 1 + chance.below(2);
    branch
}
