import { useAccount } from '../../app/account';
import { useLive, useT } from '../../app/hooks';
import { navigate } from '../../app/router';
import { Button, IconButton } from '../../ui/Button';
import { Empty } from '../../ui/Empty';
import { Mark } from '../../ui/Mark';
import { Pane } from '../../ui/Pane';
import { SkeletonRows } from '../../ui/Skeleton';
import { Asked } from '../contacts/Asked';
import { SearchEntry } from '../search/SearchEntry';
import { AskNotifications } from './AskNotifications';
import { ChatRows } from './ChatRows';
import { Lost } from './Lost';
import { type News, news } from './newsQuery';
import { type GrowingList, useChatList } from './useChatList';

export function ChatsPane() {
  const t = useT();
  const { client } = useAccount();
  const list = useChatList();
  const above = useLive('news', () => news(client.db));
  const reminders = useLive('reminders-count', () => client.db.reminders.count());
  const actions = (
    <>
      {Boolean(reminders) && (
        <IconButton
          icon="clock"
          label={t('reminders.title')}
          onClick={() => navigate({ name: 'reminders' })}
        />
      )}
      <IconButton icon="plus" label={t('contacts.add')} onClick={() => navigate({ name: 'add' })} />
    </>
  );
  return (
    <Pane title={<h1>{t('chats.title')}</h1>} actions={actions}>
      <SearchEntry />
      {above && list ? <Chats above={above} list={list} /> : <SkeletonRows label={t('app.loading')} />}
    </Pane>
  );
}

function Chats({ above, list }: { above: News; list: GrowingList }) {
  return (
    <>
      <Lost missed={above.missed} restored={above.restored} />
      <Asked asking={above.asking} />
      {/* One question at a time: whoever asks to be a contact comes first. */}
      {above.written && above.asking.length === 0 && <AskNotifications />}
      {list.total > 0 ? <ChatRows list={list} /> : <NoChats />}
    </>
  );
}

/** The first step: somebody to write to. */
function NoChats() {
  const t = useT();
  const { client } = useAccount();
  const some = useLive('some', () => client.db.contacts.filter((c) => c.status === 'contact').count());
  const hidden = useLive('hidden', () => client.db.conversations.filter((c) => c.hidden === true).count());
  if (some === undefined || hidden === undefined) return null;
  return (
    <Empty
      picture={<Mark size={48} plain />}
      title={t(hidden > 0 ? 'chats.all_hidden.title' : 'chats.empty.title')}
      text={t(hidden > 0 ? 'chats.all_hidden.text' : some > 0 ? 'chats.empty.ready' : 'chats.empty.text')}
      action={
        <Button kind="primary" onClick={() => navigate({ name: some > 0 ? 'contacts' : 'add' })}>
          {t(some > 0 ? 'chats.empty.choose' : 'chats.empty.action')}
        </Button>
      }
    />
  );
}
