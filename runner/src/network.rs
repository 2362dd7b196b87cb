//! What questions are put with: one socket engine, one set of facts, and each question once a run.

use crate::guard::Guard;
use crate::probe::dns::names;
use crate::probe::{Question, Seen};
use crate::turns::Turns;
use crate::vantage::Vantage;
use netspec_probes::dns::{Server, Verify};
use netspec_probes::fact::Fact;
use netspec_probes::facts::Atlas;
use netspec_probes::hostnames;
use netspec_probes::route;
use netspec_probes::tls::Trust;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{
    OnceCell, RwLock, RwLockReadGuard, RwLockWriteGuard, Semaphore, SemaphorePermit,
};

/// How many questions are under way at once where nothing else is said.
pub const DEFAULT_JOBS: usize = 512;

/// How long to wait for the names of hops: they are not what is measured.
const HOSTNAME_PATIENCE: Duration = Duration::from_millis(1500);

/// What addresses are called.
pub type Hostnames = BTreeMap<IpAddr, Fact<String>>;

/// The network as seen from here.
#[derive(Debug)]
pub struct Network {
    /// Facts on addresses.
    pub atlas: Atlas,
    /// The one ICMP engine of the process.
    pub engine: route::Engine,
    /// The lab's world where this is the lab.
    pub lab: Option<String>,
    /// The authorities that are trusted here in place of the public ones, in DER: a lab's own, or none.
    pub roots: Vec<Vec<u8>>,
    /// Who may be asked.
    pub guard: Guard,
    /// Where one stands.
    pub vantage: Vantage,
    /// What to add to a command line to come to the same network, e.g. ` --lab --incident ecmp`.
    pub flags: String,
    /// Whose turn it is at each server.
    pub turns: Turns,
    permits: Semaphore,
    alone: RwLock<()>,
    asked: Mutex<HashMap<String, Arc<OnceCell<Seen>>>>,
}

/// A place among the questions under way; given back when it is dropped.
#[derive(Debug)]
pub enum Permit<'a> {
    /// One of the places, while nobody has all of them.
    Among(RwLockReadGuard<'a, ()>, Option<SemaphorePermit<'a>>),
    /// All of them.
    Alone(RwLockWriteGuard<'a, ()>),
}

impl Network {
    /// A network with nothing asked yet; `jobs` bounds the questions under way at once.
    pub fn new(atlas: Atlas, engine: route::Engine, lab: Option<String>, jobs: usize) -> Self {
        let permits = Semaphore::new(jobs.max(1));
        Self {
            atlas,
            engine,
            lab,
            roots: Vec::new(),
            guard: Guard::default(),
            vantage: Vantage::new("here", Vec::new()),
            flags: String::new(),
            turns: Turns::default(),
            permits,
            alone: RwLock::default(),
            asked: Mutex::default(),
        }
    }

    /// What came back, asked now or earlier in this run.
    pub async fn ask(&self, question: &dyn Question) -> Seen {
        self.once(question.key(), question).await
    }

    /// What came back in a round of that name, asked now or earlier in it.
    pub async fn ask_in(&self, question: &dyn Question, round: &str) -> Seen {
        self.once(format!("{round}: {}", question.key()), question)
            .await
    }

    async fn once(&self, key: String, question: &dyn Question) -> Seen {
        let cell = Arc::clone(
            self.asked
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .entry(key)
                .or_default(),
        );
        cell.get_or_init(|| self.ask_again(question)).await.clone()
    }

    /// Forgets what came back until now: whatever is asked from here on is asked anew, names included.
    pub fn forget(&self) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.clear();
    }

    /// Asks whether it was asked before or not, and remembers nothing.
    pub async fn ask_again(&self, question: &dyn Question) -> Seen {
        question.ask(self).await
    }

    /// The authorities that are meant by what was written under `verify`, or left out there.
    ///
    /// # Errors
    /// This system has none, or what was given is none.
    pub fn trust(&self, verify: &Verify) -> Result<Trust, String> {
        let given =
            |name: &str, roots: &[Vec<u8>]| Trust::given(name, roots.iter().map(Vec::as_slice));
        match verify {
            Verify::System => Trust::system(),
            Verify::Given(roots) => given("the file of `verify`", roots),
            Verify::Usual if !self.roots.is_empty() => given("the lab", &self.roots),
            Verify::Usual | Verify::Webpki => Ok(Trust::webpki()),
        }
    }

    /// A place among the questions under way, or all places.
    pub async fn permit(&self, alone: bool) -> Permit<'_> {
        match alone {
            true => Permit::Alone(self.alone.write().await),
            false => Permit::Among(self.alone.read().await, self.permits.acquire().await.ok()),
        }
    }

    /// The names of addresses as a resolver gives them.
    pub async fn hostnames(&self, addresses: &[IpAddr], server: &Server) -> Hostnames {
        let plain = server.addr().filter(|_| !server.transport.is_encrypted());
        match plain {
            Some(addr) => hostnames::hostnames(addresses, addr, HOSTNAME_PATIENCE).await,
            None => names::of(addresses, server, HOSTNAME_PATIENCE, self).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requirement::Need;
    use jiff::Timestamp;
    use netspec_probes::observation::Outcome;
    use serde_json::json;
    use std::pin::Pin;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// Counts how often it is asked.
    #[derive(Debug)]
    struct Counted(&'static str, AtomicU32);

    impl Question for Counted {
        fn key(&self) -> String {
            self.0.to_owned()
        }

        fn needs(&self) -> Vec<Need> {
            Vec::new()
        }

        fn ask<'a>(&'a self, _: &'a Network) -> Pin<Box<dyn Future<Output = Seen> + Send + 'a>> {
            Box::pin(async {
                tokio::task::yield_now().await;
                let seen = json!(self.1.fetch_add(1, Ordering::Relaxed));
                let (outcome, asked_at) = (Outcome::Answered, Timestamp::now());
                let asked = self.0.to_owned();
                Seen {
                    outcome,
                    asked_at,
                    asked,
                    seen,
                }
            })
        }
    }

    #[tokio::test]
    async fn a_question_is_asked_once_a_run_however_many_want_it() {
        let network = Network::new(
            Atlas::empty(),
            route::Engine::new(route::Limits::default()),
            None,
            8,
        );
        let (same, other) = (Counted("same", 0.into()), Counted("other", 0.into()));
        let (a, b, c, _) = tokio::join!(
            network.ask(&same),
            network.ask(&same),
            network.ask(&same),
            network.ask(&other)
        );
        assert_eq!(
            (&a.seen, &b.seen, &c.seen),
            (&json!(0), &json!(0), &json!(0))
        );
        assert_eq!(network.ask_again(&same).await.seen, json!(1));
        assert_eq!(other.1.load(Ordering::Relaxed), 1);
    }
}
