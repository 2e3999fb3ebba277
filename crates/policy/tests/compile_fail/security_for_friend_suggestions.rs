//! SECU-PURPOSE: emergency contacts cannot be opened to suggest friends.

use policy::{Permit, purposes, rows};

fn main() {
    let _ = Permit::<rows::EmergencyContact>::to::<purposes::ConnectPeople>();
}
