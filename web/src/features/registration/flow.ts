import { api } from '../../api/api';
import { ApiError } from '../../api/call';
import type { SignIn } from '../../api/types';
import { Store } from '../../sync/store';
import { deviceInfo } from './deviceInfo';

/** Where a registration stands. What was typed lives in the views; what the server knows lives here. */
export type Registration = {
  step: 'number' | 'code' | 'profile' | 'waiting';
  busy: boolean;
  error: unknown;
  phone: string;
  /** When a new code may be asked for. */
  resendAt: number;
  /** How many codes were sent: the views say so from the second on. */
  sent: number;
  /** The code, on a demo server. */
  demoCode: string | null;
  /** For somebody below the age of consent. */
  waiting: { age: number; goneAt: number } | null;
};

const START: Registration = {
  step: 'number',
  busy: false,
  error: null,
  phone: '',
  resendAt: 0,
  sent: 0,
  demoCode: null,
  waiting: null,
};

/** How often and how long a demo server's outbox is asked for the code. */
const DEMO_TRIES = 20;
const DEMO_EVERY_MS = 300;

export class RegistrationFlow {
  readonly state = new Store<Registration>(START);
  readonly #onSignedIn: () => Promise<void>;
  #code = '';

  constructor(onSignedIn: () => Promise<void>) {
    this.#onSignedIn = onSignedIn;
  }

  /** Whoever went back and comes again with the same number has a code already, and need not wait for another. */
  async sendCode(phone: string, demo: boolean): Promise<void> {
    const before = this.state.get();
    const same = before.phone === phone;
    if (same && before.step === 'number' && Date.now() < before.resendAt) {
      return this.#change({ step: 'code', error: null });
    }
    await this.#working(async () => {
      const askedAt = Date.now();
      const { resend_in_s } = await api.requestCode(phone, document.documentElement.lang);
      const sent = same ? before.sent : 0;
      const resendAt = Date.now() + resend_in_s * 1000;
      this.#change({ step: 'code', phone, resendAt, sent: sent + 1, demoCode: null });
      if (demo) void this.#fetchDemoCode(phone, askedAt);
    });
  }

  /** A known number signs in; a new one goes on to the profile, and the code stays good. */
  async submitCode(code: string): Promise<void> {
    this.#code = code;
    await this.#working(() => this.#signIn({}));
  }

  async submitProfile(profile: { alias: string; birth_date: string; region: string }): Promise<void> {
    await this.#working(() => this.#signIn(profile));
  }

  changeNumber(): void {
    this.#change({ step: 'number', error: null });
  }

  /** What was wrong is being mended. */
  clearError(): void {
    if (this.state.get().error) this.#change({ error: null });
  }

  async #signIn(profile: Partial<Pick<SignIn, 'alias' | 'birth_date' | 'region'>>): Promise<void> {
    const { phone } = this.state.get();
    try {
      const answer = await api.signIn({
        phone,
        code: this.#code,
        device: deviceInfo(),
        cookie: true,
        ...profile,
      });
      if ('account_id' in answer.body) return await this.#onSignedIn();
      const { consent_age, gone_at } = answer.body;
      this.#change({ step: 'waiting', waiting: { age: consent_age, goneAt: gone_at } });
    } catch (error) {
      if (error instanceof ApiError && error.code === 'alias_required')
        return this.#change({ step: 'profile' });
      // The code went stale while the profile was filled in: back to where a new one can be asked for.
      if (error instanceof ApiError && error.code === 'wrong_code') this.#change({ step: 'code' });
      throw error;
    }
  }

  async #fetchDemoCode(phone: string, askedAt: number): Promise<void> {
    for (let tries = 0; tries < DEMO_TRIES; tries += 1) {
      const items = await api.demoOutbox(phone).catch(() => []);
      const code = items.find((item) => item.code && item.at >= askedAt - 2_000)?.code;
      if (this.state.get().phone !== phone) return;
      if (code) return this.#change({ demoCode: code });
      await new Promise((resolve) => setTimeout(resolve, DEMO_EVERY_MS));
    }
  }

  async #working(work: () => Promise<void>): Promise<void> {
    this.#change({ busy: true, error: null });
    try {
      await work();
    } catch (error) {
      this.#change({ error });
    } finally {
      this.#change({ busy: false });
    }
  }

  #change(change: Partial<Registration>): void {
    this.state.update((state) => ({ ...state, ...change }));
  }
}
