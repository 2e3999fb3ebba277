//! REGN-PURPOSES: registration data cannot be opened for marketing.

use policy::{Permit, purposes, rows};

fn main() {
    let _ = Permit::<rows::Registration>::to::<purposes::DeliverMarketing>();
}
