//! The records inside a frame's payload (`docs/formats.md`, "Lease log").
//!
//! A commit frame holds a head, the records, and the extents: up to where each other file belongs to the batch. A part in a lease's segment holds [`Record`]s alone; parts of the other kinds hold their own items.

use kernel::{AccountId, DeviceId, MessageId, Millis};
use vault::{ENTRY_BOX_BYTES, EntryBox};

use super::format::{Fields, Kind, Name};

/// Where a body lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyAt {
    /// Hour of sending: which bodies' file.
    pub hour: u32,
    /// Which file of that hour.
    pub number: u16,
    /// Where in it.
    pub offset: u32,
    /// How long it is, sealed.
    pub bytes: u32,
}

/// A message as every entry of it needs it. Entries follow the record of their message in the same frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Who sent it.
    pub sender: AccountId,
    /// The device it was sent from.
    pub device: DeviceId,
    /// When, by the server's effective time.
    pub at: Millis,
    /// Its place in the order of the sender's own inbox.
    pub sender_seq: u64,
    /// Where its body lies.
    pub body: BodyAt,
    /// How many recipients it had (without the sender's own devices).
    pub of: u16,
    /// To how many of them it was delivered when this record was written.
    pub delivered: u16,
}

/// A message on its way to one account. Recipient, seq and lease stand in clear in the sealed box.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Where the record of its message lies in this file.
    pub message_at: u32,
    /// The copy for the sender's own other devices.
    pub own_copy: bool,
    /// The hour at whose start it may no longer be read, counted from its delivery; 0 while it is undelivered.
    pub until: u32,
    /// The body's key, sealed for the lease and the recipient.
    pub sealed: EntryBox,
}

/// A device and how far it has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Whose device.
    pub account: AccountId,
    /// Which device.
    pub device: DeviceId,
    /// Everything up to here is safe on it.
    pub acked: u64,
    /// The account's last seq when the device joined.
    pub joined: u64,
}

/// What a commit frame, or a part in a lease's segment, says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Record {
    /// A message whose entries follow.
    Message(Message),
    /// An entry of the last message before it.
    Entry(Entry),
    /// A device stored everything up to its cursor, at the time of the batch: what that delivers is delivered now.
    Ack(Cursor),
    /// A device as it is now: new, or carried over.
    Cursor(Cursor),
    /// A device that is no more.
    DeviceGone {
        /// Whose device.
        account: AccountId,
        /// Which device.
        device: DeviceId,
    },
    /// An account that is no more: what it sent and what waits for it is withdrawn.
    AccountGone(AccountId),
    /// A message its sender recalled.
    Recalled {
        /// The message.
        message: MessageId,
        /// Who recalled it.
        sender: AccountId,
        /// When it was sent.
        at: Millis,
    },
    /// A message that reached its deadline.
    Expired(MessageId),
    /// An entry that died with a lease that was not carried over in time.
    Lost {
        /// For whom it was.
        recipient: AccountId,
        /// Its seq.
        seq: u64,
    },
    /// Every lease up to `through` is carried over; their folders can go.
    PassDone {
        /// The last lease that is done.
        through: u32,
        /// No seq up to here is given again to anybody.
        seq_floor: u64,
    },
}

/// Up to where one other file belongs to a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Which file.
    pub name: Name,
    /// Its length with this batch.
    pub end: u32,
    /// The checksum of its last frame.
    pub sum: u32,
}

/// Bytes of a [`Record::Message`] with its tag.
pub const MESSAGE_BYTES: usize = 1 + 16 + 16 + 16 + 8 + 8 + 14 + 2 + 2;
/// Bytes of a [`Record::Entry`] with its tag.
pub const ENTRY_BYTES: usize = 1 + 4 + 1 + 4 + ENTRY_BOX_BYTES;
/// Bytes of an [`Extent`].
pub const EXTENT_BYTES: usize = 1 + 4 + 2 + 4 + 4;

