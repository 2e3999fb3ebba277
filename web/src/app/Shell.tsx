import { Suspense, useEffect } from 'react';
import type { Me } from '../api/types';
import { ChatsPane } from '../features/chats/ChatsPane';
import { unreadTotal } from '../features/chats/chatsQuery';
import { searching } from '../features/search/searching';
import type { SyncClient } from '../sync/client';
import type { DeviceId } from '../sync/ids';
import { AccountContext } from './account';
import { Detail } from './Detail';
import { useLive, useStore, useT } from './hooks';
import { later, readAhead } from './later';
import { Navigation } from './Navigation';
import { showUnread } from './notifications/badges';
import { isDetail, isRead, type Route, route, sectionOf } from './router';
import styles from './Shell.module.css';
import { helpOpen } from './shortcuts';
import { askToKeepOnce } from './storage';
import { useFocusFollows, useKeys } from './useKeys';

const ContactsPane = later(() => import('../features/contacts/ContactsPane'), 'ContactsPane', 'ahead');
const SignInBanner = later(() => import('../features/linking/SignInBanner'), 'SignInBanner');
const DueReminder = later(() => import('../features/chats/DueReminder'), 'DueReminder');
const PolicyChange = later(() => import('./PolicyChange'), 'PolicyChange');
const KeyboardHelp = later(() => import('./KeyboardHelp'), 'KeyboardHelp');
const SearchPane = later(() => import('../features/search/SearchPane'), 'SearchPane', 'ahead');
const MePane = later(() => import('../features/me/MePane'), 'MePane', 'ahead');

/** The signed-in client: rail, list and detail side by side when wide, one of them when narrow. */
export function Shell({ me, client }: { me: Me; client: SyncClient }) {
  const t = useT();
  const where = useStore(route);
  const helping = useStore(helpOpen);
  const section = sectionOf(where);
  const counts = useLive('unread', () =>
    client.db.conversations.filter((c) => c.unread > 0 || c.markedUnread === true).toArray(),
  );
  const unread = unreadTotal(counts ?? [], (key) => isRead(where, key));
  const asked = useLive('asked', () => client.db.requests.filter((r) => r.direction === 'in').count());
  useWaking(client);
  const some = useLive('some-message', () => client.db.messages.limit(1).count());
  useEffect(() => {
    if (some) askToKeepOnce();
  }, [some]);
  useKeys(where);
  useFocusFollows(where);
  useEffect(() => showUnread(unread), [unread]);
  useNotifier(client, me.device_id);
  useEffect(() => void readAhead(), []);
  return (
    <AccountContext value={{ me, client }}>
      <a className={styles.skip} href="#main">
        {t('app.skip')}
      </a>
      <Suspense>
        <PolicyChange />
        <SignInBanner />
        <DueReminder />
        {helping && <KeyboardHelp />}
      </Suspense>
      <div className={styles.shell} data-detail={isDetail(where)}>
        <Navigation section={section} unread={unread} asked={asked ?? 0} me={me} />
        <main id="main" className={styles.main} tabIndex={-1}>
          <section className={styles.list} aria-label={t(`${section}.title`)}>
            {section === 'chats' && <ChatsOrSearch where={where} />}
            <Suspense>
              {section === 'contacts' && <ContactsPane />}
              {section === 'me' && <MePane />}
            </Suspense>
          </section>
          <div id="detail" className={styles.detail} tabIndex={-1}>
            <Detail where={where} />
          </div>
        </main>
      </div>
    </AccountContext>
  );
}

/** Notifications and sounds come behind what is on screen. */
function useNotifier(client: SyncClient, device: DeviceId): void {
  useEffect(() => {
    if (!('serviceWorker' in navigator)) return;
    const left = new AbortController();
    void import('./notifications/notifier').then((it) => it.startNotifier(client, device, left.signal));
    return () => left.abort();
  }, [client, device]);
}

/** While one searches, what was found stands where the chats are. */
function ChatsOrSearch({ where }: { where: Route }) {
  const { open } = useStore(searching);
  if (!open && where.name !== 'search') return <ChatsPane />;
  return (
    <Suspense fallback={null}>
      <SearchPane />
    </Suspense>
  );
}

/** Good moments to look whether the line is alive. */
function useWaking(client: SyncClient): void {
  useEffect(() => {
    const wake = () => document.visibilityState === 'visible' && client.wake();
    const away = () => client.wake();
    window.addEventListener('online', wake);
    window.addEventListener('offline', away);
    document.addEventListener('visibilitychange', wake);
    return () => {
      window.removeEventListener('online', wake);
      window.removeEventListener('offline', away);
      document.removeEventListener('visibilitychange', wake);
    };
  }, [client]);
}
