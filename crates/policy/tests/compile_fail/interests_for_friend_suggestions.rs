//! INTR-USE: interests cannot be opened to suggest friends.

use policy::{Permit, purposes, rows};

fn main() {
    let _ = Permit::<rows::Interest>::to::<purposes::ConnectPeople>();
}
