import type { ChatSettingsSource } from './chatSettings';
import { Chats } from './chats';
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
import { People, type PeopleSource } from './people';
import { Reminders, type RemindersSource } from './reminders';
import { deleteForMe, undelete } from './removals';
import { type Journal, Sending } from './sending';
import { type Haste, SettingsKeeper } from './settingsKeeper';
import { Store } from './store';
import { openTabs, type TabMessage, type Tabs } from './tabs';
import { Typing } from './typing';

export type ClientOptions = {
  db: BilletDatabase;
  me: AccountId;
  device: DeviceId;
  environment: Environment;
  people: PeopleSource;
  chats: ChatSettingsSource;
  reminders: RemindersSource;
  journal: Journal;
  /** The server will never take this call, whatever the network does. */
  refused: (error: unknown) => boolean;
  /** Asked when the socket is refused. */
  sessionEnded: () => Promise<boolean>;
  /** The session is over, here or in another tab. */
  onEnded: () => void;
  /** Something of the account changed that is fetched by the views: `devices`, `profile`. */
  onNotice: (about: string) => void;
  /** Something came from somebody else; told in the tab that holds the socket alone. */
  onArrived: (conversations: ConversationKey[]) => void;
};

/** What the views talk to: the same in the tab that holds the socket and in those that do not. */
export class SyncClient {
  readonly db: BilletDatabase;
  readonly me: AccountId;
  readonly line = new Store<LineState>({ name: 'connecting' });
  /** Pin, mute, hide, clear and the like. */
  readonly chats: Chats;
  /** This tab holds the socket, and speaks for all of them. */
  leads = false;
  readonly reminders: Reminders;
  readonly #people: People;
  readonly #typing: Typing;
  readonly #o: ClientOptions;
  readonly #outbox: Outbox;
  readonly #sending: Sending;
  readonly #history: History;
  readonly #tabs: Tabs;
  #engine: Engine | null = null;
  #keeper: SettingsKeeper | null = null;
  /** Views may still flush a draft while they go: nothing is written any more, or a deleted database would come back. */
  #closed = false;

  constructor(options: ClientOptions) {
    this.#o = options;
    this.db = options.db;
    this.me = options.me;
    this.#people = new People(options.db, options.people, () => this.#closed);
    this.#typing = new Typing(options.environment);
    this.chats = new Chats({
      db: options.db,
      now: options.environment.now,
      closed: () => this.#closed,
      changed: (haste) => this.#settings(haste),
    });
    this.reminders = new Reminders(options.db, options.reminders, () => this.#closed);
    this.#outbox = new Outbox(options.db, options.me);
    this.#sending = new Sending(options, this.#outbox, () => this.#pump());
    this.#history = new History(options.db, options.me);
    this.#tabs = openTabs(options.me, (message) => this.#heard(message));
    this.#tabs.lead(() => this.#lead());
    this.#tabs.post({ type: 'hello' });
  }

  /** Nothing of this account is shown or written any more. */
  get closed(): boolean {
    return this.#closed;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#typing.close();
    await Promise.all([this.#engine?.stop(), this.#keeper?.stop()]);
    this.#tabs.close();
  }

  /** Tells the other tabs that the account left, then closes. */
  async leave(): Promise<void> {
    this.#tabs.post({ type: 'signed_out' });
    await this.close();
  }

  /** Conversations in which somebody is typing. */
  get typing() {
    return this.#typing.shown;
  }

  newId(): string {
    return this.#o.environment.newClientId();
  }

  async send(key: string, conversation: ConversationKey, kind: string, content: unknown): Promise<void> {
    this.#typing.sent();
    await this.#sending.add({ key, conversation, kind, content });
    this.#settings('soon');
  }

  /** Sends what was written elsewhere: whatever is being written there stays. */
  async forward(conversation: ConversationKey, kind: string, content: unknown): Promise<void> {
    await this.#sending.add({ key: this.newId(), conversation, kind, content, keepsDraft: true });
    this.#settings('soon');
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
    if (this.#closed) return;
    await undelete(this.db, messages);
    if (messages.some((message) => message.state === 'queued')) this.#pump();
  }

  tellTyping(conversation: ConversationKey): void {
    if (!this.#typing.due()) return;
    const to = toOf(conversation);
    if (this.#engine) this.#engine.typing(to);
    else this.#tabs.post({ type: 'typing_out', to });
  }

  /** The network came back or somebody looks: a good moment to try. */
  wake(): void {
    if (!this.#closed) void this.#sending.recover();
    if (this.#engine) this.#engine.wake();
    else this.#tabs.post({ type: 'wake' });
  }

  /** Fetches contacts and requests anew. */
  refreshPeople(): Promise<void> {
    return this.#people.refresh();
  }

  #pump(): void {
    if (this.#engine) this.#engine.pump();
    else this.#tabs.post({ type: 'pump' });
  }

  #settings(haste: Haste): void {
    if (this.#closed) return;
    if (this.#keeper) this.#keeper.changed(haste);
    else this.#tabs.post({ type: 'settings', haste });
  }

  #lead(): void {
    const { db, me, device, environment, sessionEnded, chats, refused } = this.#o;
    const events = {
      typing: (from: AccountId, to: To) => {
        const conversation = 'account' in to ? conversationWith(from) : keyOf(to);
        this.#tabs.post({ type: 'typing_in', from, conversation });
        this.#typing.show(conversation);
      },
      arrived: (conversations: ConversationKey[]) => {
        this.#tabs.post({ type: 'arrived', conversations });
        for (const conversation of conversations) this.#typing.stop(conversation);
        this.#o.onArrived(conversations);
      },
      notice: (about: string) => this.#notice(about),
    };
    const engine = new Engine({ db, me, device, environment, events, sessionEnded });
    const keeper = new SettingsKeeper({ db, source: chats, environment, refused });
    this.#engine = engine;
    this.leads = true;
    this.#keeper = keeper;
    engine.line.subscribe(() => {
      const line = engine.line.get();
      this.#setLine(line);
      this.#tabs.post({ type: 'line', line });
      // While away, notices may have passed this device by. Marks are asked for beside the messages, so that what was read
      // elsewhere does not shine up first.
      if (line.name === 'syncing' || line.name === 'online') keeper.online();
      if (line.name === 'online') {
        void this.refreshPeople().catch(() => {});
        void this.reminders.refresh().catch(() => {});
      }
    });
    void Promise.all([engine.start(), this.#sending.recover()]);
  }

  #heard(message: TabMessage): void {
    if (message.type === 'line') this.#setLine(message.line);
    else if (message.type === 'typing_in') this.#typing.show(message.conversation);
    else if (message.type === 'arrived') for (const key of message.conversations) this.#typing.stop(key);
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
    else if (message.type === 'settings') this.#keeper?.changed(message.haste);
  }

  #setLine(line: LineState): void {
    this.line.set(line);
    if (line.name === 'ended') this.#o.onEnded();
  }

  #notice(about: string): void {
    if (about === 'chats') this.#keeper?.pull();
    if (about === 'reminders') void this.reminders.refresh().catch(() => {});
    if (about === 'contacts') void this.refreshPeople().catch(() => {});
    this.#tabs.post({ type: 'notice', about });
    this.#o.onNotice(about);
  }
}
