//! CHLD-PURPOSE: the proof of a parent's card cannot be opened for fraud scores.

use policy::{Permit, purposes, rows};

fn main() {
    let _ = Permit::<rows::CardProof>::to::<purposes::PreventAbuse>();
}
