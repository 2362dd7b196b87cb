//! Reading numbers, slices and names from a part of a message.

use super::name::Builder;
use super::{Malformed, WireName};

/// A place in a message, and the end of the part that may be read.
///
/// The whole message stays in reach, because a compressed name may point back into it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'m> {
    message: &'m [u8],
    at: usize,
    end: usize,
}

const SHORT: Malformed = Malformed("the message ends in the middle");

impl<'m> Cursor<'m> {
    /// The whole message from its first octet.
    pub(crate) fn new(message: &'m [u8]) -> Self {
        Self {
            message,
            at: 0,
            end: message.len(),
        }
    }

    /// The next `length` octets as a cursor of their own; this one moves behind them.
    pub(crate) fn part(&mut self, length: usize) -> Result<Self, Malformed> {
        let at = self.at;
        self.octets(length)?;
        Ok(Self {
            message: self.message,
            at,
            end: self.at,
        })
    }

    /// Whether everything was read.
    pub(crate) fn is_empty(&self) -> bool {
        self.at >= self.end
    }

    /// The next `length` octets.
    pub(crate) fn octets(&mut self, length: usize) -> Result<&'m [u8], Malformed> {
        let after = self.at.checked_add(length).ok_or(SHORT)?;
        let octets = self.message.get(self.at..after.min(self.end));
        let octets = octets
            .filter(|octets| octets.len() == length)
            .ok_or(SHORT)?;
        self.at = after;
        Ok(octets)
    }

    /// The next octets as an array.
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        self.octets(N)?.try_into().map_err(|_| SHORT)
    }

    /// Everything that is left.
    pub(crate) fn rest(&mut self) -> &'m [u8] {
        let rest = self.message.get(self.at..self.end).unwrap_or_default();
        self.at = self.end;
        rest
    }

    /// The next octet.
    pub(crate) fn u8(&mut self) -> Result<u8, Malformed> {
        Ok(u8::from_be_bytes(self.array()?))
    }

    /// The next two octets, network order.
    pub(crate) fn u16(&mut self) -> Result<u16, Malformed> {
        Ok(u16::from_be_bytes(self.array()?))
    }

    /// The next four octets, network order.
    pub(crate) fn u32(&mut self) -> Result<u32, Malformed> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    /// A `<character-string>` (RFC 1035 §3.3): one octet of length, then that many.
    pub(crate) fn text(&mut self) -> Result<&'m [u8], Malformed> {
        let length = self.u8()?;
        self.octets(usize::from(length))
    }

    /// A name, compressed or not (RFC 1035 §4.1.4).
    ///
    /// Each pointer has to lie before the labels it was found behind, so following them comes to an end.
    pub(crate) fn name(&mut self) -> Result<WireName, Malformed> {
        let mut name = WireName::builder();
        let mut segment = *self;
        let mut jumped = false;
        loop {
            let started_at = segment.at;
            let pointer = segment.labels_into(&mut name)?;
            if !jumped {
                self.at = segment.at;
                jumped = true;
            }
            let Some(pointer) = pointer else {
                return Ok(name.finish());
            };
            if pointer >= started_at {
                return Err(Malformed("a compression pointer does not point back"));
            }
            segment = Self {
                at: pointer,
                ..Self::new(self.message)
            };
        }
    }

    /// Labels up to the root (`None`) or to a pointer.
    fn labels_into(&mut self, name: &mut Builder) -> Result<Option<usize>, Malformed> {
        loop {
            match self.u8()? {
                0 => return Ok(None),
                length @ 1..=63 => name.push(self.octets(usize::from(length))?)?,
                high @ 0xc0.. => {
                    let low = self.u8()?;
                    return Ok(Some(usize::from(u16::from_be_bytes([high & 0x3f, low]))));
                }
                _ => return Err(Malformed("a label of a kind that does not exist")),
            }
        }
    }
}
