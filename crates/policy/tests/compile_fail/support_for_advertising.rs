//! SUPP-PURPOSE: support cases cannot be opened for advertising.

use policy::{Permit, purposes, rows};

fn main() {
    let _ = Permit::<rows::SupportCase>::to::<purposes::ChooseAds>();
}
