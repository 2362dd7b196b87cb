use super::*;

#[test]
fn what_could_command_a_terminal_is_spelled_out() {
    assert_eq!(
        escape("\u{1b}[31mred\u{202e}dlrow\r\n"),
        "\\u{1b}[31mred\\u{202e}dlrow\\u{d}\\u{a}"
    );
    assert_eq!(escape("粤B2-20090059"), "粤B2-20090059");
    assert_eq!(escape(&"x".repeat(300)).len(), 240 + "… (60 more)".len());
}

#[test]
fn of_all_characters_none_that_commands_gets_through() {
    let bidi = [
        '\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}',
        '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
    ];
    for c in char::MIN..=char::MAX {
        let shown = escape(&c.to_string());
        let commanding = |c: char| c.is_control() || bidi.contains(&c);
        assert!(!shown.contains(commanding), "{:x}", u32::from(c));
        assert_eq!(escape(&shown), shown, "twice is once");
    }
}

#[test]
fn a_finding_is_spelled_out_whole() {
    let bad = "\u{1b}[2J".to_owned();
    let row = |mark| Row {
        cells: vec![bad.clone()],
        mark,
    };
    let rows = vec![
        row(Mark::Wrong(bad.clone())),
        row(Mark::Unknown(bad.clone())),
        row(Mark::Right),
    ];
    let finding = Finding::new(Grade::Fail, Span::default(), bad.clone())
        .rows(rows)
        .hint(bad.clone())
        .under(&bad)
        .spelled();
    assert!(
        !format!("{finding:?}").contains("\\u{1b}\"") && !format!("{finding:?}").contains('\u{1b}')
    );
    assert_eq!(finding.label, "\\u{1b}[2J");
    assert_eq!(finding.rows[0].mark, Mark::Wrong("\\u{1b}[2J".to_owned()));
    assert_eq!(finding.hint.as_deref(), Some("\\u{1b}[2J"));
    assert_eq!(finding.word, "\\u{1b}[2J");
}
