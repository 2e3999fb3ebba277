import { liveQuery, type Subscription } from 'dexie';
import type { SyncClient } from '../../sync/client';
import { messagesBetween } from '../../sync/conversations';
import { PENDING_SORT_BASE, type StoredMessage } from '../../sync/database';
import type { ConversationKey } from '../../sync/ids';
import { Store } from '../../sync/store';
import { findMessage, lowFor, openingWindow, PAGE, placesBefore, windowAround } from './conversationWindow';
import type { Quote } from './quote';

/** Most messages held on screen: what is further away is fetched again when scrolled to. */
export const WINDOW_MOST = 240;

/** What the conversation shows: one snapshot. */
export type ConversationSnapshot = {
  loaded: boolean;
  messages: StoredMessage[];
  hasOlder: boolean;
  /** The window reaches the newest message. */
  atEnd: boolean;
  /** Messages of others behind this place are new in this visit. */
  newAfter: number | null;
  unread: number;
  /** Counts the times that the view was asked to go to the end. */
  toEnd: number;
  /** The message that the view was asked to show; `count` tells one wish from the next. */
  focus: { key: string; count: number } | null;
};

/**
 * A window over one conversation, of bounded size whatever its length: a window of plain rows keeps text selection, the
 * browser's find and screen readers whole, needs no measuring, and costs the same at a hundred messages and at a million.
 */
export class ConversationModel {
  readonly state = new Store<ConversationSnapshot>({
    loaded: false,
    messages: [],
    hasOlder: false,
    atEnd: true,
    newAfter: null,
    unread: 0,
    toEnd: 0,
    focus: null,
  });
  readonly #client: SyncClient;
  readonly #key: ConversationKey;
  #low = 0;
  #high = Number.POSITIVE_INFINITY;
  #subscription: Subscription | null = null;
  #moving: Promise<void> | null = null;
  #stopped = false;
  /** Just written here and not yet read back from disk. */
  #fresh: StoredMessage[] = [];

  constructor(client: SyncClient, key: ConversationKey) {
    this.#client = client;
    this.#key = key;
  }

  /** Opens at `id` when asked for, else at what is new, else at the end. */
  async start(id?: string): Promise<void> {
    this.#stopped = false;
    if (id !== undefined && (await this.openAt(id))) return this.#watch();
    const { low, high, newAfter } = await openingWindow(this.#client.db, this.#key);
    this.#low = low;
    this.#high = high;
    if (newAfter !== null) this.#change({ newAfter });
    this.#watch();
  }

  stop(): void {
    this.#stopped = true;
    this.#subscription?.unsubscribe();
  }

  /** Shows one more page above; lets go of what is far below. */
  loadOlder(): Promise<void> {
    return this.#move(async () => {
      if (!this.state.get().hasOlder) return;
      const older = await placesBefore(this.#client.db, this.#key, this.#low, PAGE);
      this.#low = older.at(-1) ?? this.#low;
      const held = await messagesBetween(this.#client.db, this.#key, this.#low, this.#high)
        .limit(WINDOW_MOST + 1)
        .toArray();
      if (held.length > WINDOW_MOST) this.#high = held[WINDOW_MOST - 1]?.sort ?? this.#high;
    });
  }

  /** Shows one more page below; lets go of what is far above. */
  loadNewer(): Promise<void> {
    return this.#move(async () => {
      if (this.#high === Number.POSITIVE_INFINITY) return;
      const newer = await messagesBetween(
        this.#client.db,
        this.#key,
        this.#high + 1,
        Number.POSITIVE_INFINITY,
      )
        .limit(PAGE + 1)
        .toArray();
      this.#high = newer.length > PAGE ? (newer[PAGE - 1]?.sort ?? this.#high) : Number.POSITIVE_INFINITY;
      await this.#lowToEnd(WINDOW_MOST);
    });
  }

