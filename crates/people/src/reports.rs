//! What the operator does with reports (`billet reports`): looks at them, and closes them, which begins the year after which a
//! report is gone. Opened for that alone; nobody else is shown any of it, and whoever is reported is not told.

use kernel::{AccountId, Millis, ReportId};
use policy::{Event, Permit, Row, purposes, rows};
use serde::{Deserialize, Serialize};
use storage::sql::Db;
use vault::Vault;
use wire::rest::{ReportReason, ReportedMessage};

use crate::Fault;
use crate::records::{ReportRecord, of_report};
use crate::store::reports::{self, ReportRow};

/// Reports that are shown at once.
const REPORTS_MAX: i64 = 1_000;

/// A report as the operator sees it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    /// Its id.
    pub report_id: ReportId,
    /// Who made it.
    pub by: AccountId,
    /// Who is reported.
    pub about: AccountId,
    /// Why.
    pub reason: ReportReason,
    /// In the reporter's words.
    pub text: String,
    /// What they chose to show.
    pub messages: Vec<ReportedMessage>,
    /// When it came.
    pub received_at: Millis,
    /// When it was closed.
    pub closed_at: Option<Millis>,
    /// What was decided.
    pub decided: Option<String>,
}

/// The reports that are held, at most a thousand: those that wait come before those that are closed, each the oldest first.
pub async fn list(db: &Db, vault: &Vault) -> Result<Vec<Report>, Fault> {
    let now = vault.now()?;
    let mut list = Vec::new();
    for row in reports::list(db, now, REPORTS_MAX).await? {
        // One whose reporter is gone is gone with them.
        if vault.holds_account(row.reporter) {
            list.push(shown(vault, &row)?);
        }
    }
    Ok(list)
}

/// Closes a report, which is then gone in a year; false when none waits under this id.
pub async fn close(db: &Db, vault: &Vault, report: ReportId, decided: Option<String>) -> Result<bool, Fault> {
    let now = vault.now()?;
    let mut tx = db.begin_write().await?;
    let waiting = reports::waiting(&mut tx, report).await?;
    let Some(row) = waiting.filter(|row| vault.holds_account(row.reporter)) else { return Ok(false) };
    let Report { about: account, reason, text, messages, .. } = shown(vault, &row)?;
    let record = ReportRecord { account, reason, text, messages, decided };
    let sealed = vault.seal(&record, &of_report(row.reporter, report, row.received_at))?;
    let closed = reports::close(&mut tx, report, now, ends(now), sealed).await?;
    tx.commit().await?;
    db.shed().await?;
    Ok(closed)
}

/// When a report is gone that was closed at `closed_at`.
pub(crate) fn ends(closed_at: Millis) -> Millis {
    rows::Report::INFO.period.deadline_from(Event::Closing, closed_at).unwrap_or(closed_at)
}

fn shown(vault: &Vault, row: &ReportRow) -> Result<Report, Fault> {
    let permit = Permit::<rows::Report>::to::<purposes::EnforceTerms>();
    let address = of_report(row.reporter, row.report, row.received_at);
    let record = vault.open_record::<ReportRecord>(&row.sealed, &address, permit)?;
    Ok(Report {
        report_id: row.report,
        by: row.reporter,
        about: record.account,
        reason: record.reason,
        text: record.text.clone(),
        messages: record.messages.clone(),
        received_at: row.received_at,
        closed_at: row.closed_at,
        decided: record.decided.clone(),
    })
}

impl crate::People {
    /// [`list`] of a running server.
    pub async fn reports(&self) -> Result<Vec<Report>, Fault> {
        list(&self.db, &self.vault).await
    }

    /// [`close`] on a running server.
    pub async fn close_report(&self, report: ReportId, decided: Option<String>) -> Result<bool, Fault> {
        close(&self.db, &self.vault, report, decided).await
    }
}

#[cfg(test)]
mod tests {
    use kernel::{AccountId, DAY_MS, MessageId, ReportId};
    use serde_json::{Value, json};

    use crate::DeadlineRows;
    use crate::limits::{REPORT_CHARS_MAX, REPORTS_PER_ACCOUNT};
    use crate::store::{reports, testing::all_bytes};
    use crate::testing::{ADA, BOB, Person, START, World, in_a_world};

