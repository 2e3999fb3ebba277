import { useState } from 'react';
import { useAccount } from '../../app/account';
import { health } from '../../app/health';
import { useStore, useT } from '../../app/hooks';
import { linkTo, type Route, route } from '../../app/router';
import { Avatar } from '../../ui/Avatar';
import { Icon, type IconName } from '../../ui/Icon';
import { List, ListRow, RowIcon } from '../../ui/List';
import { Pane } from '../../ui/Pane';
import { spaced } from '../registration/countries';
import styles from './MePane.module.css';
import { SignOut } from './SignOut';

const PLACES: readonly { to: Route; icon: IconName; words: 'me.devices' | 'me.appearance' }[] = [
  { to: { name: 'devices' }, icon: 'device', words: 'me.devices' },
  { to: { name: 'appearance' }, icon: 'globe', words: 'me.appearance' },
];

export function MePane() {
  const t = useT();
  const { me } = useAccount();
  const where = useStore(route);
  const server = useStore(health);
  const [leaving, setLeaving] = useState(false);
  return (
    <Pane title={<h1>{t('me.title')}</h1>}>
      <List label={t('me.title')}>
        <ListRow
          {...linkTo({ name: 'profile' })}
          current={where.name === 'profile'}
          picture={<Avatar id={me.account_id} name={me.alias} />}
          title={<bdi>{me.alias}</bdi>}
          second={me.handle ? `${t('me.id')} · ${me.handle}` : spaced(me.phone)}
        />
        <li className={styles.gap} aria-hidden="true" />
        {PLACES.map(({ to, icon, words }) => (
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
      </List>
      <div className={styles.gap} />
      <button type="button" className={styles.leave} onClick={() => setLeaving(true)}>
        <RowIcon>
          <Icon name="leave" />
        </RowIcon>
        {t('me.sign_out')}
      </button>
      <List label={t('me.delete')}>
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
      {server && (
        <p className={styles.operator}>
          {t('me.operator', { operator: server.operator, version: server.version })}{' '}
          <a href={`/policy/${t.language}`} target="_blank" rel="noreferrer">
            {t('me.policy')}
          </a>
        </p>
      )}
      {leaving && <SignOut onClose={() => setLeaving(false)} />}
    </Pane>
  );
}
