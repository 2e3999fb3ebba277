//! LOCA-PURPOSES: a place cannot be opened for advertising.

use policy::{Permit, purposes, rows};

fn main() {
    let _ = Permit::<rows::LocationNearby>::to::<purposes::ChooseAds>();
}
