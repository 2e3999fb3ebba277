//! The model: the real lease log and the real vault on a simulated machine whose power goes at any moment, whose clock jumps,
//! and whose pass is slow or stuck; and beside them a plain record of what was promised to whom.
//!
//! Promises: CHAT-3H, CHAT-72H, CHAT-FIRST, CHAT-GROUP, CHAT-KEEP, CHAT-SENDERDEL, CHAT-DELIVER.
//!
//! `BILLET_MODEL_RUNS` runs as many as one likes, `BILLET_MODEL_SEED` begins with that seed; a run that fails names its seed,
//! and the same seed gives the same run. `BILLET_MODEL_LOG` prints what happens in it.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod checks;
mod machine;
mod model;
mod moves;
mod recorder;
mod truth;
mod year;

use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use model::Model;

/// Runs in the tests: within three minutes on two cores.
const RUNS: u64 = 10_000;
/// Moves of a run.
const MOVES: u64 = 90;

fn run(seed: u64) -> Model {
    let mut model = Model::new(seed);
    let moves = MOVES / 2 + model.machine.below(MOVES);
    for _ in 0..moves {
        model.step();
    }
    model.finish();
    model
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{variable} must be a number")))
}

#[test]
fn nothing_promised_is_broken_whatever_happens() {
    let first = number("BILLET_MODEL_SEED").unwrap_or(0);
    let runs = number("BILLET_MODEL_RUNS").unwrap_or(if first > 0 { 1 } else { RUNS });
    let (next, failed) = (AtomicU64::new(first), AtomicBool::new(false));
    let work = || {
        while !failed.load(Ordering::Relaxed) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + runs {
                return;
            }
            if let Err(panic) = panic::catch_unwind(AssertUnwindSafe(|| run(seed))) {
                failed.store(true, Ordering::Relaxed);
                let again = format!("BILLET_MODEL_SEED={seed} cargo test --release -p storage --test model");
                model::print_line(&format!("the run with seed {seed} failed; again with: {again}"));
                panic::resume_unwind(panic);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
}

#[test]
fn the_same_seed_gives_the_same_run() {
    for seed in [1, 2, 3] {
        assert_eq!(run(seed).transcript, run(seed).transcript);
    }
}
