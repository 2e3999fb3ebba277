import { type KeyboardEvent, useState } from 'react';
import { useAccount } from '../../app/account';
import { useLive, useT } from '../../app/hooks';
import { notify } from '../../app/notices';
import { useAction } from '../../app/useAction';
import type { StoredMessage } from '../../sync/database';
import type { AccountId } from '../../sync/ids';
import { Avatar } from '../../ui/Avatar';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import styles from './ForwardDialog.module.css';
import { forwardTargets, forwardTo, matches, type Target } from './forward';

/** To whom: several may be chosen, the recent ones come first. */
export default function ForwardDialog({
  messages,
  onClose,
  onDone,
}: {
  messages: readonly StoredMessage[];
  onClose: () => void;
  onDone: () => void;
}) {
  const t = useT();
  const { client } = useAccount();
  const { busy, run } = useAction();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<AccountId>>(new Set());
  const targets = useLive('forward-targets', () => forwardTargets(client.db));
  const found = (targets ?? []).filter((target) => matches(target.name, typed));
  // Who went meanwhile is not on the list any more, and gets nothing.
  const going = (targets ?? []).map(({ account }) => account).filter((account) => chosen.has(account));
  const toggle = (account: AccountId) => {
    const next = new Set(chosen);
    if (!next.delete(account)) next.add(account);
    setChosen(next);
  };
  const send = () =>
    run(async () => {
      await forwardTo(client, messages, going);
      notify('forward.done', { count: going.length });
      onClose();
      onDone();
    });
  return (
    <Dialog
      title={t('forward.title', { count: messages.length })}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button kind="primary" disabled={going.length === 0} busy={busy} onClick={send}>
            {going.length === 0 ? t('action.forward') : t('forward.send', { count: going.length })}
          </Button>
        </>
      }
    >
      <Field
        label={t('forward.search')}
        type="search"
        value={typed}
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          const first = found[0];
          if (event.key !== 'Enter' || event.nativeEvent.isComposing || !first) return;
          event.preventDefault();
          toggle(first.account);
          setTyped('');
        }}
      />
      <ul className={styles.list} onKeyDown={move}>
        {found.map((target) => (
          <Row
            key={target.account}
            target={target}
            chosen={chosen.has(target.account)}
            onToggle={() => toggle(target.account)}
          />
        ))}
        {targets && found.length === 0 && <li className={styles.none}>{t('forward.none')}</li>}
      </ul>
    </Dialog>
  );
}

function Row({ target, chosen, onToggle }: { target: Target; chosen: boolean; onToggle: () => void }) {
  return (
    <li>
      <label className={styles.row}>
        <input type="checkbox" checked={chosen} onChange={onToggle} />
        <Avatar id={target.account} name={target.name} photo={target.photo} size={36} />
        <bdi className={styles.name}>{target.name}</bdi>
      </label>
    </li>
  );
}

/** Arrows go from person to person. */
function move(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const boxes = [...event.currentTarget.querySelectorAll<HTMLElement>('input')];
  const at = boxes.indexOf(document.activeElement as HTMLElement);
  event.preventDefault();
  boxes[Math.max(0, Math.min(at + step, boxes.length - 1))]?.focus();
}
