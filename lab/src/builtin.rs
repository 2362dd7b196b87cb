//! The worlds that come with the crate.

const WORLDS: [(&str, &str); 2] = [
    ("paris-2023", include_str!("../worlds/paris-2023.yaml")),
    ("traps", include_str!("../worlds/traps.yaml")),
];

/// The text of a world that comes with the crate: `paris-2023` or `traps`.
pub fn builtin(name: &str) -> Option<&'static str> {
    WORLDS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, text)| *text)
}
