//! KEEP-NECESSARY: a type that belongs to no row cannot be stored.

use policy::Stored;

/// Stands for the vault, which seals only what is `Stored`.
fn seal<T: Stored>(_record: &T) {}

struct ShoeSize(u8);

fn main() {
    seal(&ShoeSize(43));
}
