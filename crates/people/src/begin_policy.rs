//! A new version of the policy begins on this server: people can be told of it before it takes effect, or it is refused.

use kernel::Millis;
use policy::{Version, Words};

use crate::store::policy::{self as store, EditionRow};
use crate::store::shorten::shorten;
use crate::{Fault, People};

/// The version of the policy that this server obeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyEdition {
    /// From 1.
    pub number: u32,
    /// When it takes effect, as people write it.
    pub effective: &'static str,
    /// When it takes effect.
    pub effective_at: Millis,
    /// People are shown it, and not only told (NOTI-SIG).
    pub significant: bool,
    /// What changed.
    pub summary: Words,
}

impl From<&Version> for PolicyEdition {
    fn from(version: &Version) -> Self {
        Self {
            number: version.number,
            effective: version.effective,
            effective_at: version.effective_at(),
            significant: version.significant,
            summary: version.summary,
        }
    }
}

impl PolicyEdition {
    /// Nobody was here before the first version, so there is nobody to tell.
    pub(crate) fn is_first(&self) -> bool {
        self.number == 1
    }

    pub(crate) fn version(&self) -> i64 {
        self.number.into()
    }
}

/// Why the policy cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum BeginPolicyError {
    /// Nobody could be told before it holds (NOTI-BEFORE).
    #[error(
        "version {number} of the policy takes effect on {effective}, and people would first be told of it after that; \
         publish it with a later date in policy/versions"
    )]
    TooLate {
        /// The version.
        number: u32,
        /// The date it has.
        effective: &'static str,
    },
    /// People were told of a newer one, which may be shorter.
    #[error(
        "this server ran version {newest} of the policy already; version {number} of this program is older: start a newer program"
    )]
    Older {
        /// The version of this program.
        number: u32,
        /// The newest this server ran.
        newest: i64,
    },
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl People {
    /// Whether the database was made at this very start: every start writes down the version it begins with.
    pub(crate) async fn is_fresh(&self) -> Result<bool, Fault> {
        let mut tx = self.db.begin_write().await?;
        Ok(store::newest(&mut tx).await?.is_none())
    }

    /// Writes down since when this server has its version of the policy, at the first start with it.
    pub(crate) async fn begin_policy(&self) -> Result<(), BeginPolicyError> {
        let policy = self.config.policy;
        let number = policy.number;
        let mut tx = self.db.begin_write().await.map_err(Fault::from)?;
        let newest = store::newest(&mut tx).await.map_err(Fault::from)?;
        if newest.as_ref().is_some_and(|newest| newest.version == policy.version()) {
            // Without asking what time it is: a server whose clock is in doubt starts all the same.
            return Ok(());
        }
        let now = self.now()?;
        match newest {
            Some(newest) if newest.version > policy.version() => {
                return Err(BeginPolicyError::Older { number, newest: newest.version });
            }
            Some(_) if policy.effective_at <= now => {
                return Err(BeginPolicyError::TooLate { number, effective: policy.effective });
            }
            _ => {}
        }
        let edition = EditionRow { version: policy.version(), begun_at: now, effective_at: policy.effective_at };
        store::begin(&mut tx, edition).await.map_err(Fault::from)?;
        shorten(&mut tx, now, |row| row.period).await.map_err(Fault::from)?;
        tx.commit().await.map_err(Fault::from)?;
        tracing::info!(
            version = number,
            effective = policy.effective,
            "a new version of the policy: people are told of it"
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use kernel::DAY_MS;

    use policy::{Length, Limit, Period};
    use serde_json::json;

    use super::*;
    use crate::testing::{ADA, BOB, START, in_a_world, second_version};

    /// NOTI-BEFORE, D-63: a policy that keeps log-ins and requests for less ends those that are held, and one that keeps
    /// them for longer prolongs nothing.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_shorter_period_ends_what_is_held_and_a_longer_one_prolongs_nothing() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            world.ask(&ada, json!({ "phone": BOB })).await.is(201);
            let shorten = async |length: i64| {
                let mut tx = world.db.begin_write().await.unwrap();
                let moved = super::shorten(&mut tx, world.vault.now().unwrap(), |row| {
                    let limit = Limit { length: Length::Millis(length), from: row.period.starts };
                    Period { limits: Box::leak(Box::new([limit])), ..row.period }
                });
                let moved = moved.await.unwrap();
                tx.commit().await.unwrap();
                moved
            };
            assert_eq!(shorten(1_000 * DAY_MS).await, 0, "nothing is prolonged");
            assert_eq!(shorten(DAY_MS).await, 2, "the session and the log-in end earlier");
            assert_eq!(shorten(DAY_MS).await, 0);
            assert_eq!(world.rows("login").await, 1, "they are there until then");
            world.get("/v1/me", &ada).await;
            world.clock.advance(DAY_MS);
            world.people.sweep().await.unwrap();
            assert_eq!((world.rows("login").await, world.rows("session").await), (0, 0));
        })
        .await;
    }

    /// NOTI-BEFORE, D-63: a version whose date leaves no time to tell people is refused, and so is a step back; one with
    /// time begins once, and taking effect later changes nothing about that.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_version_that_takes_effect_before_its_notice_is_refused() {
        in_a_world(async |world| {
            let begin = async |effective_at: Millis| world.with_policy(second_version(effective_at)).await.map(drop);
            for late in [START, START - DAY_MS] {
                let refused = begin(late).await.unwrap_err().to_string();
                assert!(refused.contains("policy"), "{refused}");
            }
            begin(START + DAY_MS).await.unwrap();
            world.clock.advance(2 * DAY_MS);
            begin(START + DAY_MS).await.unwrap();
            let first = PolicyEdition::from(policy::version());
            assert!(world.with_policy(first).await.is_err(), "people were told of a newer one");
        })
        .await;
    }
}
