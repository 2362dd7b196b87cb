//! What was seen, held against what was remembered, and where that differs against what is normal.

use super::store::Place;
use super::{Fate, Policy, Remembered, Update, text};
use crate::network::Network;
use crate::normal;
use crate::plan::Case;
use crate::verdict::{Sided, because};
use netspec_detection::state::State;
use netspec_detection::{Verdict, Word};
use std::future::Future;
use std::path::PathBuf;

/// One look, and all that is needed to say how it stands.
pub(super) struct Held<'a> {
    pub(super) case: &'a Case,
    pub(super) seen: &'a [Sided],
    pub(super) policy: &'a Policy,
    pub(super) network: &'a Network,
    pub(super) place: &'a Place,
    pub(super) said: Option<Verdict>,
    pub(super) model_problem: Option<String>,
}

type Settled = (Fate, Option<PathBuf>);

impl<'a> Held<'a> {
    pub(super) fn new(
        case: &'a Case,
        seen: &'a [Sided],
        policy: &'a Policy,
        network: &'a Network,
        place: &'a Place,
    ) -> Self {
        Self {
            case,
            seen,
            policy,
            network,
            place,
            said: None,
            model_problem: None,
        }
    }

    /// All that is told of it.
    pub(super) fn remembered(self, fate: Fate, pending: Option<PathBuf>) -> Remembered {
        let tracked = self.case.check().track.first();
        let tracked = tracked.map(|selector| selector.span).unwrap_or_default();
        Remembered {
            fate,
            said: self.said,
            file: self.place.file.clone(),
            pending,
            tracked_at: self.case.scenario.source.place(tracked),
            forced: self.policy.force_pass,
            model_problem: self.model_problem,
        }
    }

    /// Whether silence is a change, where something is known of it; nothing where not.
    pub(super) async fn silence(&mut self) -> Option<Fate> {
        let before = self.place.read().ok().flatten()?;
        let model = self.model(&before)?;
        let said = normal::judge_silence(self.case, self.seen, &model, self.network).await?;
        let fate = match said.word {
            Word::Changed => Fate::Changed(text::diff(&before, "nobody answers")),
            _ => Fate::Unknown("nobody answers".to_owned()),
        };
        self.said = Some(said);
        let (fate, _) = self.learn(&before, (fate, None));
        Some(fate)
    }

    /// How it stands with what is tracked now, of which this is the text; none where only levels are tracked.
    pub(super) async fn settle(
        &mut self,
        now: &str,
        again: impl Future<Output = Vec<Sided>>,
    ) -> Settled {
        let before = match self.place.read() {
            _ if now == text::NOTHING => Some(now.to_owned()),
            Ok(before) => before,
            Err(why) => return (Fate::Unusable(why), None),
        };
        let settled = match before {
            None => self.keep(now, Fate::New(now.to_owned())),
            Some(before) => {
                let fate = self.compare(&before, now, again).await;
                self.close(&before, now, fate)
            }
        };
        self.learn(now, settled)
    }

    /// What two looks say together, or the model of what is normal, where there is one.
    async fn compare(
        &mut self,
        before: &str,
        now: &str,
        again: impl Future<Output = Vec<Sided>>,
    ) -> Fate {
        let asked_of_the_model = before != now || tracks_levels(self.case);
        let model = asked_of_the_model.then(|| self.model(before)).flatten();
        if let Some(model) = model {
            let said =
                normal::judge(self.case, self.seen, &model, self.network, before != now).await;
            let fate = fate(&said, before, now);
            self.said = Some(said).filter(|said| said.word != Word::Same || before != now);
            return fate;
        }
        match before == now {
            true if now == text::NOTHING && !self.policy.learn => Fate::Unknown(
                "no level is known yet; `netspec run --learn` learns it, run after run".to_owned(),
            ),
            true => Fate::Same,
            false => twice(self.case, before, now, &again.await),
        }
    }

    /// The model that belongs to the snapshot, if there is one that can be used.
    fn model(&mut self, before: &str) -> Option<normal::Normal> {
        match normal::of(self.case, self.network, &self.policy.folder, before) {
            Ok(model) => model,
            Err(why) => {
                self.model_problem = Some(why);
                None
            }
        }
    }

