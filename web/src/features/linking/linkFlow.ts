import { ApiError } from '../../api/call';
import { Store } from '../../sync/store';

/** How a sign-in by phone stands, seen from the computer. */
export type LinkState =
  | { name: 'making' }
  /** The QR code to show. */
  | { name: 'waiting'; url: string }
  /** Confirmed on the phone; this device is being let in. */
  | { name: 'confirmed' }
  | { name: 'declined' }
  /** Shown for long with nobody there: a code that nobody looks at is only a risk. */
  | { name: 'expired' }
  | { name: 'failed'; error: unknown };

export type DeviceLink = { token: string; secret: string; url: string; expires_in_s: number };

/** What the flow needs of the world; `claim` waits on the server and tells whether the phone has confirmed. */
export type LinkWorld = {
  make(): Promise<DeviceLink>;
  claim(link: DeviceLink): Promise<'waiting' | 'signed_in'>;
  enter(): Promise<void>;
  now(): number;
  wait(ms: number): Promise<void>;
};

/** A new code is shown this long before the old one ends, so that nobody scans one that is about to end. */
const RENEW_BEFORE_MS = 20_000;
/** Codes are renewed for this long. */
const SHOWN_MAX_MS = 15 * 60_000;
const RETRY_MS = 3_000;

/** Shows codes one after the other and listens for all that still hold: a phone may have scanned the one before. */
export class LinkFlow {
  readonly state = new Store<LinkState>({ name: 'making' });
  readonly #world: LinkWorld;
  #run = 0;

  constructor(world: LinkWorld) {
    this.#world = world;
  }

  async start(): Promise<void> {
    const run = this.stop();
    const { now, wait } = this.#world;
    const until = now() + SHOWN_MAX_MS;
    this.state.set({ name: 'making' });
    while (run === this.#run && now() < until) {
      try {
        const link = await this.#world.make();
        if (run !== this.#run) return;
        const endsAt = now() + link.expires_in_s * 1000;
        this.state.set({ name: 'waiting', url: link.url });
        void this.#listen(link, endsAt, run);
        await wait(Math.max(RETRY_MS, link.expires_in_s * 1000 - RENEW_BEFORE_MS));
      } catch (error) {
        return this.#end(run, { name: 'failed', error });
      }
    }
    this.#end(run, { name: 'expired' });
  }

  /** Whatever is still on its way counts no more. */
  stop(): number {
    this.#run += 1;
    return this.#run;
  }

  async #listen(link: DeviceLink, endsAt: number, run: number): Promise<void> {
    while (run === this.#run) {
      try {
        if ((await this.#world.claim(link)) === 'waiting') continue;
        if (run !== this.#run) return;
        this.stop();
        this.state.set({ name: 'confirmed' });
        return await this.#world.enter();
      } catch (error) {
        const over = this.#world.now() >= endsAt;
        if (error instanceof ApiError && error.code === 'link_ended') {
          // The server says the same of a code that was declined and of one whose time is up.
          return over ? undefined : this.#end(run, { name: 'declined' });
        }
        if (this.state.get().name === 'confirmed') return this.state.set({ name: 'failed', error });
        if (over) return;
        await this.#world.wait(RETRY_MS);
      }
    }
  }

  #end(run: number, state: LinkState): void {
    if (run !== this.#run) return;
    this.stop();
    this.state.set(state);
  }
}
