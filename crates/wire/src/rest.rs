//! Bodies of the HTTP calls.

use kernel::{AccountId, ContactRequestId, DeviceId, MessageId, Millis, ReportId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

mod chats;
mod messages;
mod push;
mod reminders;

pub use chats::{Chat, ChatChange, ChatChanges, Chats, ChatsRevision};
pub use messages::{MessageHeld, WhyHeld};
pub use push::{PushKey, PushKeys, PushSubscription, QuietHours};
pub use reminders::{NewReminder, Reminder, ReminderAdded, Reminders};

/// `GET /v1/health`
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// `ok`.
    pub status: String,
    /// The server's version.
    pub version: String,
    /// Whether this is a demonstration: codes can be read at `/v1/demo/outbox`.
    pub demo: bool,
    /// Who runs this server.
    pub operator: String,
    /// The version of the privacy policy it obeys.
    pub policy_version: u32,
    /// SHA-256 of that policy, as its page shows it (KEEP-ROWS).
    pub policy_digest: String,
}

/// `GET /v1/policy/versions`
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PolicyVersions {
    /// The newest first.
    pub versions: Vec<PolicyVersion>,
}

/// One version of the privacy policy.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PolicyVersion {
    /// From 1, without a gap.
    pub number: u32,
    /// `YYYY-MM-DD`: when its text was published.
    pub published: String,
    /// `YYYY-MM-DD`: when it takes effect.
    pub effective: String,
    /// Still being written.
    pub draft: bool,
    /// People have to be shown it, and not only told of it (NOTI-SIG).
    pub significant: bool,
    /// SHA-256 of the policy's files.
    pub digest: String,
    /// What changed.
    pub summary: PolicyWords,
}

/// `GET /v1/policy/notice`: a change of the policy that the account has not read of yet (NOTI-BEFORE).
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PolicyNotice {
    /// The new version.
    pub version: u32,
    /// `YYYY-MM-DD`: when it takes effect.
    pub effective: String,
    /// The instant it takes effect.
    pub effective_at: Millis,
    /// It has to be shown, and not only told (NOTI-SIG).
    pub significant: bool,
    /// What changed.
    pub summary: PolicyWords,
}

/// `POST /v1/policy/notice`: the account has read of a change.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PolicyNoticeRead {
    /// The version it read of.
    pub version: u32,
}

/// A text in the languages of the policy.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PolicyWords {
    /// English, which prevails.
    pub en: String,
    /// Simplified Chinese; may be empty.
    pub zh: String,
}

/// `POST /v1/codes`
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CodeRequest {
    /// A mobile number; spaces, full-width digits and `00` for `+` are understood.
    #[schema(example = "+12025550123", max_length = 64)]
    pub phone: String,
}

/// Answer to `POST /v1/codes`: the same whether or not the number has an account.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CodeRequested {
    /// How long the code is good.
    pub expires_in_s: u64,
    /// When another may be asked for.
    pub resend_in_s: u64,
}

/// One text that the providers would have sent (`GET /v1/demo/outbox`).
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct OutboxItem {
    /// The number or address.
    pub to: String,
    /// The whole text.
    pub text: String,
    /// The code in it, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// When.
    pub at: Millis,
}

/// The installation that signs in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeviceInfo {
    /// What its owner calls it.
    #[schema(max_length = 64)]
    pub name: String,
    /// `web`, `linux`, …
    #[schema(max_length = 32)]
    pub platform: String,
}

impl Default for DeviceInfo {
    fn default() -> Self {
        Self { name: "Unnamed device".into(), platform: "unknown".into() }
    }
}

/// `POST /v1/sessions`
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SignIn {
    /// The number the code went to.
    #[schema(max_length = 64)]
    pub phone: String,
    /// The six digits.
    #[schema(max_length = 16)]
    pub code: String,
    /// The name others see; a new number needs one (`alias_required`).
    #[schema(max_length = 64)]
    pub alias: Option<String>,
    /// `YYYY-MM-DD`: checked against the region's consent age and not stored (D-39, D-40). A client that registers asks for it.
    pub birth_date: Option<String>,
    /// ISO 3166-1 alpha-2; the number's own when left out.
    pub region: Option<String>,
    /// The installation that signs in. May be left out: only a number and a name are needed (REGN-MIN).
    #[serde(default)]
    pub device: DeviceInfo,
    /// The session comes as a cookie and not in the body.
    #[serde(default)]
    pub cookie: bool,
}

