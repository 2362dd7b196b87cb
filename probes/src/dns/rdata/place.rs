//! LOC: a place on earth (RFC 1876).

use crate::dns::wire::{Cursor, Malformed};

/// `48 8 14.000 N 11 34 31.000 E 520.00m 1m 10000m 10m`
pub(super) fn place(data: &mut Cursor<'_>) -> Result<String, Malformed> {
    if data.u8()? != 0 {
        return Err(Malformed("a place of a version that does not exist"));
    }
    let [size, horizontal, vertical] = data.array()?;
    let (latitude, longitude, altitude_cm) = (data.u32()?, data.u32()?, data.u32()?);
    Ok(format!(
        "{} {} {}m {} {} {}",
        angle(latitude, ["S", "N"]),
        angle(longitude, ["W", "E"]),
        hundredths(i64::from(altitude_cm) - 10_000_000),
        precision(size)?,
        precision(horizontal)?,
        precision(vertical)?,
    ))
}

/// Thousandths of a second of arc, 2^31 being the equator or the prime meridian.
fn angle(coded: u32, [below, above]: [&str; 2]) -> String {
    let half = 1 << 31;
    let side = if coded < half { below } else { above };
    let thousandths = coded.abs_diff(half);
    let (seconds, rest) = (thousandths / 1000, thousandths % 1000);
    format!(
        "{} {} {}.{rest:03} {side}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

fn hundredths(centimetres: i64) -> String {
    let sign = if centimetres < 0 { "-" } else { "" };
    let size = centimetres.unsigned_abs();
    format!("{sign}{}.{:02}", size / 100, size % 100)
}

/// Four bits of mantissa, four bits of power of ten, in centimetres.
fn precision(coded: u8) -> Result<String, Malformed> {
    let (mantissa, power) = (i64::from(coded >> 4), u32::from(coded & 0xf));
    if mantissa > 9 || power > 9 {
        return Err(Malformed("a precision that cannot be"));
    }
    Ok(format!("{}m", hundredths(mantissa * 10_i64.pow(power))))
}
