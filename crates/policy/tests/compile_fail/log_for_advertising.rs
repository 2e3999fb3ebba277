//! LOGD-PURPOSES: log data cannot be opened for advertising.

use policy::{Permit, purposes, rows};

fn main() {
    let _ = Permit::<rows::LogDevice>::to::<purposes::ChooseAds>();
}
