//! `POST /v1/me/reminders`: to be reminded of a message at a moment; and the moments that have come.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use kernel::{DAY_MS, Millis, ReminderId};
use policy::{Row, rows};
use wire::rest::{NewReminder, ReminderAdded};
use wire::{Problem, To};

use crate::http::JsonBody;
use crate::limits::{REMINDER_AHEAD_MS_MAX, REMINDERS_MAX};
use crate::problem::{Refuse, answers, faults};
use crate::records::{ReminderRecord, of_reminder};
use crate::store::accounts;
use crate::store::reminders::{self, ReminderRow};
use crate::{Fault, People, SignedIn};

/// Reminders told in one round; the next turn goes on.
const DUE_PER_ROUND: i64 = 500;

/// Why there is no reminder.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AddReminderError {
    /// Too far ahead, or no moment.
    #[error("a reminder is for a moment of the next {} days", REMINDER_AHEAD_MS_MAX / DAY_MS)]
    BadTime,
    /// There are no groups.
    #[error("there is no such group that you belong to")]
    UnknownGroup,
    /// As many as an account may have.
    #[error("you have as many reminders as one may; remove one first")]
    TooMany,
    /// The account went meanwhile.
    #[error("this account is gone")]
    Gone,
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(AddReminderError);
answers!(AddReminderError);

impl Refuse for AddReminderError {
    fn problem(&self) -> Problem {
        let (status, code) = match self {
            Self::BadTime => (422, "bad_time"),
            Self::UnknownGroup => (422, "unknown_group"),
            Self::TooMany => (409, "too_many_reminders"),
            Self::Gone => (410, "account_gone"),
            Self::Fault(fault) => return fault.problem(),
        };
        Problem::new(status, code, self.to_string())
    }
}

/// Adds a reminder. At its moment connected devices get a notice (`reminders`) and the others a push.
#[utoipa::path(post, path = "/v1/me/reminders", tag = "people", request_body = NewReminder, responses(
    (status = 201, description = "added", body = ReminderAdded),
    (status = 401, description = "`not_signed_in`", body = Problem),
    (status = 409, description = "`too_many_reminders`", body = Problem),
    (status = 410, description = "`account_gone`", body = Problem),
    (status = 422, description = "`bad_time`, `unknown_group`", body = Problem),
))]
pub(crate) async fn add_reminder(
    State(people): State<Arc<People>>,
    who: SignedIn,
    JsonBody(body): JsonBody<NewReminder>,
) -> Result<(StatusCode, Json<ReminderAdded>), AddReminderError> {
    let reminder_id = people.add_reminder(who, &body).await?;
    Ok((StatusCode::CREATED, Json(ReminderAdded { reminder_id })))
}

impl People {
    async fn add_reminder(&self, who: SignedIn, body: &NewReminder) -> Result<ReminderId, AddReminderError> {
        let To::Account(peer) = body.conversation else { return Err(AddReminderError::UnknownGroup) };
        let now = self.now()?;
        if body.at.0 < 0 || body.at.since(now) > REMINDER_AHEAD_MS_MAX {
            return Err(AddReminderError::BadTime);
        }
        // What is past is due now, and its period begins now.
        let due_at = body.at.max(now);
        let reminder = ReminderId::new(now, self.rng.ulid_bits());
        let record = ReminderRecord { peer, message: body.message };
        let sealed = self.seal(&record, &of_reminder(who.account, reminder, due_at))?;
        let expires_at = rows::Reminder::INFO.period.deadline(due_at).unwrap_or(due_at);
        let mut tx = self.db.begin_write().await?;
        if !accounts::lock(&mut tx, who.account).await? {
            return Err(AddReminderError::Gone);
        }
        if reminders::count(&mut tx, who.account).await? >= REMINDERS_MAX {
            return Err(AddReminderError::TooMany);
        }
        reminders::insert(&mut tx, who.account, ReminderRow { reminder, due_at, expires_at, sealed }).await?;
        tx.commit().await?;
        self.next_reminder.earlier(due_at);
        self.tell_reminders_changed(who.account, Some(who.device));
        Ok(reminder)
    }

    /// Tells of the reminders whose moment has come. To be called every second; it looks into the database only when the next
    /// one is due.
    pub async fn tell_due_reminders(&self) -> Result<usize, Fault> {
        let now = self.now()?;
        if !self.next_reminder.is_due(now) {
            return Ok(0);
        }
        // Whoever adds an earlier one from here on is heard.
        self.next_reminder.forget();
        let mut tx = self.db.begin_write().await?;
        let told = async {
            let due = reminders::take_due(&mut tx, now, DUE_PER_ROUND).await?;
            let next = reminders::next_due(&mut tx).await?;
            tx.commit().await?;
            Ok::<_, storage::sql::Error>((due, next))
        };
        let (due, next) = match told.await {
            Ok(told) => told,
            Err(error) => {
                // The next turn tries again.
                self.next_reminder.earlier(now);
                return Err(error.into());
            }
        };
        if let Some(next) = next {
            self.next_reminder.earlier(next);
        }
        let count = due.len();
        for account in due {
            self.tell_reminder_due(account);
        }
        Ok(count)
    }
}

