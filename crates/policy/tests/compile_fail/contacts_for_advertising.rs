//! CONT-PURPOSE: phone contacts cannot be opened for advertising.

use policy::{Permit, purposes, rows};

fn main() {
    let _ = Permit::<rows::AddressBook>::to::<purposes::ChooseAds>();
}
