//! KEEP-ROWS: nothing is stored under a row that is still planned, for no column or file of it is declared.

use policy::rows;

struct Moment(String);

policy::stored!(Moment => rows::Moment);

fn main() {}
