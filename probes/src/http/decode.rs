//! What a body decodes to (`Content-Encoding`, RFC 9110 §8.4), bounded in size, ratio and nesting.

use std::io::{self, Read};

/// The most codings that are undone, one after the other.
const MOST_CODINGS: usize = 3;
/// Up to here no ratio is suspicious.
const SMALL_BYTES: usize = 64 * 1024;
/// The most octets that one octet may become in what is not small. HTML reaches a tenth of it; a bomb goes far beyond.
const MOST_RATIO: usize = 200;
/// The largest window a Zstandard body may ask for, as a power of two: 8 MiB (RFC 9659).
const ZSTD_WINDOW_LOG: u32 = 23;
/// How much is decoded at a time.
const PIECE_BYTES: usize = 16 * 1024;

/// How decoding ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// All of it.
    Whole,
    /// It ends in the middle.
    Cut,
    /// It is not what it says it is.
    Corrupt,
    /// More than is read.
    TooMuch,
    /// Far more than a body of its size has a reason to become.
    Bomb,
    /// A coding nobody here knows.
    Unknown,
    /// More codings than are undone.
    TooDeep,
}

/// Undoes these codings, the last of them first; of each at most `most` octets are kept.
pub(super) fn decode(codings: &[String], body: Vec<u8>, most: usize) -> (Vec<u8>, End) {
    if codings.len() > MOST_CODINGS {
        return (Vec::new(), End::TooDeep);
    }
    let bounds = Bounds {
        coded: body.len(),
        most,
    };
    let mut body = body;
    let mut worst = End::Whole;
    for coding in codings.iter().rev() {
        let (decoded, end) = undo(coding, &body, bounds);
        body = decoded;
        match end {
            End::Whole => {}
            End::Cut | End::TooMuch if worst == End::Whole => worst = end,
            End::Cut | End::TooMuch => {}
            end => return (body, end),
        }
    }
    (body, worst)
}

/// What bounds every step: a nested bomb's ratio is that of the whole.
#[derive(Clone, Copy)]
struct Bounds {
    /// Octets as they came.
    coded: usize,
    /// Octets kept.
    most: usize,
}

fn undo(coding: &str, body: &[u8], bounds: Bounds) -> (Vec<u8>, End) {
    if body.is_empty() {
        return (Vec::new(), End::Whole); // the answer to HEAD, or a server that codes nothing as nothing
    }
    match coding {
        "identity" => (body.to_vec(), End::Whole),
        "gzip" | "x-gzip" => read(flate2::read::MultiGzDecoder::new(body), bounds),
        "deflate" if is_zlib(body) => read(flate2::read::ZlibDecoder::new(body), bounds),
        "deflate" => read(flate2::read::DeflateDecoder::new(body), bounds),
        "br" => {
            let decoder = brotli_decompressor::Decompressor::new(body.chain(Ended), PIECE_BYTES);
            read(decoder, bounds)
        }
        "zstd" => match zstd(body) {
            Ok(decoder) => read(decoder, bounds),
            Err(_) => (Vec::new(), End::Corrupt),
        },
        _ => (Vec::new(), End::Unknown),
    }
}

/// Stands after the input of a decoder that would call its end corrupt.
struct Ended;

impl Read for Ended {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

fn zstd(body: &[u8]) -> io::Result<impl Read> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(body)?;
    decoder.window_log_max(ZSTD_WINDOW_LOG)?;
    Ok(decoder)
}

/// `deflate` is the zlib format (RFC 9110 §8.4.1.2); what is sent under that name often lacks its header.
fn is_zlib(body: &[u8]) -> bool {
    let header = body.first_chunk::<2>().map(|two| u16::from_be_bytes(*two));
    header.is_some_and(|header| header >> 8 & 0xf == 8 && header % 31 == 0)
}

fn read(mut decoder: impl Read, bounds: Bounds) -> (Vec<u8>, End) {
    let mut decoded = Vec::new();
    let mut piece = [0; PIECE_BYTES];
    loop {
        let length = match decoder.read(&mut piece) {
            Ok(0) => return (decoded, End::Whole),
            Ok(length) => length,
            Err(error) => return (decoded, end_by(&error)),
        };
        decoded.extend(piece.iter().take(length));
        if decoded.len() > SMALL_BYTES && decoded.len() / MOST_RATIO > bounds.coded {
            return (decoded, End::Bomb);
        }
        if decoded.len() > bounds.most {
            decoded.truncate(bounds.most);
            return (decoded, End::TooMuch);
        }
    }
}

