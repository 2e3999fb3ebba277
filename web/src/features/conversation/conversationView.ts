import { liveQuery } from 'dexie';
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

/** What a person does with the messages of one chat, apart from reading and writing. */
export class ConversationView {
  readonly state: Store<ViewState>;
  writing: Writing | null = null;
  readonly #client: SyncClient;
  readonly #key: ConversationKey;
  readonly #model: ConversationModel;
  #lastChosen = '';
  /** Quotes that are shown here and on their way to the disk. */
  #quotesUnderWay = 0;

  constructor(client: SyncClient, key: ConversationKey, model: ConversationModel) {
    this.#client = client;
    this.#model = model;
    this.#key = key;
    this.state = new Store<ViewState>({
      menu: null,
      quote: null,
      chosen: null,
      forwarding: null,
      reminding: null,
    });
  }

  openMenu = (message: StoredMessage, at: MenuPlace): void => this.#change({ menu: { message, at } });

  closeMenu = (): void => this.#change({ menu: null });

  quote = (message: StoredMessage): void => {
    const quote = quoteOf(message);
    this.#showQuote(quote, this.#client.chats.keepQuote(this.#key, quote));
    this.writing?.focus();
  };

  dropQuote = (): void => this.#showQuote(null, this.#client.chats.keepQuote(this.#key, null));

  /** It leaves with the message, which also ends it on disk. */
  quoteSent = (sent: Promise<void>): void => this.#showQuote(null, sent);

  /** There was no room for it: its words are back where they were written, and what they answer still waits on disk. */
  notSent = (text: string): void => {
    if (this.#client.closed) return;
    this.writing?.insert(text);
    notify('conversation.no_room');
  };

  /** The quote waits on disk with the draft: it outlives this page, and ends in every tab. The answer ends the watch. */
  followQuote = (): (() => void) => {
    const stored = liveQuery(async () => (await this.#client.db.conversations.get(this.#key))?.quote ?? null);
    const subscription = stored.subscribe({
      next: (quote) => {
        if (this.#quotesUnderWay === 0) this.#change({ quote });
      },
      error: () => {
        // The database was closed by signing out; the view goes with it.
      },
    });
    return () => subscription.unsubscribe();
  };

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
    else if (messages.some(isDeletable)) notify('action.on_its_way');
  };

  /** Its text can be edited again for a while. */
  recall = async (message: StoredMessage): Promise<void> => {
    const shown = shownAs(message);
    if (shown.kind === 'text') keepFormerText(message.key, shown.text);
    await this.#client.recall(message.key);
  };

  #showQuote(quote: Quote | null, written: Promise<void>): void {
    this.#change({ quote });
    this.#quotesUnderWay += 1;
    void written
      .finally(() => {
        this.#quotesUnderWay -= 1;
      })
      .catch(() => {
        // No room on the disk: the banner says so.
      });
  }

  #change(change: Partial<ViewState>): void {
    this.state.update((state) => ({ ...state, ...change }));
  }
}
