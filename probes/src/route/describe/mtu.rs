//! What the search for the largest packet says of the way and of each hop.

use super::way::Way;
use crate::fact::Fact;
use crate::route::{Hop, RawTrace, Seen};

/// Whether the destination echoed.
#[cfg(target_os = "linux")]
pub(in crate::route) fn is_reached(raw: &RawTrace) -> bool {
    Way::of(raw).is_reached()
}

/// Hops before the end at which a router answered the first flow, nearest first.
#[cfg(target_os = "linux")]
pub(in crate::route) fn passed(raw: &RawTrace) -> Vec<u8> {
    let way = Way::of(raw);
    let answered = |ttl| {
        let mut answers = raw.answers();
        answers.any(|(probe, answer)| {
            probe.ttl == ttl && probe.flow == 0 && answer.said.is_time_exceeded()
        })
    };
    way.ttls().filter(|ttl| answered(*ttl)).collect()
}

/// Notes it, where it was looked for and found.
pub(super) fn note(raw: &RawTrace, seen: &mut Seen) {
    let Some(found) = &raw.path_mtu else { return };
    seen.path_mtu_bytes = Fact::Known(found.bytes);
    seen.black_hole = Fact::Known(found.vanished.is_some());
    let is_placed = found
        .said
        .iter()
        .all(|(router, _)| seen.path.iter().any(|hop| has(hop, *router)));
    let is_hidden = found.vanished.is_some() && raw.black_hole.is_none();
    for hop in seen.path.iter_mut().filter(|hop| !hop.addresses.is_empty()) {
        let is_black_hole = raw.black_hole == Some(hop.ttl);
        hop.black_hole = match is_hidden {
            true => Fact::Unknown,
            false => Fact::Known(is_black_hole),
        };
        let said = found.said.iter().filter(|(router, _)| has(hop, *router));
        hop.mtu_bytes = match said.map(|(_, mtu)| *mtu).min() {
            // Routers of before RFC 1191 do not say.
            Some(0) => Fact::Unknown,
            Some(mtu) => Fact::Known(mtu),
            None if is_black_hole => exact(found.bytes, found.vanished),
            None if is_placed && !is_hidden => Fact::Nothing,
            None => Fact::Unknown,
        };
    }
}

/// What the link behind a black hole takes: known where the next larger size vanishes.
fn exact(came_through: u32, vanished: Option<u32>) -> Fact<u32> {
    match vanished {
        Some(vanished) if vanished == came_through + 1 => Fact::Known(came_through),
        _ => Fact::Unknown,
    }
}

fn has(hop: &Hop, router: std::net::IpAddr) -> bool {
    hop.addresses
        .iter()
        .any(|address| address.facts.address == router)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ping::PathMtu;
    use crate::route::describe::tests::{TO, routers, told, trace};
    use std::net::IpAddr;

    /// What is seen of a way over two routers; for each hop, what its link takes and whether it is a black hole.
    fn seen(
        said: &[([u8; 4], u32)],
        vanished: Option<u32>,
        black_hole: Option<u8>,
    ) -> Vec<(Fact<u32>, Fact<bool>)> {
        let mut raw = trace(1, 30, routers(&[[1, 0, 0, 1], [2, 0, 0, 1], TO]));
        raw.black_hole = black_hole;
        raw.path_mtu = Some(PathMtu {
            bytes: 1300,
            said: said
                .iter()
                .map(|(router, mtu)| (IpAddr::from(*router), *mtu))
                .collect(),
            vanished,
        });
        let seen = told(&raw);
        assert_eq!(seen.path_mtu_bytes, Fact::Known(1300));
        assert_eq!(seen.black_hole, Fact::Known(vanished.is_some()));
        let of_hop = |hop: Hop| (hop.mtu_bytes, hop.black_hole);
        seen.path.into_iter().map(of_hop).collect()
    }

    const NO: Fact<bool> = Fact::Known(false);
    const YES: Fact<bool> = Fact::Known(true);

    #[test]
    fn who_refused_is_known_by_address() {
        let hops = seen(&[([1, 0, 0, 1], 1400), ([2, 0, 0, 1], 1300)], None, None);
        let none = (Fact::Nothing, NO);
        assert_eq!(
            hops,
            [(Fact::Known(1400), NO), (Fact::Known(1300), NO), none]
        );
    }

    #[test]
    fn a_refusal_from_nobody_on_the_path_leaves_the_others_in_doubt() {
        let hops = seen(&[([9, 9, 9, 9], 1300)], None, None);
        assert!(hops.iter().all(|hop| *hop == (Fact::Unknown, NO)));
        let hops = seen(&[([1, 0, 0, 1], 0)], None, None);
        assert_eq!(hops[0].0, Fact::Unknown, "it refused and gave no size");
        assert_eq!(hops[1].0, Fact::Nothing);
    }

    #[test]
    fn a_black_hole_takes_what_came_through_where_no_size_between_is_open() {
        let hops = seen(&[], Some(1301), Some(2));
        let none = (Fact::Nothing, NO);
        assert_eq!(hops, [none.clone(), (Fact::Known(1300), YES), none]);
        assert_eq!(seen(&[], Some(1400), Some(2))[1], (Fact::Unknown, YES));
    }

    #[test]
    fn a_black_hole_that_was_not_found_may_be_anywhere() {
        let hops = seen(&[], Some(1301), None);
        assert!(
            hops.iter()
                .all(|hop| *hop == (Fact::Unknown, Fact::Unknown))
        );
    }
}
