import { keepDraft, markRead } from './conversations';
import type { BilletDatabase, StoredMessage } from './database';
import { Engine, type LineState } from './engine';
import type { Environment } from './environment';
import { History } from './history';
import {
  type AccountId,
  type ConversationKey,
  conversationWith,
  type DeviceId,
  keyOf,
  type To,
  toOf,
} from './ids';
import { Outbox } from './outbox';
import { type PeopleSource, refreshPeople } from './people';
import { deleteForMe, undelete } from './removals';
import { Store } from './store';
import { openTabs, type TabMessage, type Tabs } from './tabs';

/** How long somebody counts as typing after the last sign of it. */
const TYPING_LASTS_MS = 6_000;
/** How often one's own typing is told. */
const TYPING_EVERY_MS = 3_000;

export type ClientOptions = {
  db: BilletDatabase;
  me: AccountId;
  device: DeviceId;
  environment: Environment;
  people: PeopleSource;
  /** Asked when the socket is refused. */
  sessionEnded: () => Promise<boolean>;
  /** The session is over, here or in another tab. */
  onEnded: () => void;
  /** Something of the account changed that is fetched by the views: `devices`, `profile`. */
  onNotice: (about: string) => void;
};

/** What the views talk to: the same in the tab that holds the socket and in those that do not. */
export class SyncClient {
  readonly db: BilletDatabase;
  readonly me: AccountId;
  readonly line = new Store<LineState>({ name: 'connecting' });
  /** Conversations in which somebody is typing. */
  readonly typing = new Store<ReadonlySet<ConversationKey>>(new Set());
  readonly #o: ClientOptions;
  readonly #outbox: Outbox;
  readonly #history: History;
  readonly #tabs: Tabs;
  #engine: Engine | null = null;
  readonly #typingEnds = new Map<ConversationKey, () => void>();
  #toldTypingAt = 0;
  #refreshing: Promise<void> | null = null;
  #refreshNext: Promise<void> | null = null;
  /** Views may still flush a draft while they go: nothing is written any more, or a deleted database would come back. */
  #closed = false;

  constructor(options: ClientOptions) {
    this.#o = options;
    this.db = options.db;
    this.me = options.me;
    this.#outbox = new Outbox(options.db, options.me);
    this.#history = new History(options.db, options.me);
    this.#tabs = openTabs(options.me, (message) => this.#heard(message));
    this.#tabs.lead(() => this.#lead());
    this.#tabs.post({ type: 'hello' });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const cancel of this.#typingEnds.values()) cancel();
    await this.#engine?.stop();
    this.#tabs.close();
  }

  /** Tells the other tabs that the account left, then closes. */
  async leave(): Promise<void> {
    this.#tabs.post({ type: 'signed_out' });
    await this.close();
  }

  newId(): string {
    return this.#o.environment.newClientId();
  }

  async send(key: string, conversation: ConversationKey, kind: string, content: unknown): Promise<void> {
    this.#toldTypingAt = 0;
    await this.#outbox.add(key, conversation, kind, content, this.#o.environment.now());
    this.#pump();
  }

  async retry(key: string): Promise<void> {
    await this.#outbox.retry(key, this.newId(), this.#o.environment.now());
    this.#pump();
  }

  /** Takes a message back: marked here at once, asked of the server as soon as there is a line. */
  async recall(key: string): Promise<void> {
    await this.#history.askRecall(key, this.#o.environment.now());
    this.#pump();
  }

  discard(key: string): Promise<void> {
    return this.#outbox.discard(key);
  }

  /** On this device alone; the answer goes to `undelete`. */
  deleteForMe(keys: readonly string[]): Promise<StoredMessage[]> {
    return deleteForMe(this.db, keys);
  }

