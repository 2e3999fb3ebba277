import { navigate } from '../../app/router';
import { type ConversationKey, peerOf } from '../../sync/ids';
import { Store } from '../../sync/store';

/** A message that somebody wants to see in its chat, until that chat has shown it. */
export type Jump = { conversation: ConversationKey; message: string };

export const jump = new Store<Jump | null>(null);

/** Opens the chat at one message, by its key or its message id. */
export function jumpTo(conversation: ConversationKey, message: string): void {
  const account = peerOf(conversation);
  if (!account) return;
  jump.set({ conversation, message });
  navigate({ name: 'chat', account });
}
