import { api } from '../api/api';
import type { Health } from '../api/types';
import { Store } from '../sync/store';

/** What server this is; null until it has answered once. */
export const health = new Store<Health | null>(null);

/** Asks until there is an answer: the page may have been opened offline. */
export async function learnHealth(): Promise<void> {
  try {
    health.set(await api.health());
  } catch {
    window.addEventListener('online', () => void learnHealth(), { once: true });
  }
}
