import { AddContact } from '../features/contacts/AddContact';
import { ContactCard } from '../features/contacts/ContactCard';
import { Requests } from '../features/contacts/Requests';
import { Conversation } from '../features/conversation/Conversation';
import { Appearance } from '../features/me/Appearance';
import { Deletion } from '../features/me/Deletion';
import { Devices } from '../features/me/Devices';
import { Profile } from '../features/me/Profile';
import { Mark } from '../ui/Mark';
import styles from './Detail.module.css';
import { useT } from './hooks';
import type { Route } from './router';

/** What stands beside the list, or over it when narrow. */
export function Detail({ where }: { where: Route }) {
  switch (where.name) {
    case 'chat':
    case 'details':
      return <Conversation key={where.account} account={where.account} details={where.name === 'details'} />;
    case 'contact':
      return <ContactCard key={where.account} account={where.account} />;
    case 'requests':
      return <Requests />;
    case 'add':
      return <AddContact />;
    // Beside the list of Me the profile stands open; on narrow screens the list is alone.
    case 'me':
    case 'profile':
      return <Profile />;
    case 'appearance':
      return <Appearance />;
    case 'devices':
      return <Devices />;
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
