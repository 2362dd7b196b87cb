//! Names of aliases, freed of what changes from answer to answer.

use psl::{List, Psl, Type};

/// Labels, or parts of them between dashes, that say where and not what.
const REGIONS: &[&str] = &[
    "af",
    "an",
    "ap",
    "apac",
    "as",
    "asia",
    "au",
    "bj",
    "br",
    "ca",
    "cd",
    "central",
    "cn",
    "de",
    "east",
    "emea",
    "eu",
    "europe",
    "fr",
    "gb",
    "global",
    "gz",
    "hk",
    "id",
    "ie",
    "in",
    "it",
    "jp",
    "kr",
    "me",
    "my",
    "na",
    "north",
    "northeast",
    "northwest",
    "nl",
    "oc",
    "ru",
    "sa",
    "se",
    "sg",
    "sh",
    "south",
    "southeast",
    "southwest",
    "sz",
    "th",
    "tj",
    "tw",
    "uk",
    "us",
    "vn",
    "west",
    "za",
];

/// The domain at the end of a chain that somebody registered, in lower case without the final dot; empty for no chain.
///
/// Suffixes that a company set aside for its customers (`cloudfront.net`, `s3.amazonaws.com`) are not the end here: who
/// holds the alias is the company.
pub(super) fn registrable(name: &str) -> String {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let mut rest = name.as_str();
    while let Some(suffix) = List.suffix(rest.as_bytes()) {
        let length = suffix.as_bytes().len();
        if suffix.typ() != Some(Type::Private) {
            let before = rest.len().saturating_sub(length + 1);
            let label = rest
                .get(..before)
                .and_then(|labels| labels.rsplit('.').next());
            let label = label.filter(|label| !label.is_empty());
            return label.map_or_else(
                || rest.to_owned(),
                |label| format!("{label}.{}", String::from_utf8_lossy(suffix.as_bytes())),
            );
        }
        // The suffix itself is what the company registered, or lies below it.
        let private = &rest[rest.len() - length..];
        if private
            .split_once('.')
            .is_none_or(|(_, parent)| parent.is_empty())
        {
            break;
        }
        if within_public(private) {
            return private.to_owned();
        }
        rest = private.split_once('.').map_or("", |(_, parent)| parent);
    }
    rest.to_owned()
}

/// Whether this is one label below a suffix that is nobody's company's.
fn within_public(private: &str) -> bool {
    let parent = private.split_once('.').map_or("", |(_, parent)| parent);
    let suffix = List.suffix(parent.as_bytes());
    suffix.is_some_and(|suffix| {
        suffix.typ() != Some(Type::Private) && suffix.as_bytes() == parent.as_bytes()
    })
}

/// A chain with the labels that change from answer to answer as `<id>`, joined by arrows.
pub(super) fn shape(chain: &[String]) -> String {
    let names: Vec<String> = chain.iter().map(|name| templated(name)).collect();
    names.join(" -> ")
}

fn templated(name: &str) -> String {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let kept = registrable(&name);
    let volatile = name.strip_suffix(kept.as_str()).unwrap_or("");
    let labels = volatile.split('.').filter(|label| !label.is_empty());
    let labels: Vec<String> = labels.map(label).collect();
    [labels.join("."), kept]
        .iter()
        .filter(|part| !part.is_empty())
        .cloned()
        .collect::<Vec<_>>()
        .join(".")
}

/// A part that holds a digit, or is a region's, is an id; ids beside each other are one.
fn label(label: &str) -> String {
    let mut parts: Vec<&str> = label
        .split('-')
        .map(|part| if changes(part) { "<id>" } else { part })
        .collect();
    parts.dedup_by(|one, other| one == other && *one == "<id>");
    parts.join("-")
}

fn changes(part: &str) -> bool {
    part.bytes().any(|byte| byte.is_ascii_digit()) || REGIONS.contains(&part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn end(name: &str, expect: &str) {
        assert_eq!(registrable(name), expect, "{name}");
    }

    #[test]
    fn the_registrable_domain_is_its_companys() {
        end("x.qpic.cn.", "qpic.cn");
        end("A.B.Weixin.QQ.com.cn.", "qq.com.cn");
        end("d111.cloudfront.net.", "cloudfront.net");
        end("e1.a.akamaiedge.net.", "akamaiedge.net");
        end("foo.s3.us-east-1.amazonaws.com.", "amazonaws.com");
        end("x.github.io.", "github.io");
        end("lb.edge.example.", "edge.example");
        end("", "");
        end("com.", "com");
        end(".", "");
        end("..", "");
    }

    #[track_caller]
    fn shaped(chain: &[&str], expect: &str) {
        let chain: Vec<String> = chain.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(shape(&chain), expect);
    }

    #[test]
    fn labels_that_change_from_answer_to_answer_are_ids() {
        shaped(&["e6858.dsce9.akamaiedge.net."], "<id>.<id>.akamaiedge.net");
        shaped(
            &["lb-us-east-1.elb.amazonaws.com."],
            "lb-<id>.elb.amazonaws.com",
        );
        shaped(
            &["x.cdn.example.", "a1b2c3d4.Edge.example."],
            "x.cdn.example -> <id>.edge.example",
        );
        shaped(&["sh.weixin.qq.com."], "<id>.weixin.qq.com");
        shaped(&[], "");
    }
}
