use super::*;
use crate::language::secrets::Secrets;
use std::collections::BTreeMap;
use std::sync::Arc;

fn vars(text: &str) -> Arc<BTreeMap<String, Node>> {
    let node = yaml::read(text, &mut Problems::default()).expect("YAML");
    let pair =
        |entry: &netspec_assertions::written::Entry| (entry.key.value.clone(), entry.value.clone());
    Arc::new(entries(&node).iter().map(pair).collect())
}

/// What is written, filled with these names, and what is wrong with it.
fn filled(vars_text: &str, text: &str) -> (Node, Vec<String>) {
    let scope = Scope::new(Arc::new(Secrets::default())).then(Origin::Vars, vars(vars_text));
    let source = Source::new("x.yaml", text);
    let mut problems = Problems::default();
    let mut node = yaml::read(text, &mut problems).expect("YAML");
    Filler::new(&scope, &source).fill(&mut node, &mut problems);
    let said = problems.0.iter().map(|problem| {
        let help = problem.help.as_deref().unwrap_or_default();
        format!(
            "{}: {} ({help})",
            source.quoted(problem.span),
            problem.message
        )
    });
    (node, said.collect())
}

#[track_caller]
fn check(vars_text: &str, text: &str, expect: &str) {
    let (node, problems) = filled(vars_text, text);
    assert_eq!(problems, [""; 0]);
    let expect = yaml::read(expect, &mut Problems::default()).expect("YAML");
    assert_eq!(bare(&node), bare(&expect));
}

/// Without places.
fn bare(node: &Node) -> Node {
    let mut node = node.clone();
    super::super::scope::placed(&mut node, Span::default());
    fn keys(node: &mut Node) {
        match &mut node.value {
            Value::List(items) => items.iter_mut().for_each(keys),
            Value::Map(entries) => entries.iter_mut().for_each(|entry| {
                entry.key.span = Span::default();
                keys(&mut entry.value);
            }),
            _ => {}
        }
    }
    keys(&mut node);
    node
}

#[track_caller]
fn wrong(vars_text: &str, text: &str, expect: &str) {
    let (_, problems) = filled(vars_text, text);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].starts_with(expect), "{problems:?}");
}

#[test]
fn a_name_takes_the_value_it_stands_for() {
    let names = "n: 443\nyes: true\nhost: a.example\nlist: [1, 2]\nmap: { a: { b: x } }\nmore: '${host}:${n}'";
    check(names, "p: ${n}", "p: 443");
    check(names, "p: ${yes}", "p: true");
    check(names, "p: ${list}", "p: [1, 2]");
    check(names, "p: ${map}", "p: { a: { b: x } }");
    check(names, "p: ${map.a.b}", "p: x");
    check(
        names,
        "u: https://${host}:${n}/",
        "u: https://a.example:443/",
    );
    check(names, "u: '${more}'", "u: a.example:443");
    check(
        names,
        "[\"${n}\", 'a ${yes}', plain]",
        "[443, 'a true', plain]",
    );
    check(names, "'${host}': 1", "a.example: 1");
    check(names, "cost: $${n} and $5", "cost: '${n} and $5'");
}

#[test]
fn what_cannot_be_filled_says_where_and_why() {
    wrong(
        "host: x",
        "a: b ${hots} c",
        "${hots}: nothing is called `hots` (did you mean `host`?)",
    );
    wrong("m: { a: 1 }", "x: ${m.b}", "${m.b}: there is no `b` in `m`");
    wrong(
        "m: { a: 1 }",
        "x: a ${m}",
        "${m}: a mapping cannot stand within a text",
    );
    wrong("m: { a: 1 }", "'${m}': 1", "'${m}': a key is text");
    wrong(
        "a: ${b}\nb: ${c}\nc: x ${a}",
        "x: ${a}",
        ": `a` stands for itself: a → b → c → a",
    );
    wrong("a: x", "'${a}': 1\nx: 2", "x: the key `x` stands twice");
    wrong("a: x", "x: ${a", "${a: `${` is not closed");
    wrong(
        "a: x",
        "x: ${env:NETSPEC_NO_SUCH_VARIABLE}",
        "${env:NETSPEC_NO_SUCH_VARIABLE}: the environment has no",
    );
    wrong(
        "a: x",
        "x: ${secret:a}",
        "${secret:a}: a secret in what everybody is told",
    );
}

#[test]
fn names_within_names_are_bounded() {
    let doubling: String = (0..40)
        .map(|n| format!("a{n}: '${{a{0}}}${{a{0}}}'\n", n + 1))
        .collect();
    let doubling = doubling + "a40: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    let (_, problems) = filled(&doubling, "x: ${a0}");
    assert!(!problems.is_empty());
    let doubling: String = (0..25)
        .map(|n| format!("a{n}: ['${{a{0}}}', '${{a{0}}}']\n", n + 1))
        .collect();
    let (_, problems) = filled(&(doubling + "a25: x"), "x: ${a0}");
    assert!(
        problems
            .iter()
            .any(|said| said.contains("more than is read of a file")),
        "{problems:?}"
    );
    let chain: String = (0..5_000)
        .map(|n| format!("a{n}: '${{a{}}}'\n", n + 1))
        .collect();
    let (_, problems) = filled(&(chain + "a5000: x"), "x: ${a0}");
    assert!(problems[0].contains("names within names"), "{problems:?}");
}

#[test]
fn what_comes_from_outside_is_not_filled_again() {
    let scope = Scope::new(Arc::default())
        .then(Origin::Row, vars("a: ${b}"))
        .then(Origin::Vars, vars("b: x"));
    let source = Source::new("x.yaml", "x: ${a}");
    let mut problems = Problems::default();
    let mut node = yaml::read(&source.text, &mut problems).expect("YAML");
    Filler::new(&scope, &source).fill(&mut node, &mut problems);
    assert!(problems.0.is_empty());
    assert_eq!(
        entries(&node)[0].value.value,
        Value::Text("${b}".to_owned())
    );
}
