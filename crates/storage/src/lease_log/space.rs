//! Room on the disk. Sends are refused before it is full; a ballast file keeps room for acks and passes even when something
//! else fills the disk.

use std::io;
use std::path::{Path, PathBuf};

use kernel::{Disk, Open};

use super::StopReason;
use super::records::{ENTRY_BYTES, MESSAGE_BYTES};

/// When sends are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpaceLimits {
    /// Sends are refused when less than this is free, beyond what the next pass needs.
    pub reserve_bytes: u64,
    /// Given up when less than a quarter of it is free; taken again when there is room. 0 for none.
    pub ballast_bytes: u64,
}

impl Default for SpaceLimits {
    fn default() -> Self {
        Self { reserve_bytes: 256 << 20, ballast_bytes: 32 << 20 }
    }
}

/// What a pass writes for an entry at most.
const CARRY_BYTES: u64 = (ENTRY_BYTES + MESSAGE_BYTES) as u64;
/// Written at once.
const SLICE_BYTES: usize = 1 << 20;

/// What is known of the disk's room.
pub(super) struct Space {
    root: PathBuf,
    limits: SpaceLimits,
    full: bool,
    ballast: bool,
}

impl Space {
    /// Looks for ballast in `root`.
    pub(super) fn open(disk: &dyn Disk, root: &Path, limits: SpaceLimits) -> Result<Self, StopReason> {
        let names = disk.list(root).map_err(|source| StopReason::disk("list", root, source))?;
        let mut space = Self { root: root.to_owned(), limits, full: false, ballast: false };
        let there = names.contains(&PathBuf::from("ballast"));
        if there {
            let path = space.path();
            let file = disk.open(&path, Open::Read);
            let bytes = file.and_then(|file| file.len()).map_err(|source| StopReason::disk("open", &path, source))?;
            space.ballast = bytes == limits.ballast_bytes;
            if !space.ballast {
                space.release(disk)?;
            }
        }
        Ok(space)
    }

    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// Looks at the disk again, while so many entries wait to be carried over.
    pub(super) fn look(&mut self, disk: &dyn Disk, waiting: u64) -> Result<(), StopReason> {
        let free = disk.free_bytes(&self.root).map_err(|source| StopReason::disk("measure", &self.root, source))?;
        let SpaceLimits { reserve_bytes, ballast_bytes } = self.limits;
        let needed = reserve_bytes.saturating_add(waiting.saturating_mul(CARRY_BYTES));
        if free < needed && !self.full {
            tracing::error!(free_bytes = free, needed_bytes = needed, "the disk is nearly full: sends are refused");
        }
        self.full = free < needed;
        if self.ballast && free < ballast_bytes / 4 {
            tracing::error!(free_bytes = free, "the disk is full: the ballast is given up");
            self.release(disk)?;
        } else if !self.ballast && ballast_bytes > 0 && free >= needed.saturating_add(ballast_bytes) {
            self.take(disk)?;
        }
        Ok(())
    }

    fn path(&self) -> PathBuf {
        self.root.join("ballast")
    }

    fn release(&mut self, disk: &dyn Disk) -> Result<(), StopReason> {
        let path = self.path();
        let removed = disk.remove_file(&path).and_then(|()| disk.sync_dir(&self.root));
        self.ballast = false;
        removed.map_err(|source| StopReason::disk("remove", &path, source))
    }

    fn take(&mut self, disk: &dyn Disk) -> Result<(), StopReason> {
        let path = self.path();
        let write = || -> io::Result<()> {
            let file = disk.open(&path, Open::CreateNew)?;
            let slice = vec![0xB1; SLICE_BYTES];
            let mut written = 0;
            while written < self.limits.ballast_bytes {
                let left = usize::try_from(self.limits.ballast_bytes - written).unwrap_or(SLICE_BYTES);
                let slice = &slice[..left.min(SLICE_BYTES)];
                file.write_at(written, slice)?;
                written += slice.len() as u64;
            }
            file.sync()?;
            disk.sync_dir(&self.root)
        };
        write().map_err(|source| StopReason::disk("write", &path, source))?;
        self.ballast = true;
        Ok(())
    }
}
