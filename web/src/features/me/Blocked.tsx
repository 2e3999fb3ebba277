import { useAccount } from '../../app/account';
import { useLive, useT } from '../../app/hooks';
import { notify } from '../../app/notices';
import { useAction } from '../../app/useAction';
import type { StoredContact } from '../../sync/database';
import { Avatar } from '../../ui/Avatar';
import { Button } from '../../ui/Button';
import { Group } from '../../ui/Sheet';
import { block, unblock } from '../contacts/actions';
import { nameOf } from '../contacts/names';
import styles from './Privacy.module.css';

/** Whom one has blocked, each with the way back. */
export function Blocked() {
  const t = useT();
  const { client } = useAccount();
  const blocked = useLive('blocked', () =>
    client.db.contacts.filter((c) => c.status === 'blocked').toArray(),
  );
  return (
    <Group title={t('contacts.blocked')} hint={t('card.block_text')}>
      {blocked?.length === 0 && <p className={styles.none}>{t('privacy.blocked.none')}</p>}
      {blocked?.map((contact) => (
        <Person key={contact.account_id} contact={contact} />
      ))}
    </Group>
  );
}

function Person({ contact }: { contact: StoredContact }) {
  const t = useT();
  const { client } = useAccount();
  const { run } = useAction();
  const { account_id: account } = contact;
  const name = nameOf(contact, account);
  const free = () =>
    run(async () => {
      notify('card.unblocked', { name }, () => run(() => block(client, account)));
      await unblock(client, account);
    });
  return (
    <div className={styles.person}>
      <Avatar id={account} name={name} photo={contact.photo} size={40} />
      <bdi className={styles.name}>{name}</bdi>
      <Button onClick={free}>{t('card.unblock')}</Button>
    </div>
  );
}
