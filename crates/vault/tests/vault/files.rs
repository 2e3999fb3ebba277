//! Key files that are damaged, foreign, older or newer are told apart, each with what to do.

use std::path::Path;

use kernel::{Disk, Open};
use vault::{MasterKey, OpenError, Options};

use crate::support::*;

const SLOT: usize = 128;

fn path(name: &str) -> std::path::PathBuf {
    Path::new(FOLDER).join(name)
}

fn read(world: &World, name: &str) -> Vec<u8> {
    world.disk.files().into_iter().find(|(file, _)| *file == path(name)).unwrap().1
}

fn change(world: &World, names: &[&str], at: usize, change: impl Fn(u8) -> u8) {
    for name in names {
        let byte = change(read(world, name)[at]);
        world.disk.open(&path(name), Open::Write).unwrap().write_at(at as u64, &[byte]).unwrap();
    }
}

/// Sets the version byte and the checksum that goes with it.
fn set_version(world: &World, names: &[&str], version: u8) {
    for name in names {
        let mut preamble = read(world, name)[..SLOT].to_vec();
        preamble[8] = version;
        let sum = crc32c::crc32c(&preamble[..124]);
        preamble[124..].copy_from_slice(&sum.to_le_bytes());
        world.disk.open(&path(name), Open::Write).unwrap().write_at(0, &preamble).unwrap();
    }
}

/// A server with one profile, stopped.
fn stopped() -> (World, kernel::AccountId, Vec<u8>) {
    let world = World::new(1);
    let vault = world.open().unwrap();
    let ada = world.account(&vault);
    let profile = seal_profile(&vault, ada);
    drop(vault);
    (world, ada, profile)
}

fn refused(world: &World) -> (OpenError, String) {
    let before = world.disk.files();
    let error = world.open().err().expect("refused");
    assert_eq!(world.disk.files(), before, "nothing was changed");
    let text = error.to_string();
    (error, text)
}

const BOTH: &[&str] = &["keys.a", "keys.b"];

#[test]
fn one_damaged_copy_is_repaired_from_the_other_wherever_the_damage_is() {
    let (world, ada, profile) = stopped();
    for name in BOTH {
        for at in (0..read(&world, "keys.a").len()).step_by(509) {
            let world = world.fork();
            change(&world, &[name], at, |byte| byte ^ 0x40);
            let vault = world.open().unwrap_or_else(|error| panic!("{name}, byte {at}: {error}"));
            assert_eq!(open_profile(&vault, ada, &profile).unwrap(), "Ada");
            assert!(world.copies_agree(), "{name}, byte {at}");
        }
    }
}

#[test]
fn a_missing_or_shortened_copy_is_made_anew() {
    let (world, ada, profile) = stopped();
    for name in BOTH {
        for len in [None, Some(0), Some(100), Some(SLOT as u64), Some(40_000)] {
            let world = world.fork();
            match len {
                None => world.disk.remove_file(&path(name)).unwrap(),
                Some(len) => world.disk.open(&path(name), Open::Write).unwrap().set_len(len).unwrap(),
            }
            let vault = world.open().unwrap();
            assert_eq!(open_profile(&vault, ada, &profile).unwrap(), "Ada");
            assert!(world.copies_agree(), "{name} cut to {len:?}");
        }
    }
}

/// A copy that lags would reopen everything: here one that was put back from last week.
#[test]
fn a_copy_that_lags_reopens_nothing() {
    for name in BOTH {
        let world = World::new(1);
        let vault = world.open().unwrap();
        let (ada, ben) = (world.account(&vault), world.account(&vault));
        let profile = seal_profile(&vault, ada);
        let message = send(&world, &vault, ben, ben).unwrap();
        let last_week = read(&world, name);
        vault.destroy_account(ada).unwrap();
        for _ in 0..600 {
            world.account(&vault);
        }
        world.clock.advance(7 * 24 * 3_600_000);
        vault.step().unwrap();
        drop(vault);
        let copy = world.disk.open(&path(name), Open::Write).unwrap();
        copy.set_len(last_week.len() as u64).unwrap();
        copy.write_at(0, &last_week).unwrap();
        assert!(world.remaining().open_record(&profile).is_some(), "the old copy holds the keys");
        assert!(can_be_decrypted(&world.remaining(), &message));
        let vault = world.open().unwrap();
        assert!(world.copies_agree() && !vault.holds_account(ada) && vault.holds_account(ben));
        assert!(world.remaining().open_record(&profile).is_none());
        assert!(!can_be_decrypted(&world.remaining(), &message));
    }
}

