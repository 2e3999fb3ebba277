//! Limits of this crate, each with its arithmetic. Periods of stored data are not here: they are rows of the policy.

use kernel::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};

use crate::rate_limit::Rate;

/// Longest spelling of a number that is looked at: 17 digits of at most 4 bytes each, with separators.
pub const PHONE_BYTES_MAX: usize = 128;
/// Most bytes of most requests' bodies: the longest, a request with a note, has 200 x 4 bytes of note, escaped 1,200.
pub const REQUEST_BYTES_MAX: usize = 8 * 1024;
/// Most characters of an alias, a remark or a device's name.
pub const NAME_CHARS_MAX: usize = 64;
/// Most characters of a device's platform.
pub const PLATFORM_CHARS_MAX: usize = 32;
/// Most characters of the note of a contact request.
pub const NOTE_CHARS_MAX: usize = 200;
/// Most bytes of a profile photo as it is sent: ten times a good one of this size.
pub const PHOTO_BYTES_MAX: usize = 256 * 1024;
/// Most pixels of a profile photo's side.
pub const PHOTO_SIDE_MAX: u16 = 1024;
/// Profile photos that one account sets.
pub const PHOTOS_PER_ACCOUNT: Rate = Rate { burst: 30, per_ms: HOUR_MS };
/// Most characters of what a report says.
pub const REPORT_CHARS_MAX: usize = 2_000;
/// Most messages that go with a report.
pub const REPORT_MESSAGES_MAX: usize = 20;
/// Most characters of each of them.
pub const REPORTED_CHARS_MAX: usize = 1_000;
/// Most bytes of a report's body: its characters at four bytes each, 88 KB, with names and a reserve.
pub const REPORT_BYTES_MAX: usize = 128 * 1024;
/// Reports that one account makes.
pub const REPORTS_PER_ACCOUNT: Rate = Rate { burst: 20, per_ms: DAY_MS };
/// Most tags of one contact.
pub const TAGS_MAX: usize = 20;
/// Most characters of a tag.
pub const TAG_CHARS_MAX: usize = 32;
/// Fewest characters of a Billet ID.
pub const HANDLE_CHARS_MIN: usize = 6;
/// Most characters of a Billet ID.
pub const HANDLE_CHARS_MAX: usize = 20;
/// A Billet ID that was chosen may be changed again after this time: people know each other by it, and one that is given
/// up is free for somebody else.
pub const HANDLE_CHANGE_AFTER_MS: i64 = DAY_MS;

/// Digits of a verification code.
pub const CODE_DIGITS: usize = 6;
/// Wrong tries before a code is void: 5 of 1,000,000 possibilities for each code sent.
pub const CODE_TRIES_MAX: i64 = 5;
/// How long to wait before another code may be asked for.
pub const CODE_RESEND_AFTER_MS: i64 = 60 * SECOND_MS;
/// Codes for one number. With 5 tries each, a guesser has 30 of 1,000,000 in an hour.
pub const CODES_PER_NUMBER: Rate = Rate { burst: 6, per_ms: HOUR_MS };
/// Codes asked for from one address when nothing is said; a household or a small office shares one.
pub const SIGN_UPS_PER_HOUR_AND_ADDRESS: u32 = 30;

/// Codes asked for from one address.
pub const fn codes_per_address(sign_ups: u32) -> Rate {
    Rate { burst: sign_ups, per_ms: HOUR_MS }
}

/// Log-ins tried from one address: two for each code, in ten minutes.
pub const fn logins_per_address(sign_ups: u32) -> Rate {
    Rate { burst: 2 * sign_ups, per_ms: 10 * MINUTE_MS }
}

/// Devices that ask to be let in from one address. A page that waits asks anew when the last link has run out, twelve times
/// an hour: with what is given for each sign-up, ten pages wait at an address beside one household's codes.
pub const fn links_per_address(sign_ups: u32) -> Rate {
    Rate { burst: 4 * sign_ups, per_ms: HOUR_MS }
}

/// How long a device that waits to be let in is kept waiting for its answer, before it asks again. Less than what a request
/// may take (30 s), with time for the answer.
pub const CLAIM_WAIT_MS: u64 = 25_000;

/// Devices of one account. Each has its own cursor in the lease log.
pub const DEVICES_MAX: i64 = 20;
/// Contacts of one account. A circle of 5,000 takes 16 bytes each, about 150 KB as a set in memory.
pub const CONTACTS_MAX: i64 = 5_000;
/// Blocks of one account.
pub const BLOCKS_MAX: i64 = 5_000;
/// Conversations whose settings one account keeps: one with every contact, and as many old ones.
pub const CHATS_MAX: i64 = 2 * CONTACTS_MAX;
/// Conversations changed with one call: what a device saves up while it is away, in few calls.
pub const CHAT_CHANGES_MAX: usize = 100;
/// Most bytes of a draft: as many as a message may have.
pub const DRAFT_BYTES_MAX: usize = wire::CONTENT_BYTES_MAX;
/// Drafts of one account; of more, the oldest leave the server. All of them are 1.6 MB of an answer.
pub const DRAFTS_MAX: i64 = 100;
/// Most bytes of a change of conversations: a draft whose every byte is escaped in six, and 256 for each change.
pub const CHAT_CHANGE_BYTES_MAX: usize = 6 * DRAFT_BYTES_MAX + 256 * CHAT_CHANGES_MAX;
/// Reminders of one account, past ones that were not removed included.
pub const REMINDERS_MAX: i64 = 200;
/// How far ahead a reminder may lie: with its period after that, keys reach as far.
pub const REMINDER_AHEAD_MS_MAX: i64 = REMINDER_AHEAD_DAYS_MAX * DAY_MS;
/// See [`REMINDER_AHEAD_MS_MAX`]: a year.
pub const REMINDER_AHEAD_DAYS_MAX: i64 = 365;
/// Requests that wait for one account; further ones are taken and not shown.
pub const REQUESTS_WAITING_MAX: i64 = 500;
/// Requests one account makes.
pub const REQUESTS_PER_ACCOUNT: Rate = Rate { burst: 60, per_ms: DAY_MS };
/// Requests one account makes to the same person: a refusal is meant.
pub const REQUESTS_PER_PAIR: Rate = Rate { burst: 3, per_ms: DAY_MS };

/// QR codes one account looks at, of people and of devices: nobody guesses one, and nobody needs more.
pub const TOKENS_LOOKED_UP: Rate = Rate { burst: 120, per_ms: HOUR_MS };

/// Keys that one rate limiter tells apart: 16 bytes of key and 8 of state, about 50 with the table: 5 MB.
pub const RATE_KEYS_MAX: usize = 100_000;
/// Accounts whose circle is held in memory, per generation of the cache.
pub const CIRCLES_CACHED_MAX: usize = 50_000;
/// Sessions held in memory, per generation of the cache: 100 bytes each.
pub const SESSIONS_CACHED_MAX: usize = 200_000;
/// A session's last use is written down at most this often.
pub const SESSION_TOUCH_MS: i64 = DAY_MS;

const _: () = assert!(CODE_TRIES_MAX * CODES_PER_NUMBER.burst as i64 <= 30);
const _: () = assert!((REPORT_CHARS_MAX + REPORT_MESSAGES_MAX * REPORTED_CHARS_MAX) * 4 < REPORT_BYTES_MAX);
