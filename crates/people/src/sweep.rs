//! Removes rows whose time is over. What was in them refused to open at the instant; this takes the rest away.

use std::collections::HashSet;

use kernel::{AccountId, Millis};

use crate::store::{accounts, chats, codes, contacts, devices, links, reminders, reports};
use crate::{Fault, People};

/// Devices whose session ran out that are read at once.
const LAPSED_PER_ROUND: i64 = 500;
/// Most rounds of one sweep, 10,000 devices; the next sweep goes on. After a reset of the clock all sessions end at once.
const LAPSED_ROUNDS_MAX: u32 = 20;
/// Accounts read at once at the start: 16 bytes each.
const ACCOUNTS_PER_PAGE: i64 = 10_000;
/// Most keys without an account that are destroyed at one start. A crash leaves as many as there were registrations in
/// that instant; more mean that this is not the database that belongs to these keys.
const UNFINISHED_MAX: usize = 16;

/// What a sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// Rows whose period ran out.
    pub rows: u64,
    /// Devices whose session was not used for its period.
    pub devices: u64,
}

impl People {
    /// Removes what has run out. To be called at least once a minute (D-03); it takes no input, may be called at any
    /// time, and is bounded.
    pub async fn sweep(&self) -> Result<SweepReport, Fault> {
        let now = self.now()?;
        let mut tx = self.db.begin_write().await?;
        let mut report = SweepReport::default();
        let mut ends = codes::ends_to_sweep(&mut tx, now).await?;
        ends.extend(reports::ends_to_sweep(&mut tx, now).await?);
        let swept = ends.len() as u64;
        report.rows += codes::sweep(&mut tx, now).await?;
        report.rows += devices::sweep_logins(&mut tx, now).await?;
        report.rows += contacts::sweep_requests(&mut tx, now).await?;
        report.rows += links::sweep(&mut tx, now).await?;
        report.rows += reports::sweep(&mut tx, now).await?;
        report.rows += chats::sweep_drafts(&mut tx, now).await?;
        report.rows += reminders::sweep(&mut tx, now).await?;
        tx.commit().await?;
        ends.extend(self.end_lapsed(now).await?);
        report.devices = ends.len() as u64 - swept;
        if report != SweepReport::default() || self.wants_shedding() {
            self.shed().await?;
        }
        // These rows are sealed by no key of their own: they are gone only now.
        ends.into_iter().for_each(|end| self.vault.note_removed(end, 1));
        self.held_in_memory(now);
        Ok(report)
    }

    /// Ends the devices whose session has run out; when each of these sessions ended.
    async fn end_lapsed(&self, now: Millis) -> Result<Vec<Millis>, Fault> {
        let mut ends = Vec::new();
        for _ in 0..LAPSED_ROUNDS_MAX {
            let mut tx = self.db.begin_write().await?;
            let lapsed = devices::lapsed(&mut tx, now, LAPSED_PER_ROUND).await?;
            tx.commit().await?;
            for (account, device, end) in &lapsed {
                if self.end_device(*account, *device).await? {
                    ends.push(*end);
                }
            }
            if i64::try_from(lapsed.len()).unwrap_or(i64::MAX) < LAPSED_PER_ROUND {
                break;
            }
        }
        Ok(ends)
    }

    /// Destroys the keys of accounts whose registration was cut off between key and rows, or whose deletion was cut off
    /// between rows and key. `fresh` says that the database was made at this very start: then nothing in it speaks for any key.
    pub(crate) async fn sweep_unfinished_accounts(&self, fresh: bool) -> Result<(), Fault> {
        let mut unfinished: HashSet<AccountId> = self.vault.accounts().into_iter().collect();
        let keys = unfinished.len();
        let mut after = AccountId::from_bytes([0; 16]);
        while !unfinished.is_empty() {
            let page = accounts::page(&self.db, after, ACCOUNTS_PER_PAGE).await?;
            let Some(last) = page.last() else { break };
            after = *last;
            for account in page {
                unfinished.remove(&account);
            }
        }
        let known = keys - unfinished.len();
        let foreign = fresh || (unfinished.len() > 1 && unfinished.len() >= known);
        if !unfinished.is_empty() && (foreign || unfinished.len() > UNFINISHED_MAX) {
            tracing::error!(
                keys = unfinished.len(),
                "these keys belong to no account of this database; none was destroyed: is it the right database?"
            );
            return Ok(());
        }
        for account in unfinished {
            self.with_vault(move |vault| vault.destroy_account(account)).await??;
            tracing::info!(%account, "the key of an account that was never opened is destroyed");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use kernel::{DAY_MS, MINUTE_MS};
    use serde_json::json;

    use super::SweepReport;
    use crate::testing::{ADA, BOB, START, World, in_a_world};

    /// D-03: what has run out leaves the tables; what has not stays; sweeping again finds nothing.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_sweep_takes_what_has_run_out_and_nothing_else() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            world.code_for(BOB).await;
            assert_eq!(world.people.sweep().await.unwrap(), SweepReport::default());
            world.clock.advance(5 * MINUTE_MS);
            assert_eq!(world.people.sweep().await.unwrap(), SweepReport { rows: 1, devices: 0 });
            assert_eq!(world.rows("verification_code").await, 0);
            world.clock.advance(60 * DAY_MS);
            world.ask(&ada, json!({ "phone": BOB })).await.is(201);
            assert_eq!(world.people.sweep().await.unwrap(), SweepReport::default());
            for table in ["account", "device", "session", "login"] {
                assert_eq!(world.rows(table).await, 1, "{table}");
            }
        })
        .await;
    }

    /// A fault between key and rows leaves neither an account nor a key.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_registration_that_was_cut_off_leaves_no_key() {
        in_a_world(async |world: &World| {
            let ada = world.person(ADA, "Ada").await;
            let orphan = kernel::AccountId::new(START, 99);
            world.vault.create_account(orphan).unwrap();
            world.people.sweep_unfinished_accounts(false).await.unwrap();
            assert!(!world.vault.holds_account(orphan));
            assert!(world.vault.holds_account(ada.account));
        })
        .await;
    }

    /// A database that is not the one of these keys must not cost anybody their keys.
    #[tokio::test(flavor = "multi_thread")]
    async fn keys_are_left_alone_where_the_database_may_be_another_one() {
        in_a_world(async |world| {
            world.vault.create_account(kernel::AccountId::new(START, 0)).unwrap();
            world.people.sweep_unfinished_accounts(true).await.unwrap();
            assert_eq!(world.vault.accounts().len(), 1, "a database that was just made speaks for nobody");
            for n in 1..3 {
                world.vault.create_account(kernel::AccountId::new(START, n)).unwrap();
            }
            world.people.sweep_unfinished_accounts(false).await.unwrap();
            assert_eq!(world.vault.accounts().len(), 3, "it knows none of three");
            world.person(ADA, "Ada").await;
            for n in 3..100 {
                world.vault.create_account(kernel::AccountId::new(START, n)).unwrap();
            }
            world.people.sweep_unfinished_accounts(false).await.unwrap();
            assert_eq!(world.vault.accounts().len(), 101);
        })
        .await;
    }
}