  async undelete(messages: readonly StoredMessage[]): Promise<void> {
    if (!this.#closed) await undelete(this.db, messages);
  }

  async markRead(conversation: ConversationKey): Promise<void> {
    if (!this.#closed) await markRead(this.db, conversation);
  }

  async keepDraft(conversation: ConversationKey, text: string): Promise<void> {
    if (!this.#closed) await keepDraft(this.db, conversation, text);
  }

  tellTyping(conversation: ConversationKey): void {
    const now = this.#o.environment.now();
    if (now - this.#toldTypingAt < TYPING_EVERY_MS) return;
    this.#toldTypingAt = now;
    const to = toOf(conversation);
    if (this.#engine) this.#engine.typing(to);
    else this.#tabs.post({ type: 'typing_out', to });
  }

  /** The network came back or somebody looks: a good moment to try. */
  wake(): void {
    if (this.#engine) this.#engine.wake();
    else this.#tabs.post({ type: 'wake' });
  }

  /** Fetches contacts and requests anew. What is being fetched may be older than this wish, so one more follows it. */
  async refreshPeople(): Promise<void> {
    if (this.#closed) return;
    if (!this.#refreshing) {
      this.#refreshing = refreshPeople(this.db, this.#o.people).finally(() => {
        this.#refreshing = null;
      });
      return this.#refreshing;
    }
    this.#refreshNext ??= this.#refreshing
      .catch(() => {})
      .then(() => {
        this.#refreshNext = null;
        return this.refreshPeople();
      });
    return this.#refreshNext;
  }

  #pump(): void {
    if (this.#engine) this.#engine.pump();
    else this.#tabs.post({ type: 'pump' });
  }

  #lead(): void {
    const { db, me, device, environment, sessionEnded } = this.#o;
    const events = {
      typing: (from: AccountId, to: To) => {
        const conversation = 'account' in to ? conversationWith(from) : keyOf(to);
        this.#tabs.post({ type: 'typing_in', from, conversation });
        this.#showTyping(conversation);
      },
      arrived: (conversations: ConversationKey[]) => {
        this.#tabs.post({ type: 'arrived', conversations });
        for (const conversation of conversations) this.#stopTyping(conversation);
      },
      notice: (about: string) => this.#notice(about),
    };
    const engine = new Engine({ db, me, device, environment, events, sessionEnded });
    this.#engine = engine;
    engine.line.subscribe(() => {
      const line = engine.line.get();
      this.#setLine(line);
      this.#tabs.post({ type: 'line', line });
      // While away, notices may have passed this device by.
      if (line.name === 'online') void this.refreshPeople().catch(() => {});
    });
    void engine.start();
  }

  #heard(message: TabMessage): void {
    if (message.type === 'line') this.#setLine(message.line);
    else if (message.type === 'typing_in') this.#showTyping(message.conversation);
    else if (message.type === 'arrived') for (const key of message.conversations) this.#stopTyping(key);
    else if (message.type === 'notice') this.#o.onNotice(message.about);
    else if (message.type === 'signed_out') this.#o.onEnded();
    else if (this.#engine) this.#serve(this.#engine, message);
  }

  /** What another tab asks of the one with the socket. */
  #serve(engine: Engine, message: TabMessage): void {
    if (message.type === 'hello') this.#tabs.post({ type: 'line', line: engine.line.get() });
    else if (message.type === 'pump') engine.pump();
    else if (message.type === 'wake') engine.wake();
    else if (message.type === 'typing_out') engine.typing(message.to);
  }

  #setLine(line: LineState): void {
    this.line.set(line);
    if (line.name === 'ended') this.#o.onEnded();
  }

  #notice(about: string): void {
    if (about === 'contacts') void this.refreshPeople().catch(() => {});
    this.#tabs.post({ type: 'notice', about });
    this.#o.onNotice(about);
  }

  #showTyping(conversation: ConversationKey): void {
    this.#typingEnds.get(conversation)?.();
    this.#typingEnds.set(
      conversation,
      this.#o.environment.after(TYPING_LASTS_MS, () => this.#stopTyping(conversation)),
    );
    if (!this.typing.get().has(conversation)) this.typing.update((all) => new Set(all).add(conversation));
  }

  #stopTyping(conversation: ConversationKey): void {
    this.#typingEnds.get(conversation)?.();
    this.#typingEnds.delete(conversation);
    if (!this.typing.get().has(conversation)) return;
    this.typing.update((all) => new Set([...all].filter((key) => key !== conversation)));
  }
}
