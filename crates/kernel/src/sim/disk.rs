//! A disk in memory that loses power: what was not synced is lost, torn and reordered.

mod state;

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use self::state::{File, Node, State, Write, index, parent, power_is_cut};
use super::SimRng;
use crate::{Disk, DiskFile, FolderLock, Open};

/// What becomes of unsynced writes and names when the power comes back.
#[derive(Clone, Copy, Debug)]
pub enum AfterCut<'a> {
    /// All of them arrived, up to the byte at which the power went.
    KeepAll,
    /// None of them arrived.
    LoseAll,
    /// Each write is kept, torn at both ends or lost, in any order; each name change is kept or lost.
    Chance(&'a SimRng),
}

/// A disk in memory. Clones are handles to the same disk; [`SimDisk::fork`] makes a copy.
///
/// Work is counted in units: a byte written, a sync, a length set, a name changed are one each. The power can be cut after any
/// number of them ([`SimDisk::cut_power_after`]); from then on every call fails until [`SimDisk::restart`].
#[derive(Clone, Default)]
pub struct SimDisk {
    state: Arc<Mutex<State>>,
}

impl SimDisk {
    /// An empty disk that never fills up.
    pub fn new() -> Self {
        Self::default()
    }

    /// A copy of this disk with its open files left behind: a backup, or a second future from the same past.
    pub fn fork(&self) -> Self {
        let mut state = self.state().clone();
        state.locks.clear();
        state.files.values_mut().for_each(|file| file.handles = 0);
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Units of work done so far.
    pub fn units(&self) -> u64 {
        self.state().units
    }

    /// Cuts the power after `units` more units of work; a write is torn at that byte.
    pub fn cut_power_after(&self, units: u64) {
        let mut state = self.state();
        state.cut_at = Some(state.units + units);
    }

    /// Whether the power is cut.
    pub fn is_cut(&self) -> bool {
        self.state().cut
    }

    /// Cuts the power now (if it is not) and starts again. Handles and locks from before are dead.
    pub fn restart(&self, after: AfterCut<'_>) {
        let mut state = self.state();
        for file in state.files.values_mut() {
            file.settle(after);
        }
        state.settle_names(after);
        state.locks.clear();
        state.life += 1;
        state.cut = false;
        state.cut_at = None;
        state.syncs_to_fail = 0;
    }

    /// Lets the next `count` file syncs fail without making anything durable, as a dying disk does.
    pub fn fail_syncs(&self, count: u64) {
        self.state().syncs_to_fail = count;
    }

    /// Limits the disk to `bytes` of file content; `None` takes the limit away.
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.state().capacity_bytes = bytes;
    }

    /// Every file with its content as it is seen now.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let state = self.state();
        let content = |(path, node): (&PathBuf, &Node)| match node {
            Node::File(id) => Some((path.clone(), state.files[id].live.clone())),
            Node::Folder => None,
        };
        state.names.iter().filter_map(content).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no thread panics while it holds the simulated disk")
    }

    fn running(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.state();
        if state.cut { Err(power_is_cut()) } else { Ok(state) }
    }
}

impl std::fmt::Debug for SimDisk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = self.state();
        f.debug_struct("SimDisk").field("units", &state.units).field("names", &state.names.len()).finish()
    }
}

impl Disk for SimDisk {
    fn open(&self, path: &Path, how: Open) -> io::Result<Box<dyn DiskFile>> {
        let mut state = self.running()?;
        let node = match (state.names.get(path), how) {
            (Some(Node::Folder), _) => return Err(ErrorKind::IsADirectory.into()),
            (Some(_), Open::CreateNew) => return Err(ErrorKind::AlreadyExists.into()),
            (Some(Node::File(id)), Open::Read | Open::Write) => *id,
            (None, Open::Read | Open::Write) => return Err(ErrorKind::NotFound.into()),
            (None, Open::CreateNew) => {
                state.must_be_folder(parent(path))?;
                state.spend_one()?;
                state.next_node += 1;
                let id = state.next_node;
                state.files.insert(id, File::default());
                state.change_names(vec![(path.to_owned(), Some(Node::File(id)))]);
                id
            }
        };
        state.files.get_mut(&node).expect("a named file exists").handles += 1;
        let life = state.life;
        drop(state);
        Ok(Box::new(SimFile { disk: self.clone(), node, life, writable: how != Open::Read }))
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let state = self.running()?;
        state.must_be_folder(folder)?;
        let names = state.names.keys().filter(|path| path.parent() == Some(folder));
        Ok(names.filter_map(|path| path.file_name()).map(PathBuf::from).collect())
    }

