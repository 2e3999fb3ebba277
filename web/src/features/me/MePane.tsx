import { useState } from 'react';
import { useAccount } from '../../app/account';
import { useStore, useT } from '../../app/hooks';
import { linkTo, type Route, route } from '../../app/router';
import { helpOpen } from '../../app/shortcuts';
import type { TextKey } from '../../i18n/catalogue';
import { Avatar } from '../../ui/Avatar';
import { Icon, type IconName } from '../../ui/Icon';
import { List, ListRow, RowIcon } from '../../ui/List';
import { Pane } from '../../ui/Pane';
import { spaced } from '../registration/countries';
import { Install } from './Install';
import styles from './MePane.module.css';
import { SignOut } from './SignOut';

type Place = { to: Route; icon: IconName; words: TextKey };

/** Grouped by what people look for: who may reach me, how it behaves here, what this is. */
const GROUPS: readonly { title: TextKey; places: readonly Place[] }[] = [
  {
    title: 'me.group.account',
    places: [
      { to: { name: 'qr' }, icon: 'qr', words: 'qr.title' },
      { to: { name: 'privacy' }, icon: 'shield', words: 'me.privacy' },
      { to: { name: 'devices' }, icon: 'device', words: 'me.devices' },
    ],
  },
  {
    title: 'me.group.here',
    places: [
      { to: { name: 'notifications' }, icon: 'bell', words: 'notifications.title' },
      { to: { name: 'appearance' }, icon: 'globe', words: 'me.appearance' },
      { to: { name: 'storage' }, icon: 'server', words: 'storage.title' },
    ],
  },
  {
    title: 'me.group.billet',
    places: [{ to: { name: 'about' }, icon: 'info', words: 'me.about' }],
  },
];

export function MePane() {
  const t = useT();
  const { me } = useAccount();
  const where = useStore(route);
  const [leaving, setLeaving] = useState(false);
  return (
    <Pane title={<h1>{t('me.title')}</h1>}>
      <List label={t('me.title')}>
        <ListRow
          {...linkTo({ name: 'profile' })}
          current={where.name === 'profile'}
          picture={<Avatar id={me.account_id} name={me.alias} photo={me.photo} />}
          title={<bdi>{me.alias}</bdi>}
          second={me.handle ? `${t('me.id')} · ${me.handle}` : spaced(me.phone)}
        />
        {GROUPS.map(({ title, places }) => (
          <Group key={title} title={t(title)} places={places} />
        ))}
        <li className={styles.keys}>
          <button type="button" className={styles.press} onClick={() => helpOpen.set(true)}>
            <RowIcon>
              <Icon name="keyboard" />
            </RowIcon>
            {t('keys.title')}
          </button>
        </li>
        <li className={styles.gap} aria-hidden="true" />
        <ListRow
          {...linkTo({ name: 'deletion' })}
          current={where.name === 'deletion'}
          picture={
            <RowIcon>
              <Icon name="bin" />
            </RowIcon>
          }
          title={t('me.delete')}
        />
      </List>
      <button type="button" className={`${styles.press} ${styles.leave}`} onClick={() => setLeaving(true)}>
        <RowIcon>
          <Icon name="leave" />
        </RowIcon>
        {t('me.sign_out')}
      </button>
      <Install />
      {leaving && <SignOut onClose={() => setLeaving(false)} />}
    </Pane>
  );
}

function Group({ title, places }: { title: string; places: readonly Place[] }) {
  const t = useT();
  const where = useStore(route);
  return (
    <>
      <li className={styles.heading}>{title}</li>
      {places.map(({ to, icon, words }) => (
        <ListRow
          key={to.name}
          {...linkTo(to)}
          current={where.name === to.name}
          picture={
            <RowIcon>
              <Icon name={icon} />
            </RowIcon>
          }
          title={t(words)}
        />
      ))}
    </>
  );
}
