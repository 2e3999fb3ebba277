import { memo, Suspense, useCallback, useState } from 'react';
import { useAccount } from '../../app/account';
import { useNow, useStore, useT } from '../../app/hooks';
import { later } from '../../app/later';
import { isRead, linkTo, openChat, route } from '../../app/router';
import type { Translate } from '../../i18n/translate';
import { Avatar } from '../../ui/Avatar';
import { Badge } from '../../ui/Badge';
import { Icon } from '../../ui/Icon';
import { List, ListRow } from '../../ui/List';
import type { MenuPlace } from '../../ui/Menu';
import { StateMark } from '../conversation/StateMark';
import styles from './ChatsPane.module.css';
import { type ChatRow, sameRow } from './chatsQuery';
import { useDueReminders } from './remindersQuery';
import { shortTime } from './times';
import type { GrowingList } from './useChatList';

const ChatMenu = later(() => import('./ChatMenu'), 'ChatMenu', 'ahead');
const ClearQuestion = later(() => import('./ClearQuestion'), 'ClearQuestion');

export function ChatRows({ list: { rows, rest } }: { list: GrowingList }) {
  const t = useT();
  const { client } = useAccount();
  const typing = useStore(client.typing);
  const where = useStore(route);
  const now = useNow(30_000);
  const due = new Set(useDueReminders().map((reminder) => reminder.conversation));
  const [menu, setMenu] = useState<{ key: string; at: MenuPlace } | null>(null);
  const [clearing, setClearing] = useState<ChatRow | null>(null);
  const close = useCallback(() => setMenu(null), []);
  const asked = rows.find((row) => row.key === menu?.key);
  return (
    <>
      <List label={t('chats.title')} rest={rest} onMenu={(key, at) => setMenu({ key, at })}>
        {rows.map((row) => {
          const open = openChat(where) === row.peer;
          return (
            <Row
              key={row.key}
              row={row}
              open={open}
              read={open && isRead(where, row.key)}
              typing={typing.has(row.key)}
              due={due.has(row.key)}
              time={row.last ? shortTime(row.last.at, now, t) : ''}
            />
          );
        })}
      </List>
      <Suspense>
        {menu && asked && (
          <ChatMenu row={asked} at={menu.at} onClose={close} onClear={() => setClearing(asked)} />
        )}
        {clearing && (
          <ClearQuestion conversation={clearing.key} name={clearing.name} onClose={() => setClearing(null)} />
        )}
      </Suspense>
    </>
  );
}

type RowProps = {
  row: ChatRow;
  open: boolean;
  read: boolean;
  typing: boolean;
  /** A reminder about a message in it is due. */
  due: boolean;
  time: string;
};

const Row = memo(
  ({ row, open, read, typing, due, time }: RowProps) => {
    const t = useT();
    return (
      <ListRow
        {...linkTo({ name: 'chat', account: row.peer })}
        name={row.key}
        current={open}
        raised={row.pinned}
        picture={<Avatar id={row.peer} name={row.name} photo={row.photo} />}
        title={
          <span className={styles.title}>
            <bdi>{row.name}</bdi>
            {row.muted && <RowMark icon="muted" label={t('chats.muted')} />}
          </span>
        }
        titleEnd={time && <time>{time}</time>}
        second={<SecondLine row={row} typing={typing} open={open} />}
        secondEnd={
          <>
            {due && <RowMark icon="clock" label={t('reminders.due')} />}
            {!read && <Unread row={row} />}
            {row.pinned && <RowMark icon="pin" label={t('chats.pinned')} />}
          </>
        }
      />
    );
  },
  (a, b) =>
    a.open === b.open &&
    a.read === b.read &&
    a.typing === b.typing &&
    a.due === b.due &&
    a.time === b.time &&
    sameRow(a.row, b.row),
);

function RowMark({ icon, label }: { icon: 'muted' | 'pin' | 'clock'; label: string }) {
  return (
    <span className={styles.mark} data-due={icon === 'clock'}>
      <Icon name={icon} size={16} />
      <span className="visually-hidden">{label}</span>
    </span>
  );
}

function Unread({ row }: { row: ChatRow }) {
  const t = useT();
  if (row.unread === 0 && row.marked)
    return <Badge count="dot" label={t('chats.marked_unread')} quiet={row.muted} />;
  return <Badge count={row.unread} label={t('chats.unread', { count: row.unread })} quiet={row.muted} />;
}

function SecondLine({ row, typing, open }: { row: ChatRow; typing: boolean; open: boolean }) {
  const t = useT();
  if (typing) return <span className={styles.typing}>{t('chats.typing')}</span>;
  if (row.draft && !open) {
    return (
      <>
        <span className={styles.draft}>{t('chats.draft')}</span> {row.draft.slice(0, 200)}
      </>
    );
  }
  if (row.gone) return <span>{t('chats.deleted')}</span>;
  if (!row.last) return null;
  return (
    <>
      {row.last.own && <StateMark state={row.last.state} />}
      {preview(row.last, t)}
    </>
  );
}

function preview(last: NonNullable<ChatRow['last']>, t: Translate): string {
  if (last.shown.kind === 'text') return last.shown.text.slice(0, 200);
  if (last.shown.kind === 'recalled') return t(last.own ? 'message.recalled_own' : 'message.recalled');
  return t('message.unknown');
}