/// Answer to `POST /v1/sessions`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SignedIn {
    /// The account.
    pub account_id: AccountId,
    /// This installation.
    pub device_id: DeviceId,
    /// For `Authorization: Bearer`; absent when the session is a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Whether the account is new.
    pub created: bool,
}

/// `POST /v1/device_links`: a device without a session wants to be let in by one that has one.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct NewDeviceLink {
    /// The installation that wants to sign in.
    #[serde(default)]
    pub device: DeviceInfo,
}

/// Answer to `POST /v1/device_links`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct DeviceLinkMade {
    /// What the QR code holds.
    pub token: String,
    /// What only the new device knows: whoever sees the QR code alone cannot claim the session. Never shown.
    pub secret: String,
    /// The address for the QR code: `https://ORIGIN/link#TOKEN`.
    pub url: String,
    /// How long it may be confirmed and claimed, in seconds.
    pub expires_in_s: u64,
}

/// `GET /v1/device_links/{token}`: which device waits.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct DeviceLink {
    /// The installation that wants to sign in, as it calls itself.
    pub device: DeviceInfo,
    /// How long it still waits, in seconds.
    pub expires_in_s: u64,
}

/// `POST /v1/device_links/claim`
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct DeviceLinkClaim {
    /// The token of the QR code.
    #[schema(max_length = 64)]
    pub token: String,
    /// The secret that came with it.
    #[schema(max_length = 64)]
    pub secret: String,
    /// The session comes as a cookie and not in the body.
    #[serde(default)]
    pub cookie: bool,
}

/// Answer to `POST /v1/device_links/claim` while nobody has confirmed: claim again.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct LinkWaiting {
    /// `waiting`.
    pub state: String,
}

/// Answer to `POST /v1/sessions` for somebody below the consent age: a parent's consent is needed (D-40).
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Waiting {
    /// `waiting`.
    pub state: String,
    /// The consent age of the region.
    pub consent_age: u8,
    /// When the waiting record goes.
    pub gone_at: Millis,
}

/// `GET /v1/me`
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// The account.
    pub account_id: AccountId,
    /// The installation that asks.
    pub device_id: DeviceId,
    /// The name others see.
    pub alias: String,
    /// The Billet ID, once chosen.
    pub handle: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub region: String,
    /// The mobile number, E.164.
    pub phone: String,
    /// Address of the picture on this origin; another picture has another address.
    pub photo: Option<String>,
    /// How others find this account.
    pub findable: Findable,
    /// When the account was made.
    pub created_at: Millis,
}

/// `PUT /v1/me/photo`: a square JPEG of at most 1024 x 1024 and 256 KiB, as the body.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct Jpeg(pub Vec<u8>);

/// How somebody is found by people who are not their contacts. The QR code finds them in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Findable {
    /// By the mobile number.
    pub by_phone: bool,
    /// By the Billet ID.
    pub by_handle: bool,
}

/// What is left out stays.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct FindableChange {
    /// By the mobile number.
    pub by_phone: Option<bool>,
    /// By the Billet ID.
    pub by_handle: Option<bool>,
}

/// `PATCH /v1/me`: what is left out stays.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct MeChange {
    /// The name others see.
    pub alias: Option<String>,
    /// The Billet ID: 6 to 20 letters, digits, `-` and `_`, a letter first.
    pub handle: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub region: Option<String>,
    /// How others find this account.
    pub findable: Option<FindableChange>,
}

/// `GET` and `POST /v1/me/add_token`: what the QR code of a person holds.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct AddToken {
    /// Whoever has it may ask this person to become a contact.
    pub token: String,
    /// The same as an address: `https://ORIGIN/add#TOKEN`. What follows `#` is sent to no server.
    pub url: String,
    /// When it was made.
    pub created_at: Millis,
}

/// `GET /v1/add/{token}`: whose QR code it is.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct TokenOwner {
    /// Whose.
    pub account_id: AccountId,
    /// The name they chose.
    pub alias: String,
    /// Address of their picture.
    pub photo: Option<String>,
}

/// `DELETE /v1/me`: the proof that it is meant, and by whoever has the number.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct AccountDeletion {
    /// The six digits of a code that was asked for with `POST /v1/codes` for the account's own number.
    #[schema(max_length = 16)]
    pub code: String,
}

/// How far a conversation is protected (D-66).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// Encrypted on its way to this server and stored sealed there, under a key that dies after delivery. The server can
    /// read it while it passes through.
    ToServer,
    /// Only the devices of both sides can read it.
    EndToEnd,
}

