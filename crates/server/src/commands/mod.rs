//! The commands beside `serve`: one file each.

pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod clock;
pub(crate) mod doctor;
pub(crate) mod keys;
mod locks;
pub(crate) mod policy;
pub(crate) mod reports;
pub(crate) mod restore;
pub(crate) mod scan;
