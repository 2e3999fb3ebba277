//! What is stored sealed, each type bound to its row of the policy. A field here is a field the policy declares
//! (REGN-FIELDS, PROF-FIELDS): nothing else can be stored.

use kernel::{AccountId, ContactRequestId, DeviceId, DraftId, LoginId, MessageId, Millis, ReminderId, ReportId};
use policy::rows;
use serde::{Deserialize, Serialize};
use vault::Address;
use wire::rest::{ReportReason, ReportedMessage};

use crate::quiet::Quiet;
use crate::store::Hash;
use crate::store::photos::PhotoId;
use crate::words::Region;

/// What an account was opened with.
#[derive(Serialize, Deserialize)]
pub(crate) struct Registration {
    pub(crate) phone: String,
    pub(crate) alias: String,
    pub(crate) region: Region,
}

/// What others see.
#[derive(Serialize, Deserialize)]
pub(crate) struct Profile {
    pub(crate) alias: String,
    pub(crate) handle: Option<String>,
    pub(crate) region: Region,
}

/// The picture that others see, bare of anything about it.
#[derive(Serialize, Deserialize)]
pub(crate) struct PhotoRecord {
    /// The JPEG, in base64.
    pub(crate) jpeg: String,
}

/// How somebody wants to be found; without one, in every way.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct FindableRecord {
    pub(crate) by_phone: bool,
    pub(crate) by_handle: bool,
}

/// The token in a person's QR code: its owner is shown it again.
#[derive(Serialize, Deserialize)]
pub(crate) struct AddTokenRecord {
    pub(crate) token: String,
}

/// A signed-in installation.
#[derive(Serialize, Deserialize)]
pub(crate) struct DeviceRecord {
    pub(crate) name: String,
    pub(crate) platform: String,
}

/// A device that waits to be let in, as it calls itself.
#[derive(Serialize, Deserialize)]
pub(crate) struct LinkRecord {
    pub(crate) name: String,
    pub(crate) platform: String,
}

/// One log-in.
#[derive(Serialize, Deserialize)]
pub(crate) struct LoginRecord {
    pub(crate) address: String,
    pub(crate) device: String,
    pub(crate) platform: String,
}

/// A child whose parent has to agree first: this and nothing else (D-40).
#[derive(Serialize, Deserialize)]
pub(crate) struct WaitingChild {
    pub(crate) number: String,
    pub(crate) birth_year: i16,
}

/// What goes with a contact request.
#[derive(Serialize, Deserialize)]
pub(crate) struct RequestNote {
    pub(crate) note: String,
    /// Made by number: its sender is not shown it, for the list would tell whose the number is.
    pub(crate) by_number: bool,
}

/// The name one person gives another.
#[derive(Serialize, Deserialize)]
pub(crate) struct RemarkRecord {
    pub(crate) remark: String,
}

/// The tags under which one person sorts another.
#[derive(Serialize, Deserialize)]
pub(crate) struct TagsRecord {
    pub(crate) tags: Vec<String>,
}

/// How a conversation stands for one of its two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ChatRecord {
    pub(crate) read_seq: u64,
    pub(crate) cleared_seq: u64,
    pub(crate) pinned_at: Option<Millis>,
    pub(crate) muted: bool,
    pub(crate) hidden: bool,
    pub(crate) unread: bool,
}

/// A text that was begun and is not sent.
#[derive(Serialize, Deserialize)]
pub(crate) struct DraftRecord {
    pub(crate) text: String,
}

/// What somebody reported, and what came of it.
#[derive(Serialize, Deserialize)]
pub(crate) struct ReportRecord {
    pub(crate) account: AccountId,
    pub(crate) reason: ReportReason,
    pub(crate) text: String,
    pub(crate) messages: Vec<ReportedMessage>,
    pub(crate) decided: Option<String>,
}

/// How a device can be woken.
#[derive(Serialize, Deserialize)]
pub(crate) struct PushRecord {
    pub(crate) endpoint: String,
    pub(crate) p256dh: String,
    pub(crate) auth: String,
    pub(crate) quiet: Option<Quiet>,
}

