//! Whoever has not opened the app when half the time to a new version's effect is over gets a text (NOTI-CHANNEL).

use kernel::{AccountId, Millis};
use policy::{Permit, Row, purposes, rows, text};
use providers::sms::{SmsError, Text};

use crate::records::{Registration, of_account};
use crate::store::{accounts, policy as store};
use crate::{Fault, People};

/// Texts of one round: the loop that calls comes again every minute, and the provider has limits of its own.
const TEXTS_PER_ROUND_MAX: i64 = 50;

/// What a round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ToldByText {
    /// Accounts that got a text.
    pub told: u32,
    /// Accounts whose number cannot be reached.
    pub undelivered: u32,
}

impl People {
    /// Tells those by text who have not opened the app. Takes no input, may be called at any time, is bounded.
    pub async fn text_policy_notice(&self) -> Result<ToldByText, Fault> {
        let mut round = ToldByText::default();
        let (policy, now) = (self.config.policy, self.now()?);
        if policy.is_first() || !self.is_time_for_texts(now).await? {
            return Ok(round);
        }
        for account in store::untold(&self.db, policy.version(), TEXTS_PER_ROUND_MAX).await? {
            let channel = match self.text_to(account, now).await? {
                Some(Ok(())) => "text",
                // A number that is refused; or a record that no key opens, as after old data came back.
                Some(Err(SmsError::NumberRefused { .. })) | None => "undelivered",
                // The provider is away or asks to wait: the next round goes on.
                Some(Err(error)) => {
                    tracing::warn!(%error, "people cannot be told of the new policy by text now; the next round tries again");
                    break;
                }
            };
            if channel == "text" {
                round.told += 1;
            } else {
                round.undelivered += 1;
                tracing::warn!(%account, version = policy.number, "could not be told of the new policy: no text reaches it");
            }
            let mut tx = self.db.begin_write().await?;
            if accounts::lock(&mut tx, account).await? {
                store::tell(&mut tx, account, policy.version(), now, channel).await?;
            }
            tx.commit().await?;
        }
        Ok(round)
    }

    async fn is_time_for_texts(&self, now: Millis) -> Result<bool, Fault> {
        let mut tx = self.db.begin_write().await?;
        let begun = store::newest(&mut tx).await?;
        Ok(begun.is_some_and(|edition| {
            let half = edition.effective_at.since(edition.begun_at) / 2;
            now >= edition.begun_at + half
        }))
    }

    async fn text_to(&self, account: AccountId, now: Millis) -> Result<Option<Result<(), SmsError>>, Fault> {
        // Gone meanwhile: nobody is left to tell.
        let Some(row) = accounts::read(&self.db, account).await? else { return Ok(Some(Ok(()))) };
        let permit = Permit::<rows::Registration>::to::<purposes::SendNotices>();
        let registration = match self.open_sealed::<Registration>(&row.registration, &of_account(account), permit) {
            Err(Fault::Damaged(_)) => return Ok(None),
            opened => opened?,
        };
        let origin = self.config.origins.first().map_or("", String::as_str);
        // In both languages: nobody knows which one whoever does not open the app reads.
        let link = format!("{origin}/policy");
        let in_words = |words: &str| {
            let words = words.replace("{operator}", &self.config.service);
            words.replace("{date}", self.config.policy.effective).replace("{link}", &link)
        };
        let words = format!("{}\n{}", in_words(text::SMS_CHANGED.en), in_words(text::SMS_CHANGED.zh));
        let until = rows::ProviderOutbox::INFO.period.deadline(now).unwrap_or(now);
        let text = Text { to: registration.phone.clone(), text: words, code: None, at: now, until };
        Ok(Some(self.sms.send(text).await))
    }
}

#[cfg(test)]
mod tests {
    use kernel::DAY_MS;
    use serde_json::json;

    use super::*;
    use crate::testing::{ADA, BOB, START, in_a_world, second_version};

    const NOBODY: ToldByText = ToldByText { told: 0, undelivered: 0 };

    /// NOTI-CHANNEL: who read it in the app gets no text; who did not gets one, once, while there is still time.
    #[tokio::test(flavor = "multi_thread")]
    async fn those_who_did_not_open_the_app_get_a_text_before_it_takes_effect() {
        in_a_world(async |world| {
            let ada = world.person(ADA, "Ada").await;
            world.person(BOB, "Bob").await;
            let later = world.with_policy(second_version(START + 30 * DAY_MS)).await.unwrap();
            later.post("/v1/policy/notice", &ada, json!({ "version": 2 })).await.is(204);
            later.clock.advance(14 * DAY_MS);
            assert_eq!(later.people.text_policy_notice().await.unwrap(), NOBODY, "there is time to open the app");
            later.clock.advance(2 * DAY_MS);
            assert_eq!(later.people.text_policy_notice().await.unwrap(), ToldByText { told: 1, undelivered: 0 });
            let sent = |number| later.outbox.newest(number, later.vault.now().unwrap());
            let text = &sent(BOB)[0].text;
            assert!(text.contains("/policy") && text.contains("隐私政策") && sent(ADA).is_empty(), "{text}");
            assert_eq!(later.people.text_policy_notice().await.unwrap(), NOBODY, "once");
        })
        .await;
    }
}
