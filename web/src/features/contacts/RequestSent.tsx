import { useState } from 'react';
import { useAccount } from '../../app/account';
import { useLive, useT } from '../../app/hooks';
import { navigate } from '../../app/router';
import { Avatar } from '../../ui/Avatar';
import { Button } from '../../ui/Button';
import { Empty } from '../../ui/Empty';
import { Icon } from '../../ui/Icon';
import { nameOf } from './names';

/**
 * The request is on its way: what happens now. By number it stays open whether anybody has it. Whoever becomes a contact
 * while one looks is said to be so, and the first message is one press away.
 */
export function RequestSent({ byNumber = false }: { byNumber?: boolean }) {
  const t = useT();
  const { client } = useAccount();
  const [since] = useState(() => client.db.contacts.filter((c) => c.status === 'contact').primaryKeys());
  const fresh = useLive('fresh', async () => {
    const before = new Set(await since);
    const now = await client.db.contacts.filter((c) => c.status === 'contact').toArray();
    return now.find((contact) => !before.has(contact.account_id)) ?? null;
  });
  if (fresh) {
    const { account_id: account, photo } = fresh;
    const name = nameOf(fresh, account);
    return (
      <Empty
        picture={<Avatar id={account} name={name} photo={photo} size={72} />}
        title={t('add.accepted.title', { name })}
        text={t('add.accepted.text')}
        action={
          <Button kind="primary" onClick={() => navigate({ name: 'chat', account }, { replace: true })}>
            {t('add.accepted.write')}
          </Button>
        }
      />
    );
  }
  return (
    <Empty
      picture={<Icon name="check" size={48} />}
      title={t('add.sent.title')}
      text={`${t('add.sent.text')} ${byNumber ? t('add.sent.number') : ''}`}
      action={<Button onClick={() => navigate({ name: 'chats' })}>{t('add.to_chats')}</Button>}
    />
  );
}