/// The payload does not hold what the format says, although its checksum is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl Record {
    /// Appends it to a payload.
    pub fn encode(&self, to: &mut Vec<u8>) {
        match self {
            Self::Message(message) => message.encode(to),
            Self::Entry(entry) => entry.encode(to),
            Self::Ack(cursor) => cursor.encode(3, to),
            Self::Cursor(cursor) => cursor.encode(4, to),
            Self::DeviceGone { account, device } => put(to, &[&[5], &account.to_bytes(), &device.to_bytes()]),
            Self::AccountGone(account) => put(to, &[&[6], &account.to_bytes()]),
            Self::Recalled { message, sender, at } => {
                put(to, &[&[7], &message.to_bytes(), &sender.to_bytes(), &at.0.to_le_bytes()])
            }
            Self::Expired(message) => put(to, &[&[8], &message.to_bytes()]),
            Self::Lost { recipient, seq } => put(to, &[&[9], &recipient.to_bytes(), &seq.to_le_bytes()]),
            Self::PassDone { through, seq_floor } => {
                put(to, &[&[10], &through.to_le_bytes(), &seq_floor.to_le_bytes()])
            }
        }
    }

    /// Takes the first record off `from`.
    pub fn decode(from: &mut &[u8]) -> Result<Self, Malformed> {
        let bytes = match from.first() {
            Some(1) => MESSAGE_BYTES,
            Some(2) => ENTRY_BYTES,
            Some(3 | 4) => 1 + 16 + 16 + 8 + 8,
            Some(5) => 1 + 16 + 16,
            Some(6 | 8) => 1 + 16,
            Some(7) => 1 + 16 + 16 + 8,
            Some(9) => 1 + 16 + 8,
            Some(10) => 1 + 4 + 8,
            _ => return Err(Malformed),
        };
        let (record, rest) = from.split_at_checked(bytes).ok_or(Malformed)?;
        *from = rest;
        let mut fields = Fields(&record[1..]);
        let f = &mut fields;
        Ok(match record[0] {
            1 => Self::Message(Message::decode(f)),
            2 => Self::Entry(Entry::decode(f)?),
            3 => Self::Ack(Cursor::decode(f)),
            4 => Self::Cursor(Cursor::decode(f)),
            5 => Self::DeviceGone { account: account(f), device: DeviceId::from_bytes(f.array()) },
            6 => Self::AccountGone(account(f)),
            7 => Self::Recalled { message: MessageId::from_bytes(f.array()), sender: account(f), at: Millis(f.i64()) },
            8 => Self::Expired(MessageId::from_bytes(f.array())),
            9 => Self::Lost { recipient: account(f), seq: f.u64() },
            _ => Self::PassDone { through: f.u32(), seq_floor: f.u64() },
        })
    }
}

fn account(fields: &mut Fields<'_>) -> AccountId {
    AccountId::from_bytes(fields.array())
}

fn put(to: &mut Vec<u8>, parts: &[&[u8]]) {
    for part in parts {
        to.extend_from_slice(part);
    }
}

impl Message {
    fn encode(&self, to: &mut Vec<u8>) {
        put(to, &[&[1], &self.id.to_bytes(), &self.sender.to_bytes(), &self.device.to_bytes()]);
        put(to, &[&self.at.0.to_le_bytes(), &self.sender_seq.to_le_bytes(), &self.body.hour.to_le_bytes()]);
        put(to, &[&self.body.number.to_le_bytes(), &self.body.offset.to_le_bytes(), &self.body.bytes.to_le_bytes()]);
        put(to, &[&self.of.to_le_bytes(), &self.delivered.to_le_bytes()]);
    }

    fn decode(fields: &mut Fields<'_>) -> Self {
        Self {
            id: MessageId::from_bytes(fields.array()),
            sender: account(fields),
            device: DeviceId::from_bytes(fields.array()),
            at: Millis(fields.i64()),
            sender_seq: fields.u64(),
            body: BodyAt { hour: fields.u32(), number: fields.u16(), offset: fields.u32(), bytes: fields.u32() },
            of: fields.u16(),
            delivered: fields.u16(),
        }
    }
}

impl Entry {
    fn encode(&self, to: &mut Vec<u8>) {
        put(to, &[&[2], &self.message_at.to_le_bytes(), &[u8::from(self.own_copy)]]);
        put(to, &[&self.until.to_le_bytes(), &self.sealed]);
    }

    fn decode(fields: &mut Fields<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            message_at: fields.u32(),
            own_copy: match fields.u8() {
                0 => false,
                1 => true,
                _ => return Err(Malformed),
            },
            until: fields.u32(),
            sealed: fields.array(),
        })
    }
}

impl Cursor {
    fn encode(&self, tag: u8, to: &mut Vec<u8>) {
        let (account, device) = (self.account.to_bytes(), self.device.to_bytes());
        put(to, &[&[tag], &account, &device, &self.acked.to_le_bytes(), &self.joined.to_le_bytes()]);
    }

    fn decode(fields: &mut Fields<'_>) -> Self {
        let (account, device) = (account(fields), DeviceId::from_bytes(fields.array()));
        Self { account, device, acked: fields.u64(), joined: fields.u64() }
    }
}

