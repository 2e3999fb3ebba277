//! KEEP-NECESSARY: nobody can declare a row in code; `policy/policy.toml` is the one place.

use policy::{Row, RowInfo, rows};

struct ShoeSize;

impl Row for ShoeSize {
    const INFO: &'static RowInfo = rows::Profile::INFO;
}

fn main() {}
