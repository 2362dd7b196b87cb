//! Bodies packed: compressed by gzip and deflate, stored by Brotli and Zstandard. Filler is packed without being made.

use std::io::Write;

use flate2::{Compress, Compression, Crc, FlushCompress, write::GzEncoder, write::ZlibEncoder};
use hyper::body::Bytes;

use super::body::Content;
use crate::world::service::http::Encoding;

const MEBI: u64 = 1 << 20;

/// A body packed once.
pub(super) fn encoded(content: &Content, how: Encoding) -> Content {
    let packed = match (content, how) {
        (Content::Filler(len), Encoding::Gzip) => gzip_filler(*len),
        (Content::Filler(len), Encoding::Zstd) => zstd_filler(*len),
        (Content::Filler(len), _) => return encoded(&Content::Bytes(filler(*len)), how),
        (Content::Bytes(bytes), Encoding::Gzip) => gzip(bytes),
        (Content::Bytes(bytes), Encoding::Deflate) => deflate(bytes),
        (Content::Bytes(bytes), Encoding::Br) => brotli(bytes),
        (Content::Bytes(bytes), Encoding::Zstd) => zstd(bytes),
    };
    Content::Bytes(packed.into())
}

fn filler(len: u64) -> Bytes {
    vec![b'x'; len as usize].into()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(bytes);
    written.and_then(|()| encoder.finish()).unwrap_or_default()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(bytes);
    written.and_then(|()| encoder.finish()).unwrap_or_default()
}

/// gzip's ten bytes of head: deflate, no name, no time.
const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/// Deflate's last block, empty, with fixed codes.
const LAST_BLOCK: [u8; 2] = [3, 0];

/// As many times the same flushed mebibyte, which no decoder can tell from a whole.
fn gzip_filler(len: u64) -> Vec<u8> {
    let (mut packed, mut sum) = (GZIP_HEAD.to_vec(), Crc::new());
    let mebi = flushed(&filler(MEBI));
    for _ in 0..len / MEBI {
        packed.extend(&mebi.0);
        sum.combine(&mebi.1);
    }
    let rest = flushed(&filler(len % MEBI));
    packed.extend(rest.0);
    sum.combine(&rest.1);
    packed.extend(LAST_BLOCK);
    packed.extend(sum.sum().to_le_bytes());
    packed.extend((len as u32).to_le_bytes());
    packed
}

/// Blocks that depend on nothing before them, to the byte, and the sum of what they hold.
fn flushed(bytes: &[u8]) -> (Vec<u8>, Crc) {
    let (mut packed, mut sum) = (Vec::with_capacity(bytes.len() / 100 + 1024), Crc::new());
    sum.update(bytes);
    let mut compress = Compress::new(Compression::best(), false);
    let done = compress.compress_vec(bytes, &mut packed, FlushCompress::Full);
    debug_assert!(done.is_ok() && compress.total_in() == bytes.len() as u64);
    (packed, sum)
}

/// Brotli's stored blocks of at most 65536 bytes (RFC 7932, 9.2): window of 16 bits, length less one, padding.
fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    for (index, piece) in bytes.chunks(1 << 16).enumerate() {
        let len = piece.len() as u32 - 1;
        // ISLAST 0, MNIBBLES 0 for four nibbles, MLEN - 1, ISUNCOMPRESSED 1; before the first, WBITS of one bit, 0.
        let head = len << 3 | 1 << 19;
        match index {
            0 => packed.extend(&(head << 1).to_le_bytes()[..3]),
            _ => packed.extend(&head.to_le_bytes()[..3]),
        }
        packed.extend(piece);
    }
    // ISLAST and ISLASTEMPTY; WBITS before them where there was no block.
    packed.push(if bytes.is_empty() { 0b110 } else { 0b11 });
    packed
}

/// Zstandard's magic number, a head that tells no size, and a window of 128 KiB.
const ZSTD_HEAD: [u8; 6] = [0x28, 0xb5, 0x2f, 0xfd, 0, 7 << 3];
const ZSTD_MOST: usize = 1 << 17;

fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut packed = ZSTD_HEAD.to_vec();
    for piece in bytes.chunks(ZSTD_MOST) {
        packed.extend(zstd_block(0, piece.len()));
        packed.extend(piece);
    }
    packed.extend(ZSTD_END);
    packed
}

/// Runs of one byte take four bytes each.
fn zstd_filler(len: u64) -> Vec<u8> {
    let mut packed = ZSTD_HEAD.to_vec();
    let mut left = len;
    while left > 0 {
        let run = left.min(ZSTD_MOST as u64);
        packed.extend(zstd_block(1, run as usize));
        packed.push(b'x');
        left -= run;
    }
    packed.extend(ZSTD_END);
    packed
}

/// A last block, raw and empty.
const ZSTD_END: [u8; 3] = [1, 0, 0];

fn zstd_block(kind: u32, len: usize) -> [u8; 3] {
    let [low, middle, high, _] = (kind << 1 | (len as u32) << 3).to_le_bytes();
    [low, middle, high]
}
