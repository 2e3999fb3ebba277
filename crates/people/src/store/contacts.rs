//! Contacts, requests, remarks, blocks.

use kernel::{AccountId, ContactRequestId, Millis};
use storage::sql::{Connection, Db, Error, Row, RowExt as _, query};

use super::photos::{self, PhotoId};
use super::{account_id, bytes, request_id};

/// A request as stored.
pub(crate) struct RequestRow {
    pub(crate) request: ContactRequestId,
    pub(crate) from: AccountId,
    pub(crate) to: AccountId,
    pub(crate) created_at: Millis,
    pub(crate) expires_at: Millis,
    pub(crate) sealed: Vec<u8>,
}

/// Somebody as a list shows them: the sealed profile, and the sealed remark and tags of whoever looks.
pub(crate) struct PersonRow {
    pub(crate) account: AccountId,
    pub(crate) profile: Vec<u8>,
    pub(crate) remark: Option<Vec<u8>>,
    pub(crate) tags: Option<Vec<u8>>,
    /// Of contacts alone: others may not see it.
    pub(crate) photo: Option<PhotoId>,
}

impl PersonRow {
    fn from(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            account: account_id(row, "account_id")?,
            profile: row.bytes("profile")?,
            remark: row.bytes_or_null("remark")?,
            tags: row.bytes_or_null("tags")?,
            photo: photos::id_or_null(row)?,
        })
    }
}

/// Whether `account` has `contact` as a contact; the other way round is the same.
pub(crate) async fn are_contacts(tx: &mut Connection, account: AccountId, contact: AccountId) -> Result<bool, Error> {
    let row = query("SELECT since FROM contact WHERE account_id = $1 AND contact_id = $2")
        .bind(bytes(account.to_bytes()))
        .bind(bytes(contact.to_bytes()))
        .fetch_optional(tx)
        .await?;
    Ok(row.is_some())
}

/// Whether `account` has blocked `other`.
pub(crate) async fn has_blocked(tx: &mut Connection, account: AccountId, other: AccountId) -> Result<bool, Error> {
    let row = query("SELECT since FROM block WHERE account_id = $1 AND blocked_id = $2")
        .bind(bytes(account.to_bytes()))
        .bind(bytes(other.to_bytes()))
        .fetch_optional(tx)
        .await?;
    Ok(row.is_some())
}

/// How many contacts an account has.
pub(crate) async fn count(tx: &mut Connection, account: AccountId) -> Result<i64, Error> {
    query("SELECT COUNT(*) AS n FROM contact WHERE account_id = $1")
        .bind(bytes(account.to_bytes()))
        .fetch_one(tx)
        .await?
        .int("n")
}

/// Makes two people contacts of each other.
pub(crate) async fn join(tx: &mut Connection, one: AccountId, other: AccountId, since: Millis) -> Result<(), Error> {
    query(
        "INSERT INTO contact (account_id, contact_id, since) VALUES ($1, $2, $3), ($2, $1, $3) ON CONFLICT DO NOTHING",
    )
    .bind(bytes(one.to_bytes()))
    .bind(bytes(other.to_bytes()))
    .bind(since.0)
    .execute(tx)
    .await
    .map(drop)
}

/// Ends that, with both remarks and tags. False when they were no contacts.
pub(crate) async fn part(tx: &mut Connection, one: AccountId, other: AccountId) -> Result<bool, Error> {
    let pair = [bytes(one.to_bytes()), bytes(other.to_bytes())];
    let parted = query(
        "DELETE FROM contact WHERE (account_id = $1 AND contact_id = $2) OR (account_id = $2 AND contact_id = $1)",
    )
    .bind(pair[0].clone())
    .bind(pair[1].clone())
    .execute(&mut *tx)
    .await?;
    for statement in [
        "DELETE FROM remark WHERE (account_id = $1 AND contact_id = $2) OR (account_id = $2 AND contact_id = $1)",
        "DELETE FROM contact_tag WHERE (account_id = $1 AND contact_id = $2) OR (account_id = $2 AND contact_id = $1)",
    ] {
        query(statement).bind(pair[0].clone()).bind(pair[1].clone()).execute(&mut *tx).await?;
    }
    Ok(parted.rows_affected() > 0)
}

