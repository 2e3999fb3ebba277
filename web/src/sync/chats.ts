import type { ChatFields } from './chatFields';
import { changeChat, clearHistory, hideChat, keepDraft, markRead } from './conversations';
import type { BilletDatabase, StoredQuote } from './database';
import type { ConversationKey } from './ids';
import { keepQuote } from './quotes';
import type { Haste } from './settingsKeeper';

export type ChatsOptions = {
  db: BilletDatabase;
  now: () => number;
  /** Nothing is written any more: the account left this device. */
  closed: () => boolean;
  /** The server is to be told. */
  changed: (haste: Haste) => void;
};

/** What a person does with a chat as a whole. Done here at once; told to the other devices as soon as there is a line. */
export class Chats {
  readonly #o: ChatsOptions;

  constructor(options: ChatsOptions) {
    this.#o = options;
  }

  /** Above all that is not pinned; the latest pin first. */
  pin(key: ConversationKey, pinned: boolean): Promise<void> {
    return this.#change(key, { pinned_at: pinned ? this.#o.now() : null });
  }

  mute(key: ConversationKey, muted: boolean): Promise<void> {
    return this.#change(key, { muted });
  }

  markUnread(key: ConversationKey): Promise<void> {
    return this.#change(key, { unread: true, hidden: false });
  }

  show(key: ConversationKey): Promise<void> {
    return this.#change(key, { hidden: false });
  }

  async hide(key: ConversationKey): Promise<void> {
    if (this.#o.closed()) return;
    await hideChat(this.#o.db, key, this.#o.now());
    this.#o.changed('soon');
  }

  async clear(key: ConversationKey): Promise<void> {
    if (this.#o.closed()) return;
    await clearHistory(this.#o.db, key, this.#o.now());
    this.#o.changed('soon');
  }

  async markRead(key: ConversationKey): Promise<void> {
    if (this.#o.closed()) return;
    if (await markRead(this.#o.db, key, this.#o.now())) this.#o.changed('soon');
  }

  /** `leaving`: nobody will type on, so it goes at once. */
  async keepDraft(key: ConversationKey, text: string, leaving: boolean): Promise<void> {
    if (this.#o.closed()) return;
    const changed = await keepDraft(this.#o.db, key, text, this.#o.now());
    if (leaving) this.#o.changed('now');
    else if (changed) this.#o.changed('at_rest');
  }

  /** What the message being written answers; told to no other device. */
  async keepQuote(key: ConversationKey, quote: StoredQuote | null): Promise<void> {
    if (!this.#o.closed()) await keepQuote(this.#o.db, key, quote);
  }

  /** Nobody changes anything for now: what waits for a rest goes. */
  settled(): void {
    if (!this.#o.closed()) this.#o.changed('now');
  }

  async #change(key: ConversationKey, change: Partial<ChatFields>): Promise<void> {
    if (this.#o.closed()) return;
    await changeChat(this.#o.db, key, change, this.#o.now());
    this.#o.changed('soon');
  }
}
