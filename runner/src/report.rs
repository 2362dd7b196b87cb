//! What is shown of a run. Each report reads the same [`crate::event`]s.

pub mod json;
mod news;
pub mod progress;
pub mod style;
pub mod summary;
pub mod table;
pub mod text;

use crate::event::Event;

/// Something that shows a run.
pub trait Report {
    /// Shows one event.
    fn tell(&mut self, event: &Event);
}