    async fn report(world: &World, who: &Person, about: &Person) -> ReportId {
        let messages = json!([{ "message": MessageId::new(START, 1), "at": START, "text": "give me\nmoney" }]);
        let body = json!({ "account_id": about.account, "reason": "fraud", "text": "he asks", "messages": messages });
        let answer = world.post("/v1/reports", who, body).await.is(201);
        assert_eq!(answer.as_object().unwrap().len(), 1, "the reporter is told its id and no more");
        serde_json::from_value(answer["report_id"].clone()).unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_report_reaches_the_operator_as_it_was_made_and_nobody_else() {
        in_a_world(async |world| {
            let (ada, bob) = world.contacts(ADA, BOB).await;
            world.heard.contacts();
            let id = report(world, &ada, &bob).await;
            assert!(world.heard.contacts().is_empty(), "nobody is told");
            let bytes = all_bytes(&world.db).await;
            for text in [&b"money"[..], b"he asks", b"fraud"] {
                assert!(!bytes.windows(text.len()).any(|window| window == text));
            }
            let list = world.people.reports().await.unwrap();
            let [shown] = &list[..] else { panic!("{list:?}") };
            assert_eq!((shown.report_id, shown.by, shown.about), (id, ada.account, bob.account));
            assert_eq!((shown.text.as_str(), shown.messages[0].text.as_str()), ("he asks", "give me\nmoney"));
            assert_eq!((shown.closed_at, shown.decided.as_deref()), (None, None));
        })
        .await;
    }

    /// Policy row `report`: a year from its closing, and as long as it takes before.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_report_is_gone_a_year_after_it_was_closed() {
        in_a_world(async |world| {
            let (ada, bob) = world.contacts(ADA, BOB).await;
            let id = report(world, &ada, &bob).await;
            for _ in 0..20 {
                world.clock.advance(20 * DAY_MS);
                world.get("/v1/me", &ada).await;
            }
            world.people.sweep().await.unwrap();
            assert_eq!(world.rows("report").await, 1, "one that waits has no end");
            assert!(world.people.close_report(id, Some("warned him".to_owned())).await.unwrap());
            assert!(!world.people.close_report(id, None).await.unwrap(), "closed once");
            assert!(!world.people.close_report(ReportId::new(START, 9), None).await.unwrap());
            let shown = world.people.reports().await.unwrap();
            assert_eq!(shown[0].decided.as_deref(), Some("warned him"));
            for _ in 0..4 {
                world.clock.advance(89 * DAY_MS);
                world.get("/v1/me", &ada).await;
            }
            // The year from 27 April 2027 has a 29 February.
            world.clock.advance(9 * DAY_MS);
            assert_eq!(world.people.reports().await.unwrap().len(), 1);
            world.clock.advance(DAY_MS);
            assert!(world.people.reports().await.unwrap().is_empty());
            world.people.sweep().await.unwrap();
            assert_eq!(world.rows("report").await, 0);
        })
        .await;
    }

    /// However many were closed within a year, the operator is shown those that wait.
    #[tokio::test(flavor = "multi_thread")]
    async fn reports_that_wait_come_before_those_that_were_closed() {
        in_a_world(async |world| {
            let (ada, bob) = world.contacts(ADA, BOB).await;
            let closed = report(world, &ada, &bob).await;
            world.clock.advance(1);
            let waiting = report(world, &ada, &bob).await;
            assert!(world.people.close_report(closed, None).await.unwrap());
            let list = async |max| {
                let rows = reports::list(&world.db, world.vault.now().unwrap(), max).await.unwrap();
                rows.iter().map(|row| row.report).collect::<Vec<_>>()
            };
            assert_eq!(list(1).await, [waiting]);
            assert_eq!(list(2).await, [waiting, closed]);
        })
        .await;
    }

    /// A wrong time that is taken back leaves no report with an end too far away.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_report_closed_in_a_wrong_time_ends_a_year_after_the_right_one() {
        in_a_world(async |world| {
            let (ada, bob) = world.contacts(ADA, BOB).await;
            let id = report(world, &ada, &bob).await;
            world.clock.advance(80 * DAY_MS);
            assert!(world.people.close_report(id, None).await.unwrap());
            DeadlineRows::end(&world.db, START).await.unwrap();
            let shown = world.people.reports().await.unwrap();
            assert_eq!(shown[0].closed_at, Some(START));
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_makes_no_sense_is_refused_and_a_flood_has_an_end() {
        in_a_world(async |world| {
            let (ada, bob) = (world.person(ADA, "Ada").await, world.person(BOB, "Bob").await);
            let post = async |change: Value| {
                let mut body = json!({ "account_id": bob.account, "reason": "other" });
                body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
                world.post("/v1/reports", &ada, body).await
            };
            post(json!({ "account_id": ada.account })).await.refused(422, "yourself");
            post(json!({ "account_id": AccountId::new(START, 1) })).await.refused(404, "unknown_account");
            post(json!({ "reason": "boredom" })).await.refused(400, "malformed");
            post(json!({ "text": "x".repeat(REPORT_CHARS_MAX + 1) })).await.refused(422, "invalid_text");
            let message = json!({ "message": MessageId::new(START, 1), "at": 1, "text": "x" });
            post(json!({ "messages": vec![message; 21] })).await.refused(422, "invalid_text");
            post(json!({ "text": "\u{5f20}".repeat(60_000) })).await.refused(413, "too_large");
            for _ in 0..REPORTS_PER_ACCOUNT.burst - 4 {
                post(json!({})).await.is(201);
            }
            post(json!({})).await.refused(429, "too_many");
        })
        .await;
    }
}
