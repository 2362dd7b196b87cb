//! Nothing is a change before it was reproduced: by its own flow, by other flows, and once more after a pause.

mod own;
mod reach;

use super::survey::{Counted, Survey, Told};
use super::suspicion::{Suspicion, What};
use super::{Asker, Distance, Model, Rules};
use crate::verdict::{Verdict, Word};
use own::Own;
use std::net::IpAddr;

/// Asks again, and says what that says.
pub(super) async fn confirm<A: Asker>(
    suspicion: &Suspicion<'_>,
    model: &Model,
    asker: &Counted<'_, A>,
    rules: &Rules,
) -> Verdict {
    let case = |suspicion| Case {
        suspicion,
        model,
        asker,
        rules,
    };
    let mut verdict = match suspicion.what {
        What::Loop => case(suspicion).comes_round().await,
        What::Cut => case(suspicion).is_cut().await,
        What::Unreached => case(suspicion).is_unreached().await,
        _ => case(suspicion).differs().await,
    };
    let is_silent = |verdict: &Verdict| verdict.rule == TOO_SILENT;
    if verdict.as_ref().is_some_and(is_silent)
        && let Some(next) = suspicion.next(model)
    {
        verdict = case(&next).differs().await;
    }
    let verdict = verdict.unwrap_or_else(|| {
        Verdict::new(
            Word::Inconclusive,
            "route-not-asked",
            "it could not be asked again",
        )
    });
    verdict.and(suspicion.said.clone())
}

/// A suspicion under confirmation.
struct Case<'a, A> {
    suspicion: &'a Suspicion<'a>,
    model: &'a Model,
    asker: &'a Counted<'a, A>,
    rules: &'a Rules,
}

/// Something was heard that ends the case, or a chance that is small enough to go on.
enum Round {
    Over(Verdict),
    On(f64, Told),
}

