//! LOCA-SECIP: the country of access cannot be opened for advertising.

use policy::{Permit, purposes, rows};

fn main() {
    let _ = Permit::<rows::LocationSecurity>::to::<purposes::ChooseAds>();
}
