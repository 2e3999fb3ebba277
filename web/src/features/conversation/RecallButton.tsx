import { useEffect, useState } from 'react';
import { useAccount } from '../../app/account';
import { useT } from '../../app/hooks';
import type { StoredMessage } from '../../sync/database';
import { Button, IconButton } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { recallableMs } from './recall';

/** Takes a message of one's own back while that is possible. Its text is lost here too, so this asks, and says so. */
export function RecallButton({ message }: { message: StoredMessage }) {
  const t = useT();
  const { client } = useAccount();
  const possible = useRecallable(message);
  const [asking, setAsking] = useState(false);
  if (!possible && !asking) return null;
  return (
    <>
      {possible && <IconButton icon="undo" label={t('message.recall')} onClick={() => setAsking(true)} />}
      {asking && (
        <Dialog
          title={t('message.recall.title')}
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>{t('app.cancel')}</Button>
              <Button
                kind="danger"
                onClick={() => {
                  setAsking(false);
                  void client.recall(message.key);
                }}
              >
                {t('message.recall')}
              </Button>
            </>
          }
        >
          <p>{t('message.recall.text')}</p>
        </Dialog>
      )}
    </>
  );
}

function useRecallable(message: StoredMessage): boolean {
  const [left, setLeft] = useState(() => recallableMs(message, Date.now()));
  useEffect(() => {
    const now = recallableMs(message, Date.now());
    setLeft(now);
    if (now <= 0) return;
    const timer = setTimeout(() => setLeft(0), now);
    return () => clearTimeout(timer);
  }, [message]);
  return left > 0;
}
