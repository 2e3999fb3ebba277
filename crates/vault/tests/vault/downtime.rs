//! The machine was off, or its clock went wrong.

use kernel::{DAY_MS, HOUR_MS, MINUTE_MS, Millis, SECOND_MS};
use vault::{Address, ClockCheck, OpenError, OpenRefused, Options};

use crate::support::*;

/// A server with a profile, a message sent just now, and log-in records due in 20 and in 60 days.
struct Past {
    world: World,
    ada: kernel::AccountId,
    profile: Vec<u8>,
    message: Message,
    soon: (Address, Vec<u8>),
    late: (Address, Vec<u8>),
}

fn past(seed: u64) -> Past {
    let world = World::new(seed);
    let vault = world.open().unwrap();
    let (ada, ben) = (world.account(&vault), world.account(&vault));
    let login = |days_ago| {
        let address = Address { owner: Some(ada), record: [2; 16], started: START - days_ago * DAY_MS };
        (address, seal_login(&vault, &address).unwrap())
    };
    let (soon, late) = (login(69), login(29));
    let profile = seal_profile(&vault, ada);
    let message = send(&world, &vault, ada, ben).unwrap();
    Past { world, ada, profile, message, soon, late }
}

/// What opens after `ms` without a machine: the message, the near record, the far record, the profile. What refuses by its
/// deadline must also be beyond all remaining keys, before anything was asked for.
fn after_downtime(ms: i64) -> [bool; 4] {
    let Past { world, ada, profile, message, soon, late } = past(1);
    world.clock.reboot(ms);
    let vault = world.open().unwrap();
    let remaining = world.remaining();
    let decryptable = [
        can_be_decrypted(&remaining, &message),
        remaining.open_record(&soon.1).is_some(),
        remaining.open_record(&late.1).is_some(),
        remaining.open_record(&profile).is_some(),
    ];
    let served = [
        receive(&vault, &message).is_ok(),
        open_login(&vault, &soon.0, &soon.1).is_ok(),
        open_login(&vault, &late.0, &late.1).is_ok(),
        open_profile(&vault, ada, &profile).is_ok(),
    ];
    assert_eq!(decryptable, served, "after {ms} ms");
    assert!(world.copies_agree());
    let fresh = send(&world, &vault, ada, ada).unwrap();
    assert_eq!(receive(&vault, &fresh).unwrap(), TEXT, "and it goes on at once");
    assert!(seal_login(&vault, &Address { started: vault.now().unwrap(), ..late.0 }).is_ok());
    served
}

/// `CHAT-72H`
#[test]
fn after_downtime_all_that_came_due_is_dead_before_anything_is_served() {
    assert_eq!(after_downtime(0), [true; 4]);
    assert_eq!(after_downtime(5 * HOUR_MS), [true; 4]);
    assert_eq!(after_downtime(72 * HOUR_MS - 1), [true; 4]);
    assert_eq!(after_downtime(73 * HOUR_MS), [false, true, true, true]);
    assert_eq!(after_downtime(30 * DAY_MS), [false, false, true, true]);
    assert_eq!(after_downtime(399 * DAY_MS), [false, false, false, true]);
}

#[test]
fn after_401_days_it_waits_for_the_operator() {
    let Past { world, ada, profile, message, late, .. } = past(2);
    world.clock.reboot(401 * DAY_MS + HOUR_MS);
    let refused = world.open().err().unwrap();
    assert!(matches!(refused, OpenError::ClockFarAhead { days: 401, .. }));
    assert!(refused.to_string().contains("set the date right"), "{refused}");
    assert!(can_be_decrypted(&world.remaining(), &message), "nothing was touched");
    let sure = Options { believe_far_jumps: true, ..Options::new(FOLDER) };
    let vault = world.open_with(sure, master()).unwrap();
    assert_eq!(open_profile(&vault, ada, &profile).unwrap(), "Ada");
    assert_eq!(open_login(&vault, &late.0, &late.1), Err(OpenRefused::Expired));
    assert!(!can_be_decrypted(&world.remaining(), &message));
    drop(vault);
    world.open().unwrap();
}

