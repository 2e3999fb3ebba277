import { Suspense, useEffect } from 'react';
import { Welcome } from '../features/welcome/Welcome';
import { Empty } from '../ui/Empty';
import { Mark } from '../ui/Mark';
import styles from './App.module.css';
import { Banners } from './Banners';
import { useStore, useT } from './hooks';
import { later } from './later';
import { NoticeBar } from './NoticeBar';
import { isPending, keepPending, takePending } from './pending';
import { navigate, route } from './router';
import { Shell } from './Shell';
import { type Session, session } from './session';

const StorageTrouble = later(() => import('./StorageTrouble'), 'StorageTrouble');
const Registration = later(() => import('../features/registration/Registration'), 'Registration');
const SignInByPhone = later(() => import('../features/linking/SignInByPhone'), 'SignInByPhone');

export function App({ secure }: { secure: boolean }) {
  const t = useT();
  if (!secure) {
    return (
      <main>
        <Empty whole picture={<Mark size={56} />} title={t('insecure.title')} text={t('insecure.text')} />
      </main>
    );
  }
  return (
    <div className={styles.app}>
      <Banners />
      <Content />
      <NoticeBar />
    </div>
  );
}

function Content() {
  const where = useStore(route);
  const who = useStore(session);
  const outside = where.name === 'welcome' || where.name === 'register' || where.name === 'phone';
  const misplaced = who.name === 'in' ? outside : !outside;
  useEffect(() => {
    if (!misplaced) return;
    if (who.name === 'in') return navigate(takePending() ?? { name: 'chats' }, { replace: true });
    if (isPending(where)) keepPending(where);
    navigate({ name: 'welcome' }, { replace: true });
  }, [misplaced, who.name, where]);
  if (who.name === 'in') return <Opened key={who.me.account_id} session={who} />;
  return (
    <Suspense fallback={null}>
      {where.name === 'register' ? (
        <Registration />
      ) : where.name === 'phone' ? (
        <SignInByPhone />
      ) : (
        <Welcome />
      )}
    </Suspense>
  );
}

function Opened({ session: { me, client, trouble } }: { session: Session & { name: 'in' } }) {
  const inTheWay = useStore(trouble);
  return (
    <Suspense>
      {inTheWay ? <StorageTrouble trouble={inTheWay} /> : <Shell me={me} client={client} />}
    </Suspense>
  );
}
