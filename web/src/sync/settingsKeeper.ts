import { backoffMs } from './backoff';
import { type ChatSettingsSource, pullSettings, pushSettings } from './chatSettings';
import type { BilletDatabase } from './database';
import type { Environment } from './environment';

/** How soon what was changed here has to be known elsewhere. */
export type Haste = 'now' | 'soon' | 'at_rest';

/** Read marks and switches go together, this long after the first of them. */
export const SOON_MS = 1_000;
/** A draft goes once nobody has typed for this long. */
export const AT_REST_MS = 2_000;

export type KeeperOptions = {
  db: BilletDatabase;
  source: ChatSettingsSource;
  environment: Environment;
  /** The server will never take this: another try is of no use. */
  refused: (error: unknown) => boolean;
};

/** Keeps the settings of chats in step with the server. Only the tab with the socket has one. */
export class SettingsKeeper {
  readonly #o: KeeperOptions;
  /** One call at a time: an answer that was on its way while something was sent would take that back. */
  #queue: Promise<void> = Promise.resolve();
  #pullWaits = false;
  #pushWaits = false;
  #attempt = 0;
  #stopped = false;
  #cancelSoon: (() => void) | null = null;
  #cancelRest: (() => void) | null = null;
  #cancelRetry: (() => void) | null = null;

  constructor(options: KeeperOptions) {
    this.#o = options;
  }

  /** There is a line: learns what happened meanwhile, and tells what was done here without one. */
  online(): void {
    this.pull();
    this.#push();
  }

  /** Something was changed on this device. */
  changed(haste: Haste): void {
    if (this.#stopped) return;
    const { after } = this.#o.environment;
    if (haste === 'now') this.#push();
    else if (haste === 'soon') this.#cancelSoon ??= after(SOON_MS, () => this.#push());
    else {
      this.#cancelRest?.();
      this.#cancelRest = after(AT_REST_MS, () => this.#push());
    }
  }

  pull(): void {
    if (this.#pullWaits) return;
    this.#pullWaits = true;
    this.#run(async () => {
      this.#pullWaits = false;
      await pullSettings(this.#o.db, this.#o.source, this.#o.environment.now());
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of [this.#cancelSoon, this.#cancelRest, this.#cancelRetry]) cancel?.();
    await this.#queue;
  }

  #push(): void {
    this.#cancelSoon?.();
    this.#cancelRest?.();
    this.#cancelSoon = this.#cancelRest = null;
    if (this.#pushWaits) return;
    this.#pushWaits = true;
    this.#run(async () => {
      this.#pushWaits = false;
      await pushSettings(this.#o.db, this.#o.source, this.#o.refused);
    });
  }

  #run(work: () => Promise<void>): void {
    this.#queue = this.#queue.then(async () => {
      if (this.#stopped) return;
      try {
        await work();
        this.#attempt = 0;
      } catch {
        this.#later();
      }
    });
  }

  /** Everything is still noted on disk: tried again after a while, or as soon as the line is back. */
  #later(): void {
    if (this.#stopped) return;
    const { after, random } = this.#o.environment;
    this.#cancelRetry?.();
    this.#cancelRetry = after(backoffMs(this.#attempt, random), () => this.online());
    this.#attempt += 1;
  }
}
