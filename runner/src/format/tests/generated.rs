//! Trees written down carelessly: whatever is written, its canonical style means the same and has itself as its style.

use super::super::{canonical, same, tree};

/// A small generator of numbers that look drawn; the same seed, the same text.
struct Drawn(u64);

impl Drawn {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }

    fn blanks(&mut self, least: usize) -> String {
        " ".repeat(least + self.below(4))
    }

    /// The end of a line: perhaps blanks, a comment, empty lines, comments of their own.
    fn end(&mut self) -> String {
        let own = self.blanks(0);
        let shown = [
            String::new(),
            String::new(),
            self.blanks(0),
            "  # why: { not }".to_owned(),
            "\n\n\n".to_owned(),
            format!("\n{own}# a line - of its own"),
        ];
        shown[self.below(shown.len())].clone() + "\n"
    }

    fn scalar(&mut self) -> &'static str {
        self.one(&[
            "1",
            "true",
            "a",
            "one two",
            "\"a: b\"",
            "'it''s'",
            "'plain'",
            "10.0.0.0/8",
            "~",
            "\"\\t#\"",
            "-1.5",
            "a#b",
            "2s",
        ])
    }

    fn key(&mut self, index: usize) -> String {
        let key = self.one(&["a", "some-key", "'quoted'", "\"with: colon\"", "$['a-b']-"]);
        match key.strip_suffix(['"', '\'']) {
            Some(open) if key.starts_with(['"', '\'']) => format!("{open}{index}{}", &key[..1]),
            _ => format!("{key}{index}"),
        }
    }

    fn flow(&mut self, depth: usize) -> String {
        let gap = |drawn: &mut Self| drawn.one(&["", " ", "  ", "\n         "]).to_owned();
        match self.below(if depth == 0 { 1 } else { 3 }) {
            0 => self.scalar().to_owned(),
            1 => {
                let items: Vec<String> = (0..self.below(4))
                    .map(|_| gap(self) + &self.flow(depth - 1) + &gap(self))
                    .collect();
                format!("[{}]", items.join(","))
            }
            _ => {
                let entry = |drawn: &mut Self, index| {
                    let key = drawn.key(index).replace("$['a-b']-", "b");
                    let value = drawn.flow(depth - 1);
                    format!("{}{key}: {value}{}", gap(drawn), gap(drawn))
                };
                let entries: Vec<String> =
                    (0..self.below(4)).map(|index| entry(self, index)).collect();
                format!("{{{}}}", entries.join(","))
            }
        }
    }

    /// A value after its key or dash, on the lines below or behind it, and the end of its last line.
    fn value(&mut self, indent: usize, depth: usize) -> String {
        let deeper = indent + 1 + self.below(4);
        match self.below(if depth == 0 { 3 } else { 6 }) {
            0 => format!("{}{}{}", self.blanks(1), self.scalar(), self.end()),
            1 => format!("{}{}{}", self.blanks(1), self.flow(2), self.end()),
            2 => self.block(deeper),
            3 => self.end() + &self.sequence(deeper, depth - 1),
            _ => self.end() + &self.mapping(deeper, depth - 1),
        }
    }

    fn block(&mut self, indent: usize) -> String {
        let (header, blanks) = (
            self.one(&["|", ">", "|-", ">+", "|  # why"]),
            " ".repeat(indent),
        );
        let lines = self.one(&["one", "one\n  two", "one\n\n  # no comment\n    three  "]);
        let lines: Vec<String> = lines
            .split('\n')
            .map(|line| format!("{blanks}{line}"))
            .collect();
        format!(" {header}\n{}\n", lines.join("\n"))
    }

    fn mapping(&mut self, indent: usize, depth: usize) -> String {
        let entry = |drawn: &mut Self, index| {
            let (key, value) = (drawn.key(index), drawn.value(indent, depth));
            format!("{}{key}:{value}", " ".repeat(indent))
        };
        (0..=self.below(4))
            .map(|index| entry(self, index))
            .collect()
    }

    fn sequence(&mut self, indent: usize, depth: usize) -> String {
        let item =
            |drawn: &mut Self| format!("{}-{}", " ".repeat(indent), drawn.value(indent, depth));
        (0..=self.below(4)).map(|_| item(self)).collect()
    }
}

#[test]
fn whatever_is_written_has_one_canonical_style_that_means_the_same() {
    for seed in 1..500 {
        let mut drawn = Drawn(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed));
        let written = drawn.mapping(0, 4);
        let before = tree(&written).unwrap_or_else(|problem| panic!("{problem:?}\n{written}"));
        let once = canonical(&written).unwrap_or_else(|problem| panic!("{problem:?}\n{written}"));
        let after = tree(&once).unwrap_or_else(|problem| panic!("{problem:?}\n{once}"));
        assert!(same(&before, &after), "{written}\n{once}");
        let twice = canonical(&once).unwrap_or_else(|problem| panic!("{problem:?}\n{once}"));
        assert_eq!(once, twice, "not the same the second time");
    }
}
