//! TRAN-PURPOSE: translated text cannot be opened for analytics.

use policy::{Permit, purposes, rows};

fn main() {
    let _ = Permit::<rows::Translation>::to::<purposes::UnderstandUsage>();
}
