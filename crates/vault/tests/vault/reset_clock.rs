//! A wrong jump forward was believed, and is taken back: what had a time to die at is gone, everything else is as before.

use kernel::{DAY_MS, HOUR_MS, SECOND_MS};
use vault::{Address, ClockReset, OpenRefused, ResetError, Vault};

use crate::crashes::cut_and_restart;
use crate::support::*;

fn begin(world: &World) -> Result<ClockReset, ResetError> {
    ClockReset::begin(&world.disk, &mirrored(), &master(), world.clock.clone(), &*world.rng)
}

fn reset(world: &World) -> Result<(), ResetError> {
    let mut reset = begin(world)?;
    reset.destroy()?;
    Ok(reset.set_time()?)
}

const JUMP_MS: i64 = 300 * DAY_MS;

/// Before the jump, a profile and a log-in that lives 60 days; in it, a message and a log-in of that day.
struct Past {
    ada: kernel::AccountId,
    profile: Vec<u8>,
    before: (Address, Vec<u8>),
    within: (Address, Vec<u8>),
    message: Message,
}

fn jump(world: &World, vault: &Vault) {
    world.clock.jump(JUMP_MS);
    vault.step().unwrap();
    world.clock.advance(30 * SECOND_MS);
    vault.step().unwrap();
    assert!(vault.now().unwrap() >= START + JUMP_MS, "believed");
}

fn past(world: &World) -> Past {
    let vault = world.open_mirrored().unwrap();
    let ada = world.account(&vault);
    let profile = seal_profile(&vault, ada);
    let login = |days_ago: i64| {
        let address = Address { owner: Some(ada), record: [2; 16], started: vault.now().unwrap() - days_ago * DAY_MS };
        (address, seal_login(&vault, &address).unwrap())
    };
    let before = login(29);
    jump(world, &vault);
    let within = login(0);
    let message = send(world, &vault, ada, ada).unwrap();
    drop(vault);
    world.clock.jump(-JUMP_MS);
    Past { ada, profile, before, within, message }
}

#[track_caller]
fn check_reset(world: &World, past: &Past) {
    let vault = world.open_mirrored().unwrap();
    assert!(world.mirror_agrees());
    assert!(vault.now().unwrap() < START + HOUR_MS, "time is that of the wall clock again");
    assert_eq!(open_profile(&vault, past.ada, &past.profile).unwrap(), "Ada");
    assert_eq!(open_login(&vault, &past.before.0, &past.before.1), Err(OpenRefused::Gone));
    assert_eq!(open_login(&vault, &past.within.0, &past.within.1), Err(OpenRefused::Gone), "and not damaged");
    assert!(receive(&vault, &past.message).is_err());
    for folder in [FOLDER, MIRROR] {
        let remaining = world.remaining_in(folder, &master());
        assert!(remaining.open_record(&past.profile).is_some());
        assert!(remaining.open_record(&past.before.1).is_none() && remaining.open_record(&past.within.1).is_none());
        assert!(!can_be_decrypted(&remaining, &past.message));
    }
    let fresh = Address { started: vault.now().unwrap(), ..past.within.0 };
    let sealed = seal_login(&vault, &fresh).unwrap();
    assert!(open_login(&vault, &fresh, &sealed).is_ok());
    let message = send(world, &vault, past.ada, past.ada).unwrap();
    assert_eq!(receive(&vault, &message).unwrap(), TEXT);
    drop(vault);
    world.clock.advance(15 * SECOND_MS);
    let vault = world.open_mirrored().unwrap();
    assert!(open_login(&vault, &fresh, &sealed).is_ok(), "over a restart too");
}

#[test]
fn after_a_reset_time_is_right_and_only_what_had_no_deadline_lives() {
    let world = World::new(1);
    let past = past(&world);
    {
        let vault = world.open_mirrored().unwrap();
        assert!(vault.now().unwrap() > START + JUMP_MS, "a right clock alone does not turn time back");
        assert!(open_login(&vault, &past.within.0, &past.within.1).is_ok());
    }
    assert!(world.remaining().open_record(&past.within.1).is_some(), "it could see the thing");
    let stand = world.open_mirrored().unwrap().mark();
    let looked = begin(&world).unwrap();
    assert!(looked.effective() > START + JUMP_MS && looked.wall() < START + HOUR_MS);
    assert!(looked.doomed().0 >= 2 && looked.doomed().1 > 500);
    drop(looked);
    reset(&world).unwrap();
    check_reset(&world, &past);
    let after = world.open_mirrored().unwrap().mark();
    assert!(
        after.step > stand.step && after.batches > stand.batches + (1 << 31),
        "any data is older than the keys now"
    );
}

/// What had died stays dead, whatever its deadline was: the reset brings no time back in which it lived.
#[test]
fn a_reset_revives_nothing() {
    let world = World::new(2);
    let vault = world.open_mirrored().unwrap();
    let ada = world.account(&vault);
    let address = Address { owner: Some(ada), record: [2; 16], started: START };
    let sealed = seal_login(&vault, &address).unwrap();
    jump(&world, &vault);
    assert_eq!(open_login(&vault, &address, &sealed), Err(OpenRefused::Expired));
    drop(vault);
    world.clock.jump(-JUMP_MS);
    reset(&world).unwrap();
    let vault = world.open_mirrored().unwrap();
    assert_eq!(open_login(&vault, &address, &sealed), Err(OpenRefused::Gone));
    assert!(world.remaining().open_record_by_force(&sealed).is_none());
}

#[test]
fn a_reset_cut_short_leaves_the_old_time_or_has_happened() {
    let run = |world: &World, _: &Past| reset(world).is_ok();
    cut_and_restart(3, 11 * 127, past, run, |world, past, counted| {
        let vault = world.open_mirrored().unwrap();
        let done = vault.now().unwrap() < START + HOUR_MS;
        assert!(done || !counted);
        assert_eq!(open_profile(&vault, past.ada, &past.profile).unwrap(), "Ada");
        assert!(!matches!(open_login(&vault, &past.within.0, &past.within.1), Err(OpenRefused::Damaged(_))));
        drop(vault);
        if !done {
            reset(world).unwrap();
        }
        check_reset(world, past);
    });
}

#[test]
fn a_clock_that_is_right_is_not_reset() {
    let world = World::new(4);
    let vault = world.open_mirrored().unwrap();
    let busy = begin(&world).err().unwrap().to_string();
    assert!(busy.contains("in use by another process"), "{busy}");
    drop(vault);
    let said = begin(&world).err().unwrap().to_string();
    assert!(said.contains("nothing is to be reset"), "{said}");
    world.clock.jump(-60 * SECOND_MS);
    let said = begin(&world).err().unwrap().to_string();
    assert!(said.contains("wait"), "{said}");
}