fn end_by(error: &io::Error) -> End {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => End::Cut,
        _ => End::Corrupt,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use std::io::Write;

    const MIB: usize = 1024 * 1024;
    /// "hello world" as the format's own encoder writes it.
    const BROTLI: &[u8] = b"\x0b\x05\x80hello world\x03";

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(body: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    fn raw(body: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    fn zstandard(body: &[u8]) -> Vec<u8> {
        zstd::encode_all(body, 3).unwrap()
    }

    /// Text that does not shrink to nothing.
    fn page(length: usize) -> Vec<u8> {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            b'a' + (state >> 28) as u8
        };
        (0..length).map(|_| next()).collect()
    }

    #[track_caller]
    fn check(codings: &[&str], body: Vec<u8>, most: usize, expect: (&[u8], End)) {
        let codings: Vec<String> = codings.iter().map(|coding| (*coding).to_owned()).collect();
        let (decoded, end) = decode(&codings, body, most);
        assert_eq!((decoded.len(), end), (expect.0.len(), expect.1));
        assert!(decoded == expect.0);
    }

    #[test]
    fn each_coding_gives_back_what_was_coded() {
        let page = page(100_000);
        check(&[], page.clone(), MIB, (&page, End::Whole));
        check(&["identity"], page.clone(), MIB, (&page, End::Whole));
        check(&["gzip"], gzip(&page), MIB, (&page, End::Whole));
        check(&["x-gzip"], gzip(&page), MIB, (&page, End::Whole));
        check(&["deflate"], zlib(&page), MIB, (&page, End::Whole));
        check(&["deflate"], raw(&page), MIB, (&page, End::Whole));
        check(&["zstd"], zstandard(&page), MIB, (&page, End::Whole));
        check(&["br"], BROTLI.to_vec(), MIB, (b"hello world", End::Whole));
    }

    #[test]
    fn several_members_and_several_codings_are_undone_in_order() {
        let page = page(10_000);
        let members = [gzip(&page[..4_000]), gzip(&page[4_000..])].concat();
        check(&["gzip"], members, MIB, (&page, End::Whole));
        let nested = gzip(&zstandard(&page));
        check(&["zstd", "gzip"], nested.clone(), MIB, (&page, End::Whole));
        check(&["gzip", "zstd"], nested, MIB, (&[], End::Corrupt));
        check(&["gzip"; 4], page, MIB, (&[], End::TooDeep));
    }

    #[test]
    fn what_ends_early_is_kept_as_far_as_it_came() {
        let page = page(60_000);
        for (coding, coded) in [
            ("gzip", gzip(&page)),
            ("deflate", zlib(&page)),
            ("deflate", raw(&page)),
            ("zstd", zstandard(&page)),
        ] {
            let half = coded[..coded.len() / 2].to_vec();
            let (decoded, end) = decode(&[coding.to_owned()], half, MIB);
            assert_eq!(end, End::Cut, "{coding}");
            assert!(page.starts_with(&decoded), "{coding}");
        }
        let half = BROTLI[..8].to_vec();
        assert_eq!(decode(&["br".to_owned()], half, MIB).1, End::Cut);
    }

    #[test]
    fn what_is_something_else_is_said_to_be() {
        for coding in ["gzip", "br", "zstd"] {
            let (_, end) = decode(&[coding.to_owned()], b"<!doctype html>".to_vec(), MIB);
            assert_eq!(end, End::Corrupt, "{coding}");
        }
        check(&["compress"], vec![1], MIB, (&[], End::Unknown));
        check(&["gzip"], Vec::new(), MIB, (&[], End::Whole));
    }

    #[test]
    fn a_bomb_is_left_unexploded() {
        let zeros = vec![0; 32 * MIB];
        for (coding, coded) in [
            ("gzip", gzip(&zeros)),
            ("deflate", zlib(&zeros)),
            ("zstd", zstandard(&zeros)),
        ] {
            let (decoded, end) = decode(&[coding.to_owned()], coded, 512 * MIB);
            assert_eq!(end, End::Bomb, "{coding}");
            assert!(decoded.len() < 32 * MIB, "{coding}: {}", decoded.len());
        }
        let twice = gzip(&gzip(&zeros));
        let (decoded, end) = decode(&["gzip", "gzip"].map(str::to_owned), twice, MIB);
        assert_eq!(end, End::Bomb);
        assert!(decoded.len() <= 2 * MIB);
    }

    #[test]
    fn no_more_is_kept_than_asked_for() {
        let page = page(300_000);
        for (coding, coded) in [("gzip", gzip(&page)), ("zstd", zstandard(&page))] {
            check(&[coding], coded, 200_000, (&page[..200_000], End::TooMuch));
        }
    }

    #[test]
    fn a_window_beyond_what_http_allows_is_refused() {
        let page = page(MIB);
        let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(27).unwrap();
        encoder.include_contentsize(false).unwrap();
        encoder.write_all(&page).unwrap();
        let coded = encoder.finish().unwrap();
        check(&["zstd"], coded, 2 * MIB, (&[], End::Corrupt));
    }
}