  /** Shows one message with what was said around it; false when it is not on this device. */
  async openAt(id: string): Promise<boolean> {
    const message = await findMessage(this.#client.db, this.#key, id);
    if (!message) return false;
    while (this.#moving) await this.#moving;
    const count = (this.state.get().focus?.count ?? 0) + 1;
    await this.#move(async () => {
      if (!this.state.get().messages.some(({ key }) => key === message.key)) {
        const { low, high } = await windowAround(this.#client.db, message);
        this.#low = low;
        this.#high = high;
      }
      this.#change({ focus: { key: message.key, count } });
    });
    return true;
  }

  /** Goes to the newest message, wherever the window is. */
  toEnd(): Promise<void> {
    return this.#move(async () => {
      this.#high = Number.POSITIVE_INFINITY;
      await this.#lowToEnd();
      this.#change({ toEnd: this.state.get().toEnd + 1 });
    });
  }

  /** Keeps a window that follows the newest message from growing for ever. */
  async trim(): Promise<void> {
    const { messages, atEnd } = this.state.get();
    if (atEnd && messages.length > WINDOW_MOST + PAGE) await this.toEnd();
  }

  /** On screen at once; on disk and on its way behind that. Refuses where the disk has no room, and then it is nowhere. */
  async send(text: string, quote: Quote | null = null): Promise<void> {
    const key = this.#client.newId();
    const content = quote ? { text, quote } : { text };
    const at = Date.now();
    const sort = PENDING_SORT_BASE * 1.0005;
    const fresh: StoredMessage = {
      key,
      conversation: this.#key,
      sort,
      from: this.#client.me,
      at,
      kind: 'text',
      content,
      state: 'queued',
    };
    this.#fresh = [...this.#fresh, fresh];
    const { messages, atEnd } = this.state.get();
    this.#change({
      newAfter: null,
      toEnd: this.state.get().toEnd + 1,
      ...(atEnd ? { messages: [...messages, fresh] } : {}),
    });
    try {
      await this.#client.send(key, this.#key, 'text', content);
    } catch (error) {
      this.#fresh = this.#fresh.filter((message) => message !== fresh);
      this.#change({ messages: this.state.get().messages.filter((message) => message !== fresh) });
      throw error;
    }
    if (!atEnd) await this.toEnd();
  }

  async markRead(): Promise<void> {
    if (this.state.get().unread > 0) await this.#client.chats.markRead(this.#key);
  }

  async #move(change: () => Promise<void>): Promise<void> {
    if (this.#moving) return;
    const [low, high] = [this.#low, this.#high];
    this.#moving = change().finally(() => {
      this.#moving = null;
    });
    await this.#moving;
    if (low !== this.#low || high !== this.#high) this.#watch();
  }

  /** Sets the lower bound so that `count` messages lie below the upper one. */
  async #lowToEnd(count = PAGE): Promise<void> {
    this.#low = await lowFor(this.#client.db, this.#key, this.#high, count);
  }

  #watch(): void {
    this.#subscription?.unsubscribe();
    if (this.#stopped) return;
    const [db, key, low, high] = [this.#client.db, this.#key, this.#low, this.#high];
    const query = async () => {
      const [messages, older, conversation] = await Promise.all([
        messagesBetween(db, key, low, high).toArray(),
        low > 0 ? messagesBetween(db, key, 0, low - 1).last() : undefined,
        db.conversations.get(key),
      ]);
      return {
        messages,
        hasOlder: older !== undefined,
        unread: conversation?.unread || (conversation?.markedUnread ? 1 : 0),
      };
    };
    this.#subscription = liveQuery(query).subscribe({
      next: ({ messages, hasOlder, unread }) => {
        const stored = new Set(messages.map((message) => message.key));
        this.#fresh = this.#fresh.filter((message) => !stored.has(message.key));
        const atEnd = high === Number.POSITIVE_INFINITY;
        this.#change({
          loaded: true,
          messages: atEnd ? [...messages, ...this.#fresh] : messages,
          hasOlder,
          atEnd,
          unread,
        });
      },
      error: () => {
        // The database was closed by signing out; the view goes with it.
      },
    });
  }

  #change(change: Partial<ConversationSnapshot>): void {
    this.state.update((state) => ({ ...state, ...change }));
  }
}
