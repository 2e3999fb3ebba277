//! A disk that keeps every sealed box ever written to it, whatever becomes of the files.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use kernel::sim::SimDisk;
use kernel::{Disk, DiskFile, FolderLock, MessageId, Open};
use storage::lease_log::format::{FRAME_HEADER_BYTES, FrameHeader, Role};
use storage::lease_log::records::{BodyAt, Entry, Record, split_commit};
use vault::EntryBox;

/// What was ever written.
#[derive(Default)]
pub(crate) struct Seen {
    /// Per message: its sealed body and all of its entries, in whatever lease.
    pub(crate) messages: HashMap<MessageId, Boxes>,
    bodies: HashMap<PathBuf, Vec<u8>>,
}

/// The boxes of one message.
#[derive(Default)]
pub(crate) struct Boxes {
    pub(crate) body: Vec<u8>,
    pub(crate) entries: Vec<EntryBox>,
}

/// A simulated disk that remembers.
#[derive(Clone)]
pub(crate) struct Recorder {
    pub(crate) inner: SimDisk,
    pub(crate) seen: Arc<Mutex<Seen>>,
}

struct RecordedFile {
    inner: Box<dyn DiskFile>,
    path: PathBuf,
    seen: Arc<Mutex<Seen>>,
}

impl Seen {
    fn note(&mut self, path: &Path, offset: u64, bytes: &[u8]) {
        let folder = path.iter().rev().nth(1).and_then(|name| name.to_str()).unwrap_or("");
        if folder == "bodies" {
            let content = self.bodies.entry(path.to_owned()).or_default();
            let start = usize::try_from(offset).unwrap();
            content.resize(content.len().max(start + bytes.len()), 0);
            content[start..start + bytes.len()].copy_from_slice(bytes);
        } else if path.iter().any(|name| name == "leases")
            && let Some(header) = FrameHeader::decode(bytes)
        {
            self.frame(&header, &bytes[FRAME_HEADER_BYTES..]);
        }
    }

    fn frame(&mut self, header: &FrameHeader, payload: &[u8]) {
        let mut records = if header.role == Role::Part { payload } else { split_commit(payload).unwrap().1 };
        let mut message = None;
        while !records.is_empty() {
            match Record::decode(&mut records).unwrap() {
                Record::Message(found) => {
                    message = Some(found.id);
                    let body = self.body(found.body);
                    self.messages.entry(found.id).or_default().body = body;
                }
                Record::Entry(Entry { sealed, .. }) => {
                    self.messages.get_mut(&message.unwrap()).unwrap().entries.push(sealed);
                }
                _ => {}
            }
        }
    }

    fn body(&self, at: BodyAt) -> Vec<u8> {
        let path = PathBuf::from(format!("/data/lease-log/bodies/{}-{:05}.seg", at.hour, at.number));
        let start = at.offset as usize;
        self.bodies[&path][start..start + at.bytes as usize].to_vec()
    }
}

impl DiskFile for RecordedFile {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read_at(offset, buffer)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.seen.lock().unwrap().note(&self.path, offset, bytes);
        self.inner.write_at(offset, bytes)
    }

    fn len(&self) -> io::Result<u64> {
        self.inner.len()
    }

    fn set_len(&self, bytes: u64) -> io::Result<()> {
        self.inner.set_len(bytes)
    }

    fn sync(&self) -> io::Result<()> {
        self.inner.sync()
    }
}

impl Disk for Recorder {
    fn open(&self, path: &Path, how: Open) -> io::Result<Box<dyn DiskFile>> {
        let inner = self.inner.open(path, how)?;
        Ok(Box::new(RecordedFile { inner, path: path.to_owned(), seen: Arc::clone(&self.seen) }))
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        self.inner.list(folder)
    }

    fn create_dir_all(&self, folder: &Path) -> io::Result<()> {
        self.inner.create_dir_all(folder)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.inner.remove_file(path)
    }

    fn remove_dir(&self, folder: &Path) -> io::Result<()> {
        self.inner.remove_dir(folder)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.inner.rename(from, to)
    }

    fn sync_dir(&self, folder: &Path) -> io::Result<()> {
        self.inner.sync_dir(folder)
    }

    fn free_bytes(&self, path: &Path) -> io::Result<u64> {
        self.inner.free_bytes(path)
    }

    fn lock(&self, folder: &Path) -> io::Result<FolderLock> {
        self.inner.lock(folder)
    }
}
