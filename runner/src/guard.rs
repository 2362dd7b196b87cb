//! Who may be asked: a scenario from somebody else must not reach into the network it runs in.
//!
//! Addresses of special ranges (RFC 6890: this machine, private networks, the cloud's metadata at 169.254.169.254) are
//! refused as targets, also where a name leads to them, unless whoever runs the scenarios allows them. The resolvers of
//! `netspec.yaml` are that person's own and are always asked. In the lab everything may be asked, for nothing has a way out.

use crate::probe::Seen;
use crate::project::Project;
use jiff::Timestamp;
use netspec_probes::facts::special_range;
use netspec_probes::observation::Outcome;
use serde_json::Value;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// Who may be asked. Everybody, where nothing is said: a library's user knows what it does.
#[derive(Clone, Debug, Default)]
pub struct Guard(Option<BTreeSet<IpAddr>>);

impl Guard {
    /// What a project allows on the real network.
    pub fn of(project: &Project) -> Self {
        let own = project
            .resolvers
            .values()
            .filter_map(|server| Some(server.addr()?.ip()));
        Self((!project.allow_private).then(|| own.collect()))
    }

    /// Why an address may not be gone to, if it may not.
    pub fn refuses(&self, address: IpAddr) -> Option<String> {
        self.0.as_ref()?;
        let word = special_range(address)?;
        Some(format!(
            "{address} is not asked, for it is special ({word}, RFC 6890); `allow-private: true` in netspec.yaml or --allow-private allows it"
        ))
    }

    /// Why a resolver may not be asked, if it may not.
    pub fn refuses_resolver(&self, address: IpAddr) -> Option<String> {
        let own = self.0.as_ref()?.contains(&address);
        self.refuses(address).filter(|_| !own)
    }
}

/// What is seen where nothing was asked.
pub fn refused(asked: String, why: String) -> Seen {
    Seen {
        outcome: Outcome::CouldNotAsk(why),
        asked_at: Timestamp::now(),
        asked,
        seen: Value::Object(serde_json::Map::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(allow_private: bool) -> Guard {
        let mut project = Project::default();
        let own = "192.168.1.1".parse().expect("an address");
        project.resolvers.insert("own".to_owned(), own);
        project.allow_private = allow_private;
        Guard::of(&project)
    }

    #[track_caller]
    fn check(address: &str, (target, resolver): (bool, bool)) {
        let address: IpAddr = address.parse().expect("an address");
        let (guard, open) = (guard(false), guard(true));
        let refuses = (
            guard.refuses(address).is_some(),
            guard.refuses_resolver(address).is_some(),
        );
        assert_eq!(refuses, (target, resolver), "{address}");
        assert_eq!(open.refuses(address), None);
    }

    #[test]
    fn special_addresses_are_asked_only_where_it_is_allowed() {
        check("1.1.1.1", (false, false));
        check("169.254.169.254", (true, true));
        check("10.1.2.3", (true, true));
        check("127.0.0.1", (true, true));
        check("192.168.1.1", (true, false));
        check("::1", (true, true));
        check("::ffff:10.0.0.1", (true, true));
        check("fd00::1", (true, true));
        check("2606:4700::1111", (false, false));
    }
}
