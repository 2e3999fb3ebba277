//! Lease keys: drawn at most two hours ahead, dead with their hour, held for an hour of service at most.

use kernel::{HOUR_MS, MINUTE_MS, SECOND_MS};
use vault::{EndLeaseError, Lease, OpenRefused, SealError};

use crate::support::*;

#[test]
fn a_lease_is_drawn_two_hours_ahead_and_not_earlier() {
    let world = World::new(1);
    let vault = world.open().unwrap();
    let hour = START.hour();
    assert_eq!(vault.lease_for(START), Lease(hour + 2));
    assert_eq!(vault.live_leases(), [Lease(hour + 1), Lease(hour + 2)]);
    world.serve(&vault, 45 * MINUTE_MS);
    assert_eq!(vault.live_leases(), [Lease(hour + 1), Lease(hour + 2), Lease(hour + 3)]);
    assert_eq!(world.remaining().leases(), vault.live_leases());
}

/// `CHAT-3H`
#[test]
fn a_message_is_noise_once_its_lease_is_ended() {
    let world = World::new(2);
    let vault = world.open().unwrap();
    let (ada, ben) = (world.account(&vault), world.account(&vault));
    let message = send(&world, &vault, ada, ben).unwrap();
    let lease = message.entry_address.lease;
    world.serve(&vault, 104 * MINUTE_MS);
    assert!(matches!(vault.end_lease(lease), Err(EndLeaseError::TooEarly { ms_left: MINUTE_MS, .. })));
    assert_eq!(receive(&vault, &message).unwrap(), TEXT);
    assert!(can_be_decrypted(&world.remaining(), &message));
    world.serve(&vault, MINUTE_MS);
    vault.end_lease(lease).unwrap();
    assert_eq!(receive(&vault, &message), Err(OpenRefused::Gone));
    assert!(!can_be_decrypted(&world.remaining(), &message));
    vault.end_lease(lease).unwrap();
    vault.step().unwrap();
    assert!(!vault.live_leases().contains(&lease), "an ended lease is not drawn again");
    let again = vault.open_entry(&message.entry_address, &message.entry);
    assert_eq!(again.err(), Some(OpenRefused::Gone));
}

#[test]
fn sealing_for_a_lease_that_is_over_or_not_yet_drawn_is_refused() {
    let world = World::new(3);
    let vault = world.open().unwrap();
    let (ada, ben) = (world.account(&vault), world.account(&vault));
    let message = send(&world, &vault, ada, ben).unwrap();
    let key = vault.open_entry(&message.entry_address, &message.entry).unwrap();
    for lease in [Lease(START.hour()), Lease(START.hour() + 3)] {
        let address = vault::EntryAddress { lease, ..message.entry_address };
        assert!(matches!(vault.seal_entry(&address, &key), Err(SealError::LeaseOver(over)) if over == lease));
    }
}

/// An unfinished pass may hold a lease one hour, then privacy wins.
#[test]
fn a_held_lease_dies_by_itself_an_hour_after_its_time() {
    let world = World::new(4);
    let vault = world.open().unwrap();
    let lease = Lease(START.hour() + 1);
    world.serve(&vault, 104 * MINUTE_MS + 59 * SECOND_MS);
    assert!(vault.live_leases().contains(&lease));
    world.clock.advance(SECOND_MS);
    assert_eq!(vault.step().unwrap().leases_ended, [lease]);
    assert!(!world.remaining().leases().contains(&lease));
}

/// "After downtime the hold counts from the start."
#[test]
fn after_downtime_a_lease_is_held_an_hour_of_service() {
    let world = World::new(5);
    let vault = world.open().unwrap();
    let (ada, ben) = (world.account(&vault), world.account(&vault));
    let message = send(&world, &vault, ada, ben).unwrap();
    drop(vault);
    world.clock.reboot(5 * HOUR_MS);
    let vault = world.open().unwrap();
    assert_eq!(receive(&vault, &message).unwrap(), TEXT, "the pass still can");
    world.serve(&vault, HOUR_MS - 5 * SECOND_MS);
    assert_eq!(receive(&vault, &message).unwrap(), TEXT);
    world.serve(&vault, 5 * SECOND_MS);
    assert_eq!(receive(&vault, &message), Err(OpenRefused::Gone));
    assert!(!can_be_decrypted(&world.remaining(), &message));
}

#[test]
fn starting_again_and_again_does_not_begin_the_hour_anew() {
    let world = World::new(6);
    let vault = world.open().unwrap();
    let (ada, ben) = (world.account(&vault), world.account(&vault));
    let message = send(&world, &vault, ada, ben).unwrap();
    drop(vault);
    world.clock.reboot(5 * HOUR_MS);
    for round in 0..7 {
        let vault = world.open().unwrap();
        let alive = can_be_decrypted(&world.remaining(), &message);
        assert_eq!(alive, round < 6, "ten minutes of service in round {round}");
        world.serve(&vault, 10 * MINUTE_MS);
        drop(vault);
        world.clock.reboot(20 * MINUTE_MS);
    }
}

#[test]
fn a_jump_of_the_clock_does_not_use_up_the_hold() {
    let world = World::new(7);
    let vault = world.open().unwrap();
    let (ada, ben) = (world.account(&vault), world.account(&vault));
    let message = send(&world, &vault, ada, ben).unwrap();
    world.clock.jump(5 * HOUR_MS);
    assert!(vault.step().unwrap().clock_check.is_some());
    assert!(matches!(receive(&vault, &message), Err(OpenRefused::ClockCheck(_))));
    assert!(matches!(send(&world, &vault, ada, ben), Err(SealError::ClockCheck(_))));
    world.serve(&vault, 30 * SECOND_MS);
    assert_eq!(receive(&vault, &message).unwrap(), TEXT, "the pass can carry it over");
    world.serve(&vault, HOUR_MS);
    assert_eq!(receive(&vault, &message), Err(OpenRefused::Gone));
}
