//! One question's requests, sent on time on the engine's socket, and their answers.

use super::line::{Line, local};
use super::raw::is_echo;
use super::{Pinger, Question, RawEcho, RawPing, Sees, mtu};
use crate::route::engine::in_flight::Arrival;
use crate::route::{Engine, RawOutcome};
use crate::sys::Cut;
use std::time::{Duration, Instant};

/// How long is listened on after the last answer, for a copy of it.
const LISTEN: Duration = Duration::from_millis(50);

impl Pinger for Engine {
    async fn ping(&self, question: &Question) -> RawPing {
        let begun = Instant::now();
        let mut raw = RawPing::new(question, Sees::Everything);
        match self.ready(raw.question.to).await {
            Err(RawOutcome::CouldNotAsk(why)) => {
                let why = format!("local: {why}");
                raw.outcome = RawOutcome::CouldNotAsk(why.clone());
                raw.local_error = Some(why);
            }
            Err(outcome) => raw.outcome = outcome,
            Ok((port, source)) => {
                raw.source = Some(source);
                let asked = raw.question.clone();
                let line = Line::new(&self.shared, &port, source, &asked);
                raw = Run::new(raw, line, begun).carry_out().await;
                if asked.path_mtu && raw.echoed().next().is_some() {
                    let line = Line::new(&self.shared, &port, source, &asked);
                    raw.path_mtu = mtu::search(line, &asked, patience(&raw)).await;
                }
            }
        }
        raw.took = begun.elapsed();
        raw
    }
}

/// How long a packet that is perhaps too big is waited for: several times what the slowest echo took.
fn patience(raw: &RawPing) -> Duration {
    let slowest = raw.answers().map(|answer| answer.rtt).max();
    let patience = slowest.unwrap_or(raw.question.timeout) * 4;
    patience
        .max(Duration::from_millis(200))
        .min(raw.question.timeout)
}

/// A question under way.
struct Run<'a> {
    raw: RawPing,
    line: Line<'a>,
    begun: Instant,
    /// When each request is no longer waited for.
    deadlines: Vec<Instant>,
    /// The last request whose echo has come.
    echoed: Option<usize>,
}

impl<'a> Run<'a> {
    fn new(raw: RawPing, line: Line<'a>, begun: Instant) -> Self {
        Self {
            raw,
            line,
            begun,
            deadlines: Vec::new(),
            echoed: None,
        }
    }

    async fn carry_out(mut self) -> RawPing {
        let dropped_before = self.line.dropped();
        while self.has_more() {
            let due = self.due();
            self.hear_until(due).await;
            self.send().await;
        }
        while let Some(deadline) = self.awaited() {
            let heard = self.line.hear_until(deadline).await;
            heard.into_iter().for_each(|arrival| self.hear(arrival));
        }
        if self.raw.answers().next().is_some() {
            self.hear_until(Instant::now() + LISTEN).await;
        }
        self.raw.dropped = self.line.dropped().wrapping_sub(dropped_before);
        self.raw
    }

    fn has_more(&self) -> bool {
        self.raw.local_error.is_none() && self.raw.echoes.len() < self.raw.question.count.into()
    }

    /// When the next request is due: in its turn, and when the engine's pace allows.
    fn due(&mut self) -> Instant {
        let turn = u32::try_from(self.raw.echoes.len()).unwrap_or(u32::MAX);
        let own = self.begun + self.raw.question.interval * turn;
        if own > Instant::now() {
            return own;
        }
        self.line.slot()
    }

    async fn send(&mut self) {
        // The pace is asked for when the turn has come.
        let due = self.due();
        self.hear_until(due).await;
        let question = &self.raw.question;
        let cut = match question.dont_fragment {
            true => Cut::Never,
            false => Cut::Anywhere,
        };
        let index = self.raw.echoes.len();
        match self.line.send(index, question.size_bytes, cut).await {
            Ok(sent) => {
                self.deadlines.push(sent + self.raw.question.timeout);
                let sent_at = sent.saturating_duration_since(self.begun);
                self.raw.echoes.push(RawEcho {
                    sent_at,
                    answer: None,
                });
            }
            Err(error) => {
                let why = local(&error);
                if index == 0 {
                    self.raw.outcome = RawOutcome::CouldNotAsk(why.clone());
                }
                self.raw.local_error = Some(why);
            }
        }
    }

    async fn hear_until(&mut self, until: Instant) {
        while let Some(arrival) = self.line.hear_until(until).await {
            self.hear(arrival);
        }
    }

    /// Until when an answer may come in time, if one is still to come.
    fn awaited(&self) -> Option<Instant> {
        let open = self.raw.echoes.iter().zip(&self.deadlines);
        let unanswered = open.filter(|(echo, _)| echo.answer.is_none());
        let last = unanswered.map(|(_, deadline)| *deadline).max();
        last.filter(|deadline| *deadline > Instant::now())
    }

    fn hear(&mut self, arrival: Arrival) {
        let (index, answer) = match arrival {
            Arrival::Duplicate => return self.raw.duplicates += 1,
            // Not of ICMP, whose errors quote the number of the request.
            Arrival::Unnamed => return,
            Arrival::Answer(index, answer) => (index, answer),
        };
        if answer.rtt > self.raw.question.timeout {
            return self.raw.late += 1;
        }
        if is_echo(&answer) {
            let overtaken = self.echoed.is_some_and(|last| last > index);
            self.raw.out_of_order += u32::from(overtaken);
            self.echoed = self.echoed.max(Some(index));
        }
        if let Some(echo) = self.raw.echoes.get_mut(index) {
            echo.answer = Some(answer);
        }
    }
}
