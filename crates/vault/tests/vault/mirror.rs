//! A second disk with the same keys: it loses nothing, reopens nothing, and can stand in for the first.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kernel::sim::AfterCut;
use kernel::{Disk, DiskFile, FolderLock, HOUR_MS, Open, SECOND_MS};
use vault::{MasterKey, OpenError, OpenRefused, Options, Vault};

use crate::crashes::{cut_and_restart, somebody_on};
use crate::support::*;

/// Every copy of every folder, cut at every byte: nothing that counted is undone, in either folder.
#[test]
fn whatever_is_cut_short_the_mirror_is_brought_in_step_before_anything_is_served() {
    let prepare = |world: &World| somebody_on(world, &world.open_mirrored().unwrap());
    let destroy = |world: &World, past: &crate::crashes::Somebody| {
        world.open_mirrored().is_ok_and(|vault| vault.destroy_account(past.ada).is_ok())
    };
    let units = cut_and_restart(1, 1, prepare, destroy, |world, past, counted| {
        let vault = world.open_mirrored().unwrap();
        assert!(world.mirror_agrees());
        let gone = !vault.holds_account(past.ada);
        assert!(gone || !counted);
        for folder in [FOLDER, MIRROR] {
            let remaining = world.remaining_in(folder, &master());
            assert_eq!(remaining.open_record(&past.profile).is_none(), gone);
            assert_eq!(can_be_decrypted(&remaining, &past.message), !gone);
        }
    });
    assert!(units >= 4 * 2 * 128, "the step of the start and the slot, in four copies: {units}");
    let step = |world: &World, _: &_| {
        world.open_mirrored().is_ok_and(|vault| {
            world.clock.advance(15 * SECOND_MS);
            vault.step().is_ok()
        })
    };
    cut_and_restart(2, 3, prepare, step, |world, past, _| {
        let vault = world.open_mirrored().unwrap();
        assert!(world.mirror_agrees());
        if vault.now().unwrap() > START {
            assert_eq!(open_login(&vault, &past.login.0, &past.login.1), Err(OpenRefused::Expired));
            assert!(world.remaining_in(MIRROR, &master()).open_record(&past.login.1).is_none());
        }
        assert_eq!(receive(&vault, &past.message).unwrap(), TEXT);
    });
}

/// The first disk is lost at the very instant of a cut: the mirror alone still opens, and holds no more than it may.
#[test]
fn the_mirror_is_a_folder_of_keys_by_itself_wherever_it_was_cut() {
    let prepare = |world: &World| somebody_on(world, &world.open_mirrored().unwrap());
    let destroy = |world: &World, past: &crate::crashes::Somebody| {
        world.open_mirrored().is_ok_and(|vault| vault.destroy_account(past.ada).is_ok())
    };
    cut_and_restart(3, 1, prepare, destroy, |world, past, counted| {
        let vault = world.open_with(Options::new(MIRROR), master()).unwrap();
        assert!(!counted || !vault.holds_account(past.ada));
        assert!(vault.holds_account(past.message.body_address.sender));
    });
}

/// A first start, and the first start with a mirror, both cut everywhere.
#[test]
fn a_new_mirror_is_made_from_the_keys_and_a_cut_begins_it_anew() {
    let past = |world: &World| somebody_on(world, &world.open().unwrap());
    let open = |world: &World| world.open_mirrored().is_ok();
    cut_and_restart(
        4,
        9 * 127,
        past,
        |world, _| open(world),
        |world, past, _| {
            let vault = world.open_mirrored().unwrap();
            assert!(world.mirror_agrees());
            assert_eq!(open_profile(&vault, past.ada, &past.profile).unwrap(), "Ada");
        },
    );
    cut_and_restart(
        5,
        9 * 127,
        |_| (),
        |world, ()| open(world),
        |world, (), _| {
            let vault = world.open_mirrored().unwrap();
            assert!(world.mirror_agrees());
            world.account(&vault);
        },
    );
}

/// `D-71`: a disk that was in a drawer holds keys that died since. Nothing is served before it has forgotten them.
#[test]
fn a_mirror_that_was_away_while_keys_died_reopens_nothing() {
    let world = World::new(6);
    let vault = world.open_mirrored().unwrap();
    let past = somebody_on(&world, &vault);
    drop(vault);
    let vault = world.open().unwrap();
    vault.destroy_account(past.ada).unwrap();
    for _ in 0..1_200 {
        world.account(&vault);
    }
    world.clock.advance(9 * HOUR_MS);
    vault.step().unwrap();
    drop(vault);
    let in_mirror = || world.remaining_in(MIRROR, &master());
    assert!(in_mirror().open_record(&past.profile).is_some(), "it could see the thing");
    assert!(can_be_decrypted(&in_mirror(), &past.message));
    assert!(in_mirror().open_record(&past.login.1).is_some());
    let vault = world.open_mirrored().unwrap();
    assert!(world.mirror_agrees() && !vault.holds_account(past.ada));
    assert!(in_mirror().open_record(&past.profile).is_none());
    assert!(in_mirror().open_record(&past.login.1).is_none());
    assert!(!can_be_decrypted(&in_mirror(), &past.message));
}

#[test]
fn damage_in_both_copies_of_a_folder_is_made_good_from_the_other_folder() {
    for hurt in [FOLDER, MIRROR] {
        let world = World::new(7);
        let past = somebody_on(&world, &world.open_mirrored().unwrap());
        for at in [3, 128 + 60, 3 * 128 + 60] {
            for name in ["keys.a", "keys.b"] {
                let file = world.disk.open(&Path::new(hurt).join(name), Open::Write).unwrap();
                file.write_at(at, &[0xEE; 8]).unwrap();
            }
            let vault = world.open_mirrored().unwrap_or_else(|error| panic!("{hurt} at {at}: {error}"));
            assert!(world.mirror_agrees());
            assert_eq!(open_profile(&vault, past.ada, &past.profile).unwrap(), "Ada");
        }
    }
}

