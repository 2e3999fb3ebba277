import { useEffect, useState } from 'react';
import { useAccount } from '../../app/account';
import { useStore } from '../../app/hooks';
import type { ConversationKey } from '../../sync/ids';
import { PAGE, SearchClient, type SearchState } from './searchClient';

/** Between two keys of somebody who types fast nothing is asked. */
const TYPING_MS = 50;
/** How long the index is kept after the search was closed. */
const KEEP_MS = 5 * 60 * 1000;

/** One for the tab: it is dear to fill, so it outlives the pane for a while. */
let held: { account: string; client: SearchClient; end?: ReturnType<typeof setTimeout> } | null = null;

function drop(): void {
  held?.client.close();
  held = null;
}

/** Results of a query, kept fresh, with the way to more of them. */
export function useSearch(
  query: string,
  within: ConversationKey | null,
): SearchState & { more: (() => void) | null } {
  const { me, client: sync } = useAccount();
  const [client] = useState(() => {
    if (held && held.account !== me.account_id) drop();
    held ??= { account: me.account_id, client: new SearchClient(me.account_id) };
    clearTimeout(held.end);
    return held.client;
  });
  const asked = `${within ?? ''} ${query}`;
  const [most, setMost] = useState({ asked, count: PAGE });
  const count = most.asked === asked ? most.count : PAGE;
  useEffect(() => {
    const timer = setTimeout(() => client.ask(query, within, count), TYPING_MS);
    return () => clearTimeout(timer);
  }, [client, query, within, count]);
  useEffect(() => {
    return () => {
      if (held?.client !== client) return;
      // Signing out deletes everything: the worker must not hold a word of it.
      if (sync.closed) drop();
      else held.end = setTimeout(drop, KEEP_MS);
    };
  }, [client, sync]);
  const state = useStore(client.state);
  const more =
    state.found && state.found.total > state.found.messages.length
      ? () => setMost({ asked, count: count + 4 * PAGE })
      : null;
  return { ...state, more };
}
