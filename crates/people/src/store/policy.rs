//! Versions of the policy: since when this server has them, who accepted them, who was told.

use kernel::{AccountId, Millis};
use storage::sql::{Connection, Db, Error, RowExt as _, query};

use super::{account_id, bytes};

/// A version as this server has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EditionRow {
    pub(crate) version: i64,
    pub(crate) begun_at: Millis,
    pub(crate) effective_at: Millis,
}

/// The newest version this server ever had.
pub(crate) async fn newest(tx: &mut Connection) -> Result<Option<EditionRow>, Error> {
    let newest =
        "SELECT policy_version, begun_at, effective_at FROM policy_edition ORDER BY policy_version DESC LIMIT 1";
    let row = query(newest).fetch_optional(tx).await?;
    row.map(|row| {
        Ok(EditionRow {
            version: row.int("policy_version")?,
            begun_at: row.millis("begun_at")?,
            effective_at: row.millis("effective_at")?,
        })
    })
    .transpose()
}

/// Writes a version down.
pub(crate) async fn begin(tx: &mut Connection, edition: EditionRow) -> Result<(), Error> {
    query("INSERT INTO policy_edition (policy_version, begun_at, effective_at) VALUES ($1, $2, $3)")
        .bind(edition.version)
        .bind(edition.begun_at.0)
        .bind(edition.effective_at.0)
        .execute(tx)
        .await
        .map(drop)
}

/// Writes down that an account accepted a version.
pub(crate) async fn accept(tx: &mut Connection, account: AccountId, version: i64, at: Millis) -> Result<(), Error> {
    query(
        "INSERT INTO consent_proof (account_id, policy_version, accepted_at) VALUES ($1, $2, $3) \
         ON CONFLICT (account_id, policy_version) DO NOTHING",
    )
    .bind(bytes(account.to_bytes()))
    .bind(version)
    .bind(at.0)
    .execute(tx)
    .await
    .map(drop)
}

/// Writes down how an account was told of a version; what people read in the app counts more than a text.
pub(crate) async fn tell(
    tx: &mut Connection,
    account: AccountId,
    version: i64,
    at: Millis,
    channel: &str,
) -> Result<(), Error> {
    query(
        "INSERT INTO policy_notice (account_id, policy_version, told_at, channel) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (account_id, policy_version) DO UPDATE SET told_at = excluded.told_at, channel = excluded.channel \
         WHERE policy_notice.channel <> 'app' AND excluded.channel = 'app'",
    )
    .bind(bytes(account.to_bytes()))
    .bind(version)
    .bind(at.0)
    .bind(channel)
    .execute(tx)
    .await
    .map(drop)
}

/// Whether an account accepted this version or a later one, or read of it in the app.
pub(crate) async fn knows(db: &Db, account: AccountId, version: i64) -> Result<bool, Error> {
    let row = query(
        "SELECT policy_version FROM consent_proof WHERE account_id = $1 AND policy_version >= $2 \
         UNION SELECT policy_version FROM policy_notice WHERE account_id = $1 AND policy_version >= $2 AND channel = 'app'",
    )
    .bind(bytes(account.to_bytes()))
    .bind(version)
    .fetch_optional(db.read())
    .await?;
    Ok(row.is_some())
}

/// Accounts that neither accepted this version nor were told of it in any way, at most `max`.
pub(crate) async fn untold(db: &Db, version: i64, max: i64) -> Result<Vec<AccountId>, Error> {
    let rows = query(
        "SELECT account.account_id AS account_id FROM account \
         LEFT JOIN policy_notice ON policy_notice.account_id = account.account_id AND policy_notice.policy_version = $1 \
         LEFT JOIN consent_proof ON consent_proof.account_id = account.account_id AND consent_proof.policy_version >= $1 \
         WHERE policy_notice.account_id IS NULL AND consent_proof.account_id IS NULL \
         ORDER BY account.account_id LIMIT $2",
    )
    .bind(version)
    .bind(max)
    .fetch_all(db.read())
    .await?;
    rows.iter().map(|row| account_id(row, "account_id")).collect()
}
