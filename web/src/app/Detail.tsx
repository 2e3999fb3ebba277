import { Suspense } from 'react';
import { Mark } from '../ui/Mark';
import { SkeletonRows } from '../ui/Skeleton';
import styles from './Detail.module.css';
import { useT } from './hooks';
import { later } from './later';
import type { Route } from './router';

const Conversation = later(() => import('../features/conversation/Conversation'), 'Conversation', 'ahead');
const AddByToken = later(() => import('../features/contacts/AddByToken'), 'AddByToken');
const MyQr = later(() => import('../features/me/MyQr'), 'MyQr');
const Report = later(() => import('../features/contacts/Report'), 'Report');
const Scanner = later(() => import('../features/linking/Scanner'), 'Scanner');
const About = later(() => import('../features/me/About'), 'About');
const AddContact = later(() => import('../features/contacts/AddContact'), 'AddContact', 'ahead');
const Appearance = later(() => import('../features/me/Appearance'), 'Appearance');
const ContactCard = later(() => import('../features/contacts/ContactCard'), 'ContactCard', 'ahead');
const ConfirmDevice = later(() => import('../features/linking/ConfirmDevice'), 'ConfirmDevice');
const Deletion = later(() => import('../features/me/Deletion'), 'Deletion');
const Devices = later(() => import('../features/me/Devices'), 'Devices');
const Notifications = later(() => import('../features/me/Notifications'), 'Notifications');
const Privacy = later(() => import('../features/me/Privacy'), 'Privacy');
const Profile = later(() => import('../features/me/Profile'), 'Profile', 'ahead');
const Reminders = later(() => import('../features/chats/Reminders'), 'Reminders');
const Storage = later(() => import('../features/me/Storage'), 'Storage');
const Requests = later(() => import('../features/contacts/Requests'), 'Requests');

/** What stands beside the list, or over it when narrow. */
export function Detail({ where }: { where: Route }) {
  const t = useT();
  return (
    <Suspense
      fallback={
        <>
          <h1 className="visually-hidden">{t('app.loading')}</h1>
          <SkeletonRows sheet label={t('app.loading')} rows={4} />
        </>
      }
    >
      <Place where={where} />
    </Suspense>
  );
}

function Place({ where }: { where: Route }) {
  switch (where.name) {
    case 'chat':
    case 'details':
    case 'message':
      return (
        <Conversation
          key={where.account}
          account={where.account}
          details={where.name === 'details'}
          message={where.name === 'message' ? where.message : null}
        />
      );
    case 'reminders':
      return <Reminders />;
    case 'contact':
      return <ContactCard key={where.account} account={where.account} />;
    case 'report':
      return <Report />;
    case 'requests':
      return <Requests />;
    case 'add':
      return <AddContact />;
    // Beside the list of Me the profile stands open; on narrow screens the list is alone.
    case 'me':
    case 'profile':
      return <Profile />;
    case 'notifications':
      return <Notifications />;
    case 'appearance':
      return <Appearance />;
    case 'devices':
      return <Devices />;
    case 'scan':
      return <Scanner />;
    case 'adding':
      return <AddByToken />;
    case 'linking':
      return <ConfirmDevice />;
    case 'qr':
      return <MyQr />;
    case 'privacy':
      return <Privacy />;
    case 'storage':
      return <Storage />;
    case 'about':
      return <About />;
    case 'deletion':
      return <Deletion />;
    default:
      return <Nothing where={where} />;
  }
}

function Nothing({ where }: { where: Route }) {
  const t = useT();
  const words = where.name === 'contacts' ? 'contacts.pick' : 'chats.pick';
  return (
    <div className={styles.nothing}>
      <Mark size={72} plain />
      <p>{t(words)}</p>
    </div>
  );
}
