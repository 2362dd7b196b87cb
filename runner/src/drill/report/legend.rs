//! The checks by their numbers, which are the columns of the matrix.

use super::Shown;
use crate::drill::Drilled;
use crate::report::style::{dim, paint};
use netspec_assertions::finding::escape;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

pub(super) fn render(drilled: &Drilled, shown: &Shown) -> String {
    let mut text = String::new();
    for (index, check) in drilled.checks.iter().enumerate() {
        let number = index + 1;
        let name = cut(&escape(&check.name), shown.width.saturating_sub(6));
        text += &format!("{number:>4}  {name}\n");
        if let Some(why) = &check.unusable {
            let why = format!("left out, for it is not as expected in the unchanged world: {why}");
            let why = cut(&escape(&why), shown.width.saturating_sub(8));
            text += &format!("        {}\n", paint(&why, dim(), shown.colour));
        }
    }
    text
}

/// Text in so many columns, its end left out where it is longer.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    for letter in text.chars() {
        let wider = kept.width() + letter.width().unwrap_or_default();
        if wider + 1 > width {
            break;
        }
        kept.push(letter);
    }
    kept.push('…');
    kept
}

/// The same, filled with blanks.
pub(super) fn padded(text: &str, width: usize) -> String {
    let text = cut(text, width);
    let blanks = width.saturating_sub(text.width());
    text + &" ".repeat(blanks)
}
