import { notify } from '../../app/notices';
import { navigate, openChat, route } from '../../app/router';
import type { Translate } from '../../i18n/translate';
import type { SyncClient } from '../../sync/client';
import { type ConversationKey, conversationWith } from '../../sync/ids';
import type { MenuEntry } from '../../ui/Menu';

/** How a chat stands, as far as what can be done with it depends on that. */
export type ChatState = {
  key: ConversationKey;
  name: string;
  unread: number;
  marked: boolean;
  pinned: boolean;
  muted: boolean;
  /** Has messages that could be cleared. */
  filled: boolean;
  listed: boolean;
};

/** What can be done with a chat as a whole; the same in the list and in its details. */
export function chatEntries(
  client: SyncClient,
  chat: ChatState,
  t: Translate,
  askToClear: () => void,
): MenuEntry[] {
  const { key, name } = chat;
  const unread = chat.unread > 0 || chat.marked;
  const entries: (MenuEntry | false)[] = [
    {
      name: 'pin',
      icon: chat.pinned ? 'unpin' : 'pin',
      label: t(chat.pinned ? 'chats.unpin' : 'chats.pin'),
      onChoose: () => void client.chats.pin(key, !chat.pinned),
    },
    {
      name: 'mute',
      icon: chat.muted ? 'bell' : 'muted',
      label: t(chat.muted ? 'chats.unmute' : 'chats.mute'),
      onChoose: () => void client.chats.mute(key, !chat.muted),
    },
    {
      name: 'unread',
      icon: unread ? 'tick' : 'unread',
      label: t(unread ? 'chats.mark_read' : 'chats.mark_unread'),
      onChoose: () => void (unread ? client.chats.markRead(key) : markUnread(client, key)),
    },
    chat.listed && {
      name: 'hide',
      icon: 'hide',
      label: t('chats.hide'),
      onChoose: () => void hide(client, key, name),
    },
    chat.filled && {
      name: 'clear',
      icon: 'clear',
      label: t('chats.clear'),
      danger: true,
      onChoose: askToClear,
    },
  ];
  return entries.filter((entry) => entry !== false);
}

/** An open chat would be read again at once, so it closes. */
async function markUnread(client: SyncClient, key: ConversationKey): Promise<void> {
  leave(key);
  await client.chats.markUnread(key);
}

async function hide(client: SyncClient, key: ConversationKey, name: string): Promise<void> {
  leave(key);
  await client.chats.hide(key);
  notify('chats.hidden', { name }, () => void client.chats.show(key));
}

function leave(key: ConversationKey): void {
  const peer = openChat(route.get());
  const open = peer === null ? null : conversationWith(peer);
  if (open === key) navigate({ name: 'chats' });
}
