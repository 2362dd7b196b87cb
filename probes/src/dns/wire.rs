//! A DNS message as a checked view (RFC 1035 §4): every read is bounded, so hostile octets end in [`Malformed`].
//!
//! A general codec refuses a whole message for one record it finds odd (a long CAA tag, empty data, a second OPT);
//! a measuring client has to say what came. A message is at most 65,535 octets and a record at least 11 of them,
//! which bounds the number of records.

mod cursor;
mod name;

pub(crate) use cursor::Cursor;
pub(crate) use name::WireName;

/// The class of the Internet.
pub(crate) const CLASS_IN: u16 = 1;

/// Why octets are not a DNS message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) &'static str);

/// The fixed part of a message (RFC 1035 §4.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// The transaction's identifier.
    pub(crate) id: u16,
    /// QR, opcode, the flags and the response code.
    pub(crate) bits: u16,
    /// The number of entries in the four sections.
    pub(crate) counts: [u16; 4],
}

impl Header {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            id: cursor.u16()?,
            bits: cursor.u16()?,
            counts: [cursor.u16()?, cursor.u16()?, cursor.u16()?, cursor.u16()?],
        })
    }

    /// The header of these octets.
    pub(crate) fn parse(octets: &[u8]) -> Result<Self, Malformed> {
        Self::read(&mut Cursor::new(octets))
    }

    /// Whether one bit is set, counted from the right.
    pub(crate) fn bit(&self, index: u8) -> bool {
        self.bits >> index & 1 == 1
    }

    /// QR: this is a response.
    pub(crate) fn is_response(&self) -> bool {
        self.bit(15)
    }

    /// TC: the message was cut to fit.
    pub(crate) fn is_truncated(&self) -> bool {
        self.bit(9)
    }

    /// The kind of query; 0 is a standard one.
    pub(crate) fn opcode(&self) -> u16 {
        self.bits >> 11 & 0xf
    }

    /// The low four bits of the response code.
    pub(crate) fn rcode(&self) -> u16 {
        self.bits & 0xf
    }
}

/// One entry of the question section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WireQuestion {
    /// The name asked.
    pub(crate) name: WireName,
    /// The type asked.
    pub(crate) rtype: u16,
    /// The class asked.
    pub(crate) class: u16,
}

impl WireQuestion {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            name: cursor.name()?,
            rtype: cursor.u16()?,
            class: cursor.u16()?,
        })
    }
}

/// One record with its data still in the message, where compressed names can be followed.
#[derive(Clone, Debug)]
pub(crate) struct WireRecord<'m> {
    /// The owner.
    pub(crate) name: WireName,
    /// The type's number.
    pub(crate) rtype: u16,
    /// The class; of an OPT record the datagram size.
    pub(crate) class: u16,
    /// Time to live in seconds; of an OPT record its flags.
    pub(crate) ttl_s: u32,
    /// The data.
    pub(crate) data: Cursor<'m>,
}

impl<'m> WireRecord<'m> {
    fn read(cursor: &mut Cursor<'m>) -> Result<Self, Malformed> {
        Ok(Self {
            name: cursor.name()?,
            rtype: cursor.u16()?,
            class: cursor.u16()?,
            ttl_s: cursor.u32()?,
            data: {
                let length = cursor.u16()?;
                cursor.part(usize::from(length))?
            },
        })
    }
}

/// A whole message but for its question, which was settled by [`questions`].
#[derive(Clone, Debug)]
pub(crate) struct Message<'m> {
    /// The fixed part.
    pub(crate) header: Header,
    /// The answer section.
    pub(crate) answers: Vec<WireRecord<'m>>,
    /// The authority section.
    pub(crate) authority: Vec<WireRecord<'m>>,
    /// The additional section, an OPT record included.
    pub(crate) additional: Vec<WireRecord<'m>>,
}

impl<'m> Message<'m> {
    /// Reads header and questions, and keeps all three record sections.
    pub(crate) fn parse(octets: &'m [u8]) -> Result<Self, Malformed> {
        let mut cursor = Cursor::new(octets);
        let header = Header::read(&mut cursor)?;
        let [questions, answers, authority, additional] = header.counts;
        section(&mut cursor, questions, WireQuestion::read)?;
        Ok(Self {
            header,
            answers: section(&mut cursor, answers, WireRecord::read)?,
            authority: section(&mut cursor, authority, WireRecord::read)?,
            additional: section(&mut cursor, additional, WireRecord::read)?,
        })
    }
}

/// The question section alone, for telling an answer from a stray before looking at the rest.
pub(crate) fn questions(octets: &[u8]) -> Result<Vec<WireQuestion>, Malformed> {
    let mut cursor = Cursor::new(octets);
    let header = Header::read(&mut cursor)?;
    section(&mut cursor, header.counts[0], WireQuestion::read)
}

fn section<'m, T>(
    cursor: &mut Cursor<'m>,
    count: u16,
    read: impl Fn(&mut Cursor<'m>) -> Result<T, Malformed>,
) -> Result<Vec<T>, Malformed> {
    (0..count).map(|_| read(cursor)).collect()
}

#[cfg(test)]
mod tests;
