//! A small set of the worlds of the benchmark, seeds fixed: a change of a rule that costs a false alarm or misses something
//! fails here.

use super::*;
use crate::dns::{Rule, Rules};

fn ours() -> Judge {
    Judge::Ours(Box::default())
}

#[test]
fn benign_histories_stay_quiet() {
    let quiet = benign_score(1, 320, &ours(), &mut Matrix::new());
    assert_eq!((quiet.histories, quiet.runs), (320, 9_600));
    assert_eq!((quiet.alarmed, quiet.told), (0, 0), "{:?}", quiet.by_kind);
    assert!(
        quiet.inconclusive * 100 < quiet.runs,
        "{}",
        quiet.inconclusive
    );
    assert!(quiet.probes < quiet.runs / 5, "{}", quiet.probes);
}

#[test]
fn each_incident_is_said_in_each_world_it_can_befall() {
    for incident in Incident::ALL {
        let caught = incident_score(incident, 1..3, &ours(), &mut Matrix::new());
        assert!(caught.histories > 0, "{incident:?} was never seen");
        assert_eq!(
            caught.caught, caught.histories,
            "{incident:?} {:?}",
            caught.missed
        );
    }
}

#[test]
fn a_seed_is_the_same_history_each_time() {
    let words = |history: History| -> Vec<String> {
        history
            .runs
            .iter()
            .map(|run| format!("{:?}", run.verdict))
            .collect()
    };
    let play = || words(with_incident(Kind::Steered, Incident::Takeover, 7, &ours()));
    assert_eq!(play(), play());
    assert!(play().len() >= 20);
}

#[test]
fn simpler_ways_cry_wolf() {
    let alarmed = |judge| benign_score(1, 64, &judge, &mut Matrix::new()).alarmed;
    assert!(alarmed(Judge::Simple(Baseline::Lines)) > 40);
    assert!(alarmed(Judge::Simple(Baseline::SortedLines)) > 32);
    assert!(alarmed(Judge::Simple(Baseline::Systems)) > 4);
}

/// How many of a few incidents are said without a rule.
#[track_caller]
fn loses(rule: Rule, incident: Incident) {
    let judge = Judge::Ours(Box::new(Rules::without(rule)));
    let caught = incident_score(incident, 1..3, &judge, &mut Matrix::new());
    assert!(caught.caught < caught.histories, "{rule:?} changes nothing");
}

#[test]
fn what_a_rule_is_for_is_lost_without_it() {
    loses(Rule::Status, Incident::NxDomain);
    loses(Rule::Country, Incident::Abroad);
    loses(Rule::Contradicted, Incident::InjectorLate);
    loses(Rule::Alias, Incident::AliasWithin);
    loses(Rule::Suspect, Incident::Provider);
}
