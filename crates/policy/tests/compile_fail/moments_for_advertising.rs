//! MOMT-PURPOSES: posts cannot be opened for advertising (D-20: nor classified for it).

use policy::{Permit, purposes, rows};

fn main() {
    let _ = Permit::<rows::Moment>::to::<purposes::ChooseAds>();
}
