import type { LineState } from './engine';
import type { AccountId, ConversationKey, To } from './ids';
import type { Haste } from './settingsKeeper';

/** What tabs of one account tell each other. One of them, the leader, holds the socket. */
export type TabMessage =
  | { type: 'hello' }
  | { type: 'line'; line: LineState }
  /** The outbox has something new. */
  | { type: 'pump' }
  | { type: 'wake' }
  | { type: 'typing_out'; to: To }
  | { type: 'typing_in'; from: AccountId; conversation: ConversationKey }
  | { type: 'arrived'; conversations: ConversationKey[] }
  | { type: 'notice'; about: string }
  /** Settings of a chat were changed: the server is to be told. */
  | { type: 'settings'; haste: Haste }
  /** The account left this browser: every tab goes back to the welcome page. */
  | { type: 'signed_out' };

export type Tabs = {
  post(message: TabMessage): void;
  /** Runs `lead` once this tab is the one that holds the socket; it stays so until `close`. */
  lead(lead: () => void): void;
  close(): void;
};

/** Web Locks choose the leader: the browser hands the lock on when a tab closes or crashes, at once and to one only. */
export function openTabs(account: AccountId, listener: (message: TabMessage) => void): Tabs {
  const name = `billet-${account}`;
  const channel = new BroadcastChannel(name);
  channel.onmessage = (event: MessageEvent<TabMessage>) => listener(event.data);
  const given = new AbortController();
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  return {
    post: (message) => channel.postMessage(message),
    lead: (lead) => {
      navigator.locks
        .request(`${name}-socket`, { signal: given.signal }, () => {
          lead();
          return held;
        })
        .catch(() => {
          // Aborted by close(): this tab never led.
        });
    },
    close: () => {
      given.abort();
      release();
      channel.close();
    },
  };
}
