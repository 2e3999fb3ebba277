import { useCallback, useEffect, useState } from 'react';
import { api } from '../../api/api';
import type { Device } from '../../api/types';
import { explain } from '../../app/errors';
import { useNow, useStore, useT } from '../../app/hooks';
import { notify } from '../../app/notices';
import { goBack, linkTo } from '../../app/router';
import { notices } from '../../app/session';
import { useAction } from '../../app/useAction';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Empty } from '../../ui/Empty';
import { Icon } from '../../ui/Icon';
import { Pane } from '../../ui/Pane';
import { Group, GroupLink, Sheet } from '../../ui/Sheet';
import { SkeletonRows } from '../../ui/Skeleton';
import { shortTime } from '../chats/times';
import styles from './Devices.module.css';

/** Where this account is signed in, fetched each time: nothing of it is kept here. */
export function Devices() {
  const t = useT();
  const { devices, error, fetchAgain } = useDevices();
  return (
    <Pane title={<h1>{t('me.devices')}</h1>} onBack={() => goBack({ name: 'me' })} backLabel={t('app.back')}>
      {!devices && !error && <SkeletonRows sheet label={t('app.loading')} rows={2} />}
      {!devices && Boolean(error) && (
        <Empty
          picture={<Icon name="device" size={48} />}
          title={t('me.devices')}
          text={explain(error, t)}
          action={<Button onClick={fetchAgain}>{t('app.retry')}</Button>}
        />
      )}
      {devices && (
        <Sheet>
          <Group hint={t('me.devices.text')}>
            {devices.map((device) => (
              <Row key={device.device_id} device={device} onRevoked={fetchAgain} />
            ))}
          </Group>
          <Group hint={t('me.devices.add_text', { origin: window.location.host })}>
            <GroupLink {...linkTo({ name: 'scan' })} icon="scan" label={t('me.devices.add')} />
          </Group>
        </Sheet>
      )}
    </Pane>
  );
}

function useDevices() {
  const [devices, setDevices] = useState<Device[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const notice = useStore(notices);
  const news = notice.about === 'devices' ? notice.count : 0;
  const fetchAgain = useCallback(() => {
    setError(null);
    api.devices().then(setDevices, setError);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: news from the server is a reason to fetch.
  useEffect(fetchAgain, [fetchAgain, news]);
  return { devices, error, fetchAgain };
}

function Row({ device, onRevoked }: { device: Device; onRevoked: () => void }) {
  const t = useT();
  const now = useNow(60_000);
  const { busy, run } = useAction();
  const [asking, setAsking] = useState(false);
  const revoke = () =>
    run(async () => {
      await api.revokeDevice(device.device_id);
      setAsking(false);
      notify('me.devices.signed_out', { name: device.name });
      onRevoked();
    });
  return (
    <div className={styles.device}>
      <Icon name="device" />
      <div className={styles.what}>
        <h2>
          <bdi>{device.name}</bdi>
        </h2>
        <p>
          {device.current
            ? t('me.devices.this')
            : t('me.devices.since', { date: shortTime(device.signed_in_at, now, t) })}
        </p>
      </div>
      {!device.current && <Button onClick={() => setAsking(true)}>{t('me.devices.sign_out')}</Button>}
      {asking && (
        <Dialog
          title={t('me.devices.confirm', { name: device.name })}
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>{t('app.cancel')}</Button>
              <Button kind="danger" busy={busy} onClick={revoke}>
                {t('me.devices.sign_out')}
              </Button>
            </>
          }
        >
          <p>{t('me.devices.confirm_text')}</p>
        </Dialog>
      )}
    </div>
  );
}
