//! Whether anything the checks ask could be touched by a mutant. Whoever is in doubt says yes: a look tells.

use super::look::{Look, Test};
use ipnet::IpNet;
use netspec_lab::world::mutate::Touches;
use std::net::IpAddr;

/// Whether one of these tests could notice.
pub(super) fn reaches(looks: &[Look], touches: &Touches) -> bool {
    let tests = || looks.iter().flat_map(|look| &look.tests);
    match touches {
        Touches::Answer {
            servers,
            name,
            gives,
        } => tests().any(|test| asks(test, servers, name) || follows(test, name, gives)),
        Touches::Way(nets) => tests().any(|test| goes(test, nets)),
        Touches::Routers(nets) => tests().any(|test| test.kind == "route" && goes(test, nets)),
        Touches::Service(doors) => {
            let doors: Vec<String> = doors.iter().map(ToString::to_string).collect();
            let told = |asked: &String| doors.iter().any(|door| asked.contains(door));
            tests().any(|test| test.asked.iter().any(told))
        }
        Touches::Places(nets) => tests().any(|test| {
            let mut seen = test.facts.all_values();
            seen.any(|value| lies_in(value, nets))
        }),
    }
}

/// Whether it cannot be told for certain that it reaches any of them: a test that goes to a name does not say whom it asked
/// for the address.
pub(super) fn is_doubtful(looks: &[Look], touches: &Touches) -> bool {
    let Touches::Answer { servers, name, .. } = touches else {
        return !reaches(looks, touches);
    };
    let mut tests = looks.iter().flat_map(|look| &look.tests);
    !tests.any(|test| asks(test, servers, name))
}

/// Whether it asks one of these servers for the name.
fn asks(test: &Test, servers: &[IpAddr], name: &str) -> bool {
    let server = |server: &IpAddr| test.ends().contains(server.to_string().as_str());
    test.kind == "dns" && names(test, name) && servers.iter().any(server)
}

/// Whether it goes to the name, and to an address that these servers give for it.
fn follows(test: &Test, name: &str, gives: &[IpAddr]) -> bool {
    let nets: Vec<IpNet> = gives.iter().map(|address| IpNet::from(*address)).collect();
    test.kind != "dns" && names(test, name) && goes(test, &nets)
}

fn names(test: &Test, name: &str) -> bool {
    let name = name.trim_end_matches('.');
    test.asked.iter().any(|asked| asked.contains(name))
}

fn goes(test: &Test, nets: &[IpNet]) -> bool {
    test.ends().into_iter().any(|end| lies_in(end, nets))
}

fn lies_in(text: &str, nets: &[IpNet]) -> bool {
    let address = text.parse::<IpAddr>();
    address.is_ok_and(|address| nets.iter().any(|net| net.contains(&address)))
}
