import { liveQuery } from 'dexie';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { translation } from '../i18n/language';
import type { Translate } from '../i18n/translate';
import type { Readable } from '../sync/store';

export function useStore<T>(store: Readable<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}

export function useT(): Translate {
  return useStore(translation);
}

/**
 * The answer of a database query, kept fresh over every tab; undefined until the first answer and after `key` changed.
 * `key` names what the query depends on, so `query` may be a fresh closure each time.
 */
export function useLive<T>(key: string, query: () => Promise<T>): T | undefined {
  const [answer, setAnswer] = useState<{ key: string; value: T }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for everything the query reads.
  useEffect(() => {
    const subscription = liveQuery(query).subscribe({
      next: (value) => setAnswer({ key, value }),
      error: () => {
        // The database was closed by signing out; the view goes with it.
      },
    });
    return () => subscription.unsubscribe();
  }, [key]);
  return answer?.key === key ? answer.value : undefined;
}

/** The time, every so often and whenever somebody comes back to the page, for what ages on screen. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const look = () => setNow(Date.now());
    const timer = setInterval(look, everyMs);
    // A page that slept shows yesterday as today until then.
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [everyMs]);
  return now;
}
