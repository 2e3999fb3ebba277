//! Sealed boxes that SQLite keeps on several pages. Where a row is longer than a page, its end lies on other pages, each of
//! which names the next. A box is followed from every place of its page where such a name may stand, whatever the page
//! says of itself: so those of removed rows and free pages are found too.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use kernel::{Disk, DiskFile, Open};

use super::finder::magic;
use super::layer::{BOX_BYTES_MAX, Carver, Inside};

const FILE_MAGIC: &[u8; 16] = b"SQLite format 3\0";
const WAL_MAGIC: [u8; 3] = [0x37, 0x7F, 0x06];
const WAL_HEAD_BYTES: u64 = 32;
const WAL_FRAME_HEAD_BYTES: u64 = 24;
/// Bytes of the number of the next page.
const NEXT_BYTES: usize = 4;

/// The file a page may be read from.
struct Pages<'a> {
    file: Option<&'a dyn DiskFile>,
    wal: Option<&'a dyn DiskFile>,
    /// Where the newest state of a page lies in the WAL.
    in_wal: HashMap<u32, u64>,
    page_bytes: usize,
    /// No page has a higher number.
    last: u32,
}

/// Follows every box in `file` over its pages; nothing to do when it is neither a database nor a WAL.
pub(super) fn carve(disk: &dyn Disk, path: &Path, file: &dyn DiskFile, carver: &mut Carver<'_>) -> io::Result<()> {
    let mut head = [0; 32];
    let count = file.read_at(0, &mut head)?;
    if count == head.len() && head.starts_with(FILE_MAGIC) {
        let other = open(disk, &with_end(path, "-wal"))?;
        let pages =
            Pages::new(Some(file), other.as_deref(), page_bytes(u16::from_be_bytes([head[16], head[17]]).into()))?;
        return pages.carve(file, 0, 0, carver);
    }
    if count == head.len() && head.starts_with(&WAL_MAGIC) {
        let database = path.as_os_str().to_str().and_then(|path| path.strip_suffix("-wal"));
        let other = database.map_or(Ok(None), |path| open(disk, Path::new(path)))?;
        let size = u32::from_be_bytes([head[8], head[9], head[10], head[11]]);
        let pages = Pages::new(other.as_deref(), Some(file), page_bytes(size))?;
        return pages.carve(file, WAL_HEAD_BYTES, WAL_FRAME_HEAD_BYTES, carver);
    }
    Ok(())
}

/// A power of two from 512 to 65,536, which the database's head writes as 1.
fn page_bytes(written: u32) -> Option<usize> {
    match written {
        1 => Some(65_536),
        512..=65_536 if written.is_power_of_two() => Some(written as usize),
        _ => None,
    }
}

fn open(disk: &dyn Disk, path: &Path) -> io::Result<Option<Box<dyn DiskFile>>> {
    match disk.open(path, Open::Read) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        opened => opened.map(Some),
    }
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

impl<'a> Pages<'a> {
    fn new(
        file: Option<&'a dyn DiskFile>,
        wal: Option<&'a dyn DiskFile>,
        page_bytes: Option<usize>,
    ) -> io::Result<Self> {
        let page_bytes = page_bytes.unwrap_or(0);
        let mut pages = Self { file, wal, in_wal: HashMap::new(), page_bytes, last: 0 };
        if page_bytes == 0 {
            return Ok(pages);
        }
        let len = file.map_or(Ok(0), DiskFile::len)?;
        pages.last = u32::try_from(len / page_bytes as u64).unwrap_or(u32::MAX);
        let Some(wal) = wal else { return Ok(pages) };
        let mut at = WAL_HEAD_BYTES;
        let mut number = [0; 4];
        while wal.read_at(at, &mut number)? == number.len() {
            let page = u32::from_be_bytes(number);
            pages.in_wal.insert(page, at + WAL_FRAME_HEAD_BYTES);
            pages.last = pages.last.max(page);
            at += WAL_FRAME_HEAD_BYTES + page_bytes as u64;
        }
        Ok(pages)
    }

    /// Every page of one of the files, which stand `between` bytes apart from `first` on.
    fn carve(&self, file: &dyn DiskFile, first: u64, between: u64, carver: &mut Carver<'_>) -> io::Result<()> {
        if self.page_bytes == 0 {
            return Ok(());
        }
        let mut page = vec![0; self.page_bytes];
        let mut at = first + between;
        loop {
            let count = file.read_at(at, &mut page)?;
            if count == 0 {
                return Ok(());
            }
            self.carve_page(&page[..count], at, carver)?;
            at += self.page_bytes as u64 + between;
        }
    }

    fn carve_page(&self, page: &[u8], at: u64, carver: &mut Carver<'_>) -> io::Result<()> {
        let start = &magic(0)[..3];
        for begins in (0..page.len()).filter(|begins| page[*begins..].starts_with(start)) {
            let ends = page.len().saturating_sub(NEXT_BYTES);
            for ends in begins + start.len()..=ends {
                let next = u32_at(page, ends);
                if next == 0 || next > self.last {
                    continue;
                }
                // The state of the database and that of the WAL may both be there.
                let mut known = Vec::new();
                for newest in [false, true] {
                    let mut sealed = page[begins..ends].to_vec();
                    if self.follow(next, newest, &mut sealed)? && sealed != known {
                        carver.sealed(&sealed, &Inside::file(), at + begins as u64, Some(ends - begins));
                        known = sealed;
                    }
                }
            }
        }
        Ok(())
    }

    /// Adds the pages from `next` on, in the state of the database or the newest; false when the first of them is not there.
    fn follow(&self, mut next: u32, newest: bool, sealed: &mut Vec<u8>) -> io::Result<bool> {
        let mut page = vec![0; self.page_bytes];
        let mut any = false;
        while next != 0 && next <= self.last && sealed.len() < BOX_BYTES_MAX {
            let in_wal = self.in_wal.get(&next).filter(|_| newest);
            let read = match (in_wal, self.wal, self.file) {
                (Some(at), Some(wal), _) => wal.read_at(*at, &mut page)?,
                (_, _, Some(file)) => file.read_at(u64::from(next - 1) * self.page_bytes as u64, &mut page)?,
                _ => 0,
            };
            if read < self.page_bytes {
                break;
            }
            next = self.after(&page);
            sealed.extend_from_slice(&page[NEXT_BYTES..]);
            any = true;
        }
        Ok(any)
    }
    /// The page that follows this one. When it was made the head of a list of free pages, its own note of that is gone; the
    /// next of the same row was then freed next, and stands first in the list.
    fn after(&self, page: &[u8]) -> u32 {
        let [next, count, first] = [0, 4, 8].map(|at| u32_at(page, at));
        let is_list = (1..page.len() as u32 / 4).contains(&count) && (1..=self.last).contains(&first);
        if is_list { first } else { next }
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