/// The ids of an account's contacts and of those it has blocked: what decides who may reach whom.
pub(crate) async fn circle(db: &Db, account: AccountId) -> Result<(Vec<AccountId>, Vec<AccountId>), Error> {
    let contacts = query("SELECT contact_id FROM contact WHERE account_id = $1")
        .bind(bytes(account.to_bytes()))
        .fetch_all(db.read())
        .await?;
    let blocked = query("SELECT blocked_id FROM block WHERE account_id = $1")
        .bind(bytes(account.to_bytes()))
        .fetch_all(db.read())
        .await?;
    Ok((
        contacts.iter().map(|row| account_id(row, "contact_id")).collect::<Result<_, _>>()?,
        blocked.iter().map(|row| account_id(row, "blocked_id")).collect::<Result<_, _>>()?,
    ))
}

/// Everybody whose lists an account stands in: contacts, and those who asked it, were asked, or have blocked it.
pub(crate) async fn acquainted(
    tx: &mut Connection,
    account: AccountId,
) -> Result<(Vec<AccountId>, Vec<AccountId>), Error> {
    let contacts = query("SELECT account_id FROM contact WHERE contact_id = $1")
        .bind(bytes(account.to_bytes()))
        .fetch_all(&mut *tx)
        .await?;
    let others = query(
        "SELECT from_id AS account_id FROM contact_request WHERE to_id = $1 \
         UNION SELECT to_id AS account_id FROM contact_request WHERE from_id = $1 \
         UNION SELECT account_id FROM block WHERE blocked_id = $1",
    )
    .bind(bytes(account.to_bytes()))
    .fetch_all(tx)
    .await?;
    let ids = |rows: &[Row]| rows.iter().map(|row| account_id(row, "account_id")).collect::<Result<Vec<_>, _>>();
    Ok((ids(&contacts)?, ids(&others)?))
}

/// An account's contacts.
pub(crate) async fn list(db: &Db, account: AccountId) -> Result<Vec<PersonRow>, Error> {
    let rows = query(
        "SELECT contact.contact_id AS account_id, profile.sealed AS profile, remark.sealed AS remark, \
         contact_tag.sealed AS tags, profile_photo.photo_id AS photo_id FROM contact JOIN profile ON profile.account_id = contact.contact_id \
         LEFT JOIN remark ON remark.account_id = contact.account_id AND remark.contact_id = contact.contact_id \
         LEFT JOIN contact_tag ON contact_tag.account_id = contact.account_id \
         AND contact_tag.contact_id = contact.contact_id \
         LEFT JOIN profile_photo ON profile_photo.account_id = contact.contact_id WHERE contact.account_id = $1 ORDER BY contact.contact_id",
    )
    .bind(bytes(account.to_bytes()))
    .fetch_all(db.read())
    .await?;
    rows.iter().map(PersonRow::from).collect()
}

/// Whom an account has blocked.
pub(crate) async fn blocked(db: &Db, account: AccountId) -> Result<Vec<PersonRow>, Error> {
    let rows = query(
        "SELECT block.blocked_id AS account_id, profile.sealed AS profile, remark.sealed AS remark, \
         contact_tag.sealed AS tags, profile_photo.photo_id AS photo_id FROM block JOIN profile ON profile.account_id = block.blocked_id \
         LEFT JOIN remark ON remark.account_id = block.account_id AND remark.contact_id = block.blocked_id \
         LEFT JOIN contact_tag ON contact_tag.account_id = block.account_id \
         AND contact_tag.contact_id = block.blocked_id \
         LEFT JOIN contact ON contact.account_id = block.account_id AND contact.contact_id = block.blocked_id \
         LEFT JOIN profile_photo ON profile_photo.account_id = contact.contact_id WHERE block.account_id = $1 ORDER BY block.since DESC, block.blocked_id",
    )
    .bind(bytes(account.to_bytes()))
    .fetch_all(db.read())
    .await?;
    rows.iter().map(PersonRow::from).collect()
}

/// A request and the profile of the other side.
pub(crate) struct OpenRequest {
    pub(crate) row: RequestRow,
    pub(crate) profile: Vec<u8>,
    pub(crate) photo: Option<PhotoId>,
}

