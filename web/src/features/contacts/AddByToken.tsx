import { type FormEvent, useCallback, useEffect, useState } from 'react';
import { api } from '../../api/api';
import { ApiError } from '../../api/call';
import type { TokenOwner } from '../../api/types';
import { useAccount } from '../../app/account';
import { explain } from '../../app/errors';
import { useLive, useStore, useT } from '../../app/hooks';
import { navigate, route } from '../../app/router';
import { Avatar } from '../../ui/Avatar';
import { Button } from '../../ui/Button';
import { Empty } from '../../ui/Empty';
import { Field, FieldError } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { Pane } from '../../ui/Pane';
import { Sheet } from '../../ui/Sheet';
import { SkeletonRows } from '../../ui/Skeleton';
import styles from './AddContact.module.css';
import { RequestSent } from './RequestSent';

/** Somebody's QR code or link was opened: who it is, and the request to be contacts. */
export function AddByToken() {
  const where = useStore(route);
  const token = where.name === 'adding' ? where.token : '';
  return <Page key={token} token={token} />;
}

function Page({ token }: { token: string }) {
  const t = useT();
  const [owner, setOwner] = useState<TokenOwner | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [sent, setSent] = useState(false);
  const look = useCallback(() => {
    if (token === '') return;
    setError(null);
    api.whoseToken(token).then(setOwner, setError);
  }, [token]);
  useEffect(look, [look]);
  const unknown = error instanceof ApiError && error.code === 'unknown_token';
  if (token === '') return <Broken />;
  return (
    <Pane
      title={<h1>{t('add.title')}</h1>}
      onBack={() => navigate({ name: 'contacts' }, { replace: true })}
      backLabel={t('app.back')}
    >
      {!owner && !error && <SkeletonRows sheet label={t('app.loading')} rows={1} />}
      {Boolean(error) && (
        <Empty
          picture={<Icon name="qr" size={48} />}
          title={t(unknown ? 'add.void.title' : 'add.title')}
          text={unknown ? t('add.void.text') : explain(error, t)}
          action={
            unknown ? (
              <Button onClick={() => navigate({ name: 'add' }, { replace: true })}>
                {t('add.void.other')}
              </Button>
            ) : (
              <Button onClick={look}>{t('app.retry')}</Button>
            )
          }
        />
      )}
      {owner && sent && <RequestSent />}
      {owner && !sent && <Owner owner={owner} token={token} onSent={() => setSent(true)} />}
    </Pane>
  );
}

/** A link that was cut off, by a line break or a long press. */
function Broken() {
  const t = useT();
  return (
    <Pane
      title={<h1>{t('add.title')}</h1>}
      onBack={() => navigate({ name: 'contacts' }, { replace: true })}
      backLabel={t('app.back')}
    >
      <Empty
        picture={<Icon name="qr" size={48} />}
        title={t('add.broken.title')}
        text={t('add.broken.text')}
        action={
          <Button onClick={() => navigate({ name: 'add' }, { replace: true })}>{t('add.void.other')}</Button>
        }
      />
    </Pane>
  );
}

function Owner({ owner, token, onSent }: { owner: TokenOwner; token: string; onSent: () => void }) {
  const t = useT();
  const { me, client } = useAccount();
  const { account_id: account } = owner;
  const contact = useLive(`contact-${account}`, async () => (await client.db.contacts.get(account)) ?? null);
  const known = contact?.status === 'contact' || contact?.status === 'blocked';
  return (
    <Sheet>
      <div className={styles.owner}>
        <Avatar id={account} name={owner.alias} photo={owner.photo} size={120} />
        <h2>
          <bdi>{owner.alias}</bdi>
        </h2>
        {account === me.account_id && <p>{t('add.own_code')}</p>}
        {known && <p>{t('error.already_contacts')}</p>}
      </div>
      {known && (
        <Button kind="primary" wide onClick={() => navigate({ name: 'contact', account }, { replace: true })}>
          {t('add.open_card')}
        </Button>
      )}
      {contact !== undefined && !known && account !== me.account_id && <Ask token={token} onSent={onSent} />}
    </Sheet>
  );
}

function Ask({ token, onSent }: { token: string; onSent: () => void }) {
  const t = useT();
  const { me, client } = useAccount();
  const [note, setNote] = useState(() => t('add.note_preset', { name: me.alias }));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await api.requestContact({ token }, note.trim());
      void client.refreshPeople().catch(() => {});
      onSent();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
      <Field
        label={t('add.note')}
        hint={t('add.note_hint')}
        maxLength={200}
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
      <FieldError text={error ? explain(error, t) : null} />
      <Button kind="primary" type="submit" wide busy={busy}>
        {t('add.send')}
      </Button>
    </form>
  );
}
