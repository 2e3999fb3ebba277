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

  constructor(client: SyncClient, key: ConversationKey, model: ConversationModel) {
    this.#client = client;
    this.#model = model;
    this.#key = key;
    this.state = new Store<ViewState>({ menu: null, quote: waiting.get(client)?.get(key) ?? null });
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
