//! RTLE-PURPOSE: a permit for one row does not open another.

use policy::{Permit, Stored, purposes, rows};

/// Stands for the vault, which opens a record only with a permit of its row.
fn open<T: Stored>(_record: T, _permit: Permit<T::Row>) {}

struct Note(String);

policy::stored!(Note => rows::ContactRequest);

fn main() {
    open(Note(String::new()), Permit::<rows::Profile>::to::<purposes::ShareProfile>());
}
