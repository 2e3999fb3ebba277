import { useAccount } from '../../app/account';
import { useLive, useT } from '../../app/hooks';
import { signOut } from '../../app/session';
import { useAction } from '../../app/useAction';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';

/** Signing out deletes the chats of this device, so it asks, and names what goes. */
export function SignOut({ onClose }: { onClose: () => void }) {
  const t = useT();
  const { client } = useAccount();
  const { busy, run } = useAction();
  const waiting = useLive('waiting', () => client.db.outbox.count()) ?? 0;
  return (
    <Dialog
      title={t('me.sign_out.title')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button kind="danger" busy={busy} onClick={() => run(() => signOut())}>
            {t('me.sign_out')}
          </Button>
        </>
      }
    >
      <p>{t('me.sign_out.text')}</p>
      {waiting > 0 && <p>{t('me.sign_out.waiting', { count: waiting })}</p>}
    </Dialog>
  );
}
