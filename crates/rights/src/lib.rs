//! Floor 6. What goes through every row of the policy, whoever stores it.
//!
//! - [`audit`]: what is held of each row, and whether it dies on time.
//! - [`backup`]: copies data and keys, apart, and brings them back.
//! - [`scan`]: looks for a text in every byte that is kept, sealed or not.
//!
//! Absences: nothing here is on the way of a message; nothing here writes what a feature stores.

pub mod audit;
pub mod backup;
pub mod scan;
