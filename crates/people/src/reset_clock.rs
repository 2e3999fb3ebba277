//! `billet clock reset`: a wrong time was believed and is taken back. Whatever had a deadline has lost its key in the vault
//! and goes from the tables too; people sign in anew. Accounts, profiles and contacts stay.

use kernel::Millis;
use storage::sql::{Db, Error};

use crate::store::clock_reset;

/// How many rows live under a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeadlineRows {
    /// Sessions: signed-in devices.
    pub sessions: i64,
    /// Log-ins that were written down.
    pub logins: i64,
    /// Codes that are out, devices that wait to be let in, and children who wait for a parent.
    pub codes: i64,
    /// Contact requests that wait for an answer.
    pub requests: i64,
    /// Drafts of messages.
    pub drafts: i64,
    /// Reminders of messages.
    pub reminders: i64,
}

impl DeadlineRows {
    /// Counts them.
    pub async fn count(db: &Db) -> Result<Self, Error> {
        clock_reset::count(db).await
    }

    /// Ends all of them, durable when it returns. No server may run. `now` is the right time. Doing it twice does no harm.
    pub async fn end(db: &Db, now: Millis) -> Result<(), Error> {
        let mut tx = db.begin_write().await?;
        clock_reset::end(&mut tx, now).await?;
        clock_reset::bring_back(&mut tx, now).await?;
        tx.commit().await?;
        db.shed().await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use kernel::DAY_MS;

    use super::DeadlineRows;
    use crate::testing::{ADA, BOB, in_a_world};

    /// Rows of a wrong time lie far ahead: neither they nor a session of that time may outlive the reset.
    #[tokio::test(flavor = "multi_thread")]
    async fn what_had_a_deadline_is_gone_and_the_account_stays() {
        in_a_world(async |world| {
            world.clock.advance(300 * DAY_MS);
            world.person(ADA, "Ada").await;
            world.code_for(BOB).await;
            let counted = DeadlineRows::count(&world.people.db).await.unwrap();
            assert_eq!(
                counted,
                DeadlineRows { sessions: 1, logins: 1, codes: 1, requests: 0, drafts: 0, reminders: 0 }
            );
            let before = world.people.now().unwrap();
            DeadlineRows::end(&world.people.db, before).await.unwrap();
            let left = DeadlineRows::count(&world.people.db).await.unwrap();
            assert_eq!(left, DeadlineRows { sessions: 1, logins: 0, codes: 0, requests: 0, drafts: 0, reminders: 0 });
            assert_eq!(world.people.sweep().await.unwrap().devices, 1, "the sweep ends the device of the session");
            for (table, rows) in [("session", 0), ("device", 0), ("account", 1), ("profile", 1)] {
                assert_eq!(world.rows(table).await, rows, "{table}");
            }
        })
        .await;
    }
}
