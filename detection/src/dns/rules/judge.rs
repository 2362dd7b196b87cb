//! What is said of a suspicion once it was asked about.

use super::super::{Answer, Model};
use super::chance::{seen, wanders};
use super::confirm::{Elsewhere, Found, Proof, is_fast};
use super::look::{Kind, Suspicion};
use super::{Rule, Rules};
use crate::verdict::{Verdict, Word};

/// What is judged.
pub(super) struct Case<'a> {
    pub(super) model: &'a Model,
    pub(super) answer: &'a Answer,
    pub(super) suspicion: &'a Suspicion,
    pub(super) rules: &'a Rules,
}

pub(super) fn judge(case: &Case<'_>, found: &Found) -> Verdict {
    let verdict = passing(case, found)
        .or_else(|| unrepeated(case, found))
        .or_else(|| forged(case, found))
        .unwrap_or_else(|| match case.suspicion.kind {
            Kind::Contradicted => case.changed("dns-injected"),
            Kind::Bogon => case.changed("dns-R1-bogon"),
            Kind::Status => status(case, found),
            Kind::Failing => failing(case, found),
            Kind::Alias => case.say(Word::Variance, "dns-R5-cname"),
            _ => places(case, found),
        });
    found
        .notes
        .iter()
        .fold(verdict, |verdict, note| verdict.and(note.clone()))
}

impl Case<'_> {
    fn say(&self, word: Word, rule: &'static str) -> Verdict {
        Verdict::new(word, rule, self.suspicion.sentence.clone())
    }

    /// A verdict that points at what gave way to what; one that is not certain yet is remembered by it.
    fn points(&self, word: Word, rule: &'static str) -> Verdict {
        let (from, to) = (self.suspicion.from.clone(), self.suspicion.to.clone());
        self.say(word, rule).edge("dns", from, to)
    }

    fn changed(&self, rule: &'static str) -> Verdict {
        self.points(Word::Changed, rule)
    }

    /// Whether all of it is where nothing ever was.
    fn abroad(&self) -> bool {
        let (known, new) = (&self.model.countries, self.answer.countries());
        self.rules.has(Rule::Country) && known.kinds() > 0 && !new.is_empty() && !known.any(&new)
    }

    /// In how many answers of the runs before, without anything known between.
    fn before(&self) -> u32 {
        let suspect = self
            .model
            .suspect
            .as_ref()
            .filter(|_| self.rules.has(Rule::Suspect));
        let same =
            suspect.filter(|suspect| suspect.status == self.answer.status && !suspect.returned);
        same.map_or(0, |suspect| suspect.draws)
    }
}

/// Whether this came before, and what is known came after it: its source gives both.
fn comes_and_goes(case: &Case<'_>) -> bool {
    let suspect = case
        .model
        .suspect
        .as_ref()
        .filter(|_| case.rules.has(Rule::Suspect));
    let same = |to: &str| to == case.suspicion.to;
    suspect.is_some_and(|suspect| {
        suspect.returned && suspect.status == case.answer.status && same(&suspect.to)
    })
}

/// What is known came when it was asked again: it is there still.
fn passing(case: &Case<'_>, found: &Found) -> Option<Verdict> {
    let returned = comes_and_goes(case);
    if found.known == 0 && !returned {
        return None;
    }
    let bad = found.proof == Proof::Bad;
    match case.suspicion.kind {
        Kind::Contradicted => None,
        Kind::Failing => Some(case.say(Word::Same, "dns-R0-passing")),
        Kind::Moved | Kind::Added | Kind::Provider | Kind::Alias if bad && found.again > 0 => None,
        Kind::Country | Kind::Moved | Kind::Added | Kind::Provider | Kind::Alias | Kind::Data
            if !bad =>
        {
            let both = returned || found.known_afresh || !case.rules.has(Rule::Cache);
            match (both, found.elsewhere) {
                (true, _) => Some(case.say(Word::Variance, "dns-balanced")),
                // What is known came from a cache, others have the new already.
                (false, Elsewhere::New(_)) => None,
                (false, _) => Some(case.points(Word::Inconclusive, "dns-spreading")),
            }
        }
        _ if found.known == 0 => None,
        _ => Some(case.say(Word::Inconclusive, "dns-not-again")),
    }
}

fn unrepeated(case: &Case<'_>, found: &Found) -> Option<Verdict> {
    let again = found.again + case.before();
    let needed = case.rules.has(Rule::Again) && case.suspicion.kind != Kind::Alias;
    (again == 0 && needed).then(|| case.points(Word::Inconclusive, "dns-not-again"))
}

