import { useState } from 'react';
import { useAccount } from '../../app/account';
import { useLive, useStore, useT } from '../../app/hooks';
import { linkTo, navigate, route } from '../../app/router';
import type { StoredContact } from '../../sync/database';
import { Avatar } from '../../ui/Avatar';
import { Badge } from '../../ui/Badge';
import { Button, IconButton } from '../../ui/Button';
import { Empty } from '../../ui/Empty';
import { Icon } from '../../ui/Icon';
import { List, ListRow, RowIcon } from '../../ui/List';
import { Pane } from '../../ui/Pane';
import { SkeletonRows } from '../../ui/Skeleton';
import styles from './ContactsPane.module.css';
import { nameOf } from './names';
import { TagFilter } from './TagFilter';
import { tagsInUse } from './tags';

export function ContactsPane() {
  const t = useT();
  const { client } = useAccount();
  const where = useStore(route);
  const asked = useLive('asked', () => client.db.requests.filter((r) => r.direction === 'in').count()) ?? 0;
  const all = useLive('contacts', () => client.db.contacts.toArray());
  const order = new Intl.Collator(t.locale, { sensitivity: 'base', numeric: true }).compare;
  const sorted = (all ?? []).sort((a, b) => order(nameOf(a, a.account_id), nameOf(b, b.account_id)));
  const [tag, setTag] = useState<string | null>(null);
  const mine = sorted.filter((c) => c.status === 'contact');
  const tags = tagsInUse(mine);
  // A tag that nobody has any more filters nothing.
  const chosen = tag !== null && tags.includes(tag) ? tag : null;
  const contacts = chosen === null ? mine : mine.filter((c) => c.tags?.includes(chosen));
  const blocked = sorted.filter((c) => c.status === 'blocked');
  const add = (
    <IconButton icon="addPerson" label={t('contacts.add')} onClick={() => navigate({ name: 'add' })} />
  );
  return (
    <Pane title={<h1>{t('contacts.title')}</h1>} actions={add}>
      <TagFilter tags={tags} chosen={chosen} onChoose={setTag} />
      <List label={t('contacts.title')}>
        <ListRow
          {...linkTo({ name: 'requests' })}
          current={where.name === 'requests'}
          picture={
            <RowIcon>
              <Icon name="addPerson" />
            </RowIcon>
          }
          title={t('contacts.requests')}
          titleEnd={<Badge count={asked} label={t('contacts.requests.count', { count: asked })} />}
        />
        {contacts.map((contact) => (
          <Row key={contact.account_id} contact={contact} current={where} />
        ))}
        {chosen === null && blocked.length > 0 && <li className={styles.heading}>{t('contacts.blocked')}</li>}
        {(chosen === null ? blocked : []).map((contact) => (
          <Row key={contact.account_id} contact={contact} current={where} />
        ))}
      </List>
      {!all && <SkeletonRows label={t('app.loading')} />}
      {all && mine.length === 0 && (
        <Empty
          picture={<Icon name="contacts" size={48} />}
          title={t('contacts.empty.title')}
          text={t('contacts.empty.text')}
          action={
            <Button kind="primary" onClick={() => navigate({ name: 'add' })}>
              {t('contacts.add')}
            </Button>
          }
        />
      )}
      {contacts.length > 0 && (
        <p className={styles.count}>{t('contacts.count', { count: contacts.length })}</p>
      )}
    </Pane>
  );
}

function Row({ contact, current }: { contact: StoredContact; current: ReturnType<typeof route.get> }) {
  const name = nameOf(contact, contact.account_id);
  const open = current.name === 'contact' && current.account === contact.account_id;
  return (
    <ListRow
      {...linkTo({ name: 'contact', account: contact.account_id })}
      current={open}
      picture={<Avatar id={contact.account_id} name={name} photo={contact.photo} />}
      title={<bdi>{name}</bdi>}
    />
  );
}
