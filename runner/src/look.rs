//! Looking at the network for one test: in rounds, with tries where nobody answers, within the check's time.

use crate::conduct::{Conduct, Retry};
use crate::network::Network;
use crate::plan::Case;
use crate::probe::{Question, Seen, Side};
use crate::verdict::Sided;
use futures_util::future::join_all;
use jiff::Timestamp;
use netspec_probes::observation::Outcome;
use serde_json::Value;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// Which look it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// A sample by its number from 0: tests that ask the same share what came back.
    Sample(u32),
    /// A second look at what seems to have changed: asked whether it was asked before or not.
    Again,
}

/// All that a test asks, asked at once, and how long that took.
pub async fn look(case: &Case, network: &Network, round: Round) -> (Vec<Sided>, Duration) {
    let conduct = &case.check().conduct;
    let _permit = network.permit(conduct.exclusive).await;
    let began = Instant::now();
    let looking = Looking {
        network,
        conduct,
        round,
    };
    let questions = &case.cell().questions;
    let seen = match conduct.timeout {
        None => looking.all(questions).await,
        Some(bound) => match timeout(bound, looking.all(questions)).await {
            Ok(seen) => seen,
            Err(_) => unfinished(case, bound),
        },
    };
    (seen, began.elapsed())
}

struct Looking<'a> {
    network: &'a Network,
    conduct: &'a Conduct,
    round: Round,
}

impl Looking<'_> {
    async fn all(&self, questions: &[Side]) -> Vec<Sided> {
        let sides = questions
            .iter()
            .map(|(side, question)| self.sides(side, question.as_ref()));
        join_all(sides).await.concat()
    }

    /// What a question saw, or each of those it stands for.
    async fn sides(&self, side: &str, question: &dyn Question) -> Vec<Sided> {
        let spread = question.spread(self.network).await;
        if spread.is_empty() {
            return vec![(side.to_owned(), self.answer(question).await)];
        }
        let sides = spread.iter().map(async |(name, question)| {
            let name = match side {
                "" => name.clone(),
                side => format!("{side} {name}"),
            };
            (name, self.answer(question.as_ref()).await)
        });
        join_all(sides).await
    }

    /// The first answer, or the last silence.
    async fn answer(&self, question: &dyn Question) -> Seen {
        let seen = self.ask(question, 0).await;
        match self.conduct.retry {
            Some(retry) if is_silence(&seen) => self.again(question, retry, seen).await,
            _ => seen,
        }
    }

    async fn again(&self, question: &dyn Question, retry: Retry, mut seen: Seen) -> Seen {
        for time in 1..=retry.times {
            sleep(retry.wait).await;
            seen = self.ask(question, time).await;
            seen.asked = format!("{} (try {} of {})", seen.asked, time + 1, retry.times + 1);
            if !is_silence(&seen) {
                break;
            }
        }
        seen
    }

    async fn ask(&self, question: &dyn Question, time: u32) -> Seen {
        match (self.round, time) {
            (Round::Again, _) => self.network.ask_again(question).await,
            (Round::Sample(0), 0) => self.network.ask(question).await,
            (Round::Sample(sample), time) => {
                let round = format!("sample {sample}, try {time}");
                self.network.ask_in(question, &round).await
            }
        }
    }
}

/// Nobody answered: the only thing that is tried again.
fn is_silence(seen: &Seen) -> bool {
    matches!(seen.outcome, Outcome::NoAnswer(_))
}

/// The check's time is over, and nothing is known of what was still on its way.
fn unfinished(case: &Case, bound: Duration) -> Vec<Sided> {
    let why = format!("it was not at its end after the check's timeout of {bound:?}");
    let side = |(side, _): &Side| {
        let seen = Seen {
            outcome: Outcome::NoAnswer(why.clone()),
            asked_at: Timestamp::now(),
            asked: case.check().name.value.clone(),
            seen: Value::Object(serde_json::Map::new()),
        };
        (side.clone(), seen)
    };
    case.cell().questions.iter().map(side).collect()
}
