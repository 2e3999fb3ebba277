//! A new master key: after the rotation the old one opens nothing, wherever the power went.

use std::path::Path;
use std::sync::Arc;

use kernel::sim::AfterCut;
use kernel::{Disk, Open};
use vault::{MasterKey, OpenError, Options, RotateError, Rotated, Rotation};

use crate::crashes::{Somebody, cut_and_restart, somebody_on};
use crate::support::*;

fn new_master() -> MasterKey {
    MasterKey::from_bytes([8; 32])
}

fn rotate(world: &World, options: &Options, old: &MasterKey, new: &MasterKey) -> Result<Rotated, RotateError> {
    Rotation::begin(Arc::new(world.disk.clone()), options)?.run(old, new, &*world.rng)
}

fn past(world: &World) -> Somebody {
    somebody_on(world, &world.open_mirrored().unwrap())
}

/// Everything opens with the new master key and nothing in any copy with the old one.
fn check_rotated(world: &World, past: &Somebody) {
    let vault = world.open_with(mirrored(), new_master()).unwrap();
    assert!(world.mirror_agrees());
    assert_eq!(open_profile(&vault, past.ada, &past.profile).unwrap(), "Ada");
    assert_eq!(receive(&vault, &past.message).unwrap(), TEXT);
    assert!(send(world, &vault, past.ada, past.ada).is_ok());
    world.account(&vault);
    for folder in [FOLDER, MIRROR] {
        let with_new = world.remaining_in(folder, &new_master());
        assert!(with_new.holds_account(past.ada) && with_new.open_record(&past.profile).is_some());
        let with_old = world.remaining_in(folder, &master());
        assert!(with_old.leases().is_empty() && !with_old.holds_account(past.ada));
        assert!(with_old.open_record(&past.profile).is_none() && !can_be_decrypted(&with_old, &past.message));
    }
}

/// `D-71`: whoever finds the old master key later finds no key that it opens.
#[test]
fn after_a_rotation_the_old_master_key_opens_nothing_in_any_copy() {
    let world = World::new(1);
    let past = past(&world);
    assert!(world.remaining_in(MIRROR, &master()).holds_account(past.ada), "it could see the thing");
    let done = rotate(&world, &mirrored(), &master(), &new_master()).unwrap();
    assert_eq!(done, Rotated { slots: 1_024, copies: 4, resumed: false });
    world.disk.restart(AfterCut::LoseAll);
    check_rotated(&world, &past);
    let refused = world.open_with(mirrored(), master()).err().unwrap();
    assert!(matches!(refused, OpenError::OtherMaster { .. }), "{refused}");
    let again = rotate(&world, &mirrored(), &master(), &new_master()).unwrap();
    assert_eq!(again.slots, 0, "nothing is left to do");
    // And back again, over the number of the first.
    rotate(&world, &mirrored(), &new_master(), &MasterKey::from_bytes([9; 32])).unwrap();
    rotate(&world, &mirrored(), &MasterKey::from_bytes([9; 32]), &new_master()).unwrap();
    check_rotated(&world, &past);
}

#[test]
fn a_rotation_cut_short_anywhere_goes_on_when_it_is_begun_again() {
    let run = |world: &World, _: &Somebody| rotate(world, &mirrored(), &master(), &new_master()).is_ok();
    // Every offset within a slot is met, each in another slot; and every unit of both changes of the preamble below.
    let units = cut_and_restart(2, 23 * 127, past, run, |world, past, counted| {
        if !counted {
            let old = world.open_with(mirrored(), master());
            if let Err(refused) = old {
                let text = refused.to_string();
                let expected = matches!(refused, OpenError::RotationUnfinished { .. } | OpenError::OtherMaster { .. });
                assert!(expected, "{text}");
                assert!(text.contains("billet keys rotate") || text.contains("another master key"), "{text}");
            }
        }
        rotate(world, &mirrored(), &master(), &new_master()).unwrap();
        check_rotated(world, past);
    });
    assert!(units > 4 * 1_024 * 128, "every slot of four copies: {units}");
}

