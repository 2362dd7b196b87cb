//! What might go wrong with a service: its door, its certificate, its pages.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::{ALARM, Mutant, QUIET, Touches};
use crate::world::World;
use crate::world::incident::{Change, NewService};
use crate::world::service::Service;
use crate::world::service::certificate::{Certificate, Issuer, Offset};
use crate::world::service::http::{Answer, Http};
use crate::world::service::tls::Tls;

const DAY_S: i64 = 86_400;

pub(super) fn mutants(world: &World) -> Vec<Mutant> {
    let open = world
        .services
        .iter()
        .filter(|service| service.closed != Some(true));
    let doors = open.filter_map(|service| Some((*service.listen.0.first()?, service)));
    doors
        .flat_map(|(door, service)| of(door, service))
        .collect()
}

fn of(door: SocketAddr, service: &Service) -> Vec<Mutant> {
    let mutant = |kind, why: &str, must_catch, set| {
        let touches = Touches::Service(service.listen.0.clone());
        let change = Change {
            service: Some(NewService { at: door, set }),
            ..Change::default()
        };
        let why = format!("{why} ({door})");
        Mutant::new(kind, &door.to_string(), touches, must_catch)
            .why(why)
            .change(change)
    };
    let closed = Service {
        closed: Some(true),
        ..Service::default()
    };
    let mut mutants = vec![mutant(
        "port-closed",
        "Nobody listens any more.",
        ALARM,
        closed,
    )];
    if let Some(tls) = &service.tls {
        let all = certificates(tls.certificate.as_ref());
        mutants.extend(all.map(|(kind, why, must_catch, certificate)| {
            let tls = Some(Tls {
                certificate: Some(certificate),
                ..Tls::default()
            });
            mutant(
                kind,
                why,
                must_catch,
                Service {
                    tls,
                    ..Service::default()
                },
            )
        }));
    }
    if let Some(http) = &service.http {
        let failing = Answer {
            status: Some(500),
            ..Answer::default()
        };
        let set = pages(http, |_| Some(failing.clone()));
        mutants.push(mutant("status-500", "Every page fails.", ALARM, set));
        let set = pages(http, another);
        mutants.push(mutant(
            "body-changed",
            "Every page has another text.",
            ALARM,
            set,
        ));
    }
    mutants
}

type Certified = (&'static str, &'static str, bool, Certificate);

fn certificates(old: Option<&Certificate>) -> impl Iterator<Item = Certified> {
    let plain = Certificate::default;
    let ends_s = old
        .and_then(|old| old.ends)
        .map_or(60 * DAY_S, |ends| ends.0);
    let renewed = Certificate {
        renewed: Some(1 + old.and_then(|old| old.renewed).unwrap_or_default()),
        starts: Some(Offset(-DAY_S)),
        ends: Some(Offset(ends_s + 20 * DAY_S)),
        ..plain()
    };
    let elsewhere = vec!["elsewhere.test".to_owned()];
    let issued = |issuer| Certificate {
        issuer: Some(issuer),
        ..plain()
    };
    [
        (
            "certificate-expired",
            "Its certificate has expired.",
            ALARM,
            Certificate {
                ends: Some(Offset(-DAY_S)),
                ..plain()
            },
        ),
        (
            "other-issuer",
            "Another authority signed its certificate.",
            ALARM,
            issued(Issuer::OtherIntermediate),
        ),
        (
            "self-signed",
            "Its certificate vouches for itself.",
            ALARM,
            issued(Issuer::Itself),
        ),
        (
            "other-name",
            "Its certificate is for another name.",
            ALARM,
            Certificate {
                names: elsewhere,
                ..plain()
            },
        ),
        (
            "certificate-renewed",
            "Its certificate was renewed by the authority that signed the one before.",
            QUIET,
            renewed,
        ),
    ]
    .into_iter()
}

/// The same pages, each with what is made of it; where none is written, all of them.
fn pages(http: &Http, make: impl Fn(&Answer) -> Option<Answer>) -> Service {
    let of = |paths: &BTreeMap<String, Answer>| {
        let made = paths
            .iter()
            .filter_map(|(path, answer)| Some((path.clone(), make(answer)?)));
        made.collect::<BTreeMap<String, Answer>>()
    };
    let mut paths = of(&http.paths);
    if http.paths.is_empty() {
        paths.extend(make(&Answer::default()).map(|answer| ("/*".to_owned(), answer)));
    }
    let hosts = http
        .hosts
        .iter()
        .map(|(host, paths)| (host.clone(), of(paths)))
        .collect();
    let http = Some(Http {
        paths,
        hosts,
        ..Http::default()
    });
    Service {
        http,
        ..Service::default()
    }
}

/// A page of the same form with nothing on it that was there.
fn another(page: &Answer) -> Option<Answer> {
    let nothing = Answer::default;
    let text = || Some("Nothing of what was here.\n".to_owned());
    let html =
        || Some("<!doctype html><title>Elsewhere</title><p>Nothing of what was here.\n".to_owned());
    match page {
        Answer { html: Some(_), .. } => Some(Answer {
            html: html(),
            ..nothing()
        }),
        Answer { text: Some(_), .. } => Some(Answer {
            text: text(),
            ..nothing()
        }),
        Answer { json: Some(_), .. } => Some(Answer {
            json: Some("elsewhere".into()),
            ..nothing()
        }),
        _ => None,
    }
}