/// Of which message to be reminded.
#[derive(Serialize, Deserialize)]
pub(crate) struct ReminderRecord {
    pub(crate) peer: AccountId,
    pub(crate) message: MessageId,
}

policy::stored!(
    Registration => rows::Registration,
    Profile => rows::Profile,
    PhotoRecord => rows::Profile,
    FindableRecord => rows::Findable,
    AddTokenRecord => rows::AddToken,
    DeviceRecord => rows::Device,
    LinkRecord => rows::DeviceLink,
    LoginRecord => rows::Login,
    WaitingChild => rows::WaitingChild,
    RequestNote => rows::ContactRequest,
    RemarkRecord => rows::Remark,
    TagsRecord => rows::ContactTag,
    ReportRecord => rows::Report,
    ChatRecord => rows::Mute,
    DraftRecord => rows::ChatDraft,
    PushRecord => rows::PushSubscription,
    ReminderRecord => rows::Reminder,
);

/// Registration, profile and what else an account has one of live as long as the account, so they began with it.
pub(crate) fn of_account(account: AccountId) -> Address {
    Address { owner: Some(account), record: account.to_bytes(), started: born(account) }
}

/// A picture of an account. Only events end it.
pub(crate) fn of_photo(account: AccountId, photo: PhotoId) -> Address {
    Address { owner: Some(account), record: photo, started: born(account) }
}

/// A device of an account.
pub(crate) fn of_device(account: AccountId, device: DeviceId, created_at: Millis) -> Address {
    Address { owner: Some(account), record: device.to_bytes(), started: created_at }
}

/// A log-in of an account.
pub(crate) fn of_login(account: AccountId, login: LoginId, at: Millis) -> Address {
    Address { owner: Some(account), record: login.to_bytes(), started: at }
}

/// A child who waits has no account: its record lives under its deadline alone.
pub(crate) fn of_waiting(number: Hash, started_at: Millis) -> Address {
    let record = *number.first_chunk().expect("a keyed hash has 32 bytes");
    Address { owner: None, record, started: started_at }
}

/// A device that waits is nobody's yet: its record lives under its deadline alone.
pub(crate) fn of_link(token: Hash, started_at: Millis) -> Address {
    let record = *token.first_chunk().expect("a keyed hash has 32 bytes");
    Address { owner: None, record, started: started_at }
}

/// A request belongs to whoever makes it.
pub(crate) fn of_request(from: AccountId, request: ContactRequestId, created_at: Millis) -> Address {
    Address { owner: Some(from), record: request.to_bytes(), started: created_at }
}

/// A report dies with whoever made it.
pub(crate) fn of_report(reporter: AccountId, report: ReportId, received_at: Millis) -> Address {
    Address { owner: Some(reporter), record: report.to_bytes(), started: received_at }
}

/// A remark or a tag belongs to whoever wrote it. Only events end it, so that any instant before it will do as its beginning.
pub(crate) fn of_remark(account: AccountId, contact: AccountId) -> Address {
    Address { owner: Some(account), record: contact.to_bytes(), started: born(account) }
}

/// How a conversation stands belongs to whoever it stands so for. Only events end it, as with a remark.
pub(crate) fn of_chat(account: AccountId, peer: AccountId) -> Address {
    of_remark(account, peer)
}

/// A draft belongs to its writer.
pub(crate) fn of_draft(account: AccountId, draft: DraftId, written_at: Millis) -> Address {
    Address { owner: Some(account), record: draft.to_bytes(), started: written_at }
}

/// A reminder belongs to whoever wants it. It lives from its moment on, and before.
pub(crate) fn of_reminder(account: AccountId, reminder: ReminderId, due_at: Millis) -> Address {
    Address { owner: Some(account), record: reminder.to_bytes(), started: due_at }
}

/// When an account was made: its id begins with that instant.
fn born(account: AccountId) -> Millis {
    let mut ms = [0; 8];
    ms[2..].copy_from_slice(&account.to_bytes()[..6]);
    Millis(i64::from_be_bytes(ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_knows_when_it_was_made() {
        let at = Millis(1_700_000_000_123);
        assert_eq!(born(AccountId::new(at, u128::MAX)), at);
    }
}
