import { api } from '../api/api';
import type { Health } from '../api/types';
import { Store } from '../sync/store';
import { remember, remembered } from './remembered';

const DEMO_KEY = 'billet.demo';

/** What server this is; null until it has answered once. */
export const health = new Store<Health | null>(null);
/** Whether it is only for trying out; as it last said, so that the line about it does not push down what is on screen. */
export const demo = new Store(remembered(DEMO_KEY) === 'true');

/** Asks until there is an answer: the page may have been opened offline. */
export async function learnHealth(): Promise<void> {
  try {
    const answer = await api.health();
    health.set(answer);
    demo.set(answer.demo);
    remember(DEMO_KEY, String(answer.demo));
  } catch {
    window.addEventListener('online', () => void learnHealth(), { once: true });
  }
}