/// `GET /v1/protection`: what stands between a message and everybody else, and how long the server has any of it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ProtectionInForce {
    /// What this server offers between any two people; a contact says what is in force with them.
    pub protection: Protection,
    /// A message is gone at the latest so long after it was delivered, in seconds.
    pub delivered_max_s: u64,
    /// And at the latest so long after it was sent, delivered or not, in seconds.
    pub undelivered_max_s: u64,
    /// So long a message can be taken back by its sender, in seconds.
    pub recall_max_s: u64,
}

/// One installation (`GET /v1/devices`).
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Device {
    /// Its id.
    pub device_id: DeviceId,
    /// What its owner calls it.
    pub name: String,
    /// `web`, `linux`, …
    pub platform: String,
    /// When it signed in.
    pub signed_in_at: Millis,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// `GET /v1/devices`
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Devices {
    /// All, newest first.
    pub devices: Vec<Device>,
}

/// Whom a contact request is for.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Whom {
    /// An account that is known already.
    AccountId(AccountId),
    /// A Billet ID.
    Handle(String),
    /// A mobile number.
    Phone(String),
    /// The token of a QR code.
    Token(String),
}

/// `POST /v1/contacts/requests`
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct NewContactRequest {
    /// Whom to ask.
    pub to: Whom,
    /// A line that goes with it.
    #[schema(max_length = 200)]
    pub note: Option<String>,
}

/// Answer to `POST /v1/contacts/requests`; by number it is the same whether or not the number has an account.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ContactRequested {
    /// The request.
    pub request_id: ContactRequestId,
}

/// Which way a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Somebody asks this account.
    In,
    /// This account asks somebody.
    Out,
}

/// An open request.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ContactRequest {
    /// Its id.
    pub request_id: ContactRequestId,
    /// Which way it goes.
    pub direction: Direction,
    /// The other account; absent for one's own request by number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// The other's name; for one's own request by number, that number.
    pub alias: String,
    /// The other's Billet ID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    /// Address of the other's picture; for a request of one's own there is none.
    pub photo: Option<String>,
    /// The line that came with it.
    pub note: String,
    /// When it was made.
    pub at: Millis,
}

/// `GET /v1/contacts/requests`
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ContactRequests {
    /// Open ones, newest first.
    pub requests: Vec<ContactRequest>,
}

/// One contact.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Contact {
    /// Whose.
    pub account_id: AccountId,
    /// The name they chose.
    pub alias: String,
    /// The name this account gave them.
    pub remark: Option<String>,
    /// Their Billet ID.
    pub handle: Option<String>,
    /// Address of their picture.
    pub photo: Option<String>,
    /// The tags under which this account sorts them.
    pub tags: Vec<String>,
    /// What is in force between the two (D-66).
    pub protection: Protection,
}

/// `GET /v1/contacts`
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Contacts {
    /// All contacts.
    pub contacts: Vec<Contact>,
}

/// `PATCH /v1/contacts/{account_id}`
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ContactChange {
    /// The name for them; empty takes it away.
    #[schema(max_length = 64)]
    pub remark: Option<String>,
    /// The tags to sort them under, in place of those there were: at most 20 of 1 to 32 characters.
    #[schema(max_items = 20)]
    pub tags: Option<Vec<String>>,
}

/// `GET /v1/blocks`
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Blocks {
    /// Everyone this account has blocked.
    pub blocked: Vec<Contact>,
}

/// Why somebody is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportReason {
    /// Unwanted messages or advertising.
    Spam,
    /// Wants money or secrets by deceit.
    Fraud,
    /// Insults, threatens, or does not leave somebody alone.
    Harassment,
    /// Harms children, calls for violence, or shows what the law forbids.
    Harmful,
    /// Gives themselves out as somebody else.
    Impersonation,
    /// Something else, which the text tells.
    Other,
}

/// A message that whoever reports chose to show. Its text is what their device has: the server has no copy to compare.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ReportedMessage {
    /// Which message.
    pub message: MessageId,
    /// When it was sent.
    pub at: Millis,
    /// What it says.
    #[schema(max_length = 1000)]
    pub text: String,
}

/// `POST /v1/reports`
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct NewReport {
    /// Who is reported.
    pub account_id: AccountId,
    /// Why.
    pub reason: ReportReason,
    /// What happened, in the reporter's words.
    #[schema(max_length = 2000)]
    pub text: Option<String>,
    /// Messages to show, none unless chosen.
    #[schema(max_items = 20)]
    pub messages: Option<Vec<ReportedMessage>>,
}

/// Answer to `POST /v1/reports`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Reported {
    /// The report.
    pub report_id: ReportId,
}