#[track_caller]
fn refused(world: &World, options: Options) -> (OpenError, String) {
    let before = world.disk.files();
    let error = world.open_with(options, master()).err().expect("refused");
    assert_eq!(world.disk.files(), before, "nothing was changed");
    let text = error.to_string();
    (error, text)
}

#[test]
fn folders_that_do_not_go_together_are_refused_with_what_to_do() {
    let world = World::new(8);
    drop(world.open().unwrap());
    drop(world.open_with(Options::new(MIRROR), master()).unwrap());
    let (error, text) = refused(&world, mirrored());
    assert!(matches!(error, OpenError::ForeignMirror { .. }) && text.contains("keys of another server"), "{text}");

    let world = World::new(9);
    drop(world.open_mirrored().unwrap());
    let lost = Options { folder: "/new/keys".into(), ..mirrored() };
    let (error, text) = refused(&world, lost);
    let says = "start with --keys /second/keys --keys-mirror /new/keys";
    assert!(matches!(error, OpenError::OnlyMirror { .. }) && text.contains(says), "{text}");
    let swapped = Options { mirror: Some("/new/keys".into()), ..Options::new(MIRROR) };
    drop(world.open_with(swapped, master()).unwrap());
}

/// Both went on alone from the same past: whichever is right, mixing them is not.
#[test]
fn keys_and_mirror_that_were_used_apart_are_refused() {
    let world = World::new(10);
    drop(world.open_mirrored().unwrap());
    for (folder, accounts) in [(FOLDER, 2), (MIRROR, 1)] {
        let vault = world.open_with(Options::new(folder), master()).unwrap();
        (0..accounts).for_each(|_| _ = world.account(&vault));
    }
    let (error, text) = refused(&world, mirrored());
    assert!(matches!(error, OpenError::Apart { .. }) && text.contains("each without the other"), "{text}");
}

#[test]
fn both_folders_are_locked() {
    let world = World::new(11);
    let _vault = world.open_mirrored().unwrap();
    for folder in [FOLDER, MIRROR] {
        let error = world.open_with(Options::new(folder), master()).err().unwrap();
        assert!(matches!(&error, OpenError::InUse { folder: used } if used == Path::new(folder)), "{error}");
    }
}

/// A disk on which one folder stops working.
#[derive(Clone)]
struct Failing {
    inner: kernel::sim::SimDisk,
    below: PathBuf,
    fails: Arc<AtomicBool>,
}

struct FailingFile {
    inner: Box<dyn DiskFile>,
    fails: Option<Arc<AtomicBool>>,
}

impl Failing {
    fn check(&self, path: &Path) -> io::Result<()> {
        let fails = path.starts_with(&self.below) && self.fails.load(Ordering::SeqCst);
        if fails { Err(io::Error::other("the second disk is broken")) } else { Ok(()) }
    }
}

impl Disk for Failing {
    fn open(&self, path: &Path, how: Open) -> io::Result<Box<dyn DiskFile>> {
        self.check(path)?;
        let fails = path.starts_with(&self.below).then(|| Arc::clone(&self.fails));
        Ok(Box::new(FailingFile { inner: self.inner.open(path, how)?, fails }))
    }
    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        self.inner.list(folder)
    }
    fn create_dir_all(&self, folder: &Path) -> io::Result<()> {
        self.check(folder)?;
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

impl DiskFile for FailingFile {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read_at(offset, buffer)
    }
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.inner.write_at(offset, bytes)
    }
    fn len(&self) -> io::Result<u64> {
        self.inner.len()
    }
    fn set_len(&self, bytes: u64) -> io::Result<()> {
        self.inner.set_len(bytes)
    }
    fn sync(&self) -> io::Result<()> {
        match &self.fails {
            Some(fails) if fails.load(Ordering::SeqCst) => Err(ErrorKind::ReadOnlyFilesystem.into()),
            _ => self.inner.sync(),
        }
    }
}

#[test]
fn a_mirror_whose_disk_fails_stops_everything_and_says_what_to_do() {
    let world = World::new(12);
    let disk = Failing { inner: world.disk.clone(), below: MIRROR.into(), fails: Arc::default() };
    let open = |options| {
        Vault::open(
            Arc::new(disk.clone()),
            options,
            MasterKey::from_bytes([7; 32]),
            world.clock.clone(),
            world.rng.clone(),
        )
    };
    let vault = open(mirrored()).unwrap();
    let ada = world.account(&vault);
    let profile = seal_profile(&vault, ada);
    disk.fails.store(true, Ordering::SeqCst);
    let said = vault.destroy_account(ada).unwrap_err().to_string();
    assert!(
        said.contains(MIRROR) && said.contains("start without --keys-mirror") && said.contains("destroy"),
        "{said}"
    );
    assert!(vault.holds_account(ada), "as long as one copy has it, it does not count as destroyed");
    world.clock.advance(15 * SECOND_MS);
    assert!(vault.step().is_err(), "no step is made without the mirror: the server stops");
    drop(vault);
    world.disk.restart(AfterCut::LoseAll);
    let said = open(mirrored()).err().unwrap().to_string();
    assert!(said.contains("start without --keys-mirror"), "{said}");
    let vault = open(Options::new(FOLDER)).unwrap();
    assert!(!vault.holds_account(ada), "the write had reached the folder");
    assert!(world.remaining().open_record(&profile).is_none());
    assert!(world.remaining_in(MIRROR, &master()).open_record(&profile).is_some(), "hence: destroy that disk");
}
