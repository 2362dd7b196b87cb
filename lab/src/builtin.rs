//! The worlds that come with the crate.

const WORLDS: &[(&str, &str)] = &[
    ("echo", include_str!("../worlds/echo.yaml")),
    ("paris-2023", include_str!("../worlds/paris-2023.yaml")),
    ("paths", include_str!("../worlds/paths.yaml")),
    ("resolvers", include_str!("../worlds/resolvers.yaml")),
    ("services", include_str!("../worlds/services.yaml")),
    ("traps", include_str!("../worlds/traps.yaml")),
];

/// The names of the worlds that come with the crate.
pub fn builtin_names() -> impl Iterator<Item = &'static str> {
    WORLDS.iter().map(|(name, _)| *name)
}

/// The text of a world that comes with the crate, e.g. `paris-2023`.
pub fn builtin(name: &str) -> Option<&'static str> {
    WORLDS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, text)| *text)
}
