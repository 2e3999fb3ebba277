import { useEffect, useState } from 'react';
import { api } from '../../api/api';
import { explain } from '../../app/errors';
import { useStore, useT } from '../../app/hooks';
import { notify } from '../../app/notices';
import { navigate } from '../../app/router';
import { signedIn } from '../../app/session';
import { Button, IconButton } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Mark } from '../../ui/Mark';
import { deviceInfo } from '../registration/deviceInfo';
import { LinkFlow, type LinkState, type LinkWorld } from './linkFlow';
import { QrPicture } from './QrPicture';
import styles from './SignInByPhone.module.css';

const WORLD: LinkWorld = {
  make: () => api.newDeviceLink(deviceInfo()),
  claim: async ({ token, secret }) => {
    const { body } = await api.claimDeviceLink(token, secret);
    return 'account_id' in body ? 'signed_in' : 'waiting';
  },
  enter: async () => {
    await signedIn();
    notify('link.entered');
  },
  now: () => Date.now(),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

const OVER = { declined: 'link.declined', expired: 'link.expired' } as const;

/** A computer shows a QR code; a phone that is signed in scans and confirms it, and the computer is in. */
export function SignInByPhone() {
  const t = useT();
  const [flow] = useState(() => new LinkFlow(WORLD));
  const state = useStore(flow.state);
  useEffect(() => {
    void flow.start();
    return () => void flow.stop();
  }, [flow]);
  return (
    <main className={styles.page}>
      <div className={styles.top}>
        <IconButton icon="back" label={t('app.back')} onClick={() => navigate({ name: 'welcome' })} />
        <Mark size={28} />
      </div>
      <div className={styles.columns}>
        <div className={styles.words}>
          <h1>{t('link.title')}</h1>
          <ol className={styles.steps}>
            <li>{t('link.step.open')}</li>
            <li>{t('link.step.scan')}</li>
            <li>{t('link.step.confirm')}</li>
          </ol>
          <p className={styles.note}>{t('link.history')}</p>
          <Button kind="quiet" onClick={() => navigate({ name: 'register' }, { replace: true })}>
            {t('link.by_number')}
          </Button>
        </div>
        <div className={styles.code}>
          <Code state={state} onAgain={() => void flow.start()} />
        </div>
      </div>
    </main>
  );
}

function Code({ state, onAgain }: { state: LinkState; onAgain: () => void }) {
  const t = useT();
  if (state.name === 'waiting') {
    return (
      <>
        <QrPicture text={state.url} label={t('link.code')} />
        <p role="status">{t('link.waiting')}</p>
      </>
    );
  }
  if (state.name === 'making' || state.name === 'confirmed') {
    return (
      <div className={styles.blank} role="status">
        {state.name === 'confirmed' && <Icon name="check" size={48} />}
        <p>{t(state.name === 'making' ? 'app.loading' : 'link.confirmed')}</p>
      </div>
    );
  }
  return (
    <div className={styles.blank} role="alert">
      <p>{state.name === 'failed' ? explain(state.error, t) : t(OVER[state.name])}</p>
      <Button onClick={onAgain}>{t('link.again')}</Button>
    </div>
  );
}
