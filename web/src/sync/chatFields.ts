import type { StoredConversation } from './database';

/** The settings of a chat that are the same on every device of an account, in the words of the interface. */
export type ChatFields = {
  /** Everything up to here was read. Only rises. */
  read_seq: number;
  /** Everything up to here was cleared. Only rises. */
  cleared_seq: number;
  pinned_at: number | null;
  muted: boolean;
  hidden: boolean;
  /** Marked as unread by hand. */
  unread: boolean;
  draft: string | null;
};
export type ChatField = keyof ChatFields;

const FIELDS: readonly ChatField[] = [
  'read_seq',
  'cleared_seq',
  'pinned_at',
  'muted',
  'hidden',
  'unread',
  'draft',
];

export function fieldsOf(chat: StoredConversation): ChatFields {
  return {
    read_seq: chat.readSort,
    cleared_seq: chat.clearedSort ?? 0,
    pinned_at: chat.pinnedAt ?? null,
    muted: chat.muted ?? false,
    hidden: chat.hidden ?? false,
    unread: chat.markedUnread ?? false,
    draft: chat.draft ?? null,
  };
}

/** The chat with these settings; what is false or none is not stored at all. */
export function withFields(
  chat: StoredConversation,
  change: Partial<ChatFields>,
  now: number,
): StoredConversation {
  const next = { ...fieldsOf(chat), ...change };
  const { pinnedAt, muted, hidden, markedUnread, draft, draftAt, clearedSort, ...rest } = chat;
  const set: StoredConversation = { ...rest, readSort: next.read_seq };
  if (next.cleared_seq > 0) set.clearedSort = next.cleared_seq;
  if (next.pinned_at !== null) set.pinnedAt = next.pinned_at;
  if (next.muted) set.muted = true;
  if (next.hidden) set.hidden = true;
  if (next.unread) set.markedUnread = true;
  if (next.draft !== null) {
    set.draft = next.draft;
    const at = next.draft === draft ? draftAt : now;
    if (at !== undefined) set.draftAt = at;
  }
  return set;
}

/** A change made here: what differs from before is what the server has to be told. */
export function changedHere(
  chat: StoredConversation,
  change: Partial<ChatFields>,
  now: number,
): StoredConversation {
  const before = fieldsOf(chat);
  const after = withFields(chat, change, now);
  const news = fieldsOf(after);
  return withDirty(after, [
    ...(chat.settingsDirty ?? []),
    ...FIELDS.filter((field) => before[field] !== news[field]),
  ]);
}

/** The server keeps a draft this long and then says that there is none (`chat_draft`); on this device it stays. */
const DRAFT_HELD_MS = 30 * 86_400_000;

/**
 * What the server says, put together with what is here: marks only rise, and what was changed here and not sent yet stays,
 * because it will be sent. What is further here than there is sent as well: the server may come from an older copy.
 */
export function merged(chat: StoredConversation, said: ChatFields, now: number): StoredConversation {
  const mine = fieldsOf(chat);
  const kept: Partial<ChatFields> = {};
  for (const field of chat.settingsDirty ?? []) Object.assign(kept, { [field]: mine[field] });
  const old = said.draft === null && chat.draftAt !== undefined && now - chat.draftAt >= DRAFT_HELD_MS;
  if (old) kept.draft = mine.draft;
  const next = {
    ...said,
    ...kept,
    read_seq: Math.max(mine.read_seq, said.read_seq),
    cleared_seq: Math.max(mine.cleared_seq, said.cleared_seq),
  };
  return withDirty(
    withFields(chat, next, now),
    FIELDS.filter((field) => next[field] !== said[field] && !(field === 'draft' && old)),
  );
}

/** The server has written `sent` down; what was changed again meanwhile is still to be told. */
export function told(chat: StoredConversation, sent: Partial<ChatFields>): StoredConversation {
  const mine = fieldsOf(chat);
  const left = (chat.settingsDirty ?? []).filter((field) => !(field in sent) || sent[field] !== mine[field]);
  return withDirty(chat, left);
}

function withDirty(chat: StoredConversation, fields: ChatField[]): StoredConversation {
  const { settingsDirty, ...rest } = chat;
  return fields.length > 0 ? { ...rest, settingsDirty: [...new Set(fields)] } : rest;
}