impl<A: Asker> Case<'_, A> {
    fn changed(&self, rule: &'static str, said: String) -> Verdict {
        let (from, to) = self.suspicion.edge.clone();
        Verdict::new(Word::Changed, rule, said).edge("route", from, to)
    }

    /// The first hop that differs, by its own flow, by others, and again.
    async fn differs(&self) -> Option<Verdict> {
        if !self.rules.again {
            return self.ask_others().await;
        }
        let again = match self.ask_own_flow().await? {
            Own::Over(verdict) => return Some(verdict),
            Own::On(again) => again,
        };
        let filled = self.filled(&again);
        match self.nearer(&filled) {
            Some(nearer) => {
                let suspicion = &nearer;
                Case { suspicion, ..*self }.ask_others().await
            }
            None => self.ask_others().await,
        }
    }

    /// By others, and again.
    async fn ask_others(&self) -> Option<Verdict> {
        if !self.rules.flows {
            let said = "its own flow shows it again";
            return Some(self.changed(self.suspicion.rule(), said.into()));
        }
        let flows = self.flows();
        let (first, before) = match self.round(flows + 1, 0).await? {
            Round::Over(verdict) => return Some(verdict),
            Round::On(chance, told) => (chance, told),
        };
        if !self.rules.second_round {
            return Some(self.sure(first, &before));
        }
        self.asker.pause(self.rules.pause).await;
        // As many flows that were not asked before: the same ones would only say the same again.
        Some(match self.round(2 * flows + 1, flows + 1).await? {
            Round::Over(verdict) => verdict,
            Round::On(second, after) if before.is_like(&after) => self.sure(first * second, &after),
            Round::On(..) => unsteady(),
        })
    }

    fn sure(&self, chance: f64, told: &Told) -> Verdict {
        let addresses: Vec<String> = told.addresses.iter().map(IpAddr::to_string).collect();
        let said = format!(
            "at hop {} {} of {} flows meet only {}; chance p = {chance:.1e}",
            self.suspicion.ttl,
            told.new,
            told.new + told.old,
            addresses.join(", ")
        );
        let rule = match told.is_of_branch {
            true => "route-branch-moved",
            false => self.suspicion.rule(),
        };
        self.changed(rule, said).by_chance(chance)
    }

    /// So many flows beside the one that showed it, that all of them meet one unseen branch once in twenty times at most.
    fn flows(&self) -> u16 {
        let known = self.known();
        let branches = known.map_or(1, |hop| hop.present().count().max(1));
        let to_enumerate = stopping(branches + 1, self.rules.significance);
        let to_meet = match self.suspicion.what {
            What::Longer => self.answers() / 2.0,
            _ => self.share_of_own_branch(),
        };
        let to_miss = self.rules.significance.ln() / (1.0 - to_meet).ln();
        let rate = self.known().map_or(1.0, Distance::rate).max(0.5);
        let to_miss = (to_miss / rate).ceil();
        let most = to_enumerate.max(to_miss.clamp(0.0, MOST_FLOWS) as u16);
        most.clamp(FEWEST_FLOWS, MOST_FLOWS as u16)
    }

    fn known(&self) -> Option<&Distance> {
        self.model.hop(self.suspicion.ttl)
    }

    /// What the flow met here before, and its share: of the answers, which follow slowly, or of the flows as they were last.
    fn own_branch(&self) -> Option<(IpAddr, f64)> {
        let flow = self.suspicion.way.flow;
        let present = self.known()?.present();
        let its = present.filter(|known| known.flows.contains(&flow));
        let known = its.max_by_key(|known| known.last)?;
        let flows = self.known()?.present().map(|known| known.flows.len());
        let latest = match flows.sum::<usize>() {
            few if few < ENOUGH_FLOWS => 0.0,
            all => known.flows.len() as f64 / all as f64,
        };
        Some((known.place.address, known.share.max(latest)))
    }

    fn share_of_own_branch(&self) -> f64 {
        let share = self.own_branch().map_or(0.5, |(_, share)| share);
        share.clamp(0.05, 0.95)
    }

    /// The largest share that one unseen branch can be thought to have: that of the largest one seen.
    fn unseen(&self) -> f64 {
        let shares = self.known().into_iter().flat_map(Distance::present);
        let largest = shares.map(|known| known.share).fold(0.0, f64::max);
        match largest {
            0.0 => 0.5,
            largest => largest / (1.0 + largest),
        }
    }

    /// One round of flows at the hop. Those below `fresh` were asked before.
    async fn round(&self, flows: u16, fresh: u16) -> Option<Round> {
        let (suspicion, ttl) = (self.suspicion, self.suspicion.ttl);
        let survey = Survey::ask(self.asker, ttl, flows).await?;
        let told = survey.tell(suspicion, self.model, self.rules, fresh);
        let gone = self.branch_gone(&told);
        if told.old > 0 && self.rules.widen {
            return Some(match gone {
                Some(chance) => Round::On(chance, told.of_branch()),
                None => Round::Over(self.balanced(&told)),
            });
        }
        let chance = match suspicion.what {
            // Here silence counts too: the destination would have answered.
            What::Longer => (1.0 - self.answers() / 2.0).powf((flows - fresh).into()),
            _ if self.may_be_known(survey.silent(flows)) => 1.0,
            _ => self.unseen().powf(told.counted as f64),
        };
        Some(match gone {
            _ if chance < self.rules.significance => Round::On(chance, told),
            Some(chance) => Round::On(chance, told.of_branch()),
            None => Round::Over(too_silent(ttl, flows)),
        })
    }

    /// Whether flows that nobody answers may meet those who are known here: where these are silent as often.
    fn may_be_known(&self, silent: usize) -> bool {
        let rate = self.known().map_or(0.0, Distance::rate);
        let is_silent = (1.0 - rate).powi(3) >= self.rules.significance;
        silent > 0 && is_silent
    }

    /// The chance that nobody meets the branch that the flow took, while its flow goes through another system; nothing where
    /// somebody does, or it may well be chance.
    fn branch_gone(&self, told: &Told) -> Option<f64> {
        let is_systems = matches!(self.suspicion.what, What::Systems(_));
        let is_asked = self.rules.branch && is_systems && told.new > 0;
        let (branch, share) = self.own_branch().filter(|_| is_asked)?;
        let chance = (1.0 - share.min(0.95)).powf(told.answered as f64);
        let is_gone = !told.met.contains(&branch) && chance < self.rules.significance;
        is_gone.then_some(chance)
    }

    /// Some flows meet what is known: load balancing.
    fn balanced(&self, told: &Told) -> Verdict {
        let (ttl, all) = (self.suspicion.ttl, told.old + told.new);
        let said = format!(
            "at hop {ttl} {} of {all} flows meet what is known: load is balanced",
            told.old
        );
        match told.new {
            0 => Verdict::new(Word::Inconclusive, "route-not-reproduced", said),
            _ => Verdict::new(Word::Variance, "route-lb-widened", said),
        }
    }
}

fn unsteady() -> Verdict {
    let said = "it is not as it was, and other again after a pause: it has not settled";
    Verdict::new(Word::Inconclusive, "route-unsteady", said)
}

fn too_silent(ttl: u8, flows: u16) -> Verdict {
    let said =
        format!("too few of {flows} flows were answered at hop {ttl} to say that it is not chance");
    Verdict::new(Word::Inconclusive, TOO_SILENT, said)
}

/// Flows that show that there are not so many branches but one fewer, but for the agreed chance.
fn stopping(branches: usize, failure: f64) -> u16 {
    let branches = branches.max(2) as f64;
    let flows = (failure / branches).ln() / ((branches - 1.0) / branches).ln();
    flows.ceil().clamp(0.0, MOST_FLOWS) as u16
}

/// The rule that speaks where too few answer.
const TOO_SILENT: &str = "route-too-silent";
/// Flows that are asked at least.
const FEWEST_FLOWS: u16 = 6;
/// Fewer tell nothing of a share.
const ENOUGH_FLOWS: usize = 3;
/// And at most.
const MOST_FLOWS: f64 = 32.0;

#[cfg(test)]
mod tests {
    use super::stopping;

    #[test]
    fn the_known_numbers_of_flows_come_out() {
        let flows: Vec<u16> = (2..=7).map(|branches| stopping(branches, 0.05)).collect();
        assert_eq!(flows, [6, 11, 16, 21, 27, 32]);
    }
}
