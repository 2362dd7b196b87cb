//! The order of asking: from redirect to redirect, each where the names say.

use super::clock::Clock;
use super::describe::describe;
use super::heard::{End, Heard};
use super::hop::Hop;
use super::question::{Limits, Place, Question};
use super::redirect;
use super::seen::{Ended, Phase, Redirect, Seen};
use crate::facts::Atlas;
use crate::observation::{Observation, Outcome};
use http::header::LOCATION;
use jiff::Timestamp;
use std::collections::HashSet;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::time::timeout;
use url::{Host, Url};

/// Who knows the addresses of names that redirects lead to.
pub trait Names: Sync {
    /// An address of a host, and what it took to find out.
    ///
    /// # Errors
    /// Why there is none, or why it may not be gone to.
    fn find(&self, host: &Host<&str>) -> impl Future<Output = Result<Found, String>> + Send;
}

/// An address, and what it took to find it; nothing where nobody was asked.
pub type Found = (IpAddr, Option<Duration>);

/// Asks, follows where that is wanted, and says what was seen.
///
/// Each request has a connection of its own. Nothing is asked twice, no cookie is kept, no cache is filled, and neither
/// `Alt-Svc` nor HSTS turns a request into another.
pub async fn ask(
    question: &Question,
    place: Place,
    names: &impl Names,
    atlas: &Atlas,
) -> Observation<Seen> {
    let asked_at = Timestamp::now();
    let clock = Clock::start(question.limits, place.looked_up.unwrap_or_default());
    let mut hop = Hop::first(question, place);
    let mut been = HashSet::from([(hop.method.clone(), hop.url.clone())]);
    let mut redirects = Vec::new();
    let heard = loop {
        let mut heard = hop.exchange(&clock).await;
        let (next, redirect) = match turn(&hop, &heard, atlas) {
            Turn::Stay => break heard,
            Turn::Refused(why) if question.follow > 0 => {
                heard.end = End::because(Ended::RedirectRefused, why);
                break heard;
            }
            Turn::On(on) if question.follow > 0 => *on,
            Turn::Refused(_) | Turn::On(_) => break heard,
        };
        if redirects.len() >= usize::from(question.follow) {
            let why = format!("a redirect after {} that were followed", redirects.len());
            heard.end = End::because(Ended::TooManyRedirects, why);
            break heard;
        }
        redirects.push(redirect);
        if !been.insert((next.method.clone(), next.url.clone())) {
            heard.end = End::because(Ended::RedirectLoop, format!("{} again", next.url));
            break heard;
        }
        let place = match find(&hop, &next.url, names, &clock).await {
            Ok(place) => place,
            Err(end) => {
                heard.end = end;
                break heard;
            }
        };
        hop = hop.next(&next, place);
    };
    let outcome = outcome(question, &heard);
    let asked = format!("{question} at {}", place.addr);
    let mut seen = describe(&hop, heard, &clock, atlas).await;
    seen.redirects = redirects;
    Observation {
        outcome,
        asked_at,
        asked,
        seen,
    }
}

/// What an answer asks of us.
enum Turn {
    Stay,
    On(Box<(redirect::Next, Redirect)>),
    Refused(String),
}

fn turn(hop: &Hop<'_>, heard: &Heard, atlas: &Atlas) -> Turn {
    let Some(answer) = heard
        .answer
        .as_ref()
        .filter(|answer| redirect::is_redirect(answer.status))
    else {
        return Turn::Stay;
    };
    let Some(location) = answer.headers.get(LOCATION) else {
        return Turn::Refused("a redirect that does not say where to".to_owned());
    };
    let location = String::from_utf8_lossy(location.as_bytes()).into_owned();
    let next = match redirect::next(&hop.method, &hop.url, answer.status, &location) {
        Ok(next) => next,
        Err(why) => return Turn::Refused(why),
    };
    if next.elsewhere && next.with_body && hop.has_body() {
        let why = format!("the body would go to {}", next.url);
        return Turn::Refused(why);
    }
    let redirect = Redirect {
        from: hop.url.to_string(),
        status: answer.status,
        location,
        to: next.url.to_string(),
        downgrade: next.downgrade,
        elsewhere: next.elsewhere,
        facts: atlas.facts(heard.addr.ip()),
    };
    Turn::On(Box::new((next, redirect)))
}

/// Where the next request goes: to the proxy still, to the same address as long as it is the same host, or wherever the names say.
async fn find(hop: &Hop<'_>, url: &Url, names: &impl Names, clock: &Clock) -> Result<Place, End> {
    let refused = |why: &str| End::because(Ended::RedirectRefused, why);
    let port = url.port_or_known_default();
    let (host, port) = url
        .host()
        .zip(port)
        .ok_or_else(|| refused("the location has no host"))?;
    if hop.has_proxy() {
        let looked_up = None;
        return Ok(Place {
            looked_up,
            ..hop.place
        });
    }
    match timeout(clock.left(None), names.find(&host)).await {
        Ok(Ok((address, looked_up))) => {
            let addr = SocketAddr::new(address.to_canonical(), port);
            Ok(Place { addr, looked_up })
        }
        Ok(Err(why)) => Err(refused(&why)),
        Err(_) => Err(End::silence(Phase::Connect)),
    }
}

fn outcome(question: &Question, heard: &Heard) -> Outcome {
    let because = || heard.end.because.clone().unwrap_or_default();
    let addr = heard.addr;
    match (heard.end.ended, heard.end.phase) {
        (Ended::NotAsked, _) => Outcome::CouldNotAsk(because()),
        (Ended::Timeout, Some(Phase::Body)) => Outcome::Answered,
        (Ended::Timeout, phase) => {
            let doing = phase.map_or("", Phase::doing);
            let within = within(question.limits, phase).as_secs_f64();
            Outcome::NoAnswer(format!("no answer from {addr} {doing} within {within} s"))
        }
        _ => Outcome::Answered,
    }
}

/// What a phase was given.
fn within(limits: Limits, phase: Option<Phase>) -> Duration {
    let own = match phase {
        Some(Phase::Connect | Phase::Proxy) => limits.connect,
        Some(Phase::Tls) => limits.tls,
        Some(Phase::FirstByte) => limits.first_byte,
        Some(Phase::Body) => limits.body,
        None => None,
    };
    own.map_or(limits.total, |own| own.min(limits.total))
}

impl Phase {
    fn doing(self) -> &'static str {
        match self {
            Self::Connect => "to a SYN",
            Self::Proxy => "to CONNECT",
            Self::Tls => "in the handshake",
            Self::FirstByte => "to the request",
            Self::Body => "to the end of its body",
        }
    }
}

#[cfg(test)]
mod tests;
