import { useAccount } from '../../app/account';
import { useLive, useT } from '../../app/hooks';
import { notify } from '../../app/notices';
import { useAction } from '../../app/useAction';
import type { AccountId } from '../../sync/ids';
import { Button } from '../../ui/Button';
import { askAgain } from './actions';

/** Asks somebody who is no contact any more, once: from then on it says that the answer is waited for. */
export function AskAgain({ account, primary = false }: { account: AccountId; primary?: boolean }) {
  const t = useT();
  const { client } = useAccount();
  const { busy, run } = useAction();
  const waiting = useLive(`asked-${account}`, () =>
    client.db.requests.filter((one) => one.direction === 'out' && one.account_id === account).count(),
  );
  const ask = () =>
    run(async () => {
      await askAgain(client, account);
      notify('add.sent.title');
    });
  if (waiting) return <p role="status">{t('conversation.asked')}</p>;
  return (
    <Button kind={primary ? 'primary' : 'plain'} busy={busy} disabled={waiting === undefined} onClick={ask}>
      {t('conversation.ask')}
    </Button>
  );
}
