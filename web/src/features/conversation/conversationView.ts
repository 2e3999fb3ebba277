import { notify } from '../../app/notices';
import type { SyncClient } from '../../sync/client';
import type { StoredMessage } from '../../sync/database';
import type { ConversationKey } from '../../sync/ids';
import { isDeletable } from '../../sync/removals';
import { Store } from '../../sync/store';
import type { MenuPlace } from '../../ui/Menu';
import { shownAs } from './content';
import type { ConversationModel } from './conversationModel';
import { keepFormerText } from './formerTexts';
import { type Quote, quoteOf } from './quote';

/** What the field where one writes lets others do with it. */
export type Writing = { insert: (text: string) => void; focus: () => void };

export type ViewState = {
  /** The message whose menu is open, and where. */
  menu: { message: StoredMessage; at: MenuPlace } | null;
  /** What the next message answers. */
  quote: Quote | null;
  /** Keys of the chosen messages; null while none are being chosen. */
  chosen: ReadonlySet<string> | null;
  /** What is about to be forwarded. */
  forwarding: readonly StoredMessage[] | null;
  /** The message to be reminded of, while one says when. */
  reminding: StoredMessage | null;
};

/** Quotes that wait with a draft, while one looks at other chats: in memory, gone with the account. */
const waiting = new WeakMap<SyncClient, Map<ConversationKey, Quote>>();

/** What a person does with the messages of one chat, apart from reading and writing. */
export class ConversationView {
  readonly state: Store<ViewState>;
  writing: Writing | null = null;
  readonly #client: SyncClient;
  readonly #key: ConversationKey;
  readonly #model: ConversationModel;
  #lastChosen = '';

  constructor(client: SyncClient, key: ConversationKey, model: ConversationModel) {
    this.#client = client;
    this.#model = model;
    this.#key = key;
    const quote = waiting.get(client)?.get(key) ?? null;
    this.state = new Store<ViewState>({ menu: null, quote, chosen: null, forwarding: null, reminding: null });
  }

  openMenu = (message: StoredMessage, at: MenuPlace): void => this.#change({ menu: { message, at } });

  closeMenu = (): void => this.#change({ menu: null });

  quote = (message: StoredMessage): void => {
    this.#keepQuote(quoteOf(message));
    this.writing?.focus();
  };

  dropQuote = (): void => this.#keepQuote(null);

  showQuoted = async ({ message }: Quote): Promise<void> => {
    if (!(await this.#model.openAt(message))) notify('quote.not_here');
  };

  /** Begins to choose messages, with this one. */
  choose = (message: StoredMessage): void => {
    this.#lastChosen = message.key;
    this.#change({ chosen: new Set([message.key]) });
  };

  /** In or out; with `range` everything from the last one that was pointed at. */
  toggle = (message: StoredMessage, range = false): void => {
    const chosen = new Set(this.state.get().chosen);
    const { messages } = this.#model.state.get();
    const places = [this.#lastChosen, message.key].map((key) => messages.findIndex((m) => m.key === key));
    const [from, to] = places.sort((a, b) => a - b) as [number, number];
    if (range && from >= 0) for (const { key } of messages.slice(from, to + 1)) chosen.add(key);
    else if (!chosen.delete(message.key)) chosen.add(message.key);
    this.#lastChosen = message.key;
    this.#change({ chosen });
  };

  leaveChoosing = (): void => this.#change({ chosen: null });

  /** The chosen messages, as they stand in the chat. */
  chosenMessages = async (): Promise<StoredMessage[]> => {
    const found = await this.#client.db.messages.bulkGet([...(this.state.get().chosen ?? [])]);
    return found.filter((message) => message !== undefined).sort((a, b) => a.sort - b.sort);
  };

  forward = (messages: readonly StoredMessage[] | null): void => this.#change({ forwarding: messages });

  remind = (message: StoredMessage | null): void => this.#change({ reminding: message });

  copy = async (messages: readonly StoredMessage[], text: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      notify('action.copied', { count: messages.length });
    } catch {
      notify('action.not_copied');
    }
  };

  /** Gone from this device at once; the notice brings it back as long as it stands. */
  deleteForMe = async (messages: readonly StoredMessage[]): Promise<void> => {
    const gone = await this.#client.deleteForMe(messages.filter(isDeletable).map((message) => message.key));
    if (gone.length > 0)
      notify('action.deleted', { count: gone.length }, () => void this.#client.undelete(gone));
  };

  /** Its text can be edited again for a while. */
  recall = async (message: StoredMessage): Promise<void> => {
    const shown = shownAs(message);
    if (shown.kind === 'text') keepFormerText(message.key, shown.text);
    await this.#client.recall(message.key);
  };

  #keepQuote(quote: Quote | null): void {
    const all = waiting.get(this.#client) ?? new Map<ConversationKey, Quote>();
    if (quote) all.set(this.#key, quote);
    else all.delete(this.#key);
    waiting.set(this.#client, all);
    this.#change({ quote });
  }

  #change(change: Partial<ViewState>): void {
    this.state.update((state) => ({ ...state, ...change }));
  }
}
