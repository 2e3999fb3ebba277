//! How conversations stand, the same on all devices of an account.

use kernel::Millis;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::To;

/// `GET /v1/me/chats`
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Chats {
    /// The newest change there is: what to give as `after` the next time.
    pub revision: u64,
    /// Conversations that changed after what was asked for, in the order of their changes.
    pub chats: Vec<Chat>,
}

/// How a conversation stands. One that is not listed was never changed: all of it is zero, false or null.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Chat {
    /// Which.
    pub conversation: To,
    /// Its newest change.
    pub revision: u64,
    /// Read up to here.
    pub read_seq: u64,
    /// Cleared up to here: what is older is not to be shown.
    pub cleared_seq: u64,
    /// Since when it is pinned to the top.
    pub pinned_at: Option<Millis>,
    /// No sound, no push.
    pub muted: bool,
    /// Not in the list, until something comes.
    pub hidden: bool,
    /// Marked as unread by hand.
    pub unread: bool,
    /// What was begun and is not sent.
    pub draft: Option<String>,
}

/// `PATCH /v1/me/chats`
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ChatChanges {
    /// At most 100 conversations; of one that stands here twice, the later change comes after the earlier.
    #[schema(max_items = 100)]
    pub chats: Vec<ChatChange>,
}

/// What is left out stays.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ChatChange {
    /// Which.
    pub conversation: To,
    /// Read up to here. It only rises: a smaller one changes nothing.
    #[schema(maximum = 9_007_199_254_740_991_u64)]
    pub read_seq: Option<u64>,
    /// Cleared up to here. It only rises.
    #[schema(maximum = 9_007_199_254_740_991_u64)]
    pub cleared_seq: Option<u64>,
    /// Pinned since; null unpins.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub pinned_at: Option<Option<Millis>>,
    /// No sound, no push.
    pub muted: Option<bool>,
    /// Not in the list.
    pub hidden: Option<bool>,
    /// Marked as unread.
    pub unread: Option<bool>,
    /// What was begun and is not sent, at most 16 KiB; null or an empty text takes it away.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 16_384)]
    pub draft: Option<Option<String>>,
}

/// The answer to `PATCH /v1/me/chats`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ChatsRevision {
    /// The newest change there is.
    pub revision: u64,
}

/// A field that is there, null or not; one that is left out is its default.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use kernel::AccountId;

    use super::*;

    #[test]
    fn null_takes_away_and_what_is_left_out_stays() {
        let conversation = To::Account(AccountId::new(Millis(1), 1));
        let read = |fields: serde_json::Value| -> ChatChange {
            let mut change = fields;
            change["conversation"] = serde_json::to_value(conversation).unwrap();
            serde_json::from_value(change).unwrap()
        };
        let change = read(serde_json::json!({}));
        assert_eq!((change.pinned_at, change.draft), (None, None));
        let change = read(serde_json::json!({ "pinned_at": null, "draft": null }));
        assert_eq!((change.pinned_at, change.draft), (Some(None), Some(None)));
        let change = read(serde_json::json!({ "pinned_at": 7, "draft": "hi" }));
        assert_eq!((change.pinned_at, change.draft), (Some(Some(Millis(7))), Some(Some("hi".to_owned()))));
    }
}
