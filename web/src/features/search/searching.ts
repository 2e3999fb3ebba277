import { navigate, route, sectionOf } from '../../app/router';
import type { ConversationKey } from '../../sync/ids';
import { Store } from '../../sync/store';

/** What is being searched for; kept while a result is looked at, so that coming back shows the same. */
export type Searching = {
  /** On wide screens the results take the place of the list while a chat stays open beside them. */
  open: boolean;
  query: string;
  /** One chat alone. */
  within: ConversationKey | null;
  /** Counts the times that the field was asked for. */
  asked: number;
};

const CLOSED = { open: false, query: '', within: null };
export const searching = new Store<Searching>({ ...CLOSED, asked: 0 });

/** Opens the search, in one chat alone when it is given. */
export function openSearch(within: ConversationKey | null = null): void {
  const before = searching.get();
  const query = before.within === within ? before.query : '';
  searching.set({ open: true, query, within, asked: before.asked + 1 });
  const wide = window.matchMedia('(min-width: 900px)').matches;
  if (!wide || sectionOf(route.get()) !== 'chats') navigate({ name: 'search' });
}

export function closeSearch(): void {
  searching.update((state) => ({ ...state, ...CLOSED }));
  if (route.get().name === 'search') navigate({ name: 'chats' }, { replace: true });
}

export function setQuery(query: string): void {
  searching.update((state) => ({ ...state, query }));
}

export function searchWithin(within: ConversationKey | null): void {
  searching.update((state) => ({ ...state, within, asked: state.asked + 1 }));
}

/** Whoever goes elsewhere by the tabs has done searching. */
route.subscribe(() => {
  const where = route.get();
  if (where.name === 'search') searching.update((state) => ({ ...state, open: true }));
  else if (where.name === 'chats' || sectionOf(where) !== 'chats')
    searching.update((state) => ({ ...state, ...CLOSED }));
});
