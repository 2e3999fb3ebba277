/// Statements that hang are ended by the server: none of ours takes longer than a few milliseconds.
pub(super) const SET_UP: &str = "SET statement_timeout = '10s'; \
     SET idle_in_transaction_session_timeout = '30s'; \
     SET client_min_messages = 'warning'";

/// READ COMMITTED suffices because whoever decides takes a row lock first.
pub(super) const BEGIN_WRITE: &str = "BEGIN";

/// The number has no meaning beyond being ours: "billet" in ASCII.
pub(super) const LOCK_FOR_MIGRATION: &str = "SELECT pg_advisory_xact_lock(108204981445492)";

pub(super) const COLUMNS: &str = "SELECT CAST(table_name || '.' || column_name AS TEXT) \
     FROM information_schema.columns WHERE table_schema = current_schema()";
