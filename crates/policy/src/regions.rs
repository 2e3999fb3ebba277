//! What differs from region to region: ages, and the tables of the literal profile. From `policy/regions/*.toml`.

pub use crate::region::{CONSENT_AGE_MIN, Region};

/// The region with this ISO 3166 code; a part of a country (`US-CA`) that has no file is its country, and a country that
/// has none is the default.
///
/// ```
/// use policy::regions;
/// assert_eq!(regions::of("US-CA").codes[0], "US-CA");
/// assert_eq!(regions::of("IN-MH").codes[0], "IN");
/// assert!(regions::of("NZ").codes.is_empty());
/// ```
pub fn of(code: &str) -> &'static Region {
    let listed = |code: &str| all().iter().find(|region| region.codes.iter().any(|listed| listed == code));
    let country = || code.split_once('-').and_then(|(country, _)| listed(country));
    let default = || all().iter().find(|region| region.codes.is_empty());
    listed(code).or_else(country).or_else(default).expect("the build refuses a policy without regions/default.toml")
}

/// Below this age a parent or guardian has to agree (AGE-16): sixteen, or more where the region says so (D-39).
pub fn consent_age(code: &str) -> u8 {
    of(code).consent_age
}

/// From this age a person is of age, so that the proof of a parent's consent can go (CHLD-KEEPUNTIL).
pub fn majority_age(code: &str) -> u8 {
    of(code).majority_age
}

/// Every region that has a file.
pub fn all() -> &'static [Region] {
    &crate::REGIONS
}
