import type { Environment } from './environment';
import type { ConversationKey } from './ids';
import type { Outbox } from './outbox';

/** A message that somebody has sent and that is not in the outbox yet. */
export type Unwritten = {
  key: string;
  conversation: ConversationKey;
  kind: string;
  content: unknown;
  /** It was written elsewhere: what is being written there stays. */
  keepsDraft?: boolean;
};

/** Where it stands meanwhile: written at once, within the press itself, and still there after the page has gone. */
export type Journal = {
  put(message: Unwritten): void;
  remove(key: string): void;
  all(): Unwritten[];
};

type Around = { journal: Journal; environment: Pick<Environment, 'now'> };

/**
 * The way into the outbox. A transaction takes some turns of the page, and whoever presses Enter and closes the tab leaves it none:
 * so the message is noted first, and the next page finds the note.
 */
export class Sending {
  readonly #around: Around;
  readonly #outbox: Outbox;
  readonly #waits: () => void;
  /** What an earlier page left is before all that this one sends. */
  readonly #recovered: Promise<void>;

  constructor(around: Around, outbox: Outbox, waits: () => void) {
    this.#around = around;
    this.#outbox = outbox;
    this.#waits = waits;
    this.#recovered = this.recover();
  }

  /** Refuses where the disk has no room, and then the message is nowhere. */
  async add(message: Unwritten): Promise<void> {
    this.#around.journal.put(message);
    try {
      await this.#recovered;
      await this.#write(message);
    } finally {
      this.#around.journal.remove(message.key);
    }
    this.#waits();
  }

  /** Takes over what pages that went have left; this one may have been open beside them. */
  recover(): Promise<void> {
    return this.#recover().catch(() => {
      // No room on the disk: the notes stay for the next page.
    });
  }

  async #recover(): Promise<void> {
    const left = this.#around.journal.all();
    for (const message of left) {
      await this.#write(message);
      this.#around.journal.remove(message.key);
    }
    if (left.length > 0) this.#waits();
  }

  #write({ key, conversation, kind, content, keepsDraft = false }: Unwritten): Promise<void> {
    const now = this.#around.environment.now();
    return this.#outbox.add(key, conversation, kind, content, now, { keepsDraft });
  }
}
