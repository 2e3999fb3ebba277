//! Compressed streams.

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

use crate::support::*;

fn text(bytes: usize) -> Vec<u8> {
    let mut text = Vec::new();
    for line in 0.. {
        if text.len() > bytes {
            break;
        }
        writeln!(text, "line {line} of something that takes some room").unwrap();
    }
    text
}

fn with_canary(before: usize, after: usize) -> Vec<u8> {
    [text(before), CANARY.as_bytes().to_vec(), text(after)].concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn zlib(bytes: &[u8], level: u32) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::new(level));
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn zip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes).unwrap();
    let mut member = b"PK\x03\x04\x14\0\0\0\x08\0".to_vec();
    member.extend([0; 16]);
    member.extend([5, 0, 3, 0]);
    member.extend(b"a.txtxyz");
    member.extend(packed.finish().unwrap());
    member
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

#[test]
fn a_text_is_found_in_compressed_streams_at_any_place() {
    let world = World::new();
    world.check(&gzip(&with_canary(10_000, 900_000)), 0, "raw in gzip");
    world.check(&zlib(&with_canary(2_000, 10), 6), 0, "raw in zlib");
    world.check(&zlib(&with_canary(0, 10), 9), 0, "raw in zlib");
    world.check(&zip(&with_canary(50, 50)), 0, "raw in zip");
    world.check(&zstd(&with_canary(300_000, 300_000)), 0, "raw in zstd");
    // What does not become shorter may be stored as it is, and is found there as well.
    let found = world.forms_in(&gzip(&zlib(&with_canary(50, 50), 1)));
    assert!(found.contains(&"raw in zlib in gzip".to_owned()), "{found:?}");
    let found = world.forms_in(&zstd(&gzip(&with_canary(50, 50))));
    assert!(found.contains(&"raw in gzip in zstd".to_owned()), "{found:?}");
    world.check(&gzip(b"some text, then S2FuYXJpZW52b2dlbCA3zqk= and more"), 0, "base64 in gzip");
}

#[test]
fn a_stream_that_breaks_off_is_looked_through_as_far_as_it_goes() {
    let world = World::new();
    for whole in [gzip(&with_canary(1_000, 400_000)), zstd(&with_canary(1_000, 400_000))] {
        let cut = &whole[..whole.len() / 2];
        assert_eq!(world.forms_in(cut).len(), 1);
        let mut broken = whole.clone();
        let middle = broken.len() / 2;
        broken[middle..].fill(0x55);
        assert_eq!(world.forms_in(&broken).len(), 1);
    }
}

#[test]
fn a_gzip_file_with_every_field_in_its_head_is_looked_through() {
    let world = World::new();
    let mut packed = flate2::GzBuilder::new()
        .filename("a name")
        .comment("a comment")
        .extra(vec![1, 2, 3])
        .write(Vec::new(), Compression::default());
    packed.write_all(&with_canary(100, 100)).unwrap();
    world.check(&packed.finish().unwrap(), 0, "raw in gzip");
}

#[test]
fn much_out_of_little_needs_no_memory() {
    let world = World::new();
    let bomb = gzip(&vec![0; 300 << 20]);
    assert!(bomb.len() < 1 << 20);
    assert_eq!(world.forms_in(&bomb), [""; 0]);
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak_kib: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    // The test itself holds the 300 MiB once.
    assert!(peak_kib < 450 << 10, "{peak_kib} KiB");
}
