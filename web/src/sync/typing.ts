import type { Environment } from './environment';
import type { ConversationKey } from './ids';
import { Store } from './store';

/** How long somebody counts as typing after the last sign of it. */
const TYPING_LASTS_MS = 6_000;
/** How often one's own typing is told. */
const TYPING_EVERY_MS = 3_000;

/** Who is typing, and how often that is told of oneself. */
export class Typing {
  /** Conversations in which somebody is typing. */
  readonly shown = new Store<ReadonlySet<ConversationKey>>(new Set());
  readonly #environment: Environment;
  readonly #ends = new Map<ConversationKey, () => void>();
  #toldAt = 0;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** True when it is time to tell again. */
  due(): boolean {
    const now = this.#environment.now();
    if (now - this.#toldAt < TYPING_EVERY_MS) return false;
    this.#toldAt = now;
    return true;
  }

  /** What was typed was sent: the next key is told at once. */
  sent(): void {
    this.#toldAt = 0;
  }

  show(conversation: ConversationKey): void {
    this.#ends.get(conversation)?.();
    const stop = () => this.stop(conversation);
    this.#ends.set(conversation, this.#environment.after(TYPING_LASTS_MS, stop));
    if (!this.shown.get().has(conversation)) this.shown.update((all) => new Set(all).add(conversation));
  }

  stop(conversation: ConversationKey): void {
    this.#ends.get(conversation)?.();
    this.#ends.delete(conversation);
    if (!this.shown.get().has(conversation)) return;
    this.shown.update((all) => new Set([...all].filter((key) => key !== conversation)));
  }

  close(): void {
    for (const cancel of this.#ends.values()) cancel();
  }
}