impl Extent {
    /// Appends it to a commit frame.
    pub fn encode(&self, to: &mut Vec<u8>) {
        put(to, &[&[self.name.kind as u8], &self.name.hour.to_le_bytes(), &self.name.number.to_le_bytes()]);
        put(to, &[&self.end.to_le_bytes(), &self.sum.to_le_bytes()]);
    }

    fn decode(fields: &mut Fields<'_>) -> Result<Self, Malformed> {
        let kind = Kind::from_byte(fields.u8()).ok_or(Malformed)?;
        let name = Name { kind, hour: fields.u32(), number: fields.u16() };
        Ok(Self { name, end: fields.u32(), sum: fields.u32() })
    }
}

/// What the payload of a commit frame begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommitHead {
    /// Bytes of records; the extents follow them.
    pub records: u32,
    /// The highest seq that was given to anybody in the batch; 0 for none.
    pub seq_max: u64,
}

/// Bytes of a [`CommitHead`].
pub const COMMIT_HEAD_BYTES: usize = 4 + 8;

impl CommitHead {
    /// The head as bytes.
    pub fn encode(&self) -> [u8; COMMIT_HEAD_BYTES] {
        let mut bytes = [0; COMMIT_HEAD_BYTES];
        bytes[..4].copy_from_slice(&self.records.to_le_bytes());
        bytes[4..].copy_from_slice(&self.seq_max.to_le_bytes());
        bytes
    }
}

/// The payload of a commit frame: its head, its records, and the extents behind them.
pub fn split_commit(payload: &[u8]) -> Result<(CommitHead, &[u8], Vec<Extent>), Malformed> {
    let (head, rest) = payload.split_first_chunk::<COMMIT_HEAD_BYTES>().ok_or(Malformed)?;
    let mut fields = Fields(head);
    let head = CommitHead { records: fields.u32(), seq_max: fields.u64() };
    let (records, extents) = rest.split_at_checked(head.records as usize).ok_or(Malformed)?;
    if extents.len() % EXTENT_BYTES != 0 {
        return Err(Malformed);
    }
    let extents =
        extents.chunks(EXTENT_BYTES).map(|bytes| Extent::decode(&mut Fields(bytes))).collect::<Result<_, _>>();
    Ok((head, records, extents?))
}

/// What a mark is, as far as it must be known without opening it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum MarkKind {
    /// A message was delivered or expired.
    Receipt = 1,
    /// A message was recalled.
    Recalled = 2,
    /// Something else its account should know: messages missed, the server restored.
    Notice = 3,
}

/// An item of a marks' segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark<'a> {
    /// What it is.
    pub kind: MarkKind,
    /// Whose inbox it waits in.
    pub account: AccountId,
    /// Its place there.
    pub seq: u64,
    /// When it was made.
    pub at: Millis,
    /// The seq of an earlier mark that this one says more than; 0 for none.
    pub replaces: u64,
    /// What it says, sealed.
    pub sealed: &'a [u8],
}

/// Bytes of a [`Mark`] before what is sealed.
pub const MARK_HEAD_BYTES: usize = 1 + 16 + 8 + 8 + 8 + 2;

impl<'a> Mark<'a> {
    /// Appends it to a payload.
    pub fn encode(&self, to: &mut Vec<u8>) {
        put(to, &[&[self.kind as u8], &self.account.to_bytes(), &self.seq.to_le_bytes(), &self.at.0.to_le_bytes()]);
        let bytes = u16::try_from(self.sealed.len()).expect("a mark is a few ids and numbers");
        put(to, &[&self.replaces.to_le_bytes(), &bytes.to_le_bytes(), self.sealed]);
    }

    /// Takes the first mark off `from`.
    pub fn decode(from: &mut &'a [u8]) -> Result<Self, Malformed> {
        let (head, rest) = from.split_at_checked(MARK_HEAD_BYTES).ok_or(Malformed)?;
        let mut fields = Fields(head);
        let kind = match fields.u8() {
            1 => MarkKind::Receipt,
            2 => MarkKind::Recalled,
            3 => MarkKind::Notice,
            _ => return Err(Malformed),
        };
        let (account, seq, at) = (account(&mut fields), fields.u64(), Millis(fields.i64()));
        let (replaces, bytes) = (fields.u64(), fields.u16());
        let (sealed, rest) = rest.split_at_checked(bytes.into()).ok_or(Malformed)?;
        *from = rest;
        Ok(Self { kind, account, seq, at, replaces, sealed })
    }
}

/// An item of a client ids' segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientId<'a> {
    /// Keyed hash of account, device and client id.
    pub hash: u128,
    /// When it was first seen.
    pub at: Millis,
    /// The answer it was given, sealed.
    pub sealed: &'a [u8],
}

