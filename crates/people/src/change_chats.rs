//! `PATCH /v1/me/chats`: reading, clearing, pinning, muting, hiding and drafts, told to the account's other devices.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use kernel::{AccountId, DraftId, Millis};
use policy::{Row, rows};
use storage::sql::Tx;
use wire::rest::{ChatChange, ChatChanges, ChatsRevision};
use wire::{Problem, SEQ_LIMIT, To};

use crate::http::JsonBody;
use crate::limits::{CHAT_CHANGE_BYTES_MAX, CHAT_CHANGES_MAX, CHATS_MAX, DRAFT_BYTES_MAX, DRAFTS_MAX};
use crate::list_chats::shown;
use crate::problem::{Refuse, answers, faults};
use crate::records::{ChatRecord, DraftRecord, of_chat, of_draft};
use crate::store::accounts;
use crate::store::chats::{self, DraftRow};
use crate::{Fault, People, SignedIn};

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChangeChatsError {
    /// More than one call takes.
    #[error("one call changes at most {CHAT_CHANGES_MAX} conversations")]
    TooManyChanges,
    /// A number that no client counts with.
    #[error("a seq or a time must be from 0 to 2^53 - 1")]
    BadSeq,
    /// A long text.
    #[error("a draft may have at most {DRAFT_BYTES_MAX} bytes")]
    DraftTooLong,
    /// There are no groups.
    #[error("there is no such group that you belong to")]
    UnknownGroup,
    /// As many as an account may set.
    #[error("you have changed as many conversations as one may")]
    TooManyChats,
    /// The account went meanwhile.
    #[error("this account is gone")]
    Gone,
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(ChangeChatsError);
answers!(ChangeChatsError);

impl Refuse for ChangeChatsError {
    fn problem(&self) -> Problem {
        let (status, code) = match self {
            Self::TooManyChanges => (422, "too_many_changes"),
            Self::BadSeq => (422, "bad_seq"),
            Self::DraftTooLong => (422, "draft_too_long"),
            Self::UnknownGroup => (422, "unknown_group"),
            Self::TooManyChats => (409, "too_many_chats"),
            Self::Gone => (410, "account_gone"),
            Self::Fault(fault) => return fault.problem(),
        };
        Problem::new(status, code, self.to_string())
    }
}

/// Changes how conversations stand; what is left out stays. `read_seq` and `cleared_seq` only rise, of the rest the last
/// writer wins. The account's other devices get a notice (`chats`). A conversation needs no contact.
#[utoipa::path(patch, path = "/v1/me/chats", tag = "people", request_body = ChatChanges, responses(
    (status = 200, description = "changed", body = ChatsRevision),
    (status = 401, description = "`not_signed_in`", body = Problem),
    (status = 409, description = "`too_many_chats`", body = Problem),
    (status = 410, description = "`account_gone`", body = Problem),
    (status = 422, description = "`too_many_changes`, `bad_seq`, `draft_too_long`, `unknown_group`", body = Problem),
))]
pub(crate) async fn change_chats(
    State(people): State<Arc<People>>,
    who: SignedIn,
    JsonBody(body): JsonBody<ChatChanges, CHAT_CHANGE_BYTES_MAX>,
) -> Result<Json<ChatsRevision>, ChangeChatsError> {
    if body.chats.len() > CHAT_CHANGES_MAX {
        return Err(ChangeChatsError::TooManyChanges);
    }
    let changes = body.chats.into_iter().map(Change::read).collect::<Result<Vec<_>, _>>()?;
    Ok(Json(ChatsRevision { revision: shown(people.change_chats(who, changes).await?) }))
}

/// A change whose fields were read.
struct Change {
    peer: AccountId,
    fields: ChatChange,
}

impl Change {
    fn read(fields: ChatChange) -> Result<Self, ChangeChatsError> {
        let To::Account(peer) = fields.conversation else { return Err(ChangeChatsError::UnknownGroup) };
        let seqs = [fields.read_seq, fields.cleared_seq];
        let time = fields.pinned_at.flatten().map(|at| u64::try_from(at.0).unwrap_or(u64::MAX));
        if seqs.into_iter().chain([time]).flatten().any(|number| number >= SEQ_LIMIT) {
            return Err(ChangeChatsError::BadSeq);
        }
        if fields.draft.iter().flatten().any(|text| text.len() > DRAFT_BYTES_MAX) {
            return Err(ChangeChatsError::DraftTooLong);
        }
        Ok(Self { peer, fields })
    }

