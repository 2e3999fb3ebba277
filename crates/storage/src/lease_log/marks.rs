//! What a mark says: receipts, recalls and notices, sealed under the row `chat_receipt` (D-27). No content.

use kernel::{AccountId, MessageId, Millis};
use policy::{Permit, purposes, rows};
use serde::{Deserialize, Serialize};
use vault::{Address, OpenRefused, Opened, SealError, Vault};

use super::records::MarkKind;
use super::{Delivery, Notice, ReceiptState, What};

/// What is sealed in a mark.
#[derive(Serialize, Deserialize)]
pub(super) enum MarkContent {
    /// A message was delivered to so many of its recipients, or can no longer be.
    #[serde(rename = "r")]
    Receipt { m: MessageId, expired: bool, a: AccountId, n: u16, of: u16 },
    /// A message was recalled.
    #[serde(rename = "w")]
    Recalled { m: MessageId },
    /// Messages expired without reaching any device of the account.
    #[serde(rename = "x")]
    Missed { n: u32 },
    /// The server's data was older than its keys: what was in flight has expired.
    #[serde(rename = "b")]
    Restored,
    /// A contact deleted their account.
    #[serde(rename = "g")]
    AccountGone { a: AccountId },
}

policy::stored!(MarkContent => rows::ChatReceipt);

impl MarkContent {
    pub(super) fn kind(&self) -> MarkKind {
        match self {
            Self::Receipt { .. } => MarkKind::Receipt,
            Self::Recalled { .. } => MarkKind::Recalled,
            Self::Missed { .. } | Self::Restored | Self::AccountGone { .. } => MarkKind::Notice,
        }
    }

    pub(super) fn seal(&self, vault: &Vault, account: AccountId, seq: u64, at: Millis) -> Result<Vec<u8>, SealError> {
        vault.seal(self, &address(account, seq, at))
    }

    pub(super) fn open(
        vault: &Vault,
        account: AccountId,
        seq: u64,
        at: Millis,
        sealed: &[u8],
    ) -> Result<Opened<Self>, OpenRefused> {
        let permit = Permit::<rows::ChatReceipt>::to::<purposes::ProvideChat>();
        vault.open_record(sealed, &address(account, seq, at), permit)
    }

    /// What the account's devices are told.
    pub(super) fn delivery(&self, seq: u64) -> Delivery {
        let none = MessageId::from_bytes([0; 16]);
        let (message, what) = match *self {
            Self::Receipt { m, expired, a, n, of } => {
                let state = if expired { ReceiptState::Expired } else { ReceiptState::Delivered };
                (m, What::Receipt { state, account: a, delivered: n.into(), of: of.into() })
            }
            Self::Recalled { m } => (m, What::Recalled),
            Self::Missed { n } => (none, What::Notice(Notice::Missed { count: n })),
            Self::Restored => (none, What::Notice(Notice::Restored)),
            Self::AccountGone { a } => (none, What::Notice(Notice::AccountGone { account: a })),
        };
        Delivery { seq, message, what }
    }
}

fn address(account: AccountId, seq: u64, at: Millis) -> Address {
    let mut record = [0; 16];
    record[..8].copy_from_slice(&seq.to_be_bytes());
    Address { owner: Some(account), record, started: at }
}
