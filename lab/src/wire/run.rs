//! The wire's own loop: frames in, decisions, frames out when they are due.

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::cmsg_space;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::prctl::set_timerslack;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg, sendmsg};
use nix::sys::time::TimeSpec;
use nix::time::{ClockId, clock_gettime};

use super::play::Player;
use super::queue::{Queue, Side};
use super::tally::Tally;
use crate::link::{CLIENT, INTERNET, ROUTER_MAC};
use crate::netns;

const ETHERNET_LEN: usize = 14;
const ETHERTYPE_V4: [u8; 2] = [0x08, 0x00];
const ETHERTYPE_V6: [u8; 2] = [0x86, 0xdd];
/// More than the devices' MTU of 1500 and the Ethernet header.
const FRAME_LEN: usize = 2048;
/// Frames taken from one side before those that are due get their turn.
const BATCH: usize = 64;
/// So long before something is due the loop stays awake: waking up takes the kernel about as long.
const AWAKE: Duration = Duration::from_micros(80);

/// The wire: its two ends, its player, and what is still under way.
pub(crate) struct Wire {
    pub(crate) client: OwnedFd,
    pub(crate) internet: OwnedFd,
    pub(crate) player: Player,
    pub(crate) tally: Arc<Tally>,
    pub(crate) started: Instant,
}

impl Wire {
    /// Plays until a device is gone.
    pub(crate) fn run(mut self) -> Errno {
        // Timers may be late by the default slack of 50 us, which would show in every round trip.
        let _ = set_timerslack(1);
        let mut queue = Queue::default();
        let mut frame = vec![0; FRAME_LEN];
        loop {
            if let Err(error) = self.wait(queue.next_due()) {
                return error;
            }
            for side in [Side::Client, Side::Internet] {
                if let Err(error) = self.take(side, &mut frame, &mut queue) {
                    return error;
                }
            }
            while let Some(sending) = queue.pop(self.started.elapsed()) {
                self.give(sending.to, &sending.packet);
            }
        }
    }

    fn wait(&self, due: Option<Duration>) -> Result<(), Errno> {
        let timeout = due.map(|due| due.saturating_sub(self.started.elapsed() + AWAKE));
        let timeout = timeout.map(TimeSpec::from);
        let ends = [&self.client, &self.internet];
        let mut polled = ends.map(|end| PollFd::new(end.as_fd(), PollFlags::POLLIN));
        match ppoll(&mut polled, timeout, None) {
            Ok(_) | Err(Errno::EINTR) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn end(&self, side: Side) -> &OwnedFd {
        match side {
            Side::Client => &self.client,
            Side::Internet => &self.internet,
        }
    }

    fn take(&mut self, side: Side, frame: &mut [u8], queue: &mut Queue) -> Result<(), Errno> {
        for _ in 0..BATCH {
            let (len, when) = match self.receive(side, frame) {
                Ok(received) => received,
                Err(Errno::EAGAIN | Errno::EINTR) => return Ok(()),
                // The device is not up yet, or was down for a moment.
                Err(Errno::ENETDOWN) => return Ok(()),
                Err(error) => return Err(error),
            };
            let Some((ethernet, packet)) = frame
                .get(..len)
                .and_then(|frame| frame.split_at_checked(ETHERNET_LEN))
            else {
                continue;
            };
            // Group addresses carry what is of this link alone: discovery, membership reports.
            if ethernet[0] & 1 == 1 {
                continue;
            }
            match side {
                Side::Client => self.tally.from_client.add(),
                Side::Internet => self.tally.from_internet.add(),
            }
            self.player.play(when, side, packet, queue);
        }
        // A whole batch and more to come: only then can the kernel have run out of room.
        self.tally
            .overflowed
            .add_many(netns::dropped(self.end(side)));
        Ok(())
    }

    /// A frame's length, when it arrived by the kernel's own stamp, and how long ago that is.
    fn receive(
        &self,
        side: Side,
        frame: &mut [u8],
    ) -> Result<(usize, (Duration, Duration)), Errno> {
        let mut control = cmsg_space!(TimeSpec);
        let mut parts = [IoSliceMut::new(frame)];
        let received = recvmsg::<()>(
            self.end(side).as_raw_fd(),
            &mut parts,
            Some(&mut control),
            MsgFlags::MSG_DONTWAIT,
        )?;
        let stamped = received.cmsgs().ok().and_then(|mut messages| {
            messages.find_map(|message| match message {
                ControlMessageOwned::ScmTimestampns(stamp) => Some(Duration::from(stamp)),
                _ => None,
            })
        });
        let late = age(stamped);
        Ok((
            received.bytes,
            (self.started.elapsed().saturating_sub(late), late),
        ))
    }

    fn give(&self, side: Side, packet: &[u8]) {
        let to = match side {
            Side::Client => CLIENT.mac,
            Side::Internet => INTERNET.mac,
        };
        let v6 = packet.first().is_some_and(|byte| byte >> 4 == 6);
        let kind = if v6 { ETHERTYPE_V6 } else { ETHERTYPE_V4 };
        let ethernet = [&to[..], &ROUTER_MAC, &kind].concat();
        let parts = [IoSlice::new(&ethernet), IoSlice::new(packet)];
        let sent = sendmsg::<()>(
            self.end(side).as_raw_fd(),
            &parts,
            &[],
            MsgFlags::MSG_DONTWAIT,
            None,
        );
        match (sent, side) {
            (Ok(_), Side::Client) => self.tally.to_client.add(),
            (Ok(_), Side::Internet) => self.tally.to_internet.add(),
            (Err(_), _) => self.tally.overflowed.add(),
        }
    }
}

/// How long ago a frame was stamped; a clock that was set meanwhile must not delay anything.
fn age(stamped: Option<Duration>) -> Duration {
    let now = clock_gettime(ClockId::CLOCK_REALTIME)
        .map(Duration::from)
        .unwrap_or_default();
    let age = now.saturating_sub(stamped.unwrap_or(now));
    if age > Duration::from_secs(1) {
        Duration::ZERO
    } else {
        age
    }
}
