//! Scenarios as `cargo test` and `cargo nextest` run them: one trial a test, named `path::check[cell]`.
//!
//! A crate gets it with a dev-dependency on netspec, a target with `harness = false`, and one line in it:
//!
//! ```no_run
//! netspec::harness!("scenarios");
//! ```
//!
//! Scenarios run in the lab that `netspec.yaml` names, without which, or with `NETSPEC_LIVE=1`, they ask the real network.
//! `NETSPEC_INCIDENT=NAME` lets one of the world's incidents happen. Snapshots obey insta's variables, `INSTA_UPDATE` first.

mod files;
mod ground;
mod trials;

use files::Files;
use ground::Ground;
use libtest_mimic::{Arguments, Trial};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

/// How many tests are under way at once where `--test-threads` does not say: they wait for answers, not for a processor.
pub const DEFAULT_THREADS: usize = 16;

/// Which scenarios a target runs; what [`harness!`](crate::harness!) fills in.
#[derive(Clone, Copy, Debug)]
pub struct Suite {
    /// The package's folder as it was when it was compiled.
    pub package: &'static str,
    /// Files and folders of scenarios, from the package's folder.
    pub paths: &'static [&'static str],
    /// Those of them that are left out.
    pub except: &'static [&'static str],
}

/// The `main` of a target with `harness = false`: runs the scenarios at these paths, from the package's folder.
///
/// `harness!("scenarios")` runs a folder; several paths may be given, and some left out of them:
/// `harness!("scenarios", "more"; except "scenarios/drafts")`. All of them are of one project.
#[macro_export]
macro_rules! harness {
    ($($path:literal),+ $(,)? $(; except $($except:literal),+ $(,)?)?) => {
        fn main() -> ::std::process::ExitCode {
            $crate::harness::main(&$crate::harness::Suite {
                package: ::core::env!("CARGO_MANIFEST_DIR"),
                paths: &[$($path),+],
                except: &[$($($except),+)?],
            })
        }
    };
}

/// Runs a suite as this process's arguments say; to be called from `main`, while there is one thread.
pub fn main(suite: &Suite) -> ExitCode {
    let mut arguments = Arguments::from_args();
    let threads = *arguments.test_threads.get_or_insert(DEFAULT_THREADS);
    let trials = match Files::of(suite, &arguments) {
        Ok(files) => trials(&files, &arguments, threads),
        Err((name, why)) => vec![trials::failing(name, why)],
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Enters the network before there is a second thread, and then lists what there is: what can run is settled when listing.
fn trials(files: &Files, arguments: &Arguments, threads: usize) -> Vec<Trial> {
    let ground = Arc::new(Ground::enter(&files.project, threads));
    let mut plan = match files.plan() {
        Ok(plan) => plan,
        Err(why) => return vec![trials::failing("scenarios".to_owned(), why)],
    };
    ground.settle(&mut plan);
    let colour = trials::colour(arguments);
    let faulty = plan
        .faulty
        .into_iter()
        .map(|(name, faulty)| trials::failing(name, faulty.render(colour)));
    let reasons: Vec<Option<String>> = plan
        .cases
        .iter()
        .map(|case| case.unsupported.clone())
        .collect();
    let cases: Vec<Trial> = plan
        .cases
        .into_iter()
        .map(|case| trials::trial(case, &ground, colour))
        .collect();
    trials::tell_ignored(cases.iter().zip(&reasons), arguments);
    faulty.chain(cases).collect()
}

/// A path without `..` and links, or what is wrong with it.
fn canonical(path: &Path) -> Result<std::path::PathBuf, String> {
    path.canonicalize()
        .map_err(|error| format!("{}: {error}", path.display()))
}
