//! REGN-PURPOSES: one permit opens one record, so that every read can stand in the access ledger.

use policy::{Permit, purposes, rows};

fn open(_permit: Permit<rows::Registration>) {}

fn main() {
    let permit = Permit::<rows::Registration>::to::<purposes::SetUpAccount>();
    open(permit);
    open(permit);
}
