//! ANLY-PURPOSES: analytics cannot be opened for advertising.

use policy::{Permit, purposes, rows};

fn main() {
    let _ = Permit::<rows::Analytics>::to::<purposes::ChooseAds>();
}
