import type { Me } from '../api/types';
import { Avatar } from '../ui/Avatar';
import { Badge } from '../ui/Badge';
import { Icon, type IconName } from '../ui/Icon';
import { useT } from './hooks';
import styles from './Navigation.module.css';
import { navigate, pathOf, type Route, type Section } from './router';

const TABS: readonly { section: Section; icon: IconName; to: Route }[] = [
  { section: 'chats', icon: 'chats', to: { name: 'chats' } },
  { section: 'contacts', icon: 'contacts', to: { name: 'contacts' } },
  { section: 'me', icon: 'me', to: { name: 'me' } },
];

/** The rail on wide screens, the tab bar on narrow ones. */
export function Navigation({
  section,
  unread,
  asked,
  me,
}: {
  section: Section;
  unread: number;
  asked: number;
  me: Me;
}) {
  const t = useT();
  const badges: Record<Section, [number, string]> = {
    chats: [unread, t('chats.unread', { count: unread })],
    contacts: [asked, t('contacts.requests.count', { count: asked })],
    me: [0, ''],
  };
  return (
    <nav className={styles.navigation} aria-label={t('app.sections')}>
      <span className={styles.self}>
        <Avatar id={me.account_id} name={me.alias} photo={me.photo} size={40} />
      </span>
      {TABS.map(({ section: name, icon, to }) => (
        <a
          key={name}
          href={pathOf(to)}
          className={styles.tab}
          aria-current={section === name ? 'page' : undefined}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.preventDefault();
            navigate(to);
          }}
        >
          <span className={styles.icon}>
            <Icon name={icon} filled={section === name} />
            <span className={styles.badge}>
              <Badge count={badges[name][0]} label={badges[name][1]} />
            </span>
          </span>
          <span className={styles.name}>{t(`${name}.title`)}</span>
        </a>
      ))}
    </nav>
  );
}
