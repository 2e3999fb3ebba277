//! CHAT-PURPOSE: chat content cannot be opened to understand usage.

use policy::{Permit, purposes, rows};

fn main() {
    let _ = Permit::<rows::ChatMessage>::to::<purposes::UnderstandUsage>();
}
