import { useEffect } from 'react';
import { api } from '../../api/api';
import { ApiError } from '../../api/call';
import type { Device } from '../../api/types';
import { useAccount } from '../../app/account';
import { useNow, useStore, useT } from '../../app/hooks';
import { notify } from '../../app/notices';
import { notices } from '../../app/session';
import { acceptSignIn, learnSignIns, newSignIns, watchSignIns } from '../../app/signIns';
import { useAction } from '../../app/useAction';
import { shortTime } from '../chats/times';
import styles from './SignInBanner.module.css';

/** Says of every sign-in elsewhere that this device did not know, and stays until it is answered. */
export function SignInBanner() {
  const { me, client } = useAccount();
  const { account_id: account } = me;
  const online = useStore(client.line).name === 'online';
  const notice = useStore(notices);
  const told = notice.about === 'devices' ? notice.count : 0;
  const news = useStore(newSignIns);
  useEffect(() => watchSignIns(account), [account]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the server said that something changed.
  useEffect(() => {
    if (online) void learnSignIns(account);
  }, [account, online, told]);
  return (
    <div role="status">
      {news.map((device) => (
        <One key={device.device_id} device={device} />
      ))}
    </div>
  );
}

function One({ device }: { device: Device }) {
  const t = useT();
  const { me } = useAccount();
  const { busy, run } = useAction();
  const now = useNow(60_000);
  const { device_id, name, signed_in_at } = device;
  const signOut = () =>
    run(async () => {
      try {
        await api.revokeDevice(device_id);
      } catch (error) {
        // Somebody was faster.
        if (!(error instanceof ApiError && error.code === 'unknown_device')) throw error;
      }
      acceptSignIn(me.account_id, device_id);
      notify('me.devices.signed_out', { name });
    });
  return (
    <aside className={styles.banner} aria-label={t('link.news.label')}>
      <span className={styles.words}>
        {t('link.news', { name, time: shortTime(signed_in_at, now, t) })} <b>{t('link.news.question')}</b>
      </span>
      <span className={styles.buttons}>
        <button type="button" onClick={() => acceptSignIn(me.account_id, device_id)}>
          {t('link.news.mine')}
        </button>
        <button type="button" data-danger="" disabled={busy} onClick={signOut}>
          {t('link.news.sign_out')}
        </button>
      </span>
    </aside>
  );
}
