import { useState } from 'react';
import { useAccount } from '../../app/account';
import { useLive, useT } from '../../app/hooks';
import { type AccountId, conversationWith } from '../../sync/ids';
import { Icon } from '../../ui/Icon';
import { Group } from '../../ui/Sheet';
import { Switch } from '../../ui/Switch';
import styles from './ChatActions.module.css';
import { ClearQuestion } from './ClearQuestion';
import { chatEntries } from './chatActions';
import { isListed } from './chatsQuery';

/** In the details of a chat: what can be done with it as a whole. */
export function ChatActions({ account, name }: { account: AccountId; name: string }) {
  const t = useT();
  const { client } = useAccount();
  const key = conversationWith(account);
  const [asking, setAsking] = useState(false);
  const chat = useLive(`chat-${key}`, async () => (await client.db.conversations.get(key)) ?? null);
  if (chat === undefined) return null;
  const state = {
    key,
    name,
    unread: chat?.unread ?? 0,
    marked: chat?.markedUnread ?? false,
    pinned: chat?.pinnedAt !== undefined,
    muted: chat?.muted ?? false,
    filled: chat?.lastKey !== undefined,
    listed: chat !== null && isListed(chat),
  };
  const rest = chatEntries(client, state, t, () => setAsking(true)).filter(
    (entry) => entry.name !== 'pin' && entry.name !== 'mute',
  );
  return (
    <>
      <Group>
        <Switch
          label={t('chats.pin')}
          checked={state.pinned}
          onChange={(pinned) => void client.chats.pin(key, pinned)}
        />
        <Switch
          label={t('chats.mute')}
          hint={t('chats.mute.hint')}
          checked={state.muted}
          onChange={(muted) => void client.chats.mute(key, muted)}
        />
        {rest.map((entry) => (
          <button
            key={entry.name}
            type="button"
            className={styles.row}
            data-danger={entry.danger ?? false}
            onClick={entry.onChoose}
          >
            <Icon name={entry.icon} size={20} />
            {entry.label}
          </button>
        ))}
      </Group>
      {asking && <ClearQuestion conversation={key} name={name} onClose={() => setAsking(false)} />}
    </>
  );
}
