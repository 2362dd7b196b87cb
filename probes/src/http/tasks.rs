//! The tasks of one connection, which end with it.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::JoinSet;

/// Runs tasks until [`Tasks::end`], or until what it was made for is dropped.
#[derive(Clone, Debug, Default)]
pub(super) struct Tasks(Arc<Mutex<JoinSet<()>>>);

/// Ends the tasks when it is dropped.
#[derive(Debug)]
pub(super) struct Ending(Tasks);

impl Tasks {
    /// A place for tasks, and what ends them.
    pub(super) fn new() -> (Self, Ending) {
        let tasks = Self::default();
        let ending = Ending(tasks.clone());
        (tasks, ending)
    }

    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .spawn(task);
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.0
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .abort_all();
    }
}

impl<F> hyper::rt::Executor<F> for Tasks
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    fn execute(&self, task: F) {
        self.spawn(async move {
            task.await;
        });
    }
}
