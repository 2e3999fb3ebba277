//! Floor 4. Accounts, devices, profiles, contacts and blocks: **who may reach whom** is decided here and nowhere else.
//!
//! Nouns: an **account** (a person: a number and an alias, REGN-MIN), a **device** (a signed-in installation; it has one
//! session and ends with it), a **contact** (mutual), a **request** to become contacts, a **block** (one way).
//! Each verb is a file with its route, its rule, its errors and the sentences that hold it, tried on both engines.
//!
//! Invariants:
//! - [`People::may_send`] is the only answer to "may this account write to that one", and costs no SQL when it is asked
//!   again; every change of contacts and blocks is forgotten by its cache before anybody is told of the change.
//! - Numbers, names, addresses and notes are stored sealed and nowhere else; columns in clear hold ids, times, relations
//!   and keyed hashes. No number, name, code or token is ever logged.
//! - Nobody learns from this interface whether a number has an account (D-56).
//! - No birth date is stored (D-39, D-40).
//!
//! - What is removed (a device's name, a remark, a note) is overwritten in the files of SQLite, its WAL included, at once.
//!   PostgreSQL keeps old versions of rows until it vacuums, and its WAL: there such bytes end with the account's key.
//!
//! Other rooms take part like this: [`routes`] gives the HTTP calls, with `Arc<People>` as their state; a handler of
//! another room that needs to know who asks takes [`SignedIn`] as an argument (its state gives out `Arc<People>` through
//! axum's `FromRef`); [`People::listen`] tells them what changed.
//!
//! ```no_run
//! # async fn example(people: std::sync::Arc<people::People>, ada: kernel::AccountId, bob: kernel::AccountId) {
//! use people::Refusal;
//! match people.may_send(ada, bob).await {
//!     Ok(()) => { /* hand the message to the lease log */ }
//!     Err(Refusal::NotAContact) => { /* also for accounts that do not exist */ }
//!     Err(Refusal::Blocked) => { /* Ada has blocked Bob; Bob would be told that they are no contacts */ }
//!     Err(Refusal::Unavailable) => { /* try again */ }
//! }
//! # }
//! ```

mod accept_request;
mod add_reminder;
mod begin_policy;
mod begin_session;
mod birth_date;
mod block_person;
mod cache;
mod change_chats;
mod change_me;
mod change_photo;
mod changes;
mod claim_device_link;
mod code_text;
mod confirm_device_link;
mod create_session;
mod decline_device_link;
mod decline_request;
mod delete_account;
mod end_session;
mod fault;
mod find_account;
pub mod held;
mod http;
mod jpeg;
pub mod limits;
mod link_waits;
mod list_blocks;
mod list_chats;
mod list_contacts;
mod list_devices;
mod list_logins;
mod list_reminders;
mod list_requests;
mod new_device_link;
mod people;
mod person;
mod phone;
mod problem;
mod push;
mod quiet;
mod rate_limit;
mod reach;
mod records;
mod register;
mod remove_contact;
mod remove_photo;
mod remove_reminder;
mod renew_add_token;
mod report_person;
pub mod reports;
mod request_code;
mod request_contact;
mod reset_clock;
mod revoke_add_token;
mod revoke_device;
mod routes;
mod secrets;
mod set_remark;
mod show_add_token;
mod show_device_link;
mod show_me;
mod show_outbox;
mod show_photo;
mod show_policy_notice;
mod signed_in;
mod store;
mod subscribe_push;
mod sweep;
#[cfg(test)]
mod testing;
mod text_policy_notice;
mod unblock_person;
mod whose_token;
mod words;

pub use begin_policy::{BeginPolicyError, PolicyEdition};
pub use changes::{Changes, Forgetting};
pub use fault::Fault;
pub use http::{ClientAddress, IdPath, JsonBody};
pub use list_logins::{Login, Logins};
pub use people::{OpenError, People, PeopleConfig, PushConfig};
pub use phone::{Phone, PhoneError};
pub use problem::response as problem_response;
pub use push::PushTarget;
pub use rate_limit::{Rate, RateKey, RateLimit};
pub use reach::Refusal;
pub use reset_clock::DeadlineRows;
pub use routes::routes;
pub use signed_in::{Session, SignInError, SignedIn};
pub use sweep::SweepReport;
pub use text_policy_notice::ToldByText;