/// Open requests to and from an account, newest first. What comes from somebody whom it has blocked is not shown.
pub(crate) async fn requests(db: &Db, account: AccountId, now: Millis, max: i64) -> Result<Vec<OpenRequest>, Error> {
    let rows = query(
        "SELECT contact_request.request_id AS request_id, contact_request.from_id AS from_id, \
         contact_request.to_id AS to_id, contact_request.created_at AS created_at, \
         contact_request.expires_at AS expires_at, contact_request.sealed AS sealed, profile.sealed AS profile, \
         profile_photo.photo_id AS photo_id FROM contact_request JOIN profile ON profile.account_id = \
         CASE WHEN contact_request.from_id = $1 THEN contact_request.to_id ELSE contact_request.from_id END \
         LEFT JOIN profile_photo ON profile_photo.account_id = profile.account_id WHERE (contact_request.from_id = $1 OR contact_request.to_id = $1) AND contact_request.expires_at > $2 \
         AND NOT EXISTS (SELECT 1 FROM block WHERE block.account_id = $1 \
         AND block.blocked_id = contact_request.from_id) \
         ORDER BY contact_request.request_id DESC LIMIT $3",
    )
    .bind(bytes(account.to_bytes()))
    .bind(now.0)
    .bind(max)
    .fetch_all(db.read())
    .await?;
    let open = |row| {
        Ok(OpenRequest { row: request_row(row)?, profile: row.bytes("profile")?, photo: photos::id_or_null(row)? })
    };
    rows.iter().map(open).collect()
}

fn request_row(row: &Row) -> Result<RequestRow, Error> {
    Ok(RequestRow {
        request: request_id(row, "request_id")?,
        from: account_id(row, "from_id")?,
        to: account_id(row, "to_id")?,
        created_at: row.millis("created_at")?,
        expires_at: row.millis("expires_at")?,
        sealed: row.bytes("sealed")?,
    })
}

/// The request with this id that waits for `to`.
pub(crate) async fn request_to(
    db: &Db,
    request: ContactRequestId,
    to: AccountId,
    now: Millis,
) -> Result<Option<RequestRow>, Error> {
    let row = query(
        "SELECT request_id, from_id, to_id, created_at, expires_at, sealed FROM contact_request \
         WHERE request_id = $1 AND to_id = $2 AND expires_at > $3",
    )
    .bind(bytes(request.to_bytes()))
    .bind(bytes(to.to_bytes()))
    .bind(now.0)
    .fetch_optional(db.read())
    .await?;
    row.as_ref().map(request_row).transpose()
}

/// The request from one to the other.
pub(crate) async fn request_between(
    tx: &mut Connection,
    from: AccountId,
    to: AccountId,
    now: Millis,
) -> Result<Option<RequestRow>, Error> {
    let row = query(
        "SELECT request_id, from_id, to_id, created_at, expires_at, sealed FROM contact_request \
         WHERE from_id = $1 AND to_id = $2 AND expires_at > $3",
    )
    .bind(bytes(from.to_bytes()))
    .bind(bytes(to.to_bytes()))
    .bind(now.0)
    .fetch_optional(tx)
    .await?;
    row.as_ref().map(request_row).transpose()
}

/// Open requests between two people, whichever way they go.
pub(crate) async fn requests_of_pair(
    db: &Db,
    one: AccountId,
    other: AccountId,
    now: Millis,
) -> Result<Vec<RequestRow>, Error> {
    let rows = query(
        "SELECT request_id, from_id, to_id, created_at, expires_at, sealed FROM contact_request \
         WHERE ((from_id = $1 AND to_id = $2) OR (from_id = $2 AND to_id = $1)) AND expires_at > $3",
    )
    .bind(bytes(one.to_bytes()))
    .bind(bytes(other.to_bytes()))
    .bind(now.0)
    .fetch_all(db.read())
    .await?;
    rows.iter().map(request_row).collect()
}