/// Marks of an answer that is not the resolver's own.
fn forged(case: &Case<'_>, found: &Found) -> Option<Verdict> {
    let kind = case.suspicion.kind;
    if matches!(kind, Kind::Contradicted | Kind::Failing) || found.proof == Proof::Good {
        return None;
    }
    let fast = is_fast(case.model, case.answer) && found.fast == found.again && found.again > 0;
    let strange = !matches!(kind, Kind::Alias | Kind::Country | Kind::Data);
    if found.known_over_tcp && (found.tcp_afresh || found.proof == Proof::None) {
        return Some(over_udp_alone(case, found));
    }
    if fast && strange && case.rules.has(Rule::Speed) {
        let floor = case.model.floor_ms.unwrap_or(0.0);
        let time = case.answer.time_ms.unwrap_or(0.0);
        let sentence =
            format!("it came after {time:.0} ms, no answer before in less than {floor:.0} ms");
        return Some(case.changed("dns-injected-speed").and(sentence));
    }
    (found.proof == Proof::Bad).then(|| {
        case.changed(match kind {
            Kind::Provider => "dns-R6-suspect",
            Kind::Alias => "dns-R5-suspect",
            _ => "dns-R4-suspect",
        })
    })
}

/// By UDP always the one, by TCP what is known: somebody answers in between; or, where that came from a cache, machines of
/// the resolver that do not agree yet. Either way it is no chance, unless so few answers could be.
fn over_udp_alone(case: &Case<'_>, found: &Found) -> Verdict {
    let seen = seen(case.model, case.answer, case.suspicion.kind);
    let p_value = seen.p_value(found.draws + case.before());
    let bad = found.proof == Proof::Bad;
    let likely = p_value >= case.rules.alpha && case.rules.has(Rule::Unseen);
    let verdict = match (bad || found.tcp_afresh, likely) {
        _ if !bad && likely && case.suspicion.kind != Kind::Status => {
            case.points(Word::Inconclusive, "dns-spreading")
        }
        (true, _) => case.changed("dns-injected-udp"),
        (false, _) => case.changed("dns-udp-alone"),
    };
    verdict.by_chance(p_value)
}

fn status(case: &Case<'_>, found: &Found) -> Verdict {
    match found.elsewhere {
        Elsewhere::Both => unstable(case),
        _ => case.changed("dns-R0-status"),
    }
}

fn unstable(case: &Case<'_>) -> Verdict {
    case.points(Word::Inconclusive, "dns-unstable")
}

fn failing(case: &Case<'_>, found: &Found) -> Verdict {
    if found.elsewhere == Elsewhere::Silent {
        return case.say(Word::Inconclusive, "dns-R0-nobody");
    }
    let draws = found.draws + case.before();
    by_chance(case, draws, "dns-R0-failing", case.rules.alpha_failing)
}

fn places(case: &Case<'_>, found: &Found) -> Verdict {
    let rule = match case.suspicion.kind {
        Kind::Country => "dns-R3-country",
        Kind::Moved => "dns-R4-moved",
        Kind::Added => "dns-R2-added",
        Kind::Data => "dns-data",
        _ => "dns-R6-provider",
    };
    let moved = case.suspicion.kind == Kind::Moved;
    let wandering =
        moved && wanders(case.model) && !case.abroad() && case.rules.has(Rule::Wandering);
    match found.elsewhere {
        _ if wandering && found.proof == Proof::Good => case.say(Word::Variance, "dns-R4-cert"),
        Elsewhere::Both => unstable(case),
        Elsewhere::New(others) => by_chance(
            case,
            found.draws + others + case.before(),
            rule,
            case.rules.alpha,
        ),
        // Genuine or not, it is this resolver alone: that takes more than one run.
        Elsewhere::Known if case.before() == 0 => case.points(Word::Inconclusive, "dns-alone"),
        // They witness against it.
        Elsewhere::Known => by_chance(
            case,
            found.draws + case.before(),
            rule,
            case.rules.alpha / 10.0,
        ),
        _ => by_chance(case, found.draws + case.before(), rule, case.rules.alpha),
    }
}

/// A change, where chance would hardly bring it; where much is unseen still, the unseen.
fn by_chance(case: &Case<'_>, draws: u32, rule: &'static str, alpha: f64) -> Verdict {
    if !case.rules.has(Rule::Unseen) {
        return case.changed(rule);
    }
    let kind = case.suspicion.kind;
    let seen = seen(case.model, case.answer, kind);
    let p_value = seen.p_value(draws);
    let sentence = format!(
        "{draws} independent answers show it; of what there is {:.1} % is unseen, by chance that happens once in {:.0} times",
        seen.unseen() * 100.0,
        1.0 / p_value.max(1e-9)
    );
    let verdict = match p_value < alpha {
        true => case.changed(rule),
        false if seen.is_filling() => case.say(Word::Variance, "dns-filling"),
        false => case.points(Word::Inconclusive, "dns-unproven"),
    };
    verdict.and(sentence).by_chance(p_value)
}
