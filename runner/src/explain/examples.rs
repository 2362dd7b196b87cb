//! One scenario a probe, each of them a file that the tests run.

/// The probes' examples by name.
const EXAMPLES: &[(&str, &str)] = &[
    ("dns", include_str!("../../../scenarios/dns/example.yaml")),
    ("http", include_str!("../../../scenarios/http/example.yaml")),
    (
        "route",
        include_str!("../../../scenarios/route/example.yaml"),
    ),
    ("ping", include_str!("../../../scenarios/echo/example.yaml")),
    ("tcp", include_str!("../../../scenarios/tcp/example.yaml")),
    ("tls", include_str!("../../../scenarios/tls/example.yaml")),
    ("exec", include_str!("../../../scenarios/exec/example.yaml")),
];

/// The example of a probe, without the comment for editors.
pub(super) fn of(kind: &str) -> Option<String> {
    let (_, text) = EXAMPLES.iter().find(|(name, _)| *name == kind)?;
    let lines = text
        .lines()
        .filter(|line| !line.starts_with("# yaml-language-server"));
    Some(lines.collect::<Vec<_>>().join("\n"))
}
