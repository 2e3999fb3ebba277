//! What makes an audit not clean, in words.

use policy::GONE_MS_MAX;
use vault::HOLD_MS_MAX;

use super::{Audit, UNANSWERED};

/// A sentence for each reason; none when all is as promised.
pub(super) fn reasons(audit: &Audit) -> Vec<String> {
    let mut why = Vec::new();
    for row in &audit.rows {
        if row.overdue > 0 {
            why.push(format!("{}: {} ended over a minute ago and can still be opened", row.row, row.overdue));
        }
        if row.note.as_deref() == Some(UNANSWERED) {
            why.push(format!("{}: {UNANSWERED}", row.row));
        }
    }
    if audit.running && audit.keys.behind_ms > GONE_MS_MAX {
        why.push(format!("keys are {} s behind their deadlines", audit.keys.behind_ms / kernel::SECOND_MS));
    }
    if audit.lag_ms.served.p99_9 > GONE_MS_MAX.unsigned_abs() {
        why.push(format!(
            "of a thousand keys one died {} s after its end or later",
            seconds(audit.lag_ms.served.p99_9)
        ));
    }
    if audit.lag_ms.leases.max > (HOLD_MS_MAX + GONE_MS_MAX).unsigned_abs() {
        why.push(format!("a lease was held for {} s, longer than its hour", seconds(audit.lag_ms.leases.max)));
    }
    why
}

fn seconds(ms: u64) -> u64 {
    ms / kernel::SECOND_MS.unsigned_abs()
}