#[test]
fn damage_in_both_copies_at_once_is_refused_and_not_repaired_by_dropping() {
    let (world, ..) = stopped();
    for slot in 1..40 {
        let world = world.fork();
        change(&world, BOTH, (slot + 1) * SLOT + 60, |byte| byte ^ 1);
        let (error, text) = refused(&world);
        assert!(matches!(error, OpenError::Damaged { .. }));
        assert!(text.contains(&format!("slot {slot}")) && text.contains("mirror"), "{text}");
    }
    change(&world, BOTH, 3, |byte| byte ^ 1);
    let (error, text) = refused(&world);
    assert!(matches!(error, OpenError::Damaged { .. }) && text.contains("keys.a and keys.b"), "{text}");
}

#[test]
fn another_master_key_is_named_as_such() {
    let (world, ..) = stopped();
    let error = world.open_with(Options::new(FOLDER), MasterKey::from_bytes([8; 32])).err().unwrap();
    assert!(matches!(error, OpenError::OtherMaster { .. }) && error.to_string().contains("another master key"));
}

#[test]
fn copies_of_two_different_files_are_named_as_such() {
    let (world, ..) = stopped();
    let other = World::new(99);
    other.open().unwrap();
    let foreign = read(&other, "keys.b");
    world.disk.open(&path("keys.b"), Open::Write).unwrap().write_at(0, &foreign).unwrap();
    let (error, text) = refused(&world);
    assert!(matches!(error, OpenError::Mixed { .. }) && text.contains("different key files"), "{text}");
}

#[test]
fn a_slot_of_another_place_or_file_opens_nowhere() {
    let (world, ..) = stopped();
    let bytes = read(&world, "keys.a");
    for name in BOTH {
        let file = world.disk.open(&path(name), Open::Write).unwrap();
        file.write_at(3 * SLOT as u64, &bytes[4 * SLOT..5 * SLOT]).unwrap();
    }
    assert!(matches!(refused(&world).0, OpenError::Damaged { .. }));
}

#[test]
fn older_and_newer_files_are_named_as_such() {
    for names in [BOTH, &BOTH[..1], &BOTH[1..]] {
        let (world, ..) = stopped();
        set_version(&world, names, 3);
        let (error, text) = refused(&world);
        assert!(
            matches!(error, OpenError::Newer { found: 3, .. }) && text.contains("start the newer program"),
            "{text}"
        );
        set_version(&world, names, 0);
        let (error, text) = refused(&world);
        assert!(matches!(error, OpenError::Older { found: 0, .. }) && text.contains("older than format 2"), "{text}");
    }
}

#[test]
fn a_second_process_is_kept_out() {
    let world = World::new(1);
    let vault = world.open().unwrap();
    let error = world.open().err().unwrap();
    assert!(matches!(error, OpenError::InUse { .. }) && error.to_string().contains("in use by another process"));
    drop(vault);
    world.open().unwrap();
}

#[test]
fn after_a_failed_write_nothing_is_written_until_a_start() {
    let world = World::new(1);
    let vault = world.open().unwrap();
    let ada = world.account(&vault);
    let profile = seal_profile(&vault, ada);
    world.disk.fail_syncs(1);
    let said = vault.destroy_account(ada).unwrap_err().to_string();
    assert!(said.contains("keys.a") && said.contains("repair the disk"), "{said}");
    assert!(vault.holds_account(ada), "what did not become durable does not count");
    world.clock.advance(15_000);
    assert!(vault.step().is_err() && vault.create_account(ada).is_ok());
    drop(vault);
    let vault = world.open().unwrap();
    assert!(!vault.holds_account(ada), "the write had reached the first copy: the newer one wins");
    assert!(world.remaining().open_record(&profile).is_none() && world.copies_agree());
}

#[test]
fn the_real_disk_holds_a_vault_too() {
    use kernel::sim::{SimClock, SimRng};
    use std::sync::Arc;
    use vault::{OsDisk, Vault};

    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("a/keys");
    let clock = Arc::new(SimClock::new(START));
    let open = || Vault::open(Arc::new(OsDisk), Options::new(&keys), master(), clock.clone(), Arc::new(SimRng::new(1)));
    let vault = open().unwrap();
    let ada = kernel::AccountId::new(START, 1);
    vault.create_account(ada).unwrap();
    let profile = seal_profile(&vault, ada);
    assert!(matches!(open(), Err(OpenError::InUse { .. })));
    drop(vault);
    clock.advance(60_000);
    assert_eq!(open_profile(&open().unwrap(), ada, &profile).unwrap(), "Ada");
}
