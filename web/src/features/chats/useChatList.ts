import { useRef, useState } from 'react';
import { useAccount } from '../../app/account';
import { useLive } from '../../app/hooks';
import type { Rest } from '../../ui/List';
import { type ChatList, chatList } from './chatsQuery';

/** Rows that are shown before anybody scrolls, and that come with each further look down. */
const MORE = 60;

export type GrowingList = ChatList & { rest: Rest };

/**
 * The list of chats, as far as somebody has scrolled. A new message moves one row to the top, and what a move costs hangs on
 * the rows it passes: nobody waits for a thousand chats that they do not see.
 */
export function useChatList(): GrowingList | undefined {
  const { client, me } = useAccount();
  const [most, setMost] = useState(MORE);
  const [list, setList] = useState<ChatList>();
  const fresh = useLive(`chats-${most}`, () => chatList(client.db, me.account_id, most));
  // While more is fetched, what was there stays.
  if (fresh && fresh !== list) setList(fresh);
  const shown = useRef(0);
  shown.current = list?.rows.length ?? 0;
  const [ways] = useState(() => ({
    grow: () => setMost(shown.current + MORE),
    growWhole: () => setMost(Number.POSITIVE_INFINITY),
  }));
  return list && { ...list, rest: { none: list.rows.length === list.total, ...ways } };
}
