//! The network a run asks: the real one, or a lab entered before any thread exists.

use crate::guard::Guard;
use crate::network::Network;
use crate::plan::Plan;
use crate::project::Project;
use crate::report::style;
use crate::vantage::Vantage;
use netspec_lab::{EnterErrorKind, Lab, World};
use netspec_probes::facts::Atlas;
use netspec_probes::route::{Engine, Limits};
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The network, and what keeps it alive.
#[derive(Debug)]
pub struct Setup {
    /// What questions are put with.
    pub network: Arc<Network>,
    /// The lab, if this is one; it ends with the process.
    pub lab: Option<Lab>,
}

/// Why there is no network to ask.
#[derive(Debug)]
pub enum SetupError {
    /// The world or a database is wrong, or not there; the text is ready to be shown.
    Wrong(String),
    /// This machine does not permit a lab; the text says what to change.
    Forbidden(String),
}

impl fmt::Display for SetupError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrong(why) | Self::Forbidden(why) => formatter.write_str(why),
        }
    }
}

impl std::error::Error for SetupError {}

/// What a lab's own packets may cost: nobody else is disturbed, and no router there limits what a real one would not.
const LAB_LIMITS: Limits = Limits {
    packets_per_second: 50_000,
    burst: 1024,
    same_hop_gap: Duration::from_millis(5),
    silent_hop: Duration::from_millis(200),
    silent_end: Duration::from_millis(450),
};

/// Makes the network. To be called while the process has one thread, for a lab's namespaces are a thread's.
///
/// `world` is the path of a world file or the name of a built-in one; none means the real network.
///
/// # Errors
/// See [`SetupError`].
pub fn enter(
    project: &Project,
    world: Option<&str>,
    incident: Option<&str>,
    jobs: usize,
) -> Result<Setup, SetupError> {
    let Some(name) = world else {
        let atlas = Atlas::open(&project.geo).map_err(SetupError::Wrong)?;
        let mut network = Network::new(atlas, Engine::new(Limits::default()), None, jobs);
        network.guard = Guard::of(project);
        let name = project.vantage.clone().unwrap_or_else(host_name);
        network.vantage = vantage(name, project)?;
        network.flags = project.given.flags().to_owned();
        return Ok(Setup {
            network: Arc::new(network),
            lab: None,
        });
    };
    let world = self::world(name, incident).map_err(SetupError::Wrong)?;
    let shown = incident.map_or(world.world.clone(), |incident| {
        format!("{} + {incident}", world.world)
    });
    let atlas = atlas(&world).map_err(SetupError::Wrong)?;
    let lab = netspec_lab::enter(&world).map_err(|error| match error.kind {
        EnterErrorKind::Forbidden => SetupError::Forbidden(error.to_string()),
        EnterErrorKind::Failed => SetupError::Wrong(error.to_string()),
    })?;
    let mut network = Network::new(atlas, Engine::new(LAB_LIMITS), Some(shown), jobs);
    network.roots = lab.roots();
    network.vantage = vantage(format!("lab {}", world.world), project)?;
    network.flags = flags(project, name, incident) + project.given.flags();
    Ok(Setup {
        network: Arc::new(network),
        lab: Some(lab),
    })
}

/// Where one stands, with the tests of what is always to be seen from there.
fn vantage(name: String, project: &Project) -> Result<Vantage, SetupError> {
    let Some(control) = &project.control else {
        return Ok(Vantage::new(name, Vec::new()));
    };
    let plan = Plan::of(std::slice::from_ref(control), project).map_err(SetupError::Wrong)?;
    if let Some((_, faulty)) = plan.faulty.first() {
        let colour = style::wanted(&std::io::stderr());
        return Err(SetupError::Wrong(faulty.render(colour)));
    }
    Ok(Vantage::new(name, plan.cases))
}

/// What this machine calls itself.
fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = name.or_else(|| std::env::var("HOSTNAME").ok());
    let name = name.map(|name| name.trim().to_owned());
    name.filter(|name| !name.is_empty())
        .unwrap_or_else(|| "here".to_owned())
}

fn flags(project: &Project, name: &str, incident: Option<&str>) -> String {
    let world = match project.lab.as_deref() == Some(name) {
        true => " --lab".to_owned(),
        false => format!(" --lab={name}"),
    };
    let incident = incident.map(|incident| format!(" --incident {incident}"));
    world + &incident.unwrap_or_default()
}

/// Whose the world's addresses are; one that says nothing of that is a machine without a database.
fn atlas(world: &World) -> Result<Atlas, String> {
    if world.prefixes.is_empty() {
        return Ok(Atlas::empty());
    }
    Atlas::with_csv_text(&world.world, &world.prefixes_csv())
}

/// A world by path or name, with an incident happening in it or none.
///
/// # Errors
/// What is wrong with it, ready to be shown.
pub fn world(name: &str, incident: Option<&str>) -> Result<World, String> {
    let world = match netspec_lab::builtin(name) {
        Some(text) if !Path::new(name).is_file() => World::parse(text, name)?,
        None if !Path::new(name).exists() => {
            let known = netspec_lab::builtin_names().collect::<Vec<_>>().join(", ");
            return Err(format!(
                "no world is called `{name}`, nor is there such a file; built in are {known}"
            ));
        }
        _ => World::load(name)?,
    };
    incident.map_or(Ok(world.clone()), |incident| world.with_incident(incident))
}
