//! A message from one account to another: asked for, sealed, on disk, then answered.

use std::future::Future;

use kernel::{AccountId, GroupId, MessageId};
use storage::lease_log::{NewMessage, SendError, Sent};
use vault::ClockCheck;
use wire::{SendFrame, To};

use crate::{Actor, Chats};

/// Why a message was not accepted. Nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum SendRefused {
    /// Not a contact, or no such account: the two are not told apart (SECR-ACCESS).
    #[error("{0} is not among your contacts; ask them to become one")]
    NotAContact(AccountId),
    /// The sender has blocked this account. Told only to the one who blocked.
    #[error("you have blocked {0}; unblock them to write")]
    Blocked(AccountId),
    /// No such group, or not a member of it.
    #[error("there is no group {0} that you belong to")]
    UnknownGroup(GroupId),
    /// Who may reach whom could not be looked up.
    #[error("the server cannot reach its database; try again")]
    Unavailable,
    /// The clock has jumped and is being checked.
    #[error(transparent)]
    Clock(#[from] ClockCheck),
    /// The lease log refused it.
    #[error(transparent)]
    Log(#[from] SendError),
}

impl SendRefused {
    /// The stable code that the client gets.
    pub const fn code(&self) -> &'static str {
        match self {
            // An account that was deleted a moment ago is no contact either.
            Self::NotAContact(_) | Self::Log(SendError::NoAccount) => "not_a_contact",
            Self::Blocked(_) => "blocked",
            Self::UnknownGroup(_) => "unknown_group",
            Self::Unavailable => "unavailable",
            Self::Clock(_) | Self::Log(SendError::ClockCheck) => "clock_check",
            Self::Log(SendError::IdReused) => "id_reused",
            Self::Log(SendError::StorageFull) => "storage_full",
            Self::Log(SendError::Stopped) => "stopped",
        }
    }
}

impl Chats {
    /// Accepts a message into the queue of the lease log, in the order of the calls, and returns what waits for the
    /// answer: it resolves once the message is durable.
    pub async fn send_message(
        &self,
        from: Actor,
        send: &SendFrame<'_>,
    ) -> Result<impl Future<Output = Result<Sent, SendRefused>> + Send + use<>, SendRefused> {
        let to = match send.to {
            To::Account(to) => to,
            To::Group(group) => return Err(SendRefused::UnknownGroup(group)),
        };
        self.people.may_send(from.account, to).await.map_err(|refusal| match refusal {
            people::Refusal::NotAContact => SendRefused::NotAContact(to),
            people::Refusal::Blocked => SendRefused::Blocked(to),
            people::Refusal::Unavailable => SendRefused::Unavailable,
        })?;
        let message = MessageId::new(self.vault.now()?, self.rng.ulid_bits());
        let new = NewMessage {
            sender: from.account,
            device: from.device,
            client_id: send.id.as_ref().into(),
            message,
            recipients: vec![to],
            sender_copy: self.people.device_count(from.account).await > 1,
            body: wire::body(send),
        };
        let answer = self.log.queue_send(new).await?;
        Ok(async move { Ok(answer.await?) })
    }
}
