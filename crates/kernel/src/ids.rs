//! Typed ids. All are ULIDs; each is a type of its own.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use ulid::Ulid;

use crate::Millis;

/// A text that is not a ULID of 26 characters in Crockford's base 32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id: expected 26 characters of Crockford's base 32")]
pub struct IdError;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Ulid);

        impl $name {
            /// A new id made at `at` from `bits` of randomness (80 are used).
            pub fn new(at: Millis, bits: u128) -> Self {
                Self(Ulid::from_parts(u64::try_from(at.0).unwrap_or(0), bits))
            }

            /// When it was made; for an id that somebody made up, whatever they wrote into it.
            pub fn made_at(self) -> Millis {
                Millis(i64::try_from(self.0.timestamp_ms()).unwrap_or(i64::MAX))
            }

            /// The 16 bytes, most significant first: what is stored.
            pub fn to_bytes(self) -> [u8; 16] {
                self.0.to_bytes()
            }

            /// The id stored as these 16 bytes.
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Ulid::from_bytes(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = [0; ulid::ULID_LEN];
                f.write_str(self.0.array_to_str(&mut text))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Ulid::from_string(text).map(Self).map_err(|_| IdError)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut text = [0; ulid::ULID_LEN];
                serializer.serialize_str(self.0.array_to_str(&mut text))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    )+};
}

ids! {
    /// A person's account.
    AccountId
    /// A signed-in installation of a client.
    DeviceId
    /// A message: one body, however many recipients.
    MessageId
    /// A group conversation.
    GroupId
    /// A request to become contacts.
    ContactRequestId
    /// One log-in.
    LoginId
    /// Something that somebody reported.
    ReportId
    /// A text that was begun and is not sent.
    DraftId
    /// A wish to be reminded of a message.
    ReminderId
    /// A session of a device.
    SessionId
    /// A long-lived item with a key of its own (a Moment, a Favorite).
    ItemId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_text_and_bytes() {
        let id = AccountId::new(Millis(1_700_000_000_000), 42);
        assert_eq!(id.to_string().parse::<AccountId>(), Ok(id));
        assert_eq!(AccountId::from_bytes(id.to_bytes()), id);
        assert_eq!(id.made_at(), Millis(1_700_000_000_000));
        assert_eq!("not an id".parse::<AccountId>(), Err(IdError));
    }

    #[test]
    fn ids_order_by_time() {
        let early = MessageId::new(Millis(1), u128::MAX);
        let late = MessageId::new(Millis(2), 0);
        assert!(early < late && early.to_string() < late.to_string());
    }
}
