/** Ids are text on the wire; branding keeps one kind from being handed in where another is meant. */
export type AccountId = string & { readonly brand: 'account' };
export type DeviceId = string & { readonly brand: 'device' };
export type MessageId = string & { readonly brand: 'message' };
export type GroupId = string & { readonly brand: 'group' };
/** What this device calls a message it sends; stays the same over every repetition. */
export type ClientId = string & { readonly brand: 'client' };

/** Where a message goes, as the protocol says it. */
export type To = { account: AccountId } | { group: GroupId };

/** One key for a conversation, direct or group. */
export type ConversationKey = `a:${string}` | `g:${string}`;

export function conversationWith(account: AccountId): ConversationKey {
  return `a:${account}`;
}

export function keyOf(to: To): ConversationKey {
  return 'account' in to ? `a:${to.account}` : `g:${to.group}`;
}

export function toOf(key: ConversationKey): To {
  const id = key.slice(2);
  return key.startsWith('a:') ? { account: id as AccountId } : { group: id as GroupId };
}

/** The other person of a direct conversation; null for a group. */
export function peerOf(key: ConversationKey): AccountId | null {
  return key.startsWith('a:') ? (key.slice(2) as AccountId) : null;
}
