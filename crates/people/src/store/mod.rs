//! All SQL of this crate. What is decided with it is decided elsewhere.
//!
//! Reading alone takes the [`Db`](storage::sql::Db); what belongs to a decision takes the transaction's connection.
//! Whoever decides about an account first takes its row lock with [`accounts::lock`]; about a pair, with
//! [`accounts::lock_pair`].

pub(crate) mod accounts;
pub(crate) mod chats;
pub(crate) mod clock_reset;
pub(crate) mod codes;
pub(crate) mod contacts;
pub(crate) mod devices;
pub(crate) mod finding;
pub(crate) mod held;
pub(crate) mod links;
pub(crate) mod photos;
pub(crate) mod policy;
pub(crate) mod push;
pub(crate) mod reminders;
pub(crate) mod reports;
pub(crate) mod shorten;
#[cfg(test)]
pub(crate) mod testing;

use kernel::{AccountId, ContactRequestId, DeviceId, LoginId};
use storage::sql::{Error, Row, RowExt as _};

/// A keyed hash as it is stored.
pub(crate) type Hash = [u8; 32];

fn account_id(row: &Row, column: &str) -> Result<AccountId, Error> {
    row.array(column).map(AccountId::from_bytes)
}

fn device_id(row: &Row, column: &str) -> Result<DeviceId, Error> {
    row.array(column).map(DeviceId::from_bytes)
}

fn request_id(row: &Row, column: &str) -> Result<ContactRequestId, Error> {
    row.array(column).map(ContactRequestId::from_bytes)
}

fn login_id(row: &Row, column: &str) -> Result<LoginId, Error> {
    row.array(column).map(LoginId::from_bytes)
}

/// An id or a hash as a parameter.
fn bytes<const N: usize>(array: [u8; N]) -> Vec<u8> {
    array.to_vec()
}
