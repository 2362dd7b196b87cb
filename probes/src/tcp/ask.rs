//! A connection, and a conversation over it.

use super::connect;
use super::dialogue::{self, Talk};
use super::question::Question;
use super::seen::Seen;
use super::way::Way;
use crate::fact::Fact;
use crate::facts::Atlas;
use crate::observation::{Observation, Outcome};
use jiff::Timestamp;

/// Connects to one address, holds the conversation, and says what was seen.
pub async fn ask(question: &Question, atlas: &Atlas) -> Observation<Seen> {
    let asked_at = Timestamp::now();
    let (way, stream) = connect(question.to, question.timeout).await;
    let mut seen = Seen {
        connection: way.seen(atlas),
        completed: Fact::Unknown,
        received: Fact::Unknown,
        banner: Fact::Unknown,
        closed: Fact::Unknown,
        steps: Fact::Unknown,
        databases: atlas.databases().to_vec(),
    };
    let mut outcome = way.outcome();
    match stream {
        Some(stream) => {
            let talk = dialogue::hold(question, stream).await;
            if talk.is_silence() {
                outcome = silence(&way, &talk);
            }
            talk.add_to(&mut seen);
        }
        None if way.is_known_to_lead_nowhere() => seen.ends_there(),
        None => {}
    }
    Observation {
        outcome,
        asked_at,
        asked: format!("tcp://{}", question.to),
        seen,
    }
}

fn silence(way: &Way, talk: &Talk<'_>) -> Outcome {
    let (to, wait) = (way.to, talk.patience().as_secs_f64());
    Outcome::NoAnswer(format!("{to} is connected and said nothing for {wait} s"))
}

impl Seen {
    /// Without a connection there is nothing to be seen of a conversation.
    fn ends_there(&mut self) {
        self.completed = Fact::Nothing;
        self.received = Fact::Nothing;
        self.banner = Fact::Nothing;
        self.closed = Fact::Nothing;
        self.steps = Fact::Nothing;
    }
}
