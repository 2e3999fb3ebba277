import { useAccount } from '../../app/account';
import { explain } from '../../app/errors';
import { useT } from '../../app/hooks';
import { notify } from '../../app/notices';
import type { StoredContact } from '../../sync/database';
import type { AccountId } from '../../sync/ids';
import { Button } from '../../ui/Button';
import { askAgain, unblock } from '../contacts/actions';
import styles from './Composer.module.css';

/** Stands where the composer would be while nothing can be sent, says why, and offers the way out. */
export function NoComposer({
  account,
  name,
  status,
}: {
  account: AccountId;
  name: string;
  status: StoredContact['status'];
}) {
  const t = useT();
  const { client } = useAccount();
  const blocked = status === 'blocked';
  const act = async () => {
    try {
      await (blocked ? unblock(client, account) : askAgain(account));
      notify(blocked ? 'card.unblocked' : 'add.sent.title', { name });
    } catch (error) {
      notify('error.plain', { text: explain(error, t) });
    }
  };
  if (status === 'deleted') {
    return (
      <div className={styles.bar}>
        <div className={styles.instead}>
          <p>{t('conversation.deleted', { name })}</p>
        </div>
      </div>
    );
  }
  return (
    <div className={styles.bar}>
      <div className={styles.instead}>
        <p>{t(blocked ? 'conversation.blocked' : 'conversation.not_contact', { name })}</p>
        <Button onClick={() => void act()}>{t(blocked ? 'conversation.unblock' : 'conversation.ask')}</Button>
      </div>
    </div>
  );
}
