//! SECU-PURPOSE: security data cannot be opened for support.

use policy::{Permit, purposes, rows};

fn main() {
    let _ = Permit::<rows::SecurityEmail>::to::<purposes::SupportUser>();
}
