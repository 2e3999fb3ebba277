import { useAccount } from '../../app/account';
import { useLive, useNow, useT } from '../../app/hooks';
import { notify } from '../../app/notices';
import { goBack, navigate } from '../../app/router';
import { useAction } from '../../app/useAction';
import type { StoredRequest } from '../../sync/database';
import { Avatar } from '../../ui/Avatar';
import { Button } from '../../ui/Button';
import { Empty } from '../../ui/Empty';
import { Icon } from '../../ui/Icon';
import { RowIcon } from '../../ui/List';
import { Pane } from '../../ui/Pane';
import { Group, Sheet } from '../../ui/Sheet';
import { SkeletonRows } from '../../ui/Skeleton';
import { shortTime } from '../chats/times';
import { spaced } from '../registration/countries';
import { accept, decline } from './actions';
import styles from './Requests.module.css';

/** Who asks to be a contact, and whom one has asked. */
export function Requests() {
  const t = useT();
  const { client } = useAccount();
  const all = useLive('requests', () => client.db.requests.toArray());
  const ordered = [...(all ?? [])].sort((a, b) => b.at - a.at);
  const incoming = ordered.filter((request) => request.direction === 'in');
  const outgoing = ordered.filter((request) => request.direction === 'out');
  return (
    <Pane
      title={<h1>{t('requests.title')}</h1>}
      onBack={() => goBack({ name: 'contacts' })}
      backLabel={t('app.back')}
    >
      {!all && <SkeletonRows sheet label={t('app.loading')} rows={3} />}
      {all?.length === 0 && (
        <Empty
          picture={<Icon name="addPerson" size={48} />}
          title={t('requests.empty.title')}
          text={t('requests.empty.text')}
          action={<Button onClick={() => navigate({ name: 'add' })}>{t('contacts.add')}</Button>}
        />
      )}
      <Sheet>
        {incoming.length > 0 && (
          <Group title={t('requests.in')}>
            {incoming.map((request) => (
              <Incoming key={request.request_id} request={request} />
            ))}
          </Group>
        )}
        {outgoing.length > 0 && (
          <Group title={t('requests.out')}>
            {outgoing.map((request) => (
              <Request key={request.request_id} request={request}>
                <span className={styles.waiting}>{t('requests.waiting')}</span>
              </Request>
            ))}
          </Group>
        )}
      </Sheet>
    </Pane>
  );
}

function Incoming({ request }: { request: StoredRequest }) {
  const t = useT();
  const { client } = useAccount();
  const { busy, run } = useAction();
  const onAccept = () =>
    run(async () => {
      await accept(client, request);
      if (request.account_id) navigate({ name: 'chat', account: request.account_id });
    });
  const onDecline = () =>
    run(async () => {
      notify('requests.declined', { name: request.alias });
      await decline(client, request);
    });
  return (
    <Request request={request}>
      <span className={styles.buttons}>
        <Button busy={busy} onClick={onDecline}>
          {t('requests.decline')}
        </Button>
        <Button kind="primary" busy={busy} onClick={onAccept}>
          {t('requests.accept')}
        </Button>
      </span>
    </Request>
  );
}

function Request({ request, children }: { request: StoredRequest; children: React.ReactNode }) {
  const t = useT();
  const now = useNow(60_000);
  const name = /^\+\d+$/.test(request.alias) ? spaced(request.alias) : request.alias;
  return (
    <article className={styles.request}>
      {request.account_id ? (
        <Avatar id={request.account_id} name={name} photo={request.photo} />
      ) : (
        <RowIcon>
          <Icon name="addPerson" />
        </RowIcon>
      )}
      <div className={styles.body}>
        <div className={styles.top}>
          <h3>
            <bdi>{name}</bdi>
          </h3>
          <time>{shortTime(request.at, now, t)}</time>
        </div>
        {request.handle && <p className={styles.small}>{request.handle}</p>}
        {request.note && <p dir="auto">{request.note}</p>}
        {children}
      </div>
    </article>
  );
}
