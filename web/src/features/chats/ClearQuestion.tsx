import { useAccount } from '../../app/account';
import { useT } from '../../app/hooks';
import { notify } from '../../app/notices';
import { useAction } from '../../app/useAction';
import type { ConversationKey } from '../../sync/ids';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';

/** Clearing loses messages for good, so this asks, and says which and where. */
export function ClearQuestion({
  conversation,
  name,
  onClose,
}: {
  conversation: ConversationKey;
  name: string;
  onClose: () => void;
}) {
  const t = useT();
  const { client } = useAccount();
  const { busy, run } = useAction();
  const clear = () =>
    run(async () => {
      await client.chats.clear(conversation);
      onClose();
      notify('chats.cleared', { name });
    });
  return (
    <Dialog
      title={t('chats.clear.title', { name })}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button kind="danger" busy={busy} onClick={clear}>
            {t('chats.clear.do')}
          </Button>
        </>
      }
    >
      <p>{t('chats.clear.text')}</p>
      <p>{t('chats.clear.theirs', { name })}</p>
    </Dialog>
  );
}