/// The first 1,200 units hold the repair at the start and the change of the preamble in all four copies; the last ones the other.
#[test]
fn the_preamble_changes_in_all_copies_or_is_finished_later() {
    let world = World::new(3);
    let past = past(&world);
    let whole = world.fork();
    let before = whole.disk.units();
    rotate(&whole, &mirrored(), &master(), &new_master()).unwrap();
    let units = whole.disk.units() - before;
    for cut in (0..1_200).step_by(3).chain(units - 560..units) {
        let machine = world.fork();
        machine.disk.cut_power_after(cut);
        assert!(rotate(&machine, &mirrored(), &master(), &new_master()).is_err());
        machine.disk.restart(if cut % 2 == 0 { AfterCut::KeepAll } else { AfterCut::LoseAll });
        let done = rotate(&machine, &mirrored(), &master(), &new_master());
        done.unwrap_or_else(|error| panic!("cut at {cut} of {units}: {error}"));
        let vault = machine.open_with(mirrored(), new_master()).unwrap();
        assert!(machine.mirror_agrees() && vault.holds_account(past.ada), "cut at {cut} of {units}");
        assert!(!machine.remaining_in(MIRROR, &master()).holds_account(past.ada), "cut at {cut} of {units}");
    }
}

/// The mirror was away during the rotation: it is brought up to date, and the old master key opens nothing there either.
#[test]
fn a_mirror_that_was_away_during_a_rotation_catches_up() {
    let world = World::new(4);
    let past = past(&world);
    rotate(&world, &Options::new(FOLDER), &master(), &new_master()).unwrap();
    assert!(world.remaining_in(MIRROR, &master()).holds_account(past.ada), "it could see the thing");
    check_rotated(&world, &past);
}

#[test]
fn a_rotation_needs_the_right_keys_and_a_stopped_server() {
    let world = World::new(5);
    let _past = past(&world);
    let refuse = |old: MasterKey, new: MasterKey| rotate(&world, &mirrored(), &old, &new).err().unwrap().to_string();
    assert!(refuse(new_master(), MasterKey::from_bytes([9; 32])).contains("another master key"));
    assert!(refuse(master(), master()).contains("is the old one"));
    let vault = world.open_mirrored().unwrap();
    let busy = rotate(&world, &mirrored(), &master(), &new_master()).err().unwrap().to_string();
    assert!(busy.contains("in use by another process"), "{busy}");
    drop(vault);
    world.disk.cut_power_after(100_000);
    assert!(rotate(&world, &mirrored(), &master(), &new_master()).is_err());
    world.disk.restart(AfterCut::KeepAll);
    let other = rotate(&world, &mirrored(), &master(), &MasterKey::from_bytes([9; 32])).err().unwrap();
    assert!(matches!(other, RotateError::OtherNewKey), "{other}");
    let done = rotate(&world, &mirrored(), &master(), &new_master()).unwrap();
    assert!(done.resumed);
    let nothing = World::new(6);
    let error = rotate(&nothing, &Options::new(FOLDER), &master(), &new_master()).err().unwrap();
    assert!(error.to_string().contains("there are no keys"), "{error}");
}

/// A file of version 1 stays one until its preamble changes, so that an earlier program still opens it.
#[test]
fn a_file_is_of_version_two_once_it_was_rotated_and_not_before() {
    let world = World::new(7);
    let _past = past(&world);
    let version = || {
        let mut byte = [0];
        world.disk.open(&Path::new(FOLDER).join("keys.a"), Open::Read).unwrap().read_at(8, &mut byte).unwrap();
        byte[0]
    };
    assert_eq!(version(), 1);
    rotate(&world, &mirrored(), &master(), &new_master()).unwrap();
    assert_eq!(version(), 2);
}
