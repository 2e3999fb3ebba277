import { useAccount } from '../../app/account';
import { useT } from '../../app/hooks';
import { navigate } from '../../app/router';
import { useAction } from '../../app/useAction';
import type { StoredRequest } from '../../sync/database';
import { Avatar } from '../../ui/Avatar';
import { Button } from '../../ui/Button';
import styles from './Asked.module.css';
import { accept } from './actions';

/** Whoever asks to be a contact stands above the chats: one press, and the two can write. All the rest is under Requests. */
export function Asked({ asking }: { asking: readonly StoredRequest[] }) {
  const t = useT();
  const { client } = useAccount();
  const { busy, run } = useAction();
  const request = asking.at(-1);
  if (!request?.account_id) return null;
  const { account_id: account, alias, note } = request;
  const onAccept = () =>
    run(async () => {
      await accept(client, request);
      navigate({ name: 'chat', account });
    });
  const more = asking.length - 1;
  return (
    <section className={styles.asked} aria-label={t('requests.title')}>
      <Avatar id={account} name={alias} photo={request.photo} />
      <div className={styles.words}>
        <h2>
          <bdi>{alias}</bdi>
        </h2>
        <p dir="auto">{note || t('requests.wants')}</p>
      </div>
      <div className={styles.buttons}>
        <Button kind="quiet" onClick={() => navigate({ name: 'requests' })}>
          {more > 0 ? t('requests.more', { count: more }) : t('requests.look')}
        </Button>
        <Button kind="primary" busy={busy} onClick={onAccept}>
          {t('requests.accept')}
        </Button>
      </div>
    </section>
  );
}
