//! Asking several times, each time anew.

use crate::look::{Round, look};
use crate::network::Network;
use crate::plan::Case;
use crate::verdict::{Sided, because};
use futures_util::future::join_all;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// What one test of the question saw, run after run.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// Its name: the resolver's, where several were asked.
    pub name: String,
    /// What was seen in each run that was answered.
    pub runs: Vec<Vec<Sided>>,
}

/// How often, and how far apart.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How many runs.
    pub runs: u32,
    /// From the beginning of one to that of the next.
    pub apart: Duration,
}

impl Pace {
    /// So many runs spread over that time; a second apart where no time is given.
    pub fn new(runs: u32, over: Option<Duration>) -> Self {
        let gaps = runs.saturating_sub(1).max(1);
        let apart = over.map_or(Duration::from_secs(1), |over| over / gaps);
        Self { runs, apart }
    }
}

/// Why there is nothing to make a scenario of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody answered.
    NoAnswer(String),
    /// Somebody answered too seldom.
    Unsteady(String),
}

/// Of how many runs one may stay unanswered.
const ONE_OF: usize = 5;

/// Asks all of the tests in each run. `tell` hears how many runs are over.
///
/// # Errors
/// Who did not answer, or hardly ever: nothing can be said of them then.
pub async fn gather(
    cases: &[Case],
    network: &Network,
    pace: Pace,
    mut tell: impl FnMut(u32),
) -> Result<Vec<Gathered>, Refusal> {
    let begun = Instant::now();
    let mut all: Vec<Vec<Option<Vec<Sided>>>> = Vec::new();
    for run in 0..pace.runs {
        sleep_until(begun + pace.apart * run).await;
        network.forget();
        let answers = join_all(cases.iter().map(|case| twice(case, network))).await;
        all.push(answers.iter().map(|seen| answered(seen)).collect());
        if run == 0 {
            unanswered(cases, &answers)?;
        }
        tell(run + 1);
    }
    let mut of_case = |at: usize| {
        let runs: Vec<_> = all.iter_mut().filter_map(|run| run[at].take()).collect();
        let silent = pace.runs as usize - runs.len();
        let name = cases[at].check().name.value.clone();
        match silent * ONE_OF > pace.runs as usize {
            true => Err(Refusal::Unsteady(format!(
                "{} did not answer in {silent} of {} runs: what it says cannot be told from silence; nothing was written",
                netspec_assertions::finding::escape(&name),
                pace.runs
            ))),
            false => Ok(Gathered { name, runs }),
        }
    };
    (0..cases.len()).map(&mut of_case).collect()
}

/// A look; another one where nobody answered.
async fn twice(case: &Case, network: &Network) -> Vec<Sided> {
    let (seen, _) = look(case, network, Round::Sample(0)).await;
    if answered(&seen).is_some() {
        return seen;
    }
    network.forget();
    look(case, network, Round::Sample(0)).await.0
}

/// All of it, where everybody answered.
fn answered(seen: &[Sided]) -> Option<Vec<Sided>> {
    let silent = |(_, seen): &Sided| because(&seen.outcome).is_some();
    (!seen.is_empty() && !seen.iter().any(silent)).then(|| seen.to_vec())
}

/// Whoever does not answer at all is not asked on.
fn unanswered(cases: &[Case], answers: &[Vec<Sided>]) -> Result<(), Refusal> {
    for (case, seen) in cases.iter().zip(answers) {
        let why = seen.iter().find_map(|(_, seen)| because(&seen.outcome));
        if let Some(why) = why {
            let name = netspec_assertions::finding::escape(&case.check().name.value);
            let why = netspec_assertions::finding::escape(why);
            return Err(Refusal::NoAnswer(format!(
                "{name}: {why}; there is nothing to record"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_spread_over_the_time_given() {
        assert_eq!(Pace::new(5, None).apart, Duration::from_secs(1));
        assert_eq!(
            Pace::new(5, Some(Duration::from_secs(600))).apart,
            Duration::from_secs(150)
        );
        assert_eq!(
            Pace::new(1, Some(Duration::from_secs(6))).apart,
            Duration::from_secs(6)
        );
    }
}
