//! Floor 5. One-to-one conversations: a message is a sealed body that only passes through.
//!
//! Nouns: a **message** (its body is written once), an **entry** (a message on its way to one recipient), a **receipt**
//! (what became of it). Each verb is a file: [`send_message`], [`acknowledge`], [`synchronise`],
//! [`recall_message`], [`typing`], `show_message`,
//! and [`Outgoing`] carries what was committed to the devices that are connected.
//!
//! Invariants:
//! - Nothing here looks into a message's content (CHAT-PURPOSE); it comes as bytes and goes as bytes.
//! - Nobody is sent to without [`people`] having been asked (CHAT-DELIVER).
//! - Nothing is answered before the lease log has it on disk.

pub mod acknowledge;
mod deliver;
pub mod recall_message;
mod routes;
pub mod send_message;
mod show_message;
mod show_protection;
pub mod synchronise;
pub mod typing;

use std::sync::Arc;

use axum::extract::FromRef;
use bus::Local;
use kernel::{AccountId, DeviceId, Rng};
use people::People;
use storage::lease_log::LeaseLog;
use vault::Vault;

pub use deliver::{NoSleepers, Outgoing, Sleepers};
pub use routes::routes;

/// Everything the verbs of this room need.
#[derive(Clone)]
pub struct Chats {
    /// Messages in flight.
    pub log: LeaseLog,
    /// Who may reach whom.
    pub people: Arc<People>,
    /// The devices that are connected.
    pub bus: Local,
    /// Effective time.
    pub vault: Arc<Vault>,
    /// The devices that are not.
    pub sleepers: Arc<dyn Sleepers>,
    /// For ids.
    pub rng: Arc<dyn Rng>,
}

impl FromRef<Chats> for Arc<People> {
    fn from_ref(chats: &Chats) -> Self {
        Self::clone(&chats.people)
    }
}

/// The installation that a verb acts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Actor {
    /// Whose.
    pub account: AccountId,
    /// Which.
    pub device: DeviceId,
}
