//! CHAT-PURPOSE: chat content cannot be opened to improve the service.

use policy::{Permit, purposes, rows};

fn main() {
    let _ = Permit::<rows::ChatMessage>::to::<purposes::ImproveService>();
}
