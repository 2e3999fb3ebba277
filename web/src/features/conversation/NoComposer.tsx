import { useAccount } from '../../app/account';
import { useT } from '../../app/hooks';
import { notify } from '../../app/notices';
import { useAction } from '../../app/useAction';
import type { StoredContact } from '../../sync/database';
import type { AccountId } from '../../sync/ids';
import { Button } from '../../ui/Button';
import { AskAgain } from '../contacts/AskAgain';
import { unblock } from '../contacts/actions';
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
  const { busy, run } = useAction();
  const free = () =>
    run(async () => {
      await unblock(client, account);
      notify('card.unblocked', { name });
    });
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
        <p>{t(status === 'blocked' ? 'conversation.blocked' : 'conversation.not_contact', { name })}</p>
        {status === 'blocked' ? (
          <Button busy={busy} onClick={free}>
            {t('conversation.unblock')}
          </Button>
        ) : (
          <AskAgain account={account} />
        )}
      </div>
    </div>
  );
}
