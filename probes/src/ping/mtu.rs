//! The largest packet that comes through uncut: a search by packets that nobody may cut (RFC 1191, RFC 8201), which
//! believes echoes, hears routers out, and takes what vanishes again and again for too big (RFC 4821 §4.3).

use super::line::{Line, is_too_long};
use super::raw::is_echo;
use super::{PathMtu, Question};
use crate::route::Answer;
use crate::route::engine::in_flight::Arrival;
use crate::sys::Cut;
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// No IP packet is larger.
const MOST_BYTES: u32 = 65_535;
/// The usual link, a usual larger one, the largest packet: guesses before the range between is halved.
const GUESSES: [u32; 3] = [1500, 9000, MOST_BYTES];
/// Halving the largest range and the guesses before take no more steps.
const MOST_STEPS: usize = 32;

/// What became of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Echoed,
    /// A router says that its time to live ran out there.
    Expired,
    /// A router said so, and what its next link takes where it said that too.
    TooBig(IpAddr, Option<u32>),
    /// The first link does not take it.
    TooLong,
    Vanished,
    /// Somebody says something else; there is no use in going on.
    Elsewise,
}

/// Finds it; nothing where not even the smallest packet came through.
pub(crate) async fn search(
    line: Line<'_>,
    question: &Question,
    patience: Duration,
) -> Option<PathMtu> {
    let mut asking = Asking::new(line, question, patience);
    let mut search = Search::new(question.to.is_ipv4());
    for _ in 0..MOST_STEPS {
        let Some(bytes) = search.next() else { break };
        let fate = asking.fate(bytes).await;
        if search.note(bytes, fate).is_break() {
            return None;
        }
    }
    search.found()
}

/// Whether a packet of that size comes as far as its time to live lets it, told by an answer from there.
pub(crate) async fn arrives(
    line: Line<'_>,
    question: &Question,
    patience: Duration,
    bytes: u32,
) -> bool {
    let mut asking = Asking::new(line, question, patience);
    matches!(asking.fate(bytes).await, Fate::Echoed | Fate::Expired)
}

/// What is known so far.
#[derive(Debug)]
struct Search {
    /// Every link takes this much (RFC 791 §3.1, RFC 8200 §5).
    floor: u32,
    /// The largest size echoed; the floor until one is.
    fits: u32,
    /// The smallest size known not to come through.
    too_big: u32,
    /// What a router says that its next link takes.
    hint: Option<u32>,
    found: PathMtu,
}

impl Search {
    fn new(v4: bool) -> Self {
        let floor = if v4 { 68 } else { 1280 };
        Self {
            floor,
            fits: floor,
            too_big: MOST_BYTES + 1,
            hint: None,
            found: PathMtu::default(),
        }
    }

    /// The size to try next, while there is one in doubt.
    fn next(&self) -> Option<u32> {
        let open = self.fits + 1..self.too_big;
        if open.is_empty() {
            return (self.found.bytes == 0).then_some(self.floor);
        }
        let named = self.hint.iter().chain(&GUESSES);
        let named = named.copied().find(|bytes| open.contains(bytes));
        named.or(Some(self.fits + (self.too_big - self.fits) / 2))
    }

    /// Breaks where nothing can be found.
    fn note(&mut self, bytes: u32, fate: Fate) -> ControlFlow<()> {
        match fate {
            Fate::Echoed => {
                self.fits = bytes.max(self.fits);
                self.found.bytes = self.fits;
            }
            Fate::Expired | Fate::Elsewise => return ControlFlow::Break(()),
            _ if bytes <= self.floor => return ControlFlow::Break(()),
            Fate::TooLong => self.too_big = bytes,
            Fate::Vanished => {
                self.too_big = bytes;
                self.found.vanished = Some(bytes);
            }
            Fate::TooBig(router, mtu) => self.heed(bytes, router, mtu),
        }
        ControlFlow::Continue(())
    }

    /// A router is believed where what it says can be: its link takes less than was sent and no less than what came through.
    fn heed(&mut self, bytes: u32, router: IpAddr, mtu: Option<u32>) {
        let mtu = mtu.filter(|mtu| (self.fits..bytes).contains(mtu));
        self.too_big = mtu.map_or(bytes, |mtu| mtu + 1);
        self.hint = mtu.or(self.hint);
        let said = (router, mtu.unwrap_or(0));
        if !self.found.said.contains(&said) {
            self.found.said.push(said);
        }
    }

    fn found(self) -> Option<PathMtu> {
        (self.found.bytes > 0).then_some(self.found)
    }
}

/// How one size is tried.
struct Asking<'a> {
    line: Line<'a>,
    patience: Duration,
    headers_bytes: u32,
    sent: usize,
}