/// Takes the request from one to the other away; true when it was there and had not run out.
pub(crate) async fn remove_request(
    tx: &mut Connection,
    from: AccountId,
    to: AccountId,
    now: Millis,
) -> Result<bool, Error> {
    let rows = query("DELETE FROM contact_request WHERE from_id = $1 AND to_id = $2 RETURNING expires_at")
        .bind(bytes(from.to_bytes()))
        .bind(bytes(to.to_bytes()))
        .fetch_all(tx)
        .await?;
    Ok(rows.iter().map(|row| row.millis("expires_at")).collect::<Result<Vec<_>, _>>()?.iter().any(|at| *at > now))
}

/// How many requests wait for an account.
pub(crate) async fn requests_waiting(tx: &mut Connection, to: AccountId) -> Result<i64, Error> {
    query("SELECT COUNT(*) AS n FROM contact_request WHERE to_id = $1")
        .bind(bytes(to.to_bytes()))
        .fetch_one(tx)
        .await?
        .int("n")
}

/// A new request.
pub(crate) async fn insert_request(tx: &mut Connection, row: RequestRow) -> Result<(), Error> {
    query(
        "INSERT INTO contact_request (request_id, from_id, to_id, created_at, expires_at, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(bytes(row.request.to_bytes()))
    .bind(bytes(row.from.to_bytes()))
    .bind(bytes(row.to.to_bytes()))
    .bind(row.created_at.0)
    .bind(row.expires_at.0)
    .bind(row.sealed)
    .execute(tx)
    .await
    .map(drop)
}

/// Removes requests that have run out.
pub(crate) async fn sweep_requests(tx: &mut Connection, now: Millis) -> Result<u64, Error> {
    Ok(query("DELETE FROM contact_request WHERE expires_at <= $1").bind(now.0).execute(tx).await?.rows_affected())
}

/// What somebody keeps about a contact, for themselves alone: a table of its own each, with the same columns.
pub(crate) struct Kept {
    write: &'static str,
    remove: &'static str,
}

macro_rules! kept {
    ($table:literal) => {
        Kept {
            write: concat!(
                "INSERT INTO ",
                $table,
                " (account_id, contact_id, sealed) VALUES ($1, $2, $3) ",
                "ON CONFLICT (account_id, contact_id) DO UPDATE SET sealed = excluded.sealed"
            ),
            remove: concat!("DELETE FROM ", $table, " WHERE account_id = $1 AND contact_id = $2"),
        }
    };
}

pub(crate) const REMARK: Kept = kept!("remark");
pub(crate) const TAGS: Kept = kept!("contact_tag");

/// Writes what somebody keeps about a contact, or takes it away.
pub(crate) async fn keep(
    tx: &mut Connection,
    kept: Kept,
    account: AccountId,
    contact: AccountId,
    sealed: Option<Vec<u8>>,
) -> Result<(), Error> {
    let statement = query(if sealed.is_some() { kept.write } else { kept.remove });
    let statement = statement.bind(bytes(account.to_bytes())).bind(bytes(contact.to_bytes()));
    let statement = sealed.into_iter().fold(statement, |statement, sealed| statement.bind(sealed));
    statement.execute(tx).await.map(drop)
}

/// How many an account has blocked.
pub(crate) async fn count_blocked(tx: &mut Connection, account: AccountId) -> Result<i64, Error> {
    query("SELECT COUNT(*) AS n FROM block WHERE account_id = $1")
        .bind(bytes(account.to_bytes()))
        .fetch_one(tx)
        .await?
        .int("n")
}

/// Blocks somebody; blocking twice is blocking once.
pub(crate) async fn block(
    tx: &mut Connection,
    account: AccountId,
    other: AccountId,
    since: Millis,
) -> Result<(), Error> {
    query("INSERT INTO block (account_id, blocked_id, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
        .bind(bytes(account.to_bytes()))
        .bind(bytes(other.to_bytes()))
        .bind(since.0)
        .execute(tx)
        .await
        .map(drop)
}

/// Ends a block.
pub(crate) async fn unblock(tx: &mut Connection, account: AccountId, other: AccountId) -> Result<(), Error> {
    query("DELETE FROM block WHERE account_id = $1 AND blocked_id = $2")
        .bind(bytes(account.to_bytes()))
        .bind(bytes(other.to_bytes()))
        .execute(tx)
        .await
        .map(drop)
}
