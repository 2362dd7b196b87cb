use super::kinds::Kind;
use super::server::Lie;
use super::source::{Branch, Provider};
use super::world::World;
use crate::dns::{Answer, Certificate};
use crate::place::Place;
use crate::verdict::Word;

/// What befalls a name, or a resolver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Incident {
    /// The alias goes to another provider, whose certificate holds for the name.
    Provider,
    /// The same where nobody speaks TLS.
    ProviderSilent,
    /// The alias goes to another provider, whose certificate is another's.
    Takeover,
    /// The alias goes to another name in the same system.
    AliasWithin,
    /// Other addresses of another system behind the same alias; the certificate holds.
    Moved,
    /// The same where nobody speaks TLS.
    MovedSilent,
    /// The same with another's certificate.
    MovedBad,
    /// Other addresses of the same system, all abroad.
    Abroad,
    /// An address of a private network.
    Bogon,
    /// Beside the known addresses one of another system.
    Added,
    /// The pool is one address of another system, without a certificate.
    Shrunk,
    /// The name is gone.
    NxDomain,
    /// The type is gone, as when IPv6 is switched off.
    NoData,
    /// A type comes that was not there.
    Appears,
    /// The resolver fails.
    ServFail,
    /// The resolver is silent.
    Silent,
    /// The resolver refuses.
    Refused,
    /// Somebody on the way answers faster, and the resolver's answer comes too.
    Injector,
    /// The same, and the resolver's answer does not come.
    InjectorAlone,
    /// The same, and the resolver's answer is the faster one.
    InjectorLate,
    /// This resolver alone gives an address of another's, with another's certificate.
    Liar,
    /// This resolver alone says that the name is gone.
    LiarNxDomain,
    /// One of the records has another value.
    Value,
    /// One of several records is gone.
    Lost,
}

impl Incident {
    /// Every incident.
    pub const ALL: [Self; 24] = [
        Self::Provider,
        Self::ProviderSilent,
        Self::Takeover,
        Self::AliasWithin,
        Self::Moved,
        Self::MovedSilent,
        Self::MovedBad,
        Self::Abroad,
        Self::Bogon,
        Self::Added,
        Self::Shrunk,
        Self::NxDomain,
        Self::NoData,
        Self::Appears,
        Self::ServFail,
        Self::Silent,
        Self::Refused,
        Self::Injector,
        Self::InjectorAlone,
        Self::InjectorLate,
        Self::Liar,
        Self::LiarNxDomain,
        Self::Value,
        Self::Lost,
    ];

    /// Whether it is one of another alias.
    pub fn is_alias(self) -> bool {
        matches!(
            self,
            Self::Provider | Self::ProviderSilent | Self::Takeover | Self::AliasWithin
        )
    }

    /// The least that must be said of it in such a world; nothing where it cannot befall it, or cannot be seen there.
    pub fn expects(self, kind: Kind) -> Option<Word> {
        use Incident as I;
        let changed = Some(Word::Changed);
        let about_status = matches!(
            self,
            I::NxDomain | I::ServFail | I::Silent | I::Refused | I::LiarNxDomain
        );
        match (kind, self) {
            (_, _) if about_status => changed,
            // Nothing tells it from what was always there.
            (Kind::Censored, _) if self != I::LiarNxDomain => None,
            (Kind::Missing, I::Appears) | (Kind::Text, I::Value | I::Lost | I::NoData) => changed,
            (Kind::Missing | Kind::Text, _) | (_, I::Appears | I::Value | I::Lost) => None,
            (Kind::Single | Kind::Renumbered | Kind::Flatten, I::AliasWithin)
            | (Kind::NoDatabase, I::Abroad | I::Added) => None,
            (_, I::AliasWithin) => Some(Word::Variance),
            // Without a database a pool that rotates may rotate on.
            (Kind::NoDatabase, I::Moved | I::MovedSilent | I::Shrunk) => Some(Word::Variance),
            // In several hands already, and no certificate says otherwise: one hand more.
            (kind, I::Moved | I::MovedSilent | I::Shrunk | I::Added) if kind.wanders() => {
                Some(Word::Variance)
            }
            _ => changed,
        }
    }

