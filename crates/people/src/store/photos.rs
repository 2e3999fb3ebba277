//! Profile photos.

use kernel::AccountId;
use storage::sql::{Connection, Db, Error, Row, RowExt as _, query};

use super::bytes;

/// Which picture: drawn anew with each, so that another picture has another address.
pub(crate) type PhotoId = [u8; 16];

/// The id of somebody's picture in a row that was joined with theirs.
pub(crate) fn id_or_null(row: &Row) -> Result<Option<PhotoId>, Error> {
    match row.bytes_or_null("photo_id")? {
        Some(_) => row.array("photo_id").map(Some),
        None => Ok(None),
    }
}

/// The picture of an account, sealed.
pub(crate) async fn read(db: &Db, account: AccountId) -> Result<Option<(PhotoId, Vec<u8>)>, Error> {
    let row = query("SELECT photo_id, sealed FROM profile_photo WHERE account_id = $1")
        .bind(bytes(account.to_bytes()))
        .fetch_optional(db.read())
        .await?;
    row.map(|row| Ok((row.array("photo_id")?, row.bytes("sealed")?))).transpose()
}

/// Sets the picture of an account in place of an older one.
pub(crate) async fn set(tx: &mut Connection, account: AccountId, id: PhotoId, sealed: Vec<u8>) -> Result<(), Error> {
    query(
        "INSERT INTO profile_photo (account_id, photo_id, sealed) VALUES ($1, $2, $3) \
         ON CONFLICT (account_id) DO UPDATE SET photo_id = excluded.photo_id, sealed = excluded.sealed",
    )
    .bind(bytes(account.to_bytes()))
    .bind(bytes(id))
    .bind(sealed)
    .execute(tx)
    .await
    .map(drop)
}

/// Takes the picture of an account away; false when there was none.
pub(crate) async fn remove(tx: &mut Connection, account: AccountId) -> Result<bool, Error> {
    let removed =
        query("DELETE FROM profile_photo WHERE account_id = $1").bind(bytes(account.to_bytes())).execute(tx).await?;
    Ok(removed.rows_affected() == 1)
}