/// Bytes of a [`ClientId`] before what is sealed.
pub const CLIENT_ID_HEAD_BYTES: usize = 16 + 8 + 2;

impl<'a> ClientId<'a> {
    /// Appends it to a payload.
    pub fn encode(&self, to: &mut Vec<u8>) {
        let bytes = u16::try_from(self.sealed.len()).expect("an answer is a few ids and numbers");
        put(to, &[&self.hash.to_le_bytes(), &self.at.0.to_le_bytes(), &bytes.to_le_bytes(), self.sealed]);
    }

    /// Takes the first item off `from`.
    pub fn decode(from: &mut &'a [u8]) -> Result<Self, Malformed> {
        let (head, rest) = from.split_at_checked(CLIENT_ID_HEAD_BYTES).ok_or(Malformed)?;
        let mut fields = Fields(head);
        let hash = u128::from_le_bytes(fields.array());
        let at = Millis(fields.i64());
        let (sealed, rest) = rest.split_at_checked(fields.u16().into()).ok_or(Malformed)?;
        *from = rest;
        Ok(Self { hash, at, sealed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // docs/formats.md says so.
    const _: () = assert!(MESSAGE_BYTES == 83 && ENTRY_BYTES == 128 && EXTENT_BYTES == 15);

    fn account(n: u128) -> AccountId {
        AccountId::new(Millis(1), n)
    }

    fn message() -> Message {
        let body = BodyAt { hour: 500_000, number: 2, offset: 3, bytes: 4 };
        Message {
            id: MessageId::new(Millis(1), 2),
            sender: account(3),
            device: DeviceId::new(Millis(1), 4),
            at: Millis(5),
            sender_seq: 6,
            body,
            of: 7,
            delivered: 8,
        }
    }

    #[test]
    fn records_survive_their_bytes_and_a_cut_one_is_noticed() {
        let (account, device) = (account(1), DeviceId::new(Millis(1), 2));
        let cursor = Cursor { account, device, acked: 3, joined: 4 };
        let entry = Entry { message_at: 5, own_copy: true, until: 500_001, sealed: [6; ENTRY_BOX_BYTES] };
        let records = [
            Record::Message(message()),
            Record::Entry(entry),
            Record::Ack(cursor),
            Record::Cursor(cursor),
            Record::DeviceGone { account, device },
            Record::AccountGone(account),
            Record::Recalled { message: message().id, sender: account, at: Millis(7) },
            Record::Expired(message().id),
            Record::Lost { recipient: account, seq: 8 },
            Record::PassDone { through: 9, seq_floor: 10 },
        ];
        for (record, tag) in records.iter().zip(1..) {
            let mut bytes = Vec::new();
            record.encode(&mut bytes);
            assert_eq!(bytes[0], tag);
            assert!(Record::decode(&mut bytes.as_slice()) == Ok(*record), "record {tag}");
            bytes.pop();
            assert!(Record::decode(&mut bytes.as_slice()) == Err(Malformed), "record {tag}");
        }
        assert!(Record::decode(&mut [11; 200].as_slice()) == Err(Malformed));
    }

    #[test]
    fn marks_and_client_ids_survive_their_bytes() {
        let mark =
            Mark { kind: MarkKind::Notice, account: account(1), seq: 2, at: Millis(3), replaces: 4, sealed: b"sealed" };
        let id = ClientId { hash: 5, at: Millis(6), sealed: b"answer" };
        let (mut marks, mut ids) = (Vec::new(), Vec::new());
        mark.encode(&mut marks);
        id.encode(&mut ids);
        assert_eq!((marks.len(), ids.len()), (MARK_HEAD_BYTES + 6, CLIENT_ID_HEAD_BYTES + 6));
        assert_eq!(Mark::decode(&mut marks.as_slice()), Ok(mark));
        assert_eq!(ClientId::decode(&mut ids.as_slice()), Ok(id));
        assert_eq!(Mark::decode(&mut &marks[..marks.len() - 1]), Err(Malformed));
    }

    #[test]
    fn a_commit_frame_says_how_far_the_other_files_belong_to_it() {
        let name = Name { kind: Kind::Bodies, hour: 500_000, number: 1 };
        let extent = Extent { name, end: 2, sum: 3 };
        let head = CommitHead { records: 4, seq_max: 5 };
        let mut payload = head.encode().to_vec();
        payload.extend_from_slice(b"four");
        extent.encode(&mut payload);
        assert_eq!(split_commit(&payload), Ok((head, b"four".as_slice(), vec![extent])));
        payload.pop();
        assert_eq!(split_commit(&payload), Err(Malformed));
    }
}
