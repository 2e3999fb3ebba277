import { api } from '../api/api';
import type { ProtectionInForce } from '../api/types';
import { Store } from '../sync/store';

/** How this server protects messages and how long it has them; null until it has answered once. */
export const protection = new Store<ProtectionInForce | null>(null);

/** Asks when somebody looks: it changes with the server's policy alone. What was learnt stays readable offline. */
export async function learnProtection(): Promise<void> {
  try {
    protection.set(await api.protection());
  } catch {
    // The words stand without the numbers.
  }
}
