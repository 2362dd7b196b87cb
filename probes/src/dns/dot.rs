//! DNS over TLS (RFC 7858): as over TCP, in TLS.

use super::heard::{End, Heard, end_by};
use super::question::Question;
use super::secure::Way;
use super::tcp::talk;
use crate::fact::Fact;
use crate::tcp::ms;
use std::net::SocketAddr;
use tokio::time::{Instant, timeout_at};

/// Connects, shakes hands, asks once, and reads until the answer has come.
pub(super) async fn exchange(question: &Question, addr: SocketAddr, edns: bool) -> Heard {
    let mut way = Way::new(question, addr);
    let end = match way.secured(&[]).await {
        Ok(mut stream) => {
            let sent = question.message(edns);
            let asked_at = Instant::now();
            let deadline = way.deadline();
            let talk = talk(&mut stream, &sent, &mut way.strays);
            match timeout_at(deadline, talk).await {
                Ok(Ok(End::Unreachable)) => way.failed(
                    End::Unreachable,
                    "the server closed the connection without an answer",
                ),
                Ok(Ok(end)) => {
                    way.connection.answer_time_ms = Fact::Known(ms(asked_at.elapsed()));
                    end
                }
                Ok(Err(error)) => way.failed(end_by(&error, addr), error.to_string()),
                Err(_) => way.failed(End::Silence, "the question was not answered"),
            }
        }
        Err(end) => end,
    };
    way.heard(end)
}