impl<'a> Asking<'a> {
    fn new(line: Line<'a>, question: &Question, patience: Duration) -> Self {
        Self {
            line,
            patience,
            headers_bytes: question.headers_bytes(),
            sent: 0,
        }
    }

    /// One packet and, where it vanishes, two more at once: chance takes one, hardly three.
    async fn fate(&mut self, bytes: u32) -> Fate {
        let first = self.sent;
        for copies in [1, 2] {
            for _ in 0..copies {
                match self.send(bytes).await {
                    Some(fate) => return fate,
                    None => self.sent += 1,
                }
            }
            if let Some(answer) = self.answer_since(first).await {
                return fate(&answer);
            }
        }
        Fate::Vanished
    }

    /// Sends a packet of that size; what became of it where it could not leave.
    async fn send(&mut self, bytes: u32) -> Option<Fate> {
        let payload_bytes = bytes.saturating_sub(self.headers_bytes);
        let payload_bytes = u16::try_from(payload_bytes).unwrap_or(u16::MAX);
        tokio::time::sleep_until(self.line.slot().into()).await;
        match self.line.send(self.sent, payload_bytes, Cut::Never).await {
            Ok(_) => None,
            Err(error) if is_too_long(&error) => Some(Fate::TooLong),
            Err(_) => Some(Fate::Elsewise),
        }
    }

    /// The first answer to a packet of this size.
    async fn answer_since(&mut self, first: usize) -> Option<Answer> {
        let until = Instant::now() + self.patience;
        while let Some(arrival) = self.line.hear_until(until).await {
            match arrival {
                Arrival::Answer(index, answer) if index >= first => return Some(answer),
                _ => {}
            }
        }
        None
    }
}

fn fate(answer: &Answer) -> Fate {
    if is_echo(answer) {
        Fate::Echoed
    } else if answer.said.is_too_big() {
        Fate::TooBig(answer.from, answer.next_hop_mtu)
    } else if answer.said.is_time_exceeded() {
        Fate::Expired
    } else {
        Fate::Elsewise
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    /// Searches a way whose links take so much, in order; the first is this machine's, a black hole says nothing, and a
    /// liar says `lie` in place of what its link takes.
    fn find(links: &[u32], silent: bool, lie: Option<u32>) -> (Option<PathMtu>, usize) {
        let mut search = Search::new(true);
        let mut steps = 0;
        while let Some(bytes) = search.next() {
            steps += 1;
            assert!(steps <= MOST_STEPS, "{search:?}");
            let narrow = links.iter().enumerate().find(|(_, mtu)| bytes > **mtu);
            let fate = match narrow {
                None => Fate::Echoed,
                Some((0, _)) => Fate::TooLong,
                Some(_) if silent => Fate::Vanished,
                Some((_, mtu)) => Fate::TooBig(ROUTER, lie.or(Some(*mtu))),
            };
            if search.note(bytes, fate).is_break() {
                return (None, steps);
            }
        }
        (search.found(), steps)
    }

    #[track_caller]
    fn check(links: &[u32], silent: bool, most_steps: usize) {
        let (found, steps) = find(links, silent, None);
        let found = found.unwrap();
        assert_eq!(Some(&found.bytes), links.iter().min(), "{links:?}");
        assert_eq!(
            found.vanished.is_some(),
            silent && links[1..].iter().min() < links.first()
        );
        assert!(steps <= most_steps, "{steps} steps for {links:?}");
    }

    #[test]
    fn every_size_is_found_whatever_is_said_of_it() {
        for mtu in (68..1500).step_by(7).chain([1499, 1500, 9000, 65_535]) {
            for silent in [false, true] {
                check(&[1500, mtu], silent, MOST_STEPS);
                check(&[65_535, mtu], silent, MOST_STEPS);
            }
        }
        check(&[68, 1500], false, MOST_STEPS);
    }

    #[test]
    fn routers_that_speak_save_the_search() {
        check(&[1500, 1400], false, 2);
        check(&[1500, 1492, 1380, 1300], false, 4);
    }

    #[test]
    fn who_lies_is_heard_and_not_believed() {
        for lie in [0, 1, 67, 1500, 9000, u32::MAX] {
            let (found, _) = find(&[1500, 1400], false, Some(lie));
            assert_eq!(found.unwrap().bytes, 1400, "{lie}");
        }
        let (found, _) = find(&[1500, 1400], false, Some(1000));
        assert_eq!(
            found.unwrap().bytes,
            1000,
            "its word counts where it can be true"
        );
    }

    #[test]
    fn where_nothing_comes_through_nothing_is_found() {
        assert_eq!(find(&[1500, 40], true, None).0, None);
        assert_eq!(find(&[1500, 40], false, None).0, None);
    }
}