    fn apply(&self, old: &ChatRecord) -> ChatRecord {
        let fields = &self.fields;
        ChatRecord {
            read_seq: old.read_seq.max(fields.read_seq.unwrap_or(0)),
            cleared_seq: old.cleared_seq.max(fields.cleared_seq.unwrap_or(0)),
            pinned_at: fields.pinned_at.unwrap_or(old.pinned_at),
            muted: fields.muted.unwrap_or(old.muted),
            hidden: fields.hidden.unwrap_or(old.hidden),
            unread: fields.unread.unwrap_or(old.unread),
        }
    }
}

impl People {
    /// Writes the changes in one transaction and gives the newest revision.
    async fn change_chats(&self, who: SignedIn, changes: Vec<Change>) -> Result<i64, ChangeChatsError> {
        let now = self.now()?;
        let mut tx = self.db.begin_write().await?;
        if !accounts::lock(&mut tx, who.account).await? {
            return Err(ChangeChatsError::Gone);
        }
        let (before, mut count) = chats::newest(&mut tx, who.account).await?;
        let (mut revision, mut shed) = (before, false);
        for change in changes {
            let old = chats::one(&mut tx, who.account, change.peer, now).await?;
            let record = old.as_ref().map(|row| self.chat_record(who.account, row)).transpose()?;
            let text = old.as_ref().and_then(|row| row.draft.as_ref());
            let text = text.map(|draft| self.draft_text(who.account, draft)).transpose()?;
            let changed = change.apply(record.as_ref().unwrap_or(&ChatRecord::default()));
            let draft = change.fields.draft.clone().map_or(text.clone(), |draft| draft.filter(|text| !text.is_empty()));
            if changed == record.unwrap_or_default() && draft == text {
                continue;
            }
            count += i64::from(old.is_none());
            if count > CHATS_MAX {
                return Err(ChangeChatsError::TooManyChats);
            }
            // From the clock, so that it never comes again after the newest was taken away; one more within its instant.
            revision = now.0.max(revision + 1);
            let sealed = self.seal(&changed, &of_chat(who.account, change.peer))?;
            chats::put(&mut tx, who.account, change.peer, revision, sealed).await?;
            if draft != text {
                self.set_draft(&mut tx, who.account, change.peer, draft, now).await?;
                shed |= text.is_some();
            }
        }
        tx.commit().await?;
        if revision > before {
            self.tell_chats_changed(who.account, who.device);
        }
        // Settings are overwritten in place all day long and say little; a draft that is gone is to be gone.
        if shed {
            self.shed_soon();
        }
        Ok(revision)
    }

