//! `${…}` within a text.

use super::is_name;

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// As it is.
    Text(&'t str),
    /// To be filled, and as it was written.
    Hole(Reference<'t>, &'t str),
}

/// What is to be filled in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reference<'t> {
    /// A name, and further names within what it stands for.
    Name(&'t str, Vec<&'t str>),
    /// A variable of the environment, and what to take where there is none.
    Env(&'t str, Option<&'t str>),
    /// A secret.
    Secret(&'t str),
}

/// What opens a hole.
pub(super) const OPEN: &str = "${";
/// What stands for [`OPEN`] itself.
const LITERAL: &str = "$${";

/// What is wrong with a hole: the part of the text, what is wrong, and what to do.
pub(super) type Wrong<'t> = (&'t str, String, String);

/// Takes a text apart.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece<'_>>, Wrong<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(OPEN) {
        if rest[..at].ends_with('$') {
            found.push(Piece::Text(&rest[..at - 1]));
            found.push(Piece::Text(OPEN));
            rest = &rest[at + OPEN.len()..];
            continue;
        }
        let Some(length) = rest[at..].find('}') else {
            let help = format!("close it with `}}`; `{LITERAL}` stands for `{OPEN}` itself");
            return Err((&rest[at..], format!("`{OPEN}` is not closed"), help));
        };
        let (before, hole) = (&rest[..at], &rest[at..=at + length]);
        found.push(Piece::Text(before));
        found.push(Piece::Hole(reference(hole)?, hole));
        rest = &rest[at + length + 1..];
    }
    found.push(Piece::Text(rest));
    found.retain(|piece| *piece != Piece::Text(""));
    Ok(found)
}

fn reference(hole: &str) -> Result<Reference<'_>, Wrong<'_>> {
    let inside = hole[OPEN.len()..hole.len() - 1].trim();
    let wrong = |what: &str| {
        let help = format!(
            "write `${{name}}`, `${{env:NAME}}`, `${{env:NAME:-otherwise}}` or `${{secret:name}}`; `{LITERAL}` stands for `{OPEN}` itself"
        );
        Err((hole, what.to_owned(), help))
    };
    let Some((kind, name)) = inside.split_once(':') else {
        let mut names = inside.split('.');
        let first = names.next().unwrap_or_default();
        let within: Vec<&str> = names.collect();
        return match is_name(first) && within.iter().all(|name| !name.is_empty()) {
            true => Ok(Reference::Name(first, within)),
            false => wrong("no name stands here"),
        };
    };
    match kind {
        "env" => {
            let (name, otherwise) = match name.split_once(":-") {
                Some((name, otherwise)) => (name, Some(otherwise)),
                None => (name, None),
            };
            match !name.is_empty() && !name.contains(['=', '\0', ':']) {
                true => Ok(Reference::Env(name, otherwise)),
                false => wrong("no variable of the environment can be called so"),
            }
        }
        "secret" if is_name(name) => Ok(Reference::Secret(name)),
        "secret" => wrong("no secret can be called so"),
        _ => wrong("nothing is filled in from there"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hole<'t>(reference: Reference<'t>, written: &'t str) -> Piece<'t> {
        Piece::Hole(reference, written)
    }

    #[test]
    fn a_text_is_taken_apart() {
        let name = |name| Reference::Name(name, Vec::new());
        assert_eq!(pieces("a $ b").unwrap(), [Piece::Text("a $ b")]);
        assert_eq!(pieces("${x}").unwrap(), [hole(name("x"), "${x}")]);
        let mixed = [
            Piece::Text("https://"),
            hole(name("host"), "${ host }"),
            Piece::Text(":"),
            hole(Reference::Env("PORT", Some("443")), "${env:PORT:-443}"),
        ];
        assert_eq!(pieces("https://${ host }:${env:PORT:-443}").unwrap(), mixed);
        let within = Reference::Name("site", vec!["host", "name"]);
        assert_eq!(
            pieces("${site.host.name}").unwrap(),
            [hole(within, "${site.host.name}")]
        );
        assert_eq!(
            pieces("${secret:token}").unwrap(),
            [hole(Reference::Secret("token"), "${secret:token}")]
        );
    }

    #[test]
    fn what_is_escaped_stays() {
        let all: Vec<Piece<'_>> = pieces("cost: $${x} and $$").unwrap();
        let texts: String = all
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => *text,
                Piece::Hole(..) => "?",
            })
            .collect();
        assert_eq!(texts, "cost: ${x} and $$");
    }

    #[test]
    fn what_cannot_be_filled_is_quoted() {
        for (text, quoted) in [
            ("a ${x", "${x"),
            ("${}", "${}"),
            ("a${1x}b", "${1x}"),
            ("${a..b}", "${a..b}"),
            ("${env:}", "${env:}"),
            ("${file:x}", "${file:x}"),
            ("${secret:a b}", "${secret:a b}"),
        ] {
            assert_eq!(pieces(text).unwrap_err().0, quoted);
        }
    }
}
