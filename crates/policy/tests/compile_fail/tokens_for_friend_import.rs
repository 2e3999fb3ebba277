//! SOCI-PURPOSE: tokens of connected accounts cannot be opened to import friends.

use policy::{Permit, purposes, rows};

fn main() {
    let _ = Permit::<rows::SocialConnect>::to::<purposes::ConnectPeople>();
}
