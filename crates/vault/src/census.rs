//! What keys there are, without the keys: for `billet audit`.

use kernel::Millis;

use crate::deadlines::Grain;
use crate::keys::Keys;
use crate::{ClockCheck, Lease, Mark, Vault};

/// The keys at one moment.
#[derive(Clone, Debug)]
pub struct KeyCensus {
    /// Effective time; while a jump of the clock is not believed, what it would be without.
    pub at: Millis,
    /// The jump that is not believed.
    pub clock_check: Option<ClockCheck>,
    /// Where the keys stand after the last step.
    pub mark: Mark,
    /// Effective time of that step.
    pub stepped_at: Millis,
    /// When the next step is due.
    pub next_step_at: Millis,
    /// Keys of accounts.
    pub accounts: u64,
    /// Keys of long-lived items.
    pub items: u64,
    /// Roots of deadline keys, of hours and of days.
    pub roots: u64,
    /// The leases whose keys live, the earliest first.
    pub leases: Vec<Lease>,
    /// No deadline up to here has a key any more.
    pub dead_through: Millis,
}

impl KeyCensus {
    /// How many keys there are, the fixed one for keyed hashes not counted.
    pub fn keys(&self) -> u64 {
        self.accounts + self.items + self.roots + self.leases.len() as u64
    }

    /// Whether what is sealed for this lease may still be opened.
    pub fn lease_lives(&self, lease: Lease) -> bool {
        self.leases.binary_search(&lease).is_ok()
    }

    /// Whether what is sealed for this deadline may still be opened.
    pub fn deadline_lives(&self, deadline: Millis) -> bool {
        deadline > self.dead_through
    }
}

impl Vault {
    /// Counts the keys. Cheap, and never waits for the disk.
    pub fn census(&self) -> KeyCensus {
        let look = self.look();
        let keys = self.keys();
        let count = |length: usize| length as u64;
        KeyCensus {
            at: look.at,
            clock_check: look.check,
            mark: self.mark(),
            stepped_at: self.stepped_at(),
            next_step_at: self.next_step_at(),
            accounts: count(keys.accounts.len()),
            items: count(keys.items.len()),
            roots: count(keys.hours.len() + keys.days.len()),
            leases: keys.leases.keys().copied().collect(),
            dead_through: dead_through(&keys, Grain::Hour).min(dead_through(&keys, Grain::Day)),
        }
    }
}

/// Up to where the keys of a grain are dead: as far as its earliest root was stepped.
fn dead_through(keys: &Keys, grain: Grain) -> Millis {
    let first = keys.roots(grain).first_key_value();
    first.map_or(Millis(i64::MIN), |(index, root)| {
        Millis(index * grain.span_ms() + i64::from(root.position) * grain.step_ms())
    })
}