    fn create_dir_all(&self, folder: &Path) -> io::Result<()> {
        let mut state = self.running()?;
        let missing: Vec<_> = folder.ancestors().filter(|path| !state.is_folder(path)).map(Path::to_owned).collect();
        for path in missing.into_iter().rev() {
            if state.names.contains_key(&path) {
                return Err(ErrorKind::NotADirectory.into());
            }
            state.spend_one()?;
            state.change_names(vec![(path, Some(Node::Folder))]);
        }
        Ok(())
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        let mut state = self.running()?;
        state.must_be_file(path)?;
        state.spend_one()?;
        state.change_names(vec![(path.to_owned(), None)]);
        Ok(())
    }

    fn remove_dir(&self, folder: &Path) -> io::Result<()> {
        let mut state = self.running()?;
        state.must_be_folder(folder)?;
        if state.names.keys().any(|path| path.parent() == Some(folder)) {
            return Err(ErrorKind::DirectoryNotEmpty.into());
        }
        state.spend_one()?;
        state.change_names(vec![(folder.to_owned(), None)]);
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.running()?;
        let node = state.must_be_file(from)?;
        state.must_be_folder(parent(to))?;
        if state.is_folder(to) {
            return Err(ErrorKind::IsADirectory.into());
        }
        state.spend_one()?;
        state.change_names(vec![(from.to_owned(), None), (to.to_owned(), Some(node))]);
        Ok(())
    }

    fn sync_dir(&self, folder: &Path) -> io::Result<()> {
        let mut state = self.running()?;
        state.must_be_folder(folder)?;
        state.spend_one()?;
        for change in &mut state.name_changes {
            change.unsynced.remove(folder);
        }
        let State { name_changes, durable_names, .. } = &mut *state;
        name_changes.retain(|change| {
            if change.unsynced.is_empty() {
                change.apply(durable_names);
            }
            !change.unsynced.is_empty()
        });
        state.free_unreachable();
        Ok(())
    }

    fn free_bytes(&self, _path: &Path) -> io::Result<u64> {
        let state = self.running()?;
        Ok(state.capacity_bytes.map_or(u64::MAX, |capacity| capacity.saturating_sub(state.used_bytes())))
    }

    fn lock(&self, folder: &Path) -> io::Result<FolderLock> {
        let mut state = self.running()?;
        state.must_be_folder(folder)?;
        if !state.locks.insert(folder.to_owned()) {
            return Err(ErrorKind::WouldBlock.into());
        }
        let life = state.life;
        drop(state);
        Ok(FolderLock::new(SimLock { disk: self.clone(), folder: folder.to_owned(), life }))
    }
}

struct SimLock {
    disk: SimDisk,
    folder: PathBuf,
    life: u64,
}

impl Drop for SimLock {
    fn drop(&mut self) {
        let mut state = self.disk.state();
        if state.life == self.life {
            state.locks.remove(&self.folder);
        }
    }
}

struct SimFile {
    disk: SimDisk,
    node: u64,
    life: u64,
    writable: bool,
}

impl SimFile {
    fn state(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.disk.running()?;
        if state.life == self.life { Ok(state) } else { Err(power_is_cut()) }
    }

    fn writable_state(&self) -> io::Result<MutexGuard<'_, State>> {
        if self.writable { self.state() } else { Err(ErrorKind::PermissionDenied.into()) }
    }
}

impl Drop for SimFile {
    fn drop(&mut self) {
        let mut state = self.disk.state();
        if state.life == self.life
            && let Some(file) = state.files.get_mut(&self.node)
        {
            file.handles -= 1;
        }
    }
}

