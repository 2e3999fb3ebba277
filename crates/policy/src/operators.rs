//! Who runs a server: names, places, controllers. Parameters, never code (D-54). From `policy/operators/*.toml`.
//!
//! A server that is not a demo reads a file of its own in the same form into an [`Operator`] and starts only when
//! [`Operator::check`] finds nothing missing.

pub use crate::operator::{Address, Company, Controller, Operator, Profile};

/// The operator of demo mode.
///
/// ```
/// let demo = policy::operators::demo();
/// assert!(demo.demo && demo.check().is_empty());
/// ```
pub fn demo() -> &'static Operator {
    named("demo").expect("the build refuses a policy without operators/demo.toml")
}

/// The built-in operator with this id.
pub fn named(id: &str) -> Option<&'static Operator> {
    all().iter().find(|operator| operator.id == id)
}

/// Every built-in operator.
pub fn all() -> &'static [Operator] {
    &crate::OPERATORS
}
