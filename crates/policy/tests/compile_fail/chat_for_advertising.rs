//! CHAT-PURPOSE: chat content cannot be opened to choose advertising.

use policy::{Permit, purposes, rows};

fn main() {
    let _ = Permit::<rows::ChatMessage>::to::<purposes::ChooseAds>();
}
