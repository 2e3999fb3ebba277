import { useCallback, useEffect, useState } from 'react';
import { api } from '../../api/api';
import type { AddToken } from '../../api/types';
import { useAccount } from '../../app/account';
import { explain } from '../../app/errors';
import { useT } from '../../app/hooks';
import { notify } from '../../app/notices';
import { goBack } from '../../app/router';
import { useAction } from '../../app/useAction';
import { Avatar } from '../../ui/Avatar';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Empty } from '../../ui/Empty';
import { Icon } from '../../ui/Icon';
import { Pane } from '../../ui/Pane';
import { Group, GroupButton, Sheet } from '../../ui/Sheet';
import { SkeletonRows } from '../../ui/Skeleton';
import { QrPicture } from '../linking/QrPicture';
import { savePicture } from '../linking/savePicture';
import styles from './MyQr.module.css';

/** One's own QR code: whoever scans it can ask to be a contact, until a new one takes its place. */
export function MyQr() {
  const t = useT();
  const [token, setToken] = useState<AddToken | null>(null);
  const [error, setError] = useState<unknown>(null);
  const fetchIt = useCallback(() => {
    setError(null);
    api.addToken().then(setToken, setError);
  }, []);
  useEffect(fetchIt, [fetchIt]);
  return (
    <Pane title={<h1>{t('qr.title')}</h1>} onBack={() => goBack({ name: 'me' })} backLabel={t('app.back')}>
      {!token && !error && <SkeletonRows sheet label={t('app.loading')} rows={2} />}
      {!token && Boolean(error) && (
        <Empty
          picture={<Icon name="qr" size={48} />}
          title={t('qr.title')}
          text={explain(error, t)}
          action={<Button onClick={fetchIt}>{t('app.retry')}</Button>}
        />
      )}
      {token && <Code token={token} onRenewed={setToken} />}
    </Pane>
  );
}

function Code({ token, onRenewed }: { token: AddToken; onRenewed: (token: AddToken) => void }) {
  const t = useT();
  const { me } = useAccount();
  const { run } = useAction();
  const [asking, setAsking] = useState(false);
  const copy = () =>
    run(async () => {
      await navigator.clipboard.writeText(token.url);
      notify('qr.copied');
    });
  // Closing the share sheet is no error.
  const share = () => void navigator.share({ url: token.url, title: me.alias }).catch(() => {});
  const save = () => run(() => savePicture(token.url, me.alias, 'billet-qr.png'));
  return (
    <Sheet>
      <div className={styles.card}>
        <div className={styles.who}>
          <Avatar id={me.account_id} name={me.alias} photo={me.photo} />
          <h2>
            <bdi>{me.alias}</bdi>
          </h2>
        </div>
        <QrPicture text={token.url} label={t('qr.label', { name: me.alias })} />
        <p className={styles.hint}>{t('qr.hint')}</p>
      </div>
      <Group>
        {typeof navigator.share === 'function' && (
          <GroupButton icon="share" label={t('qr.share')} onClick={share} />
        )}
        <GroupButton icon="copy" label={t('qr.copy')} onClick={copy} />
        <GroupButton icon="picture" label={t('qr.save')} onClick={save} />
      </Group>
      <Group hint={t('qr.renew_hint')}>
        <GroupButton icon="retry" label={t('qr.renew')} onClick={() => setAsking(true)} />
      </Group>
      {asking && <Renewal onClose={() => setAsking(false)} onRenewed={onRenewed} />}
    </Sheet>
  );
}

/** The old code is lost for good, on paper and in chats too, so this asks. */
function Renewal({ onClose, onRenewed }: { onClose: () => void; onRenewed: (token: AddToken) => void }) {
  const t = useT();
  const { busy, run } = useAction();
  const renew = () =>
    run(async () => {
      onRenewed(await api.newAddToken());
      onClose();
      notify('qr.renewed');
    });
  return (
    <Dialog
      title={t('qr.renew.title')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button kind="danger" busy={busy} onClick={renew}>
            {t('qr.renew')}
          </Button>
        </>
      }
    >
      <p>{t('qr.renew.text')}</p>
    </Dialog>
  );
}