#[test]
fn a_clock_that_steps_back_revives_nothing_and_freezes_nothing() {
    let Past { world, message, .. } = past(3);
    let vault = world.open().unwrap();
    world.serve(&vault, HOUR_MS);
    world.clock.jump(-10 * HOUR_MS);
    assert_eq!(vault.now().unwrap(), START + HOUR_MS);
    world.serve(&vault, HOUR_MS);
    assert_eq!(vault.now().unwrap(), START + 2 * HOUR_MS);
    drop(vault);
    world.clock.reboot(0);
    let vault = world.open().unwrap();
    assert_eq!(vault.now().unwrap(), START + 2 * HOUR_MS + 15 * SECOND_MS - 1, "also over a boot");
    world.clock.advance(70 * HOUR_MS);
    assert_eq!(receive(&vault, &message), Err(OpenRefused::Expired));
    vault.step().unwrap();
    assert!(!can_be_decrypted(&world.remaining(), &message));
}

#[test]
fn a_wrong_jump_that_is_put_right_in_time_kills_nothing() {
    let Past { world, message, .. } = past(4);
    let vault = world.open().unwrap();
    world.clock.jump(100 * HOUR_MS);
    assert_eq!(
        receive(&vault, &message).unwrap_err().to_string(),
        ClockCheck::SecondLook { ahead_ms: 100 * HOUR_MS, look_in_ms: 30_000 }.to_string()
    );
    world.serve(&vault, 25 * SECOND_MS);
    world.clock.jump(-100 * HOUR_MS);
    vault.step().unwrap();
    assert_eq!(receive(&vault, &message).unwrap(), TEXT);
}

/// Keys die after a second look, SIGTERM or not.
#[test]
fn a_jump_is_neither_hastened_nor_averted_by_starting_again() {
    let Past { world, message, .. } = past(5);
    let vault = world.open().unwrap();
    world.clock.jump(73 * HOUR_MS);
    assert!(vault.step().unwrap().clock_check.is_some());
    drop(vault);
    world.clock.advance(5 * SECOND_MS);
    let vault = world.open().unwrap();
    assert!(matches!(receive(&vault, &message), Err(OpenRefused::ClockCheck(_))));
    assert!(can_be_decrypted(&world.remaining(), &message));
    world.serve(&vault, 30 * SECOND_MS);
    assert_eq!(receive(&vault, &message), Err(OpenRefused::Expired));
    assert!(!can_be_decrypted(&world.remaining(), &message));
}

#[test]
fn a_boot_after_a_jump_counts_as_downtime() {
    let Past { world, message, .. } = past(6);
    world.clock.reboot(73 * HOUR_MS);
    let vault = world.open().unwrap();
    assert_eq!(receive(&vault, &message), Err(OpenRefused::Expired));
    assert!(!can_be_decrypted(&world.remaining(), &message));
}

#[test]
fn the_mark_tells_steps_and_batches_and_survives() {
    let world = World::new(7);
    let vault = world.open().unwrap();
    let first = vault.mark();
    assert_eq!((first.step, first.batches), (1, 0));
    vault.note_batch(7);
    vault.note_batch(5);
    assert_eq!(vault.mark(), first, "written with the next step");
    assert_eq!(vault.next_step_at(), Millis(START.0 / 15_000 * 15_000 + 15_000));
    world.clock.advance(15 * SECOND_MS);
    let report = vault.step().unwrap();
    assert_eq!((report.step, vault.mark().step, vault.mark().batches), (2, 2, 7));
    assert_eq!(vault.step().unwrap().step, 2, "nothing is due twice");
    drop(vault);
    let vault = world.open().unwrap();
    assert_eq!((vault.mark().step, vault.mark().batches), (3, 7), "a start is a step");
    world.clock.reboot(MINUTE_MS);
    vault.step().unwrap();
    assert_eq!(vault.mark().batches, 7);
}
