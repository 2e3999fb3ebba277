//! PROF-PURPOSES: profile data cannot be opened for advertising.

use policy::{Permit, purposes, rows};

fn main() {
    let _ = Permit::<rows::Profile>::to::<purposes::ChooseAds>();
}
