//! What is held of each row of the policy that this room stores (`billet audit`).
//!
//! A row of a table whose `sealed` column has a deadline is dead with the key of that deadline; its other columns (ids, times)
//! are told as `remains` until the sweep. Codes, sessions, contacts and blocks have nothing sealed, and a report no key of its
//! deadline: there the row itself is what has to go, and it is held until it is removed.

use kernel::Millis;
use policy::{GONE_MS_MAX, Held, Row, RowInfo, rows};
use storage::sql::Db;
use vault::KeyCensus;

use crate::store::held::{Count, Dated, Instants, Undated, dated, undated};
use crate::{Fault, People};

/// Counts what the database holds at `now`, when the keys are as `keys` says.
pub async fn in_database(db: &Db, keys: &KeyCensus, now: Millis) -> Result<Vec<Held>, Fault> {
    let mut held = Vec::new();
    let instants = Instants { now, overdue_at: now - GONE_MS_MAX, dead_through: keys.dead_through.min(now) };
    for (row, table) in [
        (rows::Login::INFO, Dated::Login),
        (rows::WaitingChild::INFO, Dated::WaitingChild),
        (rows::ContactRequest::INFO, Dated::ContactRequest),
        (rows::DeviceLink::INFO, Dated::DeviceLink),
        (rows::ChatDraft::INFO, Dated::ChatDraft),
        (rows::Reminder::INFO, Dated::Reminder),
    ] {
        held.push(sealed(row, dated(db, table, instants).await?));
    }
    let instants = Instants { dead_through: Millis(i64::MIN), ..instants };
    for (row, table) in [
        (rows::VerificationCode::INFO, Dated::VerificationCode),
        (rows::Session::INFO, Dated::Session),
        (rows::Report::INFO, Dated::Report),
    ] {
        held.push(sealed(row, dated(db, table, instants).await?));
    }
    for (row, table) in [
        (rows::Registration::INFO, Undated::Account),
        (rows::Profile::INFO, Undated::Profile),
        (rows::BlindIndex::INFO, Undated::BlindIndex),
        (rows::AddToken::INFO, Undated::AddToken),
        (rows::Findable::INFO, Undated::Findable),
        (rows::Device::INFO, Undated::Device),
        (rows::Contact::INFO, Undated::Contact),
        (rows::Remark::INFO, Undated::Remark),
        (rows::ContactTag::INFO, Undated::ContactTag),
        (rows::Mute::INFO, Undated::ChatSetting),
        (rows::PushSubscription::INFO, Undated::PushSubscription),
        (rows::Block::INFO, Undated::Block),
        (rows::ConsentProof::INFO, Undated::ConsentProof),
        (rows::PolicyNotice::INFO, Undated::PolicyNotice),
        (rows::PolicyEdition::INFO, Undated::PolicyEdition),
    ] {
        let (count, oldest) = undated(db, table).await?;
        held.push(Held { count: positive(count), oldest, ..Held::none(row) });
    }
    Ok(held)
}

fn sealed(row: &'static RowInfo, count: Count) -> Held {
    Held {
        row,
        count: positive(count.rows - count.dead),
        oldest: count.oldest,
        next_end: count.next_end,
        overdue: positive(count.overdue - count.dead),
        remains: positive(count.dead),
    }
}

fn positive(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

/// What memory holds of this room's rows when no server runs.
pub fn in_no_memory() -> Vec<Held> {
    vec![Held::none(rows::ProviderOutbox::INFO), Held::none(rows::RateLimit::INFO)]
}

impl People {
    /// Counts what memory holds at `now`; what has ended is forgotten on the way.
    pub fn held_in_memory(&self, now: Millis) -> Vec<Held> {
        let mut limits = Held::none(rows::RateLimit::INFO);
        for limit in self.limits.all() {
            let (keys, next_end) = limit.forget_until(now.0);
            limits.note(keys as u64, None, next_end.map(Millis), true, now);
        }
        let mut outbox = Held::none(rows::ProviderOutbox::INFO);
        if let Some(texts) = &self.config.demo_outbox {
            let (count, oldest, next_end) = texts.forget_until(now);
            outbox.note(count as u64, oldest, next_end, true, now);
        }
        vec![outbox, limits]
    }
}