    async fn set_draft(
        &self,
        tx: &mut Tx,
        account: AccountId,
        peer: AccountId,
        text: Option<String>,
        now: Millis,
    ) -> Result<(), ChangeChatsError> {
        let Some(text) = text else { return Ok(chats::remove_draft(tx, account, peer).await?) };
        let draft = DraftId::new(now, self.rng.ulid_bits());
        let sealed = self.seal(&DraftRecord { text }, &of_draft(account, draft, now))?;
        let expires_at = rows::ChatDraft::INFO.period.deadline(now).unwrap_or(now);
        let row = DraftRow { draft, written_at: now, sealed };
        Ok(chats::put_draft(tx, account, peer, row, expires_at, DRAFTS_MAX).await?)
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use kernel::{AccountId, DAY_MS, Millis};
    use serde_json::{Value, json};

    use crate::limits::{CHAT_CHANGES_MAX, DRAFT_BYTES_MAX, DRAFTS_MAX};
    use crate::testing::{ADA, Answer, BOB, Person, World, in_a_world};

    /// Somebody to have a conversation with; no account needs to have this id.
    fn peer(number: u128) -> AccountId {
        AccountId::new(Millis(7), number)
    }

    async fn change(world: &World, who: &Person, with: AccountId, mut fields: Value) -> Answer {
        fields["conversation"] = json!({ "account": with });
        world.call(Method::PATCH, "/v1/me/chats", Some(who), json!({ "chats": [fields] })).await
    }

    async fn revision(world: &World, who: &Person, with: AccountId, fields: Value) -> u64 {
        change(world, who, with, fields).await.is(200)["revision"].as_u64().unwrap()
    }

    async fn chats(world: &World, who: &Person, after: u64) -> Vec<Value> {
        let body = world.get(&format!("/v1/me/chats?after={after}"), who).await;
        body["chats"].as_array().unwrap().clone()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn every_device_of_an_account_sees_how_a_conversation_stands_and_nobody_else_does() {
        in_a_world(async |world| {
            let (phone, bob) = world.contacts(ADA, BOB).await;
            let desk = world.person(ADA, "Ada").await;
            assert_eq!(world.get("/v1/me/chats", &desk).await, json!({ "revision": 0, "chats": [] }));
            let fields = json!({ "read_seq": 7, "cleared_seq": 3, "pinned_at": 5, "muted": true, "draft": "dear Bob" });
            let revision = revision(world, &phone, bob.account, fields).await;
            let expected = json!({ "revision": revision, "chats": [{
                "conversation": { "account": bob.account }, "revision": revision, "read_seq": 7, "cleared_seq": 3,
                "pinned_at": 5, "muted": true, "hidden": false, "unread": false, "draft": "dear Bob",
            }] });
            assert_eq!(world.get("/v1/me/chats", &desk).await, expected);
            assert_eq!(world.get("/v1/me/chats", &bob).await["chats"], json!([]));
            assert_eq!(world.heard.chats(), [(phone.account, phone.device)], "the device that asked is left out");
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn reading_and_clearing_only_rise_and_of_the_rest_the_last_writer_wins() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            let all = json!({ "read_seq": 9, "cleared_seq": 8, "pinned_at": 5, "hidden": true, "unread": true, "draft": "a" });
            let first = revision(world, &ada, peer(1), all).await;
            world.heard.chats();
            let less = json!({ "read_seq": 2, "cleared_seq": 1 });
            assert_eq!(revision(world, &ada, peer(1), less).await, first, "nothing has changed");
            assert!(world.heard.chats().is_empty(), "and nobody is told that it has");
            let rest = json!({ "read_seq": 10, "pinned_at": null, "unread": false, "draft": "b" });
            revision(world, &ada, peer(1), rest).await;
            let chat = &chats(world, &ada, 0).await[0];
            assert_eq!((&chat["read_seq"], &chat["cleared_seq"]), (&json!(10), &json!(8)));
            assert_eq!((&chat["pinned_at"], &chat["hidden"]), (&Value::Null, &json!(true)));
            assert_eq!((&chat["unread"], &chat["draft"]), (&json!(false), &json!("b")));
            for none in [Value::Null, json!("")] {
                revision(world, &ada, peer(1), json!({ "draft": "c" })).await;
                revision(world, &ada, peer(1), json!({ "draft": none })).await;
                assert_eq!(chats(world, &ada, 0).await[0]["draft"], Value::Null);
                assert_eq!(world.rows("chat_draft").await, 0);
            }
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_device_asks_for_what_changed_after_what_it_knows() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            let mut known = 0;
            for number in 1..=3 {
                let newer = revision(world, &ada, peer(number), json!({ "muted": true })).await;
                assert!(newer > known, "{newer} comes after {known}, in the same millisecond too");
                known = newer;
            }
            assert_eq!(chats(world, &ada, known).await, [] as [Value; 0]);
            let newest = revision(world, &ada, peer(2), json!({ "muted": false })).await;
            let changed = chats(world, &ada, known).await;
            assert_eq!(changed.len(), 1);
            assert_eq!(changed[0]["conversation"]["account"], json!(peer(2)));
            assert_eq!(changed[0]["revision"], newest);
            assert_eq!(world.get(&format!("/v1/me/chats?after={newest}"), &ada).await["revision"], newest);
            for wrong in ["x", "-1", "9007199254740992"] {
                let path = format!("/v1/me/chats?after={wrong}");
                let answer = world.call(Method::GET, &path, Some(&ada), Value::Null).await;
                answer.refused(422, "bad_revision");
            }
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_too_much_is_refused_and_nothing_of_it_is_kept() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            let long = "x".repeat(DRAFT_BYTES_MAX + 1);
            change(world, &ada, peer(1), json!({ "draft": long })).await.refused(422, "draft_too_long");
            for number in ["read_seq", "cleared_seq", "pinned_at"] {
                change(world, &ada, peer(1), json!({ number: wire::SEQ_LIMIT })).await.refused(422, "bad_seq");
            }
            let chat = |number| json!({ "conversation": { "account": peer(number) }, "muted": true });
            let many: Vec<_> = (0..=CHAT_CHANGES_MAX as u128).map(chat).collect();
            let body = json!({ "chats": many });
            world.call(Method::PATCH, "/v1/me/chats", Some(&ada), body).await.refused(422, "too_many_changes");
            let group = json!({ "chats": [chat(1), { "conversation": { "group": peer(2) } }] });
            world.call(Method::PATCH, "/v1/me/chats", Some(&ada), group).await.refused(422, "unknown_group");
            assert_eq!(world.rows("chat_setting").await, 0);
            // The longest draft there may be, each byte written as six.
            let body = format!(
                r#"{{"chats":[{{"conversation":{{"account":"{}"}},"draft":"{}"}}]}}"#,
                peer(1),
                "\\u0001".repeat(DRAFT_BYTES_MAX)
            );
            let request = http::Request::patch("/v1/me/chats")
                .header("authorization", format!("Bearer {}", ada.token))
                .header("content-type", "application/json");
            world.send(request.body(body.into()).unwrap()).await.is(200);
            let draft = chats(world, &ada, 0).await[0]["draft"].as_str().unwrap().to_owned();
            assert_eq!(draft, "\u{1}".repeat(DRAFT_BYTES_MAX));
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_too_many_drafts_the_oldest_leave_the_server() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            for number in 0..=DRAFTS_MAX.unsigned_abs().into() {
                world.clock.advance(1);
                change(world, &ada, peer(number), json!({ "draft": "begun" })).await.is(200);
            }
            let list = chats(world, &ada, 0).await;
            let without: Vec<_> = list.iter().filter(|chat| chat["draft"].is_null()).collect();
            assert_eq!(without.len(), 1);
            assert_eq!(without[0]["conversation"]["account"], json!(peer(0)));
        })
        .await;
    }

    /// Policy row `chat_draft`: 30 days from when it was written; the settings beside it stay.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_draft_is_gone_30_days_after_it_was_written() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            change(world, &ada, peer(1), json!({ "draft": "begun", "muted": true })).await.is(200);
            world.clock.advance(30 * DAY_MS - 1);
            world.people.sweep().await.unwrap();
            assert_eq!(chats(world, &ada, 0).await[0]["draft"], "begun");
            world.clock.advance(1);
            let chat = &chats(world, &ada, 0).await[0];
            assert_eq!((&chat["draft"], &chat["muted"]), (&Value::Null, &json!(true)));
            assert_eq!(world.rows("chat_draft").await, 1, "the sweep has something to do");
            world.people.sweep().await.unwrap();
            assert_eq!((world.rows("chat_draft").await, world.rows("chat_setting").await), (0, 1));
            change(world, &ada, peer(1), json!({ "draft": "again" })).await.is(200);
            assert_eq!(chats(world, &ada, 0).await[0]["draft"], "again");
        })
        .await;
    }

    /// SECR-REST: neither settings nor drafts stand anywhere in clear.
    #[tokio::test(flavor = "multi_thread")]
    async fn settings_and_drafts_are_stored_sealed() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            change(world, &ada, peer(1), json!({ "draft": "a-word-begun", "pinned_at": 123_454_321 })).await.is(200);
            let bytes = crate::store::testing::all_bytes(&world.db).await;
            let found = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
            let peer = peer(1).to_bytes();
            assert!(bytes.windows(16).any(|window| window == peer), "the row must be among what is looked through");
            for clear in ["a-word-begun", "pinned_at", "123454321"] {
                assert!(!found(clear), "{clear}");
            }
        })
        .await;
    }
}
