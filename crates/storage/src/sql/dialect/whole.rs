//! Whether SQLite's file is what it was: SQLite itself notices a changed byte only where it breaks a page, and drops the
//! end of a damaged WAL without a word.
//!
//! - At a stop the length and a checksum of the file are written beside it (`*.closed`), and compared at the next start:
//!   any changed byte is found.
//! - After a crash there is no such note. Then the WAL must hold no damage before a commit that another one follows, and
//!   SQLite goes through every page and compares every index with its table.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::sql::OpenError;

/// The note's first word and version.
const MAGIC: &str = "billet-closed-1";
/// Read at a time.
const CHUNK_BYTES: usize = 1024 * 1024;
/// The head of a WAL: magic, format, page size, checkpoint, two salts, two checksums, of four bytes each.
const WAL_HEADER_BYTES: usize = 32;
/// The head of a page in it: page number, pages after a commit or 0, two salts, two checksums, of four bytes each.
const WAL_FRAME_BYTES: usize = 24;

/// What to run on the open database when the last stop left no note.
pub(in crate::sql) const LOOK_THROUGH: &str = "PRAGMA integrity_check(1)";
/// What it answers when all is well.
pub(in crate::sql) const ALL_IS_WELL: &str = "ok";

/// Whether the file is known to be as it was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sql) enum Known {
    /// It is the file of the last stop, or was never written to.
    Same,
    /// It was left by a crash: to be looked through.
    No,
}

/// Before a connection that only looks. SQLite would leave out what a damaged WAL holds, and say nothing.
pub(in crate::sql) fn look(file: &Path) -> Result<(), OpenError> {
    let wal = read_or_nothing(&beside(file, "-wal"));
    check_wal(file, &wal.map_err(|source| OpenError::File { path: file.display().to_string(), source })?)
}

fn check_wal(file: &Path, wal: &[u8]) -> Result<(), OpenError> {
    if !wal_is_damaged(wal) {
        return Ok(());
    }
    let what = "a change before the last one is not whole".to_owned();
    Err(OpenError::Damaged { path: beside(file, "-wal").display().to_string(), what })
}

/// Before the first connection. From here on the note is gone: whoever opens the file may change it.
pub(in crate::sql) fn begin(file: &Path) -> Result<Known, OpenError> {
    let trouble = |source| OpenError::File { path: file.display().to_string(), source };
    let wal = read_or_nothing(&beside(file, "-wal")).map_err(trouble)?;
    if fs::metadata(file).map_err(trouble)?.len() == 0 && wal.is_empty() {
        return Ok(Known::Same);
    }
    let note = read_or_nothing(&beside(file, ".closed")).map_err(trouble)?;
    let known = match parse(&note) {
        Some(left) if wal.is_empty() => {
            if sum(file).map_err(trouble)? != left {
                return Err(OpenError::Damaged {
                    path: file.display().to_string(),
                    what: "it is not the file that the last stop left".into(),
                });
            }
            Known::Same
        }
        _ => {
            check_wal(file, &wal)?;
            Known::No
        }
    };
    remove(file).map_err(trouble)?;
    Ok(known)
}

/// After the last connection was closed.
pub(in crate::sql) fn end(file: &Path) -> io::Result<()> {
    if !read_or_nothing(&beside(file, "-wal"))?.is_empty() {
        // Somebody else has it open; the next start looks it through.
        return Ok(());
    }
    let (length, checksum) = sum(file)?;
    let body = format!("{MAGIC} {length} {checksum:08x}");
    let line = format!("{body} {:08x}\n", crc32c::crc32c(body.as_bytes()));
    let (draft, note) = (beside(file, ".closed-new"), beside(file, ".closed"));
    let mut open = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    open.write_all(line.as_bytes())?;
    open.sync_all()?;
    fs::rename(draft, note)?;
    sync_folder(file)
}

fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(beside(file, ".closed")) {
        Ok(()) => sync_folder(file),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Length and checksum of a file.
fn sum(file: &Path) -> io::Result<(u64, u32)> {
    let mut open = File::open(file)?;
    let (mut buffer, mut length, mut checksum) = (vec![0; CHUNK_BYTES], 0, 0);
    loop {
        match open.read(&mut buffer) {
            Ok(0) => return Ok((length, checksum)),
            Ok(count) => {
                checksum = crc32c::crc32c_append(checksum, &buffer[..count]);
                length += count as u64;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// A note that is whole; one that is not counts as none.
fn parse(note: &[u8]) -> Option<(u64, u32)> {
    let (body, check) = std::str::from_utf8(note).ok()?.trim_end().rsplit_once(' ')?;
    if u32::from_str_radix(check, 16) != Ok(crc32c::crc32c(body.as_bytes())) {
        return None;
    }
    let mut words = body.split(' ');
    (words.next() == Some(MAGIC)).then_some(())?;
    Some((words.next()?.parse().ok()?, u32::from_str_radix(words.next()?, 16).ok()?))
}

/// Whether a WAL is broken before a commit that something else follows: a crash tears only what was not yet synced,
/// which is the last transaction.
fn wal_is_damaged(wal: &[u8]) -> bool {
    let Some((header, frames)) = wal.split_at_checked(WAL_HEADER_BYTES) else { return false };
    let page = word(header, 8) as usize;
    let big = word(header, 0) & 1 == 1;
    let stored = (word(header, 24), word(header, 28));
    let mut running = add((0, 0), &header[..24], big);
    if running != stored {
        // SQLite takes this for an empty WAL. It is damage when the first frame follows from either checksum.
        return [512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536].into_iter().any(|page| {
            let first = frames.get(..WAL_FRAME_BYTES + page);
            first.is_some_and(|frame| {
                [running, stored].into_iter().any(|from| [true, false].into_iter().any(|big| follows(from, frame, big)))
            })
        });
    }
    if !page.is_power_of_two() || !(512..=65_536).contains(&page) {
        return false;
    }
    let ours = |frame: &[u8]| frame[8..16] == header[16..24];
    let mut frames = frames.chunks_exact(WAL_FRAME_BYTES + page);
    let mut broken = None;
    for frame in frames.by_ref() {
        if !ours(frame) || !follows(running, frame, big) {
            broken = Some(frame);
            break;
        }
        running = (word(frame, 16), word(frame, 20));
    }
    // The first frame that does not follow, and what lies behind it: a commit of this WAL, and then more of it.
    let commits = |frame: &[u8]| ours(frame) && word(frame, 4) != 0;
    let mut committed = broken.is_some_and(commits);
    for frame in frames {
        if committed && ours(frame) {
            return true;
        }
        committed |= commits(frame);
    }
    false
}

/// Whether a frame's checksum goes on from the one before it.
fn follows(from: (u32, u32), frame: &[u8], big: bool) -> bool {
    let sum = add(add(from, &frame[..8], big), &frame[WAL_FRAME_BYTES..], big);
    sum == (word(frame, 16), word(frame, 20))
}

/// SQLite's checksum, over pairs of words.
fn add((mut one, mut two): (u32, u32), bytes: &[u8], big: bool) -> (u32, u32) {
    for pair in bytes.chunks_exact(8) {
        let read = |at: usize| {
            let four = [pair[at], pair[at + 1], pair[at + 2], pair[at + 3]];
            if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) }
        };
        one = one.wrapping_add(read(0)).wrapping_add(two);
        two = two.wrapping_add(read(4)).wrapping_add(one);
    }
    (one, two)
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn read_or_nothing(path: &Path) -> io::Result<Vec<u8>> {
    match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        other => other,
    }
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::{Db, query};

    async fn insert(db: &Db, name: &str) {
        let mut tx = db.begin_write().await.unwrap();
        let insert = query("INSERT INTO schema_migration (name, checksum) VALUES ($1, 0)").bind(name.to_owned());
        insert.execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn opens(file: &Path) -> Result<(), String> {
        match Db::open(&Db::sqlite_url(file)).await {
            Ok(db) => {
                db.close().await;
                Ok(())
            }
            Err(error) => Err(error.to_string()),
        }
    }

    /// SECR-INTEGRITY: between a stop and the next start no byte of the file changes unnoticed.
    #[tokio::test]
    async fn any_changed_byte_since_the_last_stop_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("billet.sqlite");
        opens(&file).await.unwrap();
        let whole = fs::read(&file).unwrap();
        let note = fs::read(beside(&file, ".closed")).unwrap();
        for at in (0..whole.len()).step_by(whole.len() / 50) {
            let mut damaged = whole.clone();
            damaged[at] ^= 4;
            fs::write(&file, &damaged).unwrap();
            let refusal = opens(&file).await.unwrap_err();
            assert!(refusal.contains("billet.sqlite is damaged"), "byte {at}: {refusal}");
        }
        fs::write(&file, &whole).unwrap();
        opens(&file).await.unwrap();
        assert_eq!(note.len(), fs::read(beside(&file, ".closed")).unwrap().len());
        fs::write(beside(&file, ".closed"), b"billet-closed-1 5 00000000 00000000\n").unwrap();
        opens(&file).await.unwrap();
    }

    /// A WAL that a crash left is taken, torn at its end too; one that is damaged before its last transaction is not.
    #[tokio::test]
    async fn a_wal_is_damaged_or_torn_and_both_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("billet.sqlite");
        let db = Db::open(&Db::sqlite_url(&file)).await.unwrap();
        for n in 1..5 {
            insert(&db, &format!("0001_people{n}")).await;
        }
        let wal = fs::read(beside(&file, "-wal")).unwrap();
        let frame = WAL_FRAME_BYTES + word(&wal, 8) as usize;
        assert!(wal.len() > WAL_HEADER_BYTES + 4 * frame && !wal_is_damaged(&wal));
        let last = wal.len() - frame;
        for at in (0..WAL_HEADER_BYTES).chain((WAL_HEADER_BYTES..last).step_by(97)) {
            let mut damaged = wal.clone();
            damaged[at] ^= 1;
            // A changed salt or commit mark of one frame may make it look like an older one; what follows shows it.
            assert!(wal_is_damaged(&damaged) || at >= last - frame, "byte {at} of {}", wal.len());
        }
        for cut in (last..wal.len()).step_by(101) {
            assert!(!wal_is_damaged(&wal[..cut]), "cut at {cut}");
        }
        let copy = folder.path().join("copy.sqlite");
        fs::copy(&file, &copy).unwrap();
        let mut damaged = wal.clone();
        damaged[WAL_HEADER_BYTES + 100] ^= 1;
        fs::write(beside(&copy, "-wal"), &damaged).unwrap();
        let refusal = opens(&copy).await.unwrap_err();
        assert!(refusal.contains("copy.sqlite-wal is damaged"), "{refusal}");
        db.close().await;
    }

    /// After a crash a column that an index holds too cannot be changed unnoticed.
    #[tokio::test]
    async fn after_a_crash_the_file_is_looked_through() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("billet.sqlite");
        let db = Db::open(&Db::sqlite_url(&file)).await.unwrap();
        insert(&db, "0001_people_and_a_long_name_to_find").await;
        db.close().await;
        fs::remove_file(beside(&file, ".closed")).unwrap();
        let mut bytes = fs::read(&file).unwrap();
        let needle = b"a_long_name_to_find";
        let places: Vec<usize> =
            (0..bytes.len() - needle.len()).filter(|at| &bytes[*at..at + needle.len()] == needle).collect();
        assert_eq!(places.len(), 2, "in the table and in its index");
        bytes[places[0]] ^= 2;
        fs::write(&file, bytes).unwrap();
        let refusal = opens(&file).await.unwrap_err();
        assert!(refusal.contains("billet.sqlite is damaged"), "{refusal}");
    }
}
