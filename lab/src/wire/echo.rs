//! Echo replies as the world has them: from somebody else, altered, cut short.

use super::packet::{ICMP, ICMP6, Packet, checksum, enclosed, pseudo_checksum};
use crate::world::echo::Echo;

const HEADER_LEN: usize = 8;

/// Whether this is an echo reply, its first fragment where it comes in several.
pub(crate) fn is_reply(packet: &Packet<'_>) -> bool {
    let kind = packet.payload().first().copied();
    let reply = matches!(
        (packet.protocol, kind),
        (ICMP, Some(0)) | (ICMP6, Some(129))
    );
    reply && packet.is_first_fragment()
}

/// The reply with what this turn changes of it; nothing where nothing of it changes, or where it comes in fragments.
pub(crate) fn altered(packet: &Packet<'_>, turn: &Echo, ttl: u8) -> Option<Vec<u8>> {
    let changes = turn.corrupt || turn.short_by > 0 || turn.from.is_some();
    if !changes || packet.is_fragment() {
        return None;
    }
    let from = turn.from.unwrap_or(packet.source);
    let mut message = packet.payload().to_vec();
    let kept = message.len().saturating_sub(turn.short_by.into());
    message.truncate(kept.max(HEADER_LEN));
    if let Some(last) = message.get_mut(HEADER_LEN..).and_then(<[u8]>::last_mut)
        && turn.corrupt
    {
        *last ^= 0xff;
    }
    message.get_mut(2..4)?.fill(0);
    let sum = if packet.is_v6() {
        pseudo_checksum(from, packet.destination, ICMP6, &message)
    } else {
        checksum(&[&message])
    };
    message.get_mut(2..4)?.copy_from_slice(&sum.to_be_bytes());
    enclosed(
        from,
        packet.destination,
        (packet.protocol, ttl, 0, 0),
        &message,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    const PAYLOAD: [u8; 6] = [0, 1, 2, 3, 4, 5];

    fn reply(v6: bool) -> Vec<u8> {
        let [host, client]: [IpAddr; 2] = match v6 {
            true => ["2001:db8::9", "2001:db8::2"].map(|text| text.parse().unwrap()),
            false => [[192, 0, 2, 9].into(), [192, 0, 2, 2].into()],
        };
        let (protocol, kind) = if v6 { (ICMP6, 129) } else { (ICMP, 0) };
        let message = [&[kind, 0, 0xaa, 0xbb, 0, 7, 0, 1][..], &PAYLOAD].concat();
        enclosed(host, client, (protocol, 64, 0, 0), &message).unwrap()
    }

    #[test]
    fn what_is_altered_has_a_right_checksum() {
        let somebody: [IpAddr; 2] = [[192, 0, 2, 8].into(), "2001:db8::8".parse().unwrap()];
        for v6 in [false, true] {
            let sent = reply(v6);
            let packet = Packet::parse(&sent).unwrap();
            assert!(is_reply(&packet));
            let from = somebody[usize::from(v6)];
            let turn = Echo {
                corrupt: true,
                short_by: 2,
                from: Some(from),
                ..Echo::default()
            };
            let bytes = altered(&packet, &turn, 50).unwrap();
            let arrived = Packet::parse(&bytes).unwrap();
            assert_eq!((arrived.source, arrived.ttl), (from, 50));
            assert_eq!(arrived.payload()[HEADER_LEN..], [0, 1, 2, 3 ^ 0xff]);
            let sum = match v6 {
                true => pseudo_checksum(from, arrived.destination, ICMP6, arrived.payload()),
                false => checksum(&[arrived.payload()]),
            };
            assert_eq!(sum, 0);
        }
    }

    #[test]
    fn what_nothing_is_said_of_stays() {
        let sent = reply(false);
        let packet = Packet::parse(&sent).unwrap();
        assert!(altered(&packet, &Echo::default(), 50).is_none());
    }
}
