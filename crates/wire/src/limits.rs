//! Limits of the protocol, each with its arithmetic.

/// Most bytes of a message's `content`, as JSON text.
pub const CONTENT_BYTES_MAX: usize = 16 * 1024;
/// Most bytes of one frame: the content and 4 KiB for what stands around it.
pub const FRAME_BYTES_MAX: usize = 20 * 1024;
/// Deepest nesting of arrays and objects in a message's `content`.
pub const CONTENT_DEPTH_MAX: usize = 32;
/// Most bytes of a client's own id for a message; ASCII.
pub const CLIENT_ID_BYTES_MAX: usize = 64;
/// Most bytes of a message's `kind`; lower-case ASCII letters, digits and underscores.
pub const KIND_BYTES_MAX: usize = 32;
/// Most envelopes sent on one socket and not yet acknowledged.
pub const UNACKED_ENVELOPES_MAX: usize = 256;
/// Most bytes of envelopes sent on one socket and not yet acknowledged.
pub const UNACKED_BYTES_MAX: usize = 1024 * 1024;
/// Most sends of one socket without an answer; then the server stops reading from it.
pub const UNANSWERED_SENDS_MAX: usize = 128;
/// What frames cost, against [`FRAME_BUDGET`]: sends and acks have limits of their own and cost least.
pub const FRAME_COST: u32 = 1;
/// What an operation costs that is answered without them: 1,000 a second.
pub const FRAME_COST_SMALL_OP: u32 = 20;
/// What a frame costs that is refused: 200 wrong ones, or guesses, a second.
pub const FRAME_COST_REFUSED: u32 = 100;
/// What a sync costs, which may read a page of the disk: 50 a second.
pub const FRAME_COST_SYNC: u32 = 400;
/// What one socket may spend at once, and again in every [`FRAME_BUDGET_MS`]: several times what the quickest device
/// needs, so that nobody who talks ever meets it.
pub const FRAME_BUDGET: u32 = 40_000;
/// See [`FRAME_BUDGET`].
pub const FRAME_BUDGET_MS: u32 = 2_000;
/// How long a socket that has spent everything is not read from: a quarter of the budget comes back.
pub const SLOW_DOWN_MS: u32 = FRAME_BUDGET_MS / 4;
/// So many times in a row, and the socket is closed (4008).
pub const SLOW_DOWNS_MAX: u32 = 6;
/// Above any `seq`: what a JSON number carries exactly in every language.
pub const SEQ_LIMIT: u64 = 1 << 53;

const _: () = assert!(CONTENT_BYTES_MAX + CLIENT_ID_BYTES_MAX + KIND_BYTES_MAX + 256 <= FRAME_BYTES_MAX);
const _: () = assert!(UNACKED_BYTES_MAX >= FRAME_BYTES_MAX, "one envelope always fits");

/// The socket closes with this code when the session has ended.
pub const CLOSE_SESSION_ENDED: u16 = 4001;
/// The socket closes with this code when the client does not keep up, or does not slow down when told; it should connect
/// and sync again.
pub const CLOSE_TOO_SLOW: u16 = 4008;
/// The socket closes with this code when the same device has opened a newer one.
pub const CLOSE_REPLACED: u16 = 4009;
