//! One comma-separated line (RFC 4180, no line breaks inside a field).

/// The fields, without their quotes.
pub(super) fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.next_if_eq(&'"').is_some() => push(&mut fields, '"'),
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => push(&mut fields, other),
        }
    }
    fields
}

fn push(fields: &mut [String], character: char) {
    if let Some(last) = fields.last_mut() {
        last.push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_commas_and_quotes() {
        for (line, split) in [
            (
                "1.0.0.0,1.0.0.255,13335,Cloudflare",
                &["1.0.0.0", "1.0.0.255", "13335", "Cloudflare"][..],
            ),
            (
                r#""1","2","Cloudflare, Inc.""#,
                &["1", "2", "Cloudflare, Inc."],
            ),
            (r#"a,"say ""no""",c"#, &["a", r#"say "no""#, "c"]),
            ("a,,", &["a", "", ""]),
            (r#""open"#, &["open"]),
        ] {
            assert_eq!(fields(line), split);
        }
    }
}
