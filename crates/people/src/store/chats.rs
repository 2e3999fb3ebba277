//! How conversations stand, and drafts.

use kernel::{AccountId, DraftId, Millis};
use storage::sql::{Connection, Db, Error, Row, RowExt as _, query};

use super::{account_id, bytes};

/// A conversation as stored.
pub(crate) struct ChatRow {
    pub(crate) peer: AccountId,
    pub(crate) revision: i64,
    pub(crate) sealed: Vec<u8>,
    pub(crate) draft: Option<DraftRow>,
}

/// A draft as stored.
pub(crate) struct DraftRow {
    pub(crate) draft: DraftId,
    pub(crate) written_at: Millis,
    pub(crate) sealed: Vec<u8>,
}

impl ChatRow {
    fn from(row: &Row) -> Result<Self, Error> {
        let draft = row.bytes_or_null("draft_id")?.map(|_| {
            Ok::<_, Error>(DraftRow {
                draft: DraftId::from_bytes(row.array("draft_id")?),
                written_at: row.millis("written_at")?,
                sealed: row.bytes("draft_sealed")?,
            })
        });
        Ok(Self {
            peer: account_id(row, "peer_id")?,
            revision: row.int("revision")?,
            sealed: row.bytes("sealed")?,
            draft: draft.transpose()?,
        })
    }
}

macro_rules! chats {
    ($where:literal) => {
        concat!(
            "SELECT chat_setting.peer_id AS peer_id, chat_setting.revision AS revision, chat_setting.sealed AS sealed, ",
            "chat_draft.draft_id AS draft_id, chat_draft.written_at AS written_at, chat_draft.sealed AS draft_sealed ",
            "FROM chat_setting LEFT JOIN chat_draft ON chat_draft.account_id = chat_setting.account_id ",
            "AND chat_draft.peer_id = chat_setting.peer_id AND chat_draft.expires_at > $3 ",
            "WHERE chat_setting.account_id = $1 AND ",
            $where
        )
    };
}

/// What changed after a revision, in the order of changes.
pub(crate) async fn after(db: &Db, account: AccountId, revision: i64, now: Millis) -> Result<Vec<ChatRow>, Error> {
    let rows = query(chats!("chat_setting.revision > $2 ORDER BY chat_setting.revision"))
        .bind(bytes(account.to_bytes()))
        .bind(revision)
        .bind(now.0)
        .fetch_all(db.read())
        .await?;
    rows.iter().map(ChatRow::from).collect()
}

/// One conversation, inside a decision.
pub(crate) async fn one(
    tx: &mut Connection,
    account: AccountId,
    peer: AccountId,
    now: Millis,
) -> Result<Option<ChatRow>, Error> {
    let row = query(chats!("chat_setting.peer_id = $2"))
        .bind(bytes(account.to_bytes()))
        .bind(bytes(peer.to_bytes()))
        .bind(now.0)
        .fetch_optional(tx)
        .await?;
    row.as_ref().map(ChatRow::from).transpose()
}

/// How one conversation stands, as it is stored.
pub(crate) async fn sealed(db: &Db, account: AccountId, peer: AccountId) -> Result<Option<Vec<u8>>, Error> {
    let row = query("SELECT sealed FROM chat_setting WHERE account_id = $1 AND peer_id = $2")
        .bind(bytes(account.to_bytes()))
        .bind(bytes(peer.to_bytes()))
        .fetch_optional(db.read())
        .await?;
    row.map(|row| row.bytes("sealed")).transpose()
}

/// The newest revision of an account and how many conversations it has set.
pub(crate) async fn newest(tx: &mut Connection, account: AccountId) -> Result<(i64, i64), Error> {
    let row = query(
        "SELECT COALESCE(MAX(revision), CAST(0 AS BIGINT)) AS revision, COUNT(*) AS n \
         FROM chat_setting WHERE account_id = $1",
    )
    .bind(bytes(account.to_bytes()))
    .fetch_one(tx)
    .await?;
    Ok((row.int("revision")?, row.int("n")?))
}

/// Writes how a conversation stands.
pub(crate) async fn put(
    tx: &mut Connection,
    account: AccountId,
    peer: AccountId,
    revision: i64,
    sealed: Vec<u8>,
) -> Result<(), Error> {
    query(
        "INSERT INTO chat_setting (account_id, peer_id, revision, sealed) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (account_id, peer_id) DO UPDATE SET revision = excluded.revision, sealed = excluded.sealed",
    )
    .bind(bytes(account.to_bytes()))
    .bind(bytes(peer.to_bytes()))
    .bind(revision)
    .bind(sealed)
    .execute(tx)
    .await
    .map(drop)
}

/// Writes a draft in place of the one before, and forgets the oldest of more than `keep`.
pub(crate) async fn put_draft(
    tx: &mut Connection,
    account: AccountId,
    peer: AccountId,
    row: DraftRow,
    expires_at: Millis,
    keep: i64,
) -> Result<(), Error> {
    query(
        "INSERT INTO chat_draft (draft_id, account_id, peer_id, written_at, expires_at, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account_id, peer_id) DO UPDATE SET draft_id = excluded.draft_id, \
         written_at = excluded.written_at, expires_at = excluded.expires_at, sealed = excluded.sealed",
    )
    .bind(bytes(row.draft.to_bytes()))
    .bind(bytes(account.to_bytes()))
    .bind(bytes(peer.to_bytes()))
    .bind(row.written_at.0)
    .bind(expires_at.0)
    .bind(row.sealed)
    .execute(&mut *tx)
    .await?;
    query(
        "DELETE FROM chat_draft WHERE account_id = $1 AND draft_id NOT IN \
         (SELECT draft_id FROM chat_draft WHERE account_id = $1 ORDER BY written_at DESC, draft_id DESC LIMIT $2)",
    )
    .bind(bytes(account.to_bytes()))
    .bind(keep)
    .execute(tx)
    .await
    .map(drop)
}

/// Takes a draft away.
pub(crate) async fn remove_draft(tx: &mut Connection, account: AccountId, peer: AccountId) -> Result<(), Error> {
    query("DELETE FROM chat_draft WHERE account_id = $1 AND peer_id = $2")
        .bind(bytes(account.to_bytes()))
        .bind(bytes(peer.to_bytes()))
        .execute(tx)
        .await
        .map(drop)
}

/// Removes what others set about their conversations with an account that is going.
pub(crate) async fn forget_peer(tx: &mut Connection, peer: AccountId) -> Result<(), Error> {
    for statement in ["DELETE FROM chat_setting WHERE peer_id = $1", "DELETE FROM chat_draft WHERE peer_id = $1"] {
        query(statement).bind(bytes(peer.to_bytes())).execute(&mut *tx).await?;
    }
    Ok(())
}

/// Removes drafts that have run out.
pub(crate) async fn sweep_drafts(tx: &mut Connection, now: Millis) -> Result<u64, Error> {
    Ok(query("DELETE FROM chat_draft WHERE expires_at <= $1").bind(now.0).execute(tx).await?.rows_affected())
}
