//! `GET /v1/me/chats`: how conversations stand, the same on all devices of an account.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use kernel::AccountId;
use policy::{Permit, purposes, rows};
use serde::Deserialize;
use wire::rest::{Chat, Chats};
use wire::{Problem, To};

use crate::problem::{Refuse, answers, faults};
use crate::records::{ChatRecord, DraftRecord, of_chat, of_draft};
use crate::store::chats::{self, ChatRow, DraftRow};
use crate::{Fault, People, SignedIn};

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ListChatsError {
    /// `after` is no revision.
    #[error("`after` is a revision: a whole number from an earlier answer")]
    BadRevision,
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(ListChatsError);
answers!(ListChatsError);

impl Refuse for ListChatsError {
    fn problem(&self) -> Problem {
        match self {
            Self::BadRevision => Problem::new(422, "bad_revision", self.to_string()),
            Self::Fault(fault) => fault.problem(),
        }
    }
}

/// What is known already.
#[derive(Deserialize)]
pub(crate) struct After {
    #[serde(default)]
    after: u64,
}

/// Lists the conversations that stand otherwise than from the beginning and changed after a revision.
#[utoipa::path(get, path = "/v1/me/chats", tag = "people",
    params(("after" = Option<u64>, Query, description = "the revision of an earlier answer; all without it",
        maximum = 9_007_199_254_740_991_u64)),
    responses(
        (status = 200, description = "what changed", body = Chats),
        (status = 401, description = "`not_signed_in`", body = Problem),
        (status = 422, description = "`bad_revision`", body = Problem),
    )
)]
pub(crate) async fn list_chats(
    State(people): State<Arc<People>>,
    who: SignedIn,
    after: Result<Query<After>, QueryRejection>,
) -> Result<Json<Chats>, ListChatsError> {
    let Query(After { after }) = after.map_err(|_| ListChatsError::BadRevision)?;
    if after >= wire::SEQ_LIMIT {
        return Err(ListChatsError::BadRevision);
    }
    Ok(Json(people.chats_after(who.account, after).await?))
}

impl People {
    async fn chats_after(&self, account: AccountId, after: u64) -> Result<Chats, ListChatsError> {
        let now = self.now()?;
        let rows = chats::after(&self.db, account, stored(after), now).await?;
        // Nothing after it: then it is the newest that whoever asks can know.
        let revision = rows.last().map_or(after, |row| shown(row.revision));
        let list = rows.iter().map(|row| self.chat(account, row)).collect::<Result<_, _>>()?;
        Ok(Chats { revision, chats: list })
    }

    fn chat(&self, account: AccountId, row: &ChatRow) -> Result<Chat, Fault> {
        let record = self.chat_record(account, row)?;
        Ok(Chat {
            conversation: To::Account(row.peer),
            revision: shown(row.revision),
            read_seq: record.read_seq,
            cleared_seq: record.cleared_seq,
            pinned_at: record.pinned_at,
            muted: record.muted,
            hidden: record.hidden,
            unread: record.unread,
            draft: row.draft.as_ref().map(|draft| self.draft_text(account, draft)).transpose()?,
        })
    }

    pub(crate) fn chat_record(&self, account: AccountId, row: &ChatRow) -> Result<ChatRecord, Fault> {
        let permit = Permit::<rows::Mute>::to::<purposes::ProvideChat>();
        Ok(self.open_sealed::<ChatRecord>(&row.sealed, &of_chat(account, row.peer), permit)?.clone())
    }

    pub(crate) fn draft_text(&self, account: AccountId, row: &DraftRow) -> Result<String, Fault> {
        let permit = Permit::<rows::ChatDraft>::to::<purposes::ProvideChat>();
        let address = of_draft(account, row.draft, row.written_at);
        Ok(self.open_sealed::<DraftRecord>(&row.sealed, &address, permit)?.text.clone())
    }
}

/// A revision as it is stored: below 2^53, like everything that a client counts with.
fn stored(revision: u64) -> i64 {
    i64::try_from(revision).unwrap_or(i64::MAX)
}

/// A revision as a client sees it.
pub(crate) fn shown(revision: i64) -> u64 {
    u64::try_from(revision).unwrap_or(0)
}
