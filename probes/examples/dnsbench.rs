//! How many questions a second: `cargo run --release --example dnsbench -- SERVER NAME [QUESTIONS] [AT-ONCE] [LISTEN-MS]`.
//!
//! Beside `dnsperf -s SERVER -p PORT -d names`. Every question has a socket of its own, as in a run of scenarios.

use netspec_probes::dns::{QueryName, QueryType, Question, Status, ask};
use netspec_probes::facts::Atlas;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [server, name, rest @ ..] = arguments.as_slice() else {
        return Err("SERVER NAME [QUESTIONS] [AT-ONCE] [LISTEN-MS]".into());
    };
    let number =
        |index: usize, otherwise: usize| rest.get(index).map_or(Ok(otherwise), |text| text.parse());
    let (questions, at_once) = (number(0, 1000)?, number(1, 1000)?);
    let mut question = Question::new(QueryName::parse(name)?, QueryType::A, server.parse()?);
    question.listen = Duration::from_millis(number(2, 0)?.try_into()?);
    let started = Instant::now();
    let statuses = run(&question, questions, at_once).await?;
    let seconds = started.elapsed().as_secs_f64();
    print(questions, seconds, &statuses);
    Ok(())
}

async fn run(
    question: &Question,
    questions: usize,
    at_once: usize,
) -> Result<BTreeMap<String, usize>, Box<dyn std::error::Error>> {
    let places = Arc::new(Semaphore::new(at_once));
    let mut asking = JoinSet::new();
    for _ in 0..questions {
        let place = Arc::clone(&places).acquire_owned().await?;
        let question = question.clone();
        asking.spawn(async move {
            let seen = ask(&question, &Atlas::empty()).await;
            drop(place);
            (seen.outcome, seen.seen.status)
        });
    }
    let mut statuses = BTreeMap::new();
    while let Some(asked) = asking.join_next().await {
        let (outcome, status): (_, Status) = asked?;
        *statuses
            .entry(format!("{status:?} {outcome:?}"))
            .or_default() += 1;
    }
    Ok(statuses)
}

#[expect(clippy::print_stdout, reason = "the one thing this program is for")]
fn print(questions: usize, seconds: f64, statuses: &BTreeMap<String, usize>) {
    println!(
        "{questions} questions in {seconds:.3} s: {:.0} a second",
        questions as f64 / seconds
    );
    for (status, count) in statuses {
        println!("{count:8} {status}");
    }
}
