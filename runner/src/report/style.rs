//! Colours, for a terminal and nowhere else.

use crate::verdict::Verdict;
use anstyle::{AnsiColor, Style};

/// Text in a style, or bare.
pub fn paint(text: &str, style: Style, colour: bool) -> String {
    if colour {
        format!("{style}{text}{style:#}")
    } else {
        text.to_owned()
    }
}

/// The style of a verdict.
pub fn verdict(verdict: Verdict) -> Style {
    let colour = match verdict {
        Verdict::Pass => AnsiColor::Green,
        Verdict::Fail => AnsiColor::Red,
        Verdict::Inconclusive => AnsiColor::Yellow,
        Verdict::Unsupported => AnsiColor::Cyan,
    };
    colour.on_default().bold()
}

/// The style of what matters less.
pub fn dim() -> Style {
    Style::new().dimmed()
}

/// Whether a stream is to be coloured: `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE` and `TERM` are honoured.
pub fn wanted(stream: &impl anstream::stream::RawStream) -> bool {
    anstream::AutoStream::choice(stream) != anstream::ColorChoice::Never
}
