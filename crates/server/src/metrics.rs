//! `/metrics` on an address of its own: the audit's numbers and a few of the process, in the text format of Prometheus.
//!
//! All numbers come from one audit at most ten seconds old, so there is no registry to keep and nothing to count twice: a few
//! lines of text need no library. Labels are ids of policy rows; nothing of anybody is in here (LOGD-NOCONTENT).

use std::fmt::{Display, Write as _};
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bus::Local;
use http::StatusCode;
use kernel::{Millis, SECOND_MS};
use rights::audit::{Audit, RowAnswer};
use rustix::time::{ClockId, clock_gettime};
use storage::lease_log::Stats;
use vault::{Histogram, Lags};

use crate::looker::Looker;

/// Bounds of the histograms' buckets, in milliseconds: what destroys at once, one step of hours and of days, the promise.
const BOUNDS_MS: &[u64] = &[10, 100, 1_000, 5_000, 16_000, 20_000, 32_000, 45_000, 60_000, 120_000, 600_000, 3_600_000];

/// What the route needs.
#[derive(Clone)]
pub(crate) struct Metrics {
    pub(crate) looker: Arc<Looker>,
    pub(crate) bus: Local,
}

/// The router to serve on the address for metrics.
pub(crate) fn routes(metrics: Metrics) -> Router {
    Router::new().route("/metrics", get(show)).with_state(metrics)
}

async fn show(State(metrics): State<Metrics>) -> Response {
    let audit = match metrics.looker.recent().await {
        Ok(audit) => audit,
        Err(error) => {
            tracing::error!(%error, "no metrics");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let rooms = metrics.looker.rooms();
    let text = text(&audit, &rooms.vault.lags(), &rooms.log.stats(), metrics.bus.lines());
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

fn text(audit: &Audit, lags: &Lags, stats: &Stats, sockets: usize) -> String {
    let mut page = Page::default();
    let rows: Vec<&RowAnswer> = audit.rows.iter().filter(|row| !row.planned).collect();
    page.rows("billet_row_held", "Items held of a policy row.", &rows, |row| Some(row.held));
    page.rows("billet_row_overdue", "Items that ended over a minute ago and can still be opened.", &rows, |row| {
        Some(row.overdue)
    });
    page.rows("billet_row_remains", "Items that nothing opens any more, not yet removed.", &rows, |row| {
        Some(row.remains)
    });
    page.rows("billet_row_oldest_timestamp_seconds", "When the oldest item started.", &rows, |row| {
        row.oldest_at.map(seconds)
    });
    page.rows("billet_row_next_end_timestamp_seconds", "When the next item ends by the clock.", &rows, |row| {
        row.next_end_at.map(seconds)
    });
    page.histogram(
        "billet_deletion_lag_seconds",
        "From the end of something to its key's death, while a server ran.",
        &lags.served,
    );
    page.histogram(
        "billet_lease_hold_seconds",
        "How long leases were held beyond their hour, in served time.",
        &lags.leases,
    );
    page.one("billet_ended_while_off_total", "counter", "Ends that passed while no server ran.", lags.while_off.count);
    let longest = in_seconds(lags.while_off.max_ms);
    page.one("billet_ended_while_off_max_seconds", "gauge", "The longest that one of them waited.", longest);
    page.one("billet_clean", "gauge", "The audit is clean.", u8::from(audit.clean));
    page.one("billet_key_steps_total", "counter", "Durable steps of the keys.", audit.keys.step);
    page.one("billet_key_step_timestamp_seconds", "gauge", "When the last one was.", seconds(audit.keys.stepped_at));
    let behind = audit.keys.behind_ms / SECOND_MS;
    page.one(
        "billet_keys_behind_seconds",
        "gauge",
        "How long ago the earliest deadline was that may have a key.",
        behind,
    );
    let doubt = u8::from(audit.keys.clock_check.is_some());
    page.one("billet_clock_in_doubt", "gauge", "A jump of the clock is not believed.", doubt);
    let pass = audit.pass.last_done_at.map_or(0, seconds);
    page.one("billet_pass_timestamp_seconds", "gauge", "When the last pass was done; 0 when unknown.", pass);
    page.one("billet_pass_running", "gauge", "A pass is running.", u8::from(audit.pass.running));
    page.one("billet_sends_total", "counter", "Messages stored since the start.", stats.sends);
    page.one("billet_acks_total", "counter", "Acknowledgements since the start.", stats.acks);
    page.one("billet_batches_total", "counter", "Batches of the lease log, each one sync.", stats.batch);
    page.one("billet_index_bytes", "gauge", "Memory of the index of messages in flight.", stats.index_bytes);
    page.one(
        "billet_storage_full",
        "gauge",
        "Sends are refused because the disk is nearly full.",
        u8::from(stats.storage_full),
    );
    page.one("billet_sockets", "gauge", "Connected devices.", sockets);
    let processor = clock_gettime(ClockId::ProcessCPUTime);
    let processor = format!("{}.{:03}", processor.tv_sec, processor.tv_nsec / 1_000_000);
    page.one("process_cpu_seconds_total", "counter", "Processor time.", processor);
    if let Some(bytes) = resident_bytes() {
        page.one("process_resident_memory_bytes", "gauge", "Memory in use.", bytes);
    }
    page.0
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        self.line(format_args!("# HELP {name} {help}"));
        self.line(format_args!("# TYPE {name} {kind}"));
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        writeln!(self.0, "{line}").expect("writing to a String cannot fail");
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.head(name, kind, help);
        self.line(format_args!("{name} {value}"));
    }

    fn rows<T: Display>(
        &mut self,
        name: &str,
        help: &str,
        rows: &[&RowAnswer],
        value: impl Fn(&RowAnswer) -> Option<T>,
    ) {
        self.head(name, "gauge", help);
        for row in rows {
            if let Some(value) = value(row) {
                self.line(format_args!("{name}{{row=\"{}\"}} {value}", row.row));
            }
        }
    }

    fn histogram(&mut self, name: &str, help: &str, values: &Histogram) {
        self.head(name, "histogram", help);
        for bound in BOUNDS_MS {
            let (le, count) = (in_seconds(*bound), values.at_most(*bound));
            self.line(format_args!("{name}_bucket{{le=\"{le}\"}} {count}"));
        }
        self.line(format_args!("{name}_bucket{{le=\"+Inf\"}} {}", values.count()));
        self.line(format_args!("{name}_sum {}", in_seconds(values.sum_ms())));
        self.line(format_args!("{name}_count {}", values.count()));
    }
}

fn seconds(at: Millis) -> i64 {
    at.0 / SECOND_MS
}

/// Milliseconds as seconds in decimal.
fn in_seconds(ms: u64) -> String {
    match (ms / 1000, ms % 1000) {
        (seconds, 0) => seconds.to_string(),
        (seconds, rest) => format!("{seconds}.{rest:03}"),
    }
}

/// Memory of this process, where the system tells.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}
