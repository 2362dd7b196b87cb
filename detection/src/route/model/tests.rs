use super::*;
use crate::route::{Hop, Reply, Trace};
use serde_json::json;

fn reply(last: u8, flows: &[u16]) -> Reply {
    let mut place = Place::unknown([192, 0, 2, last].into());
    place.origins = Some([u32::from(last) / 10].into());
    Reply {
        place,
        flows: flows.iter().copied().collect(),
        rtt_ms: 1.0,
        reply_ttl: Some(60),
        mpls: false,
    }
}

fn trace(hops: &[&[(u8, &[u16])]]) -> Trace {
    let hop = |(at, replies): (usize, &&[(u8, &[u16])])| Hop {
        ttl: at as u8 + 1,
        sent: 2,
        answered: replies.len() as u32,
        replies: replies
            .iter()
            .map(|(it, flows)| reply(*it, flows))
            .collect(),
    };
    Trace {
        target: [192, 0, 2, 99].into(),
        reached: true,
        ended: None,
        hops: hops.iter().enumerate().map(hop).collect(),
    }
}

fn learned(traces: &[Trace]) -> Model {
    let mut model = Model::default();
    for trace in traces {
        model.learn(trace, Timestamp::UNIX_EPOCH);
    }
    model
}

#[test]
fn what_is_learned_is_seen_and_read_back() {
    let usual = trace(&[
        &[(10, &[0, 1])],
        &[(11, &[0]), (21, &[1])],
        &[],
        &[(99, &[0])],
    ]);
    let model = learned(&[usual.clone(), usual.clone(), usual]);
    assert!(model.is_learned());
    let view = json!({
        "reached": true,
        "as-path": ["AS1", "AS{1,2}", "*", "AS9"],
        "kinds": ["single", "per-flow", "silent"],
    });
    assert_eq!(model.view(), view);
    let written = serde_json::to_string(&model).unwrap();
    assert_eq!(serde_json::from_str::<Model>(&written).unwrap(), model);
}

#[test]
fn a_flow_is_of_whom_it_met_last_even_where_its_probe_is_lost() {
    let end: &[(u8, &[u16])] = &[(99, &[0])];
    let both: &[(u8, &[u16])] = &[(10, &[0, 1]), (11, &[2])];
    let lost: &[(u8, &[u16])] = &[(10, &[1]), (11, &[2])];
    let flows = |model: &Model| -> Vec<Vec<u16>> {
        let all = model.hops[0].addresses.iter();
        all.map(|it| it.flows.iter().copied().collect()).collect()
    };
    let mut model = learned(&[trace(&[both, end]), trace(&[lost, end])]);
    assert_eq!(flows(&model), [vec![0, 1], vec![2]]);
    let moved: &[(u8, &[u16])] = &[(10, &[1]), (11, &[0])];
    model.learn(&trace(&[moved, end]), Timestamp::UNIX_EPOCH);
    assert_eq!(flows(&model), [vec![1], vec![0, 2]]);
}

#[test]
fn what_answers_no_longer_is_forgotten_and_nothing_grows_without_end() {
    let mut model = learned(&[trace(&[&[(10, &[0])], &[(99, &[0])]])]);
    for _ in 0..100 {
        model.learn(
            &trace(&[&[(11, &[0])], &[(99, &[0])]]),
            Timestamp::UNIX_EPOCH,
        );
    }
    assert_eq!(model.hops[0].addresses.len(), 1);
    for turn in 0..3000_u32 {
        let last = (turn % 90) as u8;
        model.learn(
            &trace(&[&[(last, &[0])], &[(99, &[0])]]),
            Timestamp::UNIX_EPOCH,
        );
    }
    assert!(model.hops[0].addresses.len() <= 32 && model.hops[0].sent <= 2000);
    let shares: f64 = model.hops[0].addresses.iter().map(|it| it.share).sum();
    assert!(shares <= 1.01);
}

#[test]
fn another_database_is_told_apart_from_another_network() {
    let mut model = learned(&[trace(&[&[(10, &[0])], &[(20, &[0])], &[(99, &[0])]])]);
    let look = |address: IpAddr| {
        let mut place = Place::unknown(address);
        let IpAddr::V4(v4) = address else { panic!() };
        let last = u32::from(v4.octets()[3]);
        place.origins = Some([if last == 20 { 7 } else { last / 10 }].into());
        place
    };
    let said = model.refresh(&look);
    assert_eq!(
        said,
        ["192.0.2.20 (hop 2): AS2, no country known before, AS7, no country known now"]
    );
    assert_eq!(model.refresh(&look), Vec::<String>::new());
    assert_eq!(model.as_path(), ["AS1", "AS7", "AS9"]);
}

#[test]
fn one_odd_trace_of_many_does_not_make_a_hop_per_packet() {
    let usual = trace(&[&[(10, &[0])], &[(99, &[0])]]);
    let odd = trace(&[&[(10, &[0]), (11, &[0])], &[(99, &[0])]]);
    let mut all = vec![usual; 9];
    all.push(odd.clone());
    assert_eq!(learned(&all).hops[0].kind(), Kind::Single);
    all.push(odd);
    assert_eq!(learned(&all).hops[0].kind(), Kind::PerPacket);
}
