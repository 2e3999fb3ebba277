//! REGN-AGGUSE: registration figures cannot be opened for product work.

use policy::{Permit, purposes, rows};

fn main() {
    let _ = Permit::<rows::RegistrationCounter>::to::<purposes::ImproveService>();
}