    /// Writes what is to be written of a look at something that was remembered.
    fn close(&self, before: &str, now: &str, fate: Fate) -> Settled {
        match &fate {
            Fate::Same if self.policy.update == Update::Force => {
                kept(self.place.accept(now), Fate::Updated)
            }
            Fate::Same => {
                self.place.forget_pending();
                (fate, None)
            }
            Fate::Changed(_) if before == now => match self.policy.update {
                Update::Always | Update::Force => (Fate::Updated, None), // a level, of which the snapshot says nothing
                _ => (fate, None),
            },
            Fate::Changed(_) => self.keep(now, fate),
            Fate::Databases(_) if before != now => self.keep(now, fate),
            _ => (fate, None),
        }
    }

    /// Writes what is new or changed where the policy lets it be written.
    fn keep(&self, now: &str, fate: Fate) -> Settled {
        match (self.policy.update, &fate) {
            (Update::No, _) => (fate, None),
            (Update::New, _) | (Update::Unseen, Fate::Changed(_) | Fate::Databases(_)) => {
                kept(self.place.propose(now), fate)
            }
            (Update::Always | Update::Force | Update::Unseen, _) => {
                kept(self.place.accept(now), Fate::Updated)
            }
        }
    }

    /// Lets the model learn from this look: what is normal, and of a change that nobody accepted that it was seen. One that
    /// goes back and forth is told as such.
    fn learn(&mut self, now: &str, (fate, pending): Settled) -> Settled {
        if !self.policy.learn || self.model_problem.is_some() {
            return (fate, pending);
        }
        let Some(said) = self.to_learn_from(&fate) else {
            return (fate, pending);
        };
        let snapshot = match self.place.read() {
            Ok(Some(snapshot)) => snapshot,
            _ => now.to_owned(),
        };
        let folder = &self.policy.folder;
        match normal::learn(self.case, self.seen, self.network, folder, &snapshot, &said) {
            Ok(state) => (flapping(state, fate), pending),
            Err(why) => {
                self.model_problem = Some(why);
                (fate, pending)
            }
        }
    }

    /// What was said of a look, where something can be learned from it.
    fn to_learn_from(&self, fate: &Fate) -> Option<Verdict> {
        let as_before = || Verdict::new(Word::Same, "as-remembered", "as remembered");
        match fate {
            Fate::Same | Fate::New(_) | Fate::Updated => Some(as_before()),
            Fate::Varied(_) => Some(self.said.clone().unwrap_or_else(as_before)),
            Fate::Databases(_) | Fate::Changed(_) | Fate::Unsteady(_) | Fate::Unknown(_) => {
                self.said.clone()
            }
            Fate::Unusable(_) => None,
        }
    }
}

/// A change that comes and goes is told once, as that, and no longer as a change.
fn flapping(state: State, fate: Fate) -> Fate {
    match (state, fate) {
        (State::Flapping, Fate::Changed(diff)) => Fate::Unsteady(diff),
        (_, fate) => fate,
    }
}

/// Whether something is tracked that a snapshot says nothing of, so that only the model knows of it.
fn tracks_levels(case: &Case) -> bool {
    let mut tracked = case.check().track.iter();
    tracked.any(|selector| selector.value.is_band())
}

/// What a verdict makes of a snapshot.
fn fate(said: &Verdict, before: &str, now: &str) -> Fate {
    let diff = || text::diff(before, now);
    match said.word {
        Word::Same if before == now => Fate::Same,
        Word::Same | Word::Variance => Fate::Varied(diff()),
        Word::DbChanged => Fate::Databases(diff()),
        Word::Flapping => Fate::Unsteady(diff()),
        Word::Changed => Fate::Changed(diff()),
        Word::Inconclusive => Fate::Unknown(said.evidence.join("; ")),
    }
}

/// What two looks say together, where nothing is known of what is normal.
fn twice(case: &Case, before: &str, first: &str, again: &[Sided]) -> Fate {
    if let Some(why) = again.iter().find_map(|(_, seen)| because(&seen.outcome)) {
        return Fate::Unknown(format!("it differed, and could not be asked again: {why}"));
    }
    match text::of(case, again) {
        Ok(second) if second == first => Fate::Changed(text::diff(before, first)),
        Ok(second) if second == before => Fate::Varied(text::diff(before, first)),
        Ok(second) => Fate::Unsteady(text::diff(first, &second)),
        Err(unseen) => Fate::Unknown(format!(
            "it differed, and could not be seen again: {unseen}"
        )),
    }
}

fn kept(written: Result<Option<PathBuf>, String>, fate: Fate) -> Settled {
    match written {
        Ok(pending) => (fate, pending),
        Err(why) => (Fate::Unusable(why), None),
    }
}
