import { useState } from 'react';
import { useAccount } from '../../app/account';
import { useLive, useNow, useT } from '../../app/hooks';
import type { AccountId, MessageId } from '../../sync/ids';
import { Group, GroupButton } from '../../ui/Sheet';
import { shortTime } from '../chats/times';
import styles from './Report.module.css';
import { SHOWN_MAX, type Shown, theirTexts } from './reportedChat';

/** The messages of the reported person on this device; none is shown to anybody unless it is chosen. */
export function ReportedMessages({
  account,
  chosen,
  onChange,
}: {
  account: AccountId;
  chosen: ReadonlyMap<MessageId, Shown>;
  onChange: (chosen: ReadonlyMap<MessageId, Shown>) => void;
}) {
  const t = useT();
  const now = useNow(60_000);
  const { client } = useAccount();
  const [open, setOpen] = useState(false);
  const texts = useLive(`report-${account}`, () => theirTexts(client.db, account));
  if (!texts || texts.length === 0) return null;
  const toggle = (one: Shown, on: boolean) => {
    const next = new Map(chosen);
    if (on) next.set(one.message, one);
    else next.delete(one.message);
    onChange(next);
  };
  return (
    <Group title={t('report.messages')} hint={t('report.messages_hint')}>
      {!open && (
        <GroupButton icon="chats" label={t('report.messages_choose')} onClick={() => setOpen(true)} />
      )}
      {open && (
        <ul className={styles.messages}>
          {texts.map((one) => (
            <li key={one.message}>
              <label className={styles.message}>
                <input
                  type="checkbox"
                  checked={chosen.has(one.message)}
                  disabled={!chosen.has(one.message) && chosen.size >= SHOWN_MAX}
                  onChange={(event) => toggle(one, event.target.checked)}
                />
                <span className={styles.text} dir="auto">
                  {one.text}
                </span>
                <time>{shortTime(one.at, now, t)}</time>
              </label>
            </li>
          ))}
        </ul>
      )}
    </Group>
  );
}