    /// Lets it befall a world.
    pub(super) fn befall(self, world: &mut World) {
        let foreign = Provider::new(90);
        match self {
            Self::Provider | Self::ProviderSilent | Self::Takeover => {
                world.foreign = self.certificate();
                world.tls &= self != Self::ProviderSilent;
                let regions = world.source.regions.len();
                world.source.regions =
                    vec![vec![elsewhere(&foreign, "lb.rival.example.", 4)]; regions];
            }
            Self::AliasWithin => {
                for branch in world.source.branches() {
                    branch.chain = vec!["lb.sister.example.".to_owned()];
                }
            }
            Self::Moved | Self::MovedSilent | Self::MovedBad | Self::Shrunk => {
                world.foreign = self.certificate();
                world.tls &= matches!(self, Self::Moved | Self::MovedBad);
                let count = if self == Self::Shrunk { 1 } else { 4 };
                for branch in world.source.branches() {
                    (branch.pool, branch.take) = (foreign.places(count), count.min(2));
                }
            }
            Self::Abroad => abroad(world),
            Self::Added => {
                for branch in world.source.branches() {
                    branch.pool.truncate(3);
                    branch.pool.push(foreign.place(0));
                    branch.take = branch.pool.len();
                }
            }
            Self::Bogon => {
                let mut place = Place::unknown([10, 10, 34, 34].into());
                place.special = Some("private".to_owned());
                for branch in world.source.branches() {
                    (branch.pool, branch.take) = (vec![place.clone()], 1);
                }
            }
            Self::NxDomain => world.source.status = "NXDOMAIN".to_owned(),
            Self::NoData => world.source.status = "NODATA".to_owned(),
            Self::Appears => world.source.status = "NOERROR".to_owned(),
            Self::ServFail => world.lies(Lie::Itself(status("SERVFAIL"))),
            Self::Silent => world.lies(Lie::Itself(status("TIMEOUT"))),
            Self::Refused => world.lies(Lie::Itself(status("REFUSED"))),
            Self::LiarNxDomain => world.lies(Lie::Itself(status("NXDOMAIN"))),
            Self::Injector => world.forged(true),
            Self::InjectorAlone => world.forged(false),
            Self::InjectorLate => world.lies(Lie::Late),
            Self::Liar => {
                world.foreign = self.certificate();
                let answer = world.foreign_answer();
                world.lies(Lie::Itself(answer));
            }
            Self::Value => {
                if let Some(value) = world.source.data.first_mut() {
                    *value = "10 mx.rival.example.".to_owned();
                }
            }
            Self::Lost => {
                world.source.data.pop();
                if world.source.data.is_empty() {
                    world.source.status = "NODATA".to_owned();
                }
            }
        }
    }

    fn certificate(self) -> Certificate {
        match self {
            Self::Provider | Self::Moved => Certificate::Valid,
            Self::Takeover | Self::MovedBad | Self::Liar => {
                Certificate::Invalid("another name".to_owned())
            }
            _ => Certificate::NotTestable,
        }
    }
}

fn elsewhere(provider: &Provider, end: &str, count: usize) -> Branch {
    Branch {
        weight: 1.0,
        chain: vec![end.to_owned()],
        pool: provider.places(count),
        take: 2,
    }
}

fn abroad(world: &mut World) {
    for branch in world.source.branches() {
        let moved = |place: &Place| {
            let mut place = place.clone();
            place.country = Some("US".to_owned());
            if let std::net::IpAddr::V4(address) = place.address {
                let [first, second, third, _] = address.octets();
                place.address = [first, second | 0x80, third, 99].into();
            }
            place
        };
        branch.pool = branch.pool.iter().map(moved).collect();
    }
}

fn status(status: &str) -> Answer {
    let firm = !matches!(status, "TIMEOUT");
    Answer {
        status: status.to_owned(),
        different_replies: u32::from(firm),
        ..Answer::default()
    }
}
