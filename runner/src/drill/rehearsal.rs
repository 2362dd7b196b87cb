//! Which incidents happen in a drill: those of the world file, and mutants that the checks could notice.

use super::Drill;
use super::child::Broken;
use super::look::Look;
use super::sight;
use netspec_assertions::suggest;
use netspec_lab::World;
use netspec_lab::world::incident::Incident;
use netspec_lab::world::mutate::{self, Mutant};
use std::str::FromStr;

/// An incident, ready to happen.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// Its name.
    pub name: String,
    /// What happens, for people.
    pub why: String,
    /// Whether somebody has to notice.
    pub must_catch: bool,
    /// Whether a machine thought of it.
    pub is_mutant: bool,
    /// Whether it is uncertain that anything asked is touched by it.
    pub may_be_unseen: bool,
    /// Whether it passes while somebody watches.
    pub comes_and_goes: bool,
    /// The world with it.
    pub world: World,
}

/// Which mutants are made of a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutants {
    /// None.
    Off,
    /// So many, of each kind one before any kind has two.
    Some(usize),
    /// All that the checks could notice.
    All,
}

impl FromStr for Mutants {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(Self::Off),
            "all" => Ok(Self::All),
            number => match number.parse() {
                Ok(0) => Ok(Self::Off),
                Ok(number) => Ok(Self::Some(number)),
                Err(_) => Err("expected a number, `all` or `off`".to_owned()),
            },
        }
    }
}

/// All that happens in this drill, in order.
pub(super) fn all(drill: &Drill, looks: &[Look]) -> Result<Vec<Rehearsal>, Broken> {
    let world = &drill.world;
    let incidents = world
        .incidents()
        .map(|(name, incident)| (name.to_owned(), incident));
    let written = incidents.map(|(name, incident)| rehearsal(world, &name, incident));
    let mut all: Vec<Rehearsal> = written.collect::<Result<_, _>>()?;
    for mutant in mutants(drill, looks) {
        let rehearsal = rehearsal(world, &mutant.name, &mutant.incident)?;
        all.push(Rehearsal {
            is_mutant: true,
            may_be_unseen: sight::is_doubtful(looks, &mutant.touches),
            ..rehearsal
        });
    }
    named(drill, &mut all)?;
    if all.is_empty() {
        return Err(Broken::Nothing(format!(
            "nothing can happen: world `{}` has no incidents, and there are no mutants",
            world.world
        )));
    }
    Ok(all)
}

/// Those that the checks could notice, and of them as many as are wanted.
fn mutants(drill: &Drill, looks: &[Look]) -> Vec<Mutant> {
    let all = || drill.world.mutants();
    let noticeable = |mut mutants: Vec<Mutant>| {
        mutants.retain(|mutant| sight::reaches(looks, &mutant.touches));
        mutants
    };
    match drill.mutants {
        _ if !drill.only.is_empty() => all(),
        Mutants::Off => Vec::new(),
        Mutants::All => noticeable(all()),
        Mutants::Some(many) => some(noticeable(all()), many, drill.seed, looks),
    }
}

/// So many of them: those that the checks could notice for certain before the others.
fn some(mutants: Vec<Mutant>, many: usize, seed: u64, looks: &[Look]) -> Vec<Mutant> {
    let (doubtful, certain): (Vec<Mutant>, Vec<Mutant>) = mutants
        .into_iter()
        .partition(|mutant| sight::is_doubtful(looks, &mutant.touches));
    let mut drawn = mutate::sample(certain, many, seed);
    let rest = many.saturating_sub(drawn.len());
    drawn.extend(mutate::sample(doubtful, rest, seed));
    drawn
}

/// Only those that were asked for, if any was.
fn named(drill: &Drill, all: &mut Vec<Rehearsal>) -> Result<(), Broken> {
    if drill.only.is_empty() {
        return Ok(());
    }
    let known = || all.iter().map(|rehearsal| rehearsal.name.as_str());
    for wanted in &drill.only {
        if !known().any(|name| name == wanted) {
            let near = suggest::nearest(wanted, known());
            let near = near.map(|name| format!("; did you mean `{name}`?"));
            let near = near.unwrap_or_default();
            return Err(Broken::Nothing(format!(
                "world `{}` has no incident and no mutant `{wanted}`{near}",
                drill.world.world
            )));
        }
    }
    all.retain(|rehearsal| drill.only.contains(&rehearsal.name));
    Ok(())
}

/// What happens late and stays must be caught by whoever looks afterwards: it has happened already. What comes and goes must
/// be let pass by whoever watches: it happens in its time.
fn rehearsal(world: &World, name: &str, incident: &Incident) -> Result<Rehearsal, Broken> {
    let late = incident.changes.iter().any(|change| change.after.is_some());
    let mut happened = incident.clone();
    if incident.must_catch {
        for change in &mut happened.changes {
            change.after = None;
        }
    }
    let after = world.after(&happened);
    let world = after.map_err(|why| Broken::Files(format!("incident `{name}`: {why}")))?;
    Ok(Rehearsal {
        name: name.to_owned(),
        why: incident.why.clone(),
        must_catch: incident.must_catch,
        is_mutant: false,
        may_be_unseen: false,
        comes_and_goes: late && !incident.must_catch,
        world,
    })
}
