//! Accounts, their profiles, and the blind index that finds them.

use kernel::{AccountId, Millis};
use storage::sql::{Connection, Db, Error, Row, RowExt as _, query};

use super::photos::{self, PhotoId};
use super::{Hash, account_id, bytes, chats};

/// Takes the account's row lock until the transaction ends; false when there is no such account.
pub(crate) async fn lock(tx: &mut Connection, account: AccountId) -> Result<bool, Error> {
    let locked = query("UPDATE account SET created_at = created_at WHERE account_id = $1")
        .bind(bytes(account.to_bytes()))
        .execute(tx)
        .await?;
    Ok(locked.rows_affected() == 1)
}

/// Takes the row locks of both in the order of their ids, so that two who do this never wait for each other; false when
/// either does not exist.
pub(crate) async fn lock_pair(tx: &mut Connection, one: AccountId, other: AccountId) -> Result<bool, Error> {
    Ok(lock(tx, one.min(other)).await? && lock(tx, one.max(other)).await?)
}

/// A new account with its profile.
pub(crate) async fn insert(
    tx: &mut Connection,
    account: AccountId,
    created_at: Millis,
    registration: Vec<u8>,
    profile: Vec<u8>,
) -> Result<(), Error> {
    query("INSERT INTO account (account_id, created_at, sealed) VALUES ($1, $2, $3)")
        .bind(bytes(account.to_bytes()))
        .bind(created_at.0)
        .bind(registration)
        .execute(&mut *tx)
        .await?;
    query("INSERT INTO profile (account_id, sealed, handle_changed_at) VALUES ($1, $2, NULL)")
        .bind(bytes(account.to_bytes()))
        .bind(profile)
        .execute(tx)
        .await
        .map(drop)
}

/// An account as stored.
pub(crate) struct AccountRow {
    pub(crate) created_at: Millis,
    pub(crate) registration: Vec<u8>,
    pub(crate) profile: Vec<u8>,
    pub(crate) handle_changed_at: Option<Millis>,
    /// Only [`super::finding::set_findable`] writes it.
    pub(crate) findable: Option<Vec<u8>>,
    /// Only [`super::photos`] writes it.
    pub(crate) photo: Option<PhotoId>,
}

impl AccountRow {
    fn from(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            created_at: row.millis("created_at")?,
            registration: row.bytes("registration")?,
            profile: row.bytes("profile")?,
            handle_changed_at: row.millis_or_null("handle_changed_at")?,
            findable: row.bytes_or_null("findable")?,
            photo: photos::id_or_null(row)?,
        })
    }
}

const ACCOUNT: &str = "SELECT account.created_at AS created_at, account.sealed AS registration, \
     profile.sealed AS profile, profile.handle_changed_at AS handle_changed_at, \
     findable.sealed AS findable, profile_photo.photo_id AS photo_id FROM account JOIN profile ON profile.account_id = account.account_id \
     LEFT JOIN findable ON findable.account_id = account.account_id \
     LEFT JOIN profile_photo ON profile_photo.account_id = account.account_id WHERE account.account_id = $1";

/// The account.
pub(crate) async fn read(db: &Db, account: AccountId) -> Result<Option<AccountRow>, Error> {
    let row = query(ACCOUNT).bind(bytes(account.to_bytes())).fetch_optional(db.read()).await?;
    row.as_ref().map(AccountRow::from).transpose()
}

/// The account, inside a decision.
pub(crate) async fn read_in(tx: &mut Connection, account: AccountId) -> Result<Option<AccountRow>, Error> {
    let row = query(ACCOUNT).bind(bytes(account.to_bytes())).fetch_optional(tx).await?;
    row.as_ref().map(AccountRow::from).transpose()
}

/// Writes both sealed records anew.
pub(crate) async fn update(tx: &mut Connection, account: AccountId, row: AccountRow) -> Result<(), Error> {
    query("UPDATE account SET sealed = $2 WHERE account_id = $1")
        .bind(bytes(account.to_bytes()))
        .bind(row.registration)
        .execute(&mut *tx)
        .await?;
    query("UPDATE profile SET sealed = $2, handle_changed_at = $3 WHERE account_id = $1")
        .bind(bytes(account.to_bytes()))
        .bind(row.profile)
        .bind(row.handle_changed_at.map(|at| at.0))
        .execute(tx)
        .await
        .map(drop)
}

/// Removes an account and, by the tables' own rule, everything that belongs to it or speaks of it: profile, devices,
/// sessions, log-ins, contacts, requests, remarks and blocks of both sides.
pub(crate) async fn remove(tx: &mut Connection, account: AccountId) -> Result<(), Error> {
    chats::forget_peer(&mut *tx, account).await?;
    query("DELETE FROM account WHERE account_id = $1").bind(bytes(account.to_bytes())).execute(tx).await.map(drop)
}

/// Every account there is, in the order of ids, after `after`; at most `max`.
pub(crate) async fn page(db: &Db, after: AccountId, max: i64) -> Result<Vec<AccountId>, Error> {
    let rows = query("SELECT account_id FROM account WHERE account_id > $1 ORDER BY account_id LIMIT $2")
        .bind(bytes(after.to_bytes()))
        .bind(max)
        .fetch_all(db.read())
        .await?;
    rows.iter().map(|row| account_id(row, "account_id")).collect()
}

/// The sealed pointer under a hash.
pub(crate) async fn pointer(db: &Db, hash: Hash) -> Result<Option<Vec<u8>>, Error> {
    let row =
        query("SELECT pointer FROM blind_index WHERE hash = $1").bind(bytes(hash)).fetch_optional(db.read()).await?;
    row.map(|row| row.bytes("pointer")).transpose()
}

/// The sealed pointer under a hash, inside a decision.
pub(crate) async fn pointer_in(tx: &mut Connection, hash: Hash) -> Result<Option<Vec<u8>>, Error> {
    let row = query("SELECT pointer FROM blind_index WHERE hash = $1").bind(bytes(hash)).fetch_optional(tx).await?;
    row.map(|row| row.bytes("pointer")).transpose()
}

/// Enters a pointer where there is none, or in place of `stale`, which leads nowhere any more. False when somebody else
/// was first.
pub(crate) async fn put_pointer(
    tx: &mut Connection,
    hash: Hash,
    pointer: Vec<u8>,
    stale: Option<Vec<u8>>,
) -> Result<bool, Error> {
    let put = query(
        "INSERT INTO blind_index (hash, pointer) VALUES ($1, $2) \
         ON CONFLICT (hash) DO UPDATE SET pointer = excluded.pointer WHERE blind_index.pointer = $3",
    )
    .bind(bytes(hash))
    .bind(pointer)
    .bind(stale.unwrap_or_default())
    .execute(tx)
    .await?;
    Ok(put.rows_affected() == 1)
}

/// Takes an entry out.
pub(crate) async fn remove_pointer(tx: &mut Connection, hash: Hash) -> Result<(), Error> {
    query("DELETE FROM blind_index WHERE hash = $1").bind(bytes(hash)).execute(tx).await.map(drop)
}
