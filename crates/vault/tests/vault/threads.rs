//! Many threads at once: readers never wait for each other, and a step in between harms nobody.

use std::sync::atomic::{AtomicBool, Ordering};

use kernel::SECOND_MS;

use crate::support::*;

#[test]
fn sealing_and_opening_go_on_while_keys_are_stepped_drawn_and_destroyed() {
    let world = World::new(1);
    let vault = world.open().unwrap();
    let (ada, ben) = (world.account(&vault), world.account(&vault));
    let done = AtomicBool::new(false);
    std::thread::scope(|threads| {
        let workers: Vec<_> = (0..3)
            .map(|_| {
                threads.spawn(|| {
                    let mut count = 0;
                    while !done.load(Ordering::Relaxed) || count == 0 {
                        let message = send(&world, &vault, ada, ben).unwrap();
                        assert_eq!(receive(&vault, &message).unwrap(), TEXT);
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        for _ in 0..200 {
            world.clock.advance(40 * SECOND_MS);
            vault.step().unwrap();
            let somebody = world.account(&vault);
            vault.destroy_account(somebody).unwrap();
        }
        done.store(true, Ordering::Relaxed);
        let counts: Vec<u32> = workers.into_iter().map(|worker| worker.join().unwrap()).collect();
        assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
    });
}
