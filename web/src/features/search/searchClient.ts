import type { AccountId, ConversationKey } from '../../sync/ids';
import { Store } from '../../sync/store';
import type { Found, FromWorker, ToWorker } from './messages';

export type SearchState = {
  /** How far the first reading is; null when everything can be found. */
  reading: { done: number; total: number } | null;
  found: Found | null;
  broken: boolean;
};

/** Most messages that a first answer shows, and how many more each time one asks for more. */
export const PAGE = 50;
/** A query that is still being read for is asked again so often. */
const AGAIN_MS = 250;

/** What the views talk to: starts the worker, asks it, and asks again when what is on this device changed. */
export class SearchClient {
  readonly state = new Store<SearchState>({ reading: { done: 0, total: 0 }, found: null, broken: false });
  readonly #worker: Worker;
  #question: { query: string; most: number; within: ConversationKey | null } | null = null;
  /** Counts questions; the same one asked again keeps its number. */
  #id = 0;
  #askedAt = 0;
  #answered = true;
  /** Something changed since the question was asked. */
  #stale = false;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(account: AccountId) {
    this.#worker = new Worker(new URL('./search.worker.ts', import.meta.url), { type: 'module' });
    this.#worker.onmessage = (event: MessageEvent<FromWorker>) => this.#heard(event.data);
    this.#worker.onerror = () => this.#broke();
    this.#say({ type: 'open', account });
  }

  ask(query: string, within: ConversationKey | null, most = PAGE): void {
    this.#question = query.trim() === '' ? null : { query, most, within };
    this.#id += 1;
    if (this.#question) return this.#ask();
    this.state.update((state) => ({ ...state, found: null }));
  }

  close(): void {
    clearTimeout(this.#again);
    this.#worker.terminate();
  }

  #ask(): void {
    if (!this.#question) return;
    const { query, most, within } = this.#question;
    this.#answered = false;
    this.#stale = false;
    this.#askedAt = performance.now();
    this.#say({ type: 'query', id: this.#id, query, most, ...(within ? { within } : {}) });
  }

  #heard(message: FromWorker): void {
    if (message.type === 'found') {
      const { type: _, ...found } = message;
      if (found.id !== this.#id) return;
      this.#answered = true;
      // Seen in the browser's own tools, and by the test that holds us to it.
      performance.measure('billet-search', { start: this.#askedAt, end: performance.now() });
      this.state.update((state) => ({ ...state, found, broken: false }));
      if (this.#stale) this.#ask();
      return;
    }
    if (message.type === 'broken') return this.#broke();
    const reading = message.type === 'progress' ? { done: message.done, total: message.total } : null;
    this.state.update((state) => ({ ...state, reading }));
    this.#again ??= setTimeout(() => {
      this.#again = undefined;
      // While the worker is busy with it, asking once more would only push its answer away.
      if (this.#answered) this.#ask();
      else this.#stale = true;
    }, AGAIN_MS);
  }

  #broke(): void {
    this.state.update((state) => ({ ...state, reading: null, broken: true }));
  }

  #say(message: ToWorker): void {
    this.#worker.postMessage(message);
  }
}
