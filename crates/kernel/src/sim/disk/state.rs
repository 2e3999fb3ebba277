//! What the simulated disk holds: names and bytes as they are seen, and as they would be after a power cut.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::AfterCut;
use crate::sim::SimRng;

#[derive(Clone, Default)]
pub(super) struct State {
    /// What is seen now, and what would be there if nothing unsynced arrived.
    pub(super) names: Names,
    pub(super) durable_names: Names,
    pub(super) name_changes: Vec<NameChange>,
    pub(super) files: BTreeMap<u64, File>,
    pub(super) next_node: u64,
    pub(super) locks: BTreeSet<PathBuf>,
    /// Counts restarts: handles and locks of an earlier life are dead.
    pub(super) life: u64,
    pub(super) units: u64,
    pub(super) cut_at: Option<u64>,
    pub(super) cut: bool,
    pub(super) syncs_to_fail: u64,
    pub(super) capacity_bytes: Option<u64>,
}

pub(super) type Names = BTreeMap<PathBuf, Node>;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Node {
    Folder,
    File(u64),
}

/// One atomic change of names: a creation, a removal, or both halves of a rename.
#[derive(Clone)]
pub(super) struct NameChange {
    pub(super) sets: Vec<(PathBuf, Option<Node>)>,
    /// The folders that must still be synced before this is durable.
    pub(super) unsynced: BTreeSet<PathBuf>,
}

#[derive(Clone, Default)]
pub(super) struct File {
    pub(super) live: Vec<u8>,
    pub(super) durable: Vec<u8>,
    pub(super) unsynced: Vec<Write>,
    pub(super) handles: usize,
}

#[derive(Clone)]
pub(super) enum Write {
    Bytes { offset: usize, bytes: Vec<u8> },
    Len(usize),
}

impl State {
    /// Takes up to `wanted` units; fewer when the power goes first.
    pub(super) fn spend(&mut self, wanted: usize) -> usize {
        let left = self.cut_at.map_or(usize::MAX, |at| index(at - self.units));
        let allowed = wanted.min(left);
        self.units += allowed as u64;
        self.cut = allowed < wanted;
        allowed
    }

    pub(super) fn spend_one(&mut self) -> io::Result<()> {
        if self.spend(1) == 1 { Ok(()) } else { Err(power_is_cut()) }
    }

    pub(super) fn is_folder(&self, path: &Path) -> bool {
        is_root(path) || self.names.get(path) == Some(&Node::Folder)
    }

    pub(super) fn must_be_folder(&self, path: &Path) -> io::Result<()> {
        if self.is_folder(path) { Ok(()) } else { Err(ErrorKind::NotFound.into()) }
    }

    pub(super) fn must_be_file(&self, path: &Path) -> io::Result<Node> {
        match self.names.get(path) {
            Some(node @ Node::File(_)) => Ok(*node),
            Some(Node::Folder) => Err(ErrorKind::IsADirectory.into()),
            None => Err(ErrorKind::NotFound.into()),
        }
    }

    pub(super) fn used_bytes(&self) -> u64 {
        self.files.values().map(|file| file.live.len() as u64).sum()
    }

    pub(super) fn must_fit(&self, node: u64, end: usize) -> io::Result<()> {
        let Some(capacity) = self.capacity_bytes else { return Ok(()) };
        let growth = end.saturating_sub(self.files[&node].live.len()) as u64;
        if growth > 0 && self.used_bytes() + growth > capacity { Err(ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    pub(super) fn change_names(&mut self, sets: Vec<(PathBuf, Option<Node>)>) {
        let unsynced = sets.iter().map(|(path, _)| parent(path).to_owned()).collect();
        let change = NameChange { sets, unsynced };
        change.apply(&mut self.names);
        self.name_changes.push(change);
    }

    /// Frees files that no name, no unsynced change of names and no handle can lead to any more.
    pub(super) fn free_unreachable(&mut self) {
        let changed = self.name_changes.iter().flat_map(|change| &change.sets).filter_map(|(_, node)| *node);
        let nodes = self.names.values().chain(self.durable_names.values()).copied().chain(changed);
        let reachable: BTreeSet<_> = nodes.filter_map(Node::file).collect();
        self.files.retain(|id, file| file.handles > 0 || reachable.contains(id));
    }

    pub(super) fn settle_names(&mut self, after: AfterCut<'_>) {
        for change in std::mem::take(&mut self.name_changes) {
            let arrived = match after {
                AfterCut::KeepAll => true,
                AfterCut::LoseAll => false,
                AfterCut::Chance(rng) => rng.one_in(2),
            };
            if arrived {
                change.apply(&mut self.durable_names);
            }
        }
        let all = self.durable_names.clone();
        let reachable = |path: &PathBuf| {
            path.ancestors().skip(1).all(|folder| is_root(folder) || all.get(folder) == Some(&Node::Folder))
        };
        self.durable_names.retain(|path, _| reachable(path));
        self.names = self.durable_names.clone();
        self.files.values_mut().for_each(|file| file.handles = 0);
        self.free_unreachable();
    }
}

impl Node {
    pub(super) fn file(self) -> Option<u64> {
        match self {
            Self::File(id) => Some(id),
            Self::Folder => None,
        }
    }
}

impl NameChange {
    pub(super) fn apply(&self, names: &mut Names) {
        for (path, node) in &self.sets {
            match node {
                Some(node) => names.insert(path.clone(), *node),
                None => names.remove(path),
            };
        }
    }
}

impl File {
    pub(super) fn push(&mut self, write: Write) {
        write.apply(&mut self.live);
        self.unsynced.push(write);
    }

    pub(super) fn settle(&mut self, after: AfterCut<'_>) {
        let mut writes = std::mem::take(&mut self.unsynced);
        match after {
            AfterCut::KeepAll => {}
            AfterCut::LoseAll => writes.clear(),
            AfterCut::Chance(rng) => {
                for last in (1..writes.len()).rev() {
                    writes.swap(last, index(rng.below(last as u64 + 1)));
                }
                writes = writes.into_iter().filter_map(|write| write.torn(rng)).collect();
            }
        }
        for write in &writes {
            write.apply(&mut self.durable);
        }
        self.live.clone_from(&self.durable);
    }
}

impl Write {
    pub(super) fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Len(len) => content.resize(*len, 0),
            Self::Bytes { offset, bytes } => {
                let end = offset + bytes.len();
                if content.len() < end {
                    content.resize(end, 0);
                }
                content[*offset..end].copy_from_slice(bytes);
            }
        }
    }

    /// A third each: whole, lost, or only a stretch out of the middle.
    pub(super) fn torn(self, rng: &SimRng) -> Option<Self> {
        match (rng.below(3), self) {
            (0, write) => Some(write),
            (1, Self::Bytes { offset, bytes }) => {
                let from = index(rng.below(bytes.len() as u64));
                let to = from + index(rng.below((bytes.len() - from) as u64 + 1));
                Some(Self::Bytes { offset: offset + from, bytes: bytes[from..to].to_vec() })
            }
            _ => None,
        }
    }
}

pub(super) fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

pub(super) fn is_root(path: &Path) -> bool {
    path.parent().is_none()
}

pub(super) fn index(offset: u64) -> usize {
    usize::try_from(offset).expect("a simulated disk is small")
}

pub(super) fn power_is_cut() -> io::Error {
    io::Error::other("the simulated power is cut")
}
