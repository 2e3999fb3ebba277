//! How people are found: the tokens of their QR codes, and in which ways they are not.

use kernel::{AccountId, Millis};
use storage::sql::{Connection, Db, Error, Row, RowExt as _, query};

use super::{Hash, account_id, bytes};

/// The token of a QR code as stored.
pub(crate) struct AddTokenRow {
    pub(crate) account: AccountId,
    pub(crate) created_at: Millis,
    pub(crate) sealed: Vec<u8>,
}

impl AddTokenRow {
    fn from(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            account: account_id(row, "account_id")?,
            created_at: row.millis("created_at")?,
            sealed: row.bytes("sealed")?,
        })
    }
}

/// The token of an account.
pub(crate) async fn token(db: &Db, account: AccountId) -> Result<Option<AddTokenRow>, Error> {
    let row = query("SELECT account_id, created_at, sealed FROM add_token WHERE account_id = $1")
        .bind(bytes(account.to_bytes()))
        .fetch_optional(db.read())
        .await?;
    row.as_ref().map(AddTokenRow::from).transpose()
}

/// The token under a hash.
pub(crate) async fn token_under(db: &Db, hash: Hash) -> Result<Option<AddTokenRow>, Error> {
    let row = query("SELECT account_id, created_at, sealed FROM add_token WHERE token_hash = $1")
        .bind(bytes(hash))
        .fetch_optional(db.read())
        .await?;
    row.as_ref().map(AddTokenRow::from).transpose()
}

/// Gives an account a token, unless it has one; false then.
pub(crate) async fn insert_token(tx: &mut Connection, row: AddTokenRow, hash: Hash) -> Result<bool, Error> {
    let inserted = query(
        "INSERT INTO add_token (account_id, token_hash, created_at, sealed) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (account_id) DO NOTHING",
    )
    .bind(bytes(row.account.to_bytes()))
    .bind(bytes(hash))
    .bind(row.created_at.0)
    .bind(row.sealed)
    .execute(tx)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Takes an account's token away.
pub(crate) async fn remove_token(tx: &mut Connection, account: AccountId) -> Result<(), Error> {
    query("DELETE FROM add_token WHERE account_id = $1").bind(bytes(account.to_bytes())).execute(tx).await.map(drop)
}

/// Writes down how an account is found; nothing stands for every way.
pub(crate) async fn set_findable(
    tx: &mut Connection,
    account: AccountId,
    sealed: Option<Vec<u8>>,
) -> Result<(), Error> {
    let Some(sealed) = sealed else {
        return query("DELETE FROM findable WHERE account_id = $1")
            .bind(bytes(account.to_bytes()))
            .execute(tx)
            .await
            .map(drop);
    };
    query(
        "INSERT INTO findable (account_id, sealed) VALUES ($1, $2) \
         ON CONFLICT (account_id) DO UPDATE SET sealed = excluded.sealed",
    )
    .bind(bytes(account.to_bytes()))
    .bind(sealed)
    .execute(tx)
    .await
    .map(drop)
}
