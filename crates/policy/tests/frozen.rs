//! Lists that may only grow, or only shrink.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

fn lines(file: &str) -> Vec<String> {
    let path = format!("{}/../../policy/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).expect("the file is checked in");
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(str::to_owned).collect()
}

/// A row leaves the list when code stores it. None may enter: a new kind of data comes together with its code.
#[test]
fn the_planned_rows_only_become_fewer() {
    let listed: BTreeSet<String> = lines("planned-rows.txt").into_iter().collect();
    let planned: BTreeSet<String> =
        policy::all().iter().filter(|row| row.planned).map(|row| row.id.to_owned()).collect();
    let entered: Vec<_> = planned.difference(&listed).collect();
    assert!(entered.is_empty(), "no row may be planned anew; give these their code: {entered:?}");
    let left: Vec<_> = listed.difference(&planned).collect();
    assert!(left.is_empty(), "these are planned no longer; take them out of planned-rows.txt: {left:?}");
}

/// Sealed boxes name rows by number, also those of rows that are no more.
#[test]
fn a_number_once_given_is_never_given_again() {
    let mut given = BTreeMap::new();
    for line in lines("row-numbers.txt") {
        let (number, id) = line.split_once(' ').expect("`number id`");
        let number: u16 = number.parse().expect("a number");
        assert_eq!(given.insert(number, id.to_owned()), None, "row-numbers.txt gives {number} twice");
    }
    for row in policy::all() {
        let id = given.get(&row.number).map(String::as_str);
        assert_eq!(id, Some(row.id), "add `{} {}` to row-numbers.txt, or take a free number", row.number, row.id);
    }
}