/// When the next reminder becomes due, so that nobody has to ask the database.
pub(crate) struct NextReminder(AtomicI64);

impl Default for NextReminder {
    /// Unknown, as after a start: to be looked up at once.
    fn default() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }
}

impl NextReminder {
    fn is_due(&self, now: Millis) -> bool {
        self.0.load(Ordering::Acquire) <= now.0
    }

    fn forget(&self) {
        self.0.store(i64::MAX, Ordering::Release);
    }

    fn earlier(&self, at: Millis) {
        self.0.fetch_min(at.0, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use kernel::{AccountId, DAY_MS, HOUR_MS, MessageId, Millis};
    use serde_json::{Value, json};

    use crate::limits::{REMINDER_AHEAD_MS_MAX, REMINDERS_MAX};
    use crate::testing::{ADA, Answer, BOB, Person, START, World, in_a_world};

    async fn add(world: &World, who: &Person, at: Millis) -> Answer {
        let peer = AccountId::new(Millis(7), 7);
        let message = MessageId::new(Millis(7), 8);
        let body = json!({ "conversation": { "account": peer }, "message": message, "at": at });
        world.post("/v1/me/reminders", who, body).await
    }

    async fn reminders(world: &World, who: &Person) -> Vec<Value> {
        world.get("/v1/me/reminders", who).await["reminders"].as_array().unwrap().clone()
    }

    fn soon(world: &World, ms: i64) -> Millis {
        world.vault.now().unwrap() + ms
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_reminder_is_told_at_its_moment_once_and_stays_until_it_is_removed() {
        in_a_world(async |world| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            let (later, sooner) = (soon(world, 2 * HOUR_MS), soon(world, HOUR_MS));
            add(world, &ada, later).await.is(201);
            let added = add(world, &ada, sooner).await.is(201);
            let list = reminders(world, &ada).await;
            assert_eq!(list.iter().map(|one| one["at"].as_i64().unwrap()).collect::<Vec<_>>(), [sooner.0, later.0]);
            assert_eq!(list[0]["reminder_id"], added["reminder_id"]);
            assert_eq!(list[0]["conversation"]["account"], json!(AccountId::new(Millis(7), 7)));
            assert_eq!(list[0]["message"], json!(MessageId::new(Millis(7), 8)));
            assert!(reminders(world, &bob).await.is_empty());

            let told = async || world.people.tell_due_reminders().await.unwrap();
            world.clock.advance(HOUR_MS - 1);
            assert_eq!(told().await, 0);
            world.clock.advance(1);
            assert_eq!((told().await, told().await), (1, 0));
            assert_eq!(world.heard.due(), [ada.account]);
            assert_eq!(reminders(world, &ada).await.len(), 2);

            let path = format!("/v1/me/reminders/{}", added["reminder_id"].as_str().unwrap());
            world.call(Method::DELETE, &path, Some(&bob), Value::Null).await.refused(404, "unknown_reminder");
            world.call(Method::DELETE, &path, Some(&ada), Value::Null).await.is(204);
            world.call(Method::DELETE, &path, Some(&ada), Value::Null).await.refused(404, "unknown_reminder");
            assert_eq!(reminders(world, &ada).await.len(), 1);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_became_due_while_no_server_ran_is_told_after_the_start() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            add(world, &ada, soon(world, HOUR_MS)).await.is(201);
            world.people.tell_due_reminders().await.unwrap();
            world.clock.advance(2 * HOUR_MS);
            let again = world.open_again().await;
            assert_eq!(again.tell_due_reminders().await.unwrap(), 1);
        })
        .await;
    }

    /// Policy row `reminder`: 30 days after its moment.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_reminder_is_gone_30_days_after_its_moment() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            add(world, &ada, soon(world, 10 * DAY_MS)).await.is(201);
            world.clock.advance(40 * DAY_MS - 1);
            world.people.sweep().await.unwrap();
            assert_eq!(reminders(world, &ada).await.len(), 1);
            world.clock.advance(1);
            assert!(reminders(world, &ada).await.is_empty());
            assert_eq!(world.rows("reminder").await, 1, "the sweep has something to do");
            world.people.sweep().await.unwrap();
            assert_eq!(world.rows("reminder").await, 0);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_moment_that_is_past_is_now_and_one_that_is_too_far_is_refused() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            add(world, &ada, Millis(START.0 - DAY_MS)).await.is(201);
            assert_eq!(world.people.tell_due_reminders().await.unwrap(), 1);
            for bad in [soon(world, REMINDER_AHEAD_MS_MAX + 1), Millis(-1), Millis(i64::MAX)] {
                add(world, &ada, bad).await.refused(422, "bad_time");
            }
            add(world, &ada, soon(world, REMINDER_AHEAD_MS_MAX)).await.is(201);
            for _ in 2..REMINDERS_MAX {
                add(world, &ada, soon(world, 1)).await.is(201);
            }
            add(world, &ada, soon(world, 1)).await.refused(409, "too_many_reminders");
        })
        .await;
    }
}
