//! The user's crate, and what its commands say.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

/// A crate of its own, in the folder cargo keeps for tests. It is built beside this one, so that nothing is built twice.
pub(crate) struct User {
    folder: PathBuf,
    package: String,
}

/// What a command said.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

const SCENARIO: &str = include_str!("users.yaml");

impl User {
    /// Begins anew: what an earlier run left is gone.
    pub(crate) fn new(name: &str) -> Self {
        let package = format!("users-{name}");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&package);
        let _ = fs::remove_dir_all(&folder);
        let user = Self { folder, package };
        user.write("Cargo.toml", &user.manifest());
        user.write("src/lib.rs", "//! A user's own crate.\n");
        user.write("tests/scenarios.rs", "netspec::harness!(\"scenarios\");\n");
        user.write(
            "netspec.yaml",
            "lab: paris-2023\nresolvers: { cloudflare: 1.1.1.1, baidu: 180.76.76.76 }\n",
        );
        user.write("scenarios/cdn/qpic.yaml", SCENARIO);
        let lock = fs::read(workspace().join("Cargo.lock")).expect("the workspace has a lock file");
        fs::write(user.path("Cargo.lock"), lock).expect("the folder is writable");
        user
    }

    /// With the workspace's profiles, for which the dependencies are built already.
    fn manifest(&self) -> String {
        let root = fs::read_to_string(workspace().join("Cargo.toml"))
            .expect("the workspace has a manifest");
        let profiles = root.find("[profile.").map_or("", |at| &root[at..]);
        let runner = workspace().join("runner");
        format!(
            "[package]\nname = \"{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dev-dependencies]\nnetspec = {{ path = {runner:?} }}\n\n\
             [[test]]\nname = \"scenarios\"\nharness = false\n\n{profiles}",
            self.package
        )
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        let folder = path.parent().expect("a file is in a folder");
        fs::create_dir_all(folder).expect("the folder is writable");
        fs::write(path, text).expect("the folder is writable");
    }

    pub(crate) fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.path(name)).ok()
    }

    /// `cargo test --test scenarios -- ARGUMENTS`.
    pub(crate) fn test(&self, arguments: &[&str]) -> Said {
        self.test_with(&[], arguments)
    }

    pub(crate) fn test_with(&self, environment: &[(&str, &str)], arguments: &[&str]) -> Said {
        let test = ["test", "--quiet", "--offline", "--test", "scenarios", "--"];
        self.cargo(environment, &[&test, arguments].concat())
    }

    /// A cargo command in the user's crate, in an environment that says nothing of this run.
    pub(crate) fn cargo(&self, environment: &[(&str, &str)], arguments: &[&str]) -> Said {
        let mut cargo = Command::new("cargo");
        cargo.args(arguments).current_dir(&self.folder);
        let ours = |name: &str| {
            let begins = [
                "INSTA_",
                "NEXTEST",
                "NETSPEC_",
                "CARGO_PKG",
                "CARGO_MANIFEST",
            ];
            name == "CI" || name == "TF_BUILD" || begins.iter().any(|begin| name.starts_with(begin))
        };
        for (name, _) in env::vars().filter(|(name, _)| ours(name)) {
            cargo.env_remove(name);
        }
        cargo
            .env("CARGO_TARGET_DIR", target())
            .env("CARGO_NET_OFFLINE", "true")
            .env("NO_COLOR", "1");
        said(
            &cargo
                .envs(environment.iter().copied())
                .output()
                .expect("cargo starts"),
        )
    }

    /// The test program itself, after it was built.
    pub(crate) fn program(&self) -> PathBuf {
        let listed = self.cargo(
            &[],
            &["test", "--offline", "--no-run", "--test", "scenarios"],
        );
        let path = listed
            .err
            .rsplit_once('(')
            .and_then(|(_, rest)| rest.split(')').next());
        PathBuf::from(path.unwrap_or_else(|| panic!("no program is named in:\n{}", listed.err)))
    }
}

impl Said {
    #[track_caller]
    pub(crate) fn has(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, Some(code), "{self}");
        for part in parts {
            assert!(self.out.contains(part), "`{part}` is missing in:\n{self}");
        }
    }

    /// The lines of the list of tests.
    pub(crate) fn listed(&self) -> Vec<&str> {
        self.out
            .lines()
            .filter_map(|line| line.strip_suffix(": test"))
            .collect()
    }
}

impl std::fmt::Display for Said {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "exit {:?}\n{}\n---\n{}",
            self.code, self.out, self.err
        )
    }
}

pub(crate) fn said(output: &Output) -> Said {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said {
        code: output.status.code(),
        out: text(&output.stdout),
        err: text(&output.stderr),
    }
}

/// Whether a program is on the path.
pub(crate) fn installed(tool: &str) -> bool {
    let folders = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&folders).any(|folder| folder.join(tool).is_file())
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("this package is in the workspace")
}

/// The folder that this program was built in.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .expect("cargo puts it into the target folder")
        .to_owned()
}
