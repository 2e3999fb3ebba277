import { useCallback, useEffect, useState } from 'react';
import { api } from '../../api/api';
import { ApiError } from '../../api/call';
import { explain } from '../../app/errors';
import { useStore, useT } from '../../app/hooks';
import { navigate, route } from '../../app/router';
import { expectSignIn } from '../../app/signIns';
import { useAction } from '../../app/useAction';
import { Button } from '../../ui/Button';
import { Empty } from '../../ui/Empty';
import { Icon } from '../../ui/Icon';
import { Pane } from '../../ui/Pane';
import { Sheet } from '../../ui/Sheet';
import { SkeletonRows } from '../../ui/Skeleton';
import styles from './ConfirmDevice.module.css';

type Asking = { device: { name: string; platform: string } };

const DONE = {
  signed_in: { title: 'link.signed_in.title', text: 'link.signed_in.text' },
  declined: { title: 'link.declined.title', text: 'link.declined.text' },
} as const;

/** Another device asks to be let into this account: which, and whether. */
export function ConfirmDevice() {
  const where = useStore(route);
  const token = where.name === 'linking' ? where.token : '';
  return <Page key={token} token={token} />;
}

function Page({ token }: { token: string }) {
  const t = useT();
  const [asking, setAsking] = useState<Asking | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [done, setDone] = useState<'signed_in' | 'declined' | null>(null);
  const look = useCallback(() => {
    setError(null);
    api.deviceLink(token).then(setAsking, setError);
  }, [token]);
  useEffect(look, [look]);
  const ended = error instanceof ApiError && error.code === 'unknown_link';
  return (
    <Pane
      title={<h1>{t('link.ask.title')}</h1>}
      onBack={() => navigate({ name: 'devices' }, { replace: true })}
      backLabel={t('app.back')}
    >
      {!asking && !error && <SkeletonRows sheet label={t('app.loading')} rows={1} />}
      {Boolean(error) && (
        <Empty
          picture={<Icon name="device" size={48} />}
          title={t(ended ? 'link.ended.title' : 'link.ask.title')}
          text={ended ? t('link.ended.text') : explain(error, t)}
          action={
            <Button onClick={ended ? () => navigate({ name: 'scan' }, { replace: true }) : look}>
              {t(ended ? 'scan.title' : 'app.retry')}
            </Button>
          }
        />
      )}
      {asking && !error && done === null && (
        <Question asking={asking} token={token} onDone={setDone} onError={setError} />
      )}
      {asking && done !== null && <Done name={asking.device.name} done={done} />}
    </Pane>
  );
}

function Question({
  asking,
  token,
  onDone,
  onError,
}: {
  asking: Asking;
  token: string;
  onDone: (done: 'signed_in' | 'declined') => void;
  onError: (error: unknown) => void;
}) {
  const t = useT();
  const { busy, run } = useAction();
  const answer = (what: 'signed_in' | 'declined') =>
    run(async () => {
      try {
        if (what === 'signed_in') expectSignIn(asking.device.name);
        await (what === 'signed_in' ? api.confirmDeviceLink(token) : api.declineDeviceLink(token));
        onDone(what);
      } catch (error) {
        if (!(error instanceof ApiError && error.code === 'unknown_link')) throw error;
        onError(error);
      }
    });
  return (
    <Sheet>
      <div className={styles.device}>
        <Icon name="device" size={48} />
        <h2>
          <bdi>{asking.device.name}</bdi>
        </h2>
        <p>{t('link.ask.text')}</p>
      </div>
      <p className={styles.warning} role="note">
        <Icon name="alert" size={20} />
        <span>{t('link.ask.warning')}</span>
      </p>
      <div className={styles.buttons}>
        <Button kind="primary" wide busy={busy} onClick={() => answer('signed_in')}>
          {t('link.ask.yes')}
        </Button>
        <Button wide disabled={busy} onClick={() => answer('declined')}>
          {t('link.ask.no')}
        </Button>
      </div>
    </Sheet>
  );
}

function Done({ name, done }: { name: string; done: 'signed_in' | 'declined' }) {
  const t = useT();
  return (
    <Empty
      picture={<Icon name={done === 'signed_in' ? 'check' : 'block'} size={48} />}
      title={t(DONE[done].title, { name })}
      text={t(DONE[done].text)}
      action={
        <Button onClick={() => navigate({ name: 'devices' }, { replace: true })}>{t('me.devices')}</Button>
      }
    />
  );
}
