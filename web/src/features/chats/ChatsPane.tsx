import { useAccount } from '../../app/account';
import { useLive, useNow, useStore, useT } from '../../app/hooks';
import { isRead, linkTo, navigate, route } from '../../app/router';
import type { Translate } from '../../i18n/translate';
import { readMeta } from '../../sync/database';
import { Avatar } from '../../ui/Avatar';
import { Badge } from '../../ui/Badge';
import { Button, IconButton } from '../../ui/Button';
import { Empty } from '../../ui/Empty';
import { List, ListRow } from '../../ui/List';
import { Mark } from '../../ui/Mark';
import { Pane } from '../../ui/Pane';
import { SkeletonRows } from '../../ui/Skeleton';
import { StateMark } from '../conversation/StateMark';
import styles from './ChatsPane.module.css';
import { type ChatRow, chatRows } from './chatsQuery';
import { shortTime } from './times';

export function ChatsPane() {
  const t = useT();
  const { client, me } = useAccount();
  const rows = useLive('chats', () => chatRows(client.db, me.account_id));
  const missed = useLive('missed', () => readMeta(client.db, 'missed'));
  const actions = (
    <IconButton icon="plus" label={t('contacts.add')} onClick={() => navigate({ name: 'add' })} />
  );
  return (
    <Pane title={<h1>{t('chats.title')}</h1>} actions={actions}>
      {Boolean(missed) && <p className={styles.missed}>{t('chats.missed', { count: missed ?? 0 })}</p>}
      {!rows && <SkeletonRows label={t('app.loading')} />}
      {rows?.length === 0 && <NoChats />}
      {rows && rows.length > 0 && <Rows rows={rows} />}
    </Pane>
  );
}

function Rows({ rows }: { rows: ChatRow[] }) {
  const t = useT();
  const { client } = useAccount();
  const typing = useStore(client.typing);
  const where = useStore(route);
  const now = useNow(30_000);
  return (
    <List label={t('chats.title')}>
      {rows.map((row) => {
        const open = (where.name === 'chat' || where.name === 'details') && where.account === row.peer;
        return (
          <ListRow
            key={row.key}
            {...linkTo({ name: 'chat', account: row.peer })}
            current={open}
            picture={<Avatar id={row.peer} name={row.name} />}
            title={<bdi>{row.name}</bdi>}
            titleEnd={row.last && <time>{shortTime(row.last.at, now, t)}</time>}
            second={<SecondLine row={row} typing={typing.has(row.key)} open={open} />}
            secondEnd={<Unread count={isRead(where, row.key) ? 0 : row.unread} />}
          />
        );
      })}
    </List>
  );
}

function Unread({ count }: { count: number }) {
  const t = useT();
  return <Badge count={count} label={t('chats.unread', { count })} />;
}

function SecondLine({ row, typing, open }: { row: ChatRow; typing: boolean; open: boolean }) {
  const t = useT();
  if (typing) return <span className={styles.typing}>{t('chats.typing')}</span>;
  if (row.draft && !open) {
    return (
      <>
        <span className={styles.draft}>{t('chats.draft')}</span> {row.draft}
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

/** The first step: somebody to write to. */
function NoChats() {
  const t = useT();
  const { client } = useAccount();
  const some = useLive('some', () => client.db.contacts.filter((c) => c.status === 'contact').count());
  if (some === undefined) return null;
  return (
    <Empty
      picture={<Mark size={48} plain />}
      title={t('chats.empty.title')}
      text={t(some > 0 ? 'chats.empty.ready' : 'chats.empty.text')}
      action={
        <Button kind="primary" onClick={() => navigate({ name: some > 0 ? 'contacts' : 'add' })}>
          {t(some > 0 ? 'chats.empty.choose' : 'chats.empty.action')}
        </Button>
      }
    />
  );
}
