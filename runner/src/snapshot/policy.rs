use crate::project::Project;
use std::path::PathBuf;

/// Where snapshots are and what is done about one that differs.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The folder of snapshots.
    pub folder: PathBuf,
    /// The project's folder, from which a snapshot names its scenario.
    pub root: PathBuf,
    /// What is written.
    pub update: Update,
    /// Whether a snapshot that differs lets the test pass all the same, as `cargo insta test` asks of it.
    pub force_pass: bool,
    /// Whether models of what is normal learn from this run.
    pub learn: bool,
    /// The file that lists the snapshots somebody asked for: `cargo insta test --unreferenced` reads it.
    pub references: Option<PathBuf>,
}

/// What is written of a snapshot that is new or differs; the words of `INSTA_UPDATE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Update {
    /// `no`: nothing.
    No,
    /// `new`: a `.snap.new`, to be reviewed.
    New,
    /// `unseen`: the `.snap` of one that is new, a `.snap.new` of one that differs.
    Unseen,
    /// `always`: the `.snap`.
    Always,
    /// `force`: the `.snap`, also of one that is as it was.
    Force,
}

impl Policy {
    /// What the environment says, in insta's variables (`INSTA_UPDATE`, `INSTA_FORCE_PASS`, `CI`) and in `NETSPEC_LEARN`.
    pub fn from_env(project: &Project) -> Self {
        Self::read(project, |name| {
            std::env::var(name).ok().filter(|value| !value.is_empty())
        })
    }

    fn read(project: &Project, variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).is_some_and(|value| value != "0" && value != "false");
        let update = match variable("INSTA_UPDATE").as_deref() {
            Some("no") => Update::No,
            Some("new") => Update::New,
            Some("unseen") => Update::Unseen,
            Some("always" | "1") => Update::Always,
            Some("force") => Update::Force,
            _ if set("CI") || set("TF_BUILD") => Update::No,
            _ => Update::New,
        };
        Self {
            folder: project.snapshots.clone(),
            root: project.root.clone(),
            update,
            force_pass: set("INSTA_FORCE_PASS"),
            learn: set("NETSPEC_LEARN"),
            references: variable("INSTA_SNAPSHOT_REFERENCES_FILE").map(PathBuf::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(environment: &[(&str, &str)], expect: Update) {
        let variable = |name: &str| {
            let found = environment.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        assert_eq!(
            Policy::read(&Project::default(), variable).update,
            expect,
            "{environment:?}"
        );
    }

    #[test]
    fn the_environment_is_read_as_insta_reads_it() {
        check(&[], Update::New);
        check(&[("CI", "true")], Update::No);
        check(&[("CI", "false")], Update::New);
        check(&[("TF_BUILD", "True")], Update::No);
        check(&[("CI", "true"), ("INSTA_UPDATE", "new")], Update::New);
        check(&[("INSTA_UPDATE", "auto"), ("CI", "1")], Update::No);
        check(&[("INSTA_UPDATE", "no")], Update::No);
        check(&[("INSTA_UPDATE", "unseen")], Update::Unseen);
        check(&[("INSTA_UPDATE", "always")], Update::Always);
        check(&[("INSTA_UPDATE", "force")], Update::Force);
    }
}
