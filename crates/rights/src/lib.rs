//! Floor 6. What goes through every row of the policy, whoever stores it.
//!
//! Absences: nothing here is on the way of a message; nothing here writes what a feature stores.
