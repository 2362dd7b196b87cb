//! One line on a terminal while a run goes on.

use super::Report;
use crate::event::Event;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::VecDeque;
use std::time::Duration;

/// A progress line on standard error; invisible where that is no terminal.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    waiting_for: VecDeque<String>,
}

impl Progress {
    /// A line on standard error, or none.
    pub fn new(visible: bool) -> Self {
        let target = if visible {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) =
            ProgressStyle::with_template("{spinner} {pos}/{len} {elapsed} {wide_msg}")
        {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self {
            bar,
            waiting_for: VecDeque::new(),
        }
    }

    /// Takes the line away while something else writes.
    pub fn suspend<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }
}

impl Report for Progress {
    fn tell(&mut self, event: &Event) {
        match event {
            Event::Started { tests, .. } => self.bar.set_length(*tests as u64),
            Event::Asking { name } => self.waiting_for.push_back(name.clone()),
            Event::Ended(ended) => {
                self.waiting_for.retain(|name| *name != ended.case.name);
                self.bar.inc(1);
            }
            Event::Faulty { .. } | Event::News(_) => {}
            Event::Finished(_) => self.bar.finish_and_clear(),
        }
        let waiting = self
            .waiting_for
            .front()
            .map(String::as_str)
            .unwrap_or_default();
        self.bar
            .set_message(netspec_assertions::finding::escape(waiting));
    }
}