impl DiskFile for SimFile {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let state = self.state()?;
        let content = &state.files[&self.node].live;
        let start = index(offset).min(content.len());
        let count = buffer.len().min(content.len() - start);
        buffer[..count].copy_from_slice(&content[start..start + count]);
        Ok(count)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.writable_state()?;
        state.must_fit(self.node, index(offset) + bytes.len())?;
        let allowed = state.spend(bytes.len());
        let file = state.files.get_mut(&self.node).expect("an open file stays");
        if allowed > 0 {
            file.push(Write::Bytes { offset: index(offset), bytes: bytes[..allowed].to_vec() });
        }
        if allowed < bytes.len() { Err(power_is_cut()) } else { Ok(()) }
    }

    fn len(&self) -> io::Result<u64> {
        let state = self.state()?;
        Ok(state.files[&self.node].live.len() as u64)
    }

    fn set_len(&self, bytes: u64) -> io::Result<()> {
        let mut state = self.writable_state()?;
        state.must_fit(self.node, index(bytes))?;
        state.spend_one()?;
        state.files.get_mut(&self.node).expect("an open file stays").push(Write::Len(index(bytes)));
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.state()?;
        state.spend_one()?;
        if state.syncs_to_fail > 0 {
            state.syncs_to_fail -= 1;
            return Err(io::Error::other("simulated failure of a sync"));
        }
        let file = state.files.get_mut(&self.node).expect("an open file stays");
        for write in std::mem::take(&mut file.unsynced) {
            write.apply(&mut file.durable);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn disk_with(name: &str, synced: &[u8], unsynced: &[u8]) -> (SimDisk, Box<dyn DiskFile>) {
        let disk = SimDisk::new();
        disk.create_dir_all(Path::new("/data")).unwrap();
        let file = disk.open(Path::new(name), Open::CreateNew).unwrap();
        file.write_at(0, synced).unwrap();
        file.sync().unwrap();
        disk.sync_dir(Path::new("/data")).unwrap();
        disk.sync_dir(Path::new("/")).unwrap();
        file.write_at(synced.len() as u64, unsynced).unwrap();
        (disk, file)
    }

    fn content(disk: &SimDisk, name: &str) -> Option<Vec<u8>> {
        disk.files().into_iter().find(|(path, _)| path == Path::new(name)).map(|(_, bytes)| bytes)
    }

    #[test]
    fn what_was_synced_stays_and_the_rest_depends_on_luck() {
        let (disk, _file) = disk_with("/data/a", b"safe", b"gone");
        disk.fork().restart(AfterCut::LoseAll);
        let kept = disk.fork();
        kept.restart(AfterCut::KeepAll);
        assert_eq!(content(&kept, "/data/a").unwrap(), b"safegone");
        let mut seen = BTreeSet::new();
        for seed in 0..200 {
            let lucky = disk.fork();
            lucky.restart(AfterCut::Chance(&SimRng::new(seed)));
            let bytes = content(&lucky, "/data/a").unwrap();
            assert!(bytes.starts_with(b"safe"));
            seen.insert(bytes);
        }
        assert!(seen.len() > 5, "whole, lost and torn in several ways: {seen:?}");
        disk.restart(AfterCut::LoseAll);
        assert_eq!(content(&disk, "/data/a").unwrap(), b"safe");
    }

    #[test]
    fn a_name_is_durable_only_after_its_folder_was_synced() {
        let (disk, file) = disk_with("/data/a", b"x", b"");
        disk.rename(Path::new("/data/a"), Path::new("/data/b")).unwrap();
        disk.fork().restart(AfterCut::KeepAll);
        disk.restart(AfterCut::LoseAll);
        assert_eq!(content(&disk, "/data/b"), None);
        assert_eq!(content(&disk, "/data/a").unwrap(), b"x");
        assert!(file.len().is_err(), "a handle of the earlier life is dead");
        disk.remove_file(Path::new("/data/a")).unwrap();
        disk.sync_dir(Path::new("/data")).unwrap();
        disk.restart(AfterCut::LoseAll);
        assert_eq!(content(&disk, "/data/a"), None);
    }

    #[test]
    fn the_power_goes_in_the_middle_of_a_write() {
        let (disk, file) = disk_with("/data/a", b"safe", b"");
        disk.cut_power_after(2);
        assert!(file.write_at(4, b"four").is_err());
        assert!(file.sync().is_err() && disk.list(Path::new("/data")).is_err());
        disk.restart(AfterCut::KeepAll);
        assert_eq!(content(&disk, "/data/a").unwrap(), b"safefo");
    }

    #[test]
    fn a_folder_is_locked_once_and_freed_by_dropping_or_restarting() {
        let (disk, _file) = disk_with("/data/a", b"", b"");
        let lock = disk.lock(Path::new("/data")).unwrap();
        assert_eq!(disk.lock(Path::new("/data")).unwrap_err().kind(), ErrorKind::WouldBlock);
        drop(lock);
        let lock = disk.lock(Path::new("/data")).unwrap();
        disk.restart(AfterCut::LoseAll);
        let _again = disk.lock(Path::new("/data")).unwrap();
        drop(lock);
        assert!(disk.lock(Path::new("/data")).is_err(), "a dead lock frees nothing");
    }

    #[test]
    fn a_full_disk_and_a_failing_sync_say_so() {
        let (disk, file) = disk_with("/data/a", b"1234", b"");
        disk.set_capacity(Some(6));
        assert_eq!(disk.free_bytes(Path::new("/data")).unwrap(), 2);
        assert_eq!(file.write_at(4, b"567").unwrap_err().kind(), ErrorKind::StorageFull);
        file.write_at(4, b"56").unwrap();
        disk.fail_syncs(1);
        assert!(file.sync().is_err());
        file.sync().unwrap();
        drop(file);
        disk.remove_file(Path::new("/data/a")).unwrap();
        disk.sync_dir(Path::new("/data")).unwrap();
        assert_eq!(disk.free_bytes(Path::new("/data")).unwrap(), 6);
    }
}
