//! Somebody is typing: told to whoever is connected now, stored nowhere.

use bus::{Bus, Event};
use wire::{ServerFrame, To};

use crate::{Actor, Chats};

impl Chats {
    /// Tells the other side, if it is connected and may be written to. Nobody learns whether it was told.
    pub async fn typing(&self, from: Actor, to: To) {
        let To::Account(account) = to else { return };
        if !self.bus.listening(account) || self.people.may_send(from.account, account).await.is_err() {
            return;
        }
        let frame = serde_json::to_vec(&ServerFrame::Typing { from: from.account, to })
            .expect("a frame of text, numbers and ids always serialises");
        self.bus.publish(account, &Event::passing(frame.into()));
    }
}
