//! What trials stand on: one network and one runtime for the process.

use crate::event::Ended;
use crate::execute;
use crate::plan::{Case, Plan};
use crate::project::Project;
use crate::setup::{self, Setup, SetupError};
use crate::snapshot::Policy;
use tokio::runtime::Runtime;

/// The network, or why there is none.
pub(super) enum Ground {
    /// Ready to ask.
    Ready(Box<Ready>),
    /// This machine does not permit the lab: nothing can run, and nothing is wrong.
    Forbidden(String),
    /// Nothing can run because something is wrong.
    Wrong(String),
}

pub(super) struct Ready {
    runtime: Runtime,
    setup: Setup,
    policy: Policy,
}

impl Ground {
    /// Enters the lab or takes the real network, as the project and the environment say.
    pub(super) fn enter(project: &Project, threads: usize) -> Self {
        let live = variable("NETSPEC_LIVE").is_some_and(|value| value != "0");
        let world = project.lab.as_deref().filter(|_| !live);
        let incident = variable("NETSPEC_INCIDENT");
        let setup = match setup::enter(project, world, incident.as_deref(), threads) {
            Ok(setup) => setup,
            Err(SetupError::Forbidden(why)) => return Self::Forbidden(why),
            Err(SetupError::Wrong(why)) => return Self::Wrong(why),
        };
        let policy = Policy::from_env(project);
        match Runtime::new() {
            Ok(runtime) => Self::Ready(Box::new(Ready {
                runtime,
                setup,
                policy,
            })),
            Err(error) => Self::Wrong(format!("no runtime: {error}")),
        }
    }

    /// Settles which tests cannot run here.
    pub(super) fn settle(&self, plan: &mut Plan) {
        match self {
            Self::Ready(ready) => plan.settle(&ready.setup.network),
            Self::Forbidden(why) => plan
                .cases
                .iter_mut()
                .for_each(|case| case.unsupported = Some(why.clone())),
            Self::Wrong(_) => {}
        }
    }

    /// Runs one test.
    ///
    /// # Errors
    /// Why there is no network to ask.
    pub(super) fn test(&self, case: Case) -> Result<Ended, &str> {
        match self {
            Self::Ready(ready) => {
                Ok(ready
                    .runtime
                    .block_on(execute::test(case, &ready.setup.network, &ready.policy)))
            }
            Self::Forbidden(why) | Self::Wrong(why) => Err(why),
        }
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
