import { type FormEvent, useState } from 'react';
import { api } from '../../api/api';
import { useAccount } from '../../app/account';
import { explain } from '../../app/errors';
import { health } from '../../app/health';
import { useLive, useStore, useT } from '../../app/hooks';
import { goBack, navigate, route } from '../../app/router';
import type { AccountId, MessageId } from '../../sync/ids';
import { Button } from '../../ui/Button';
import { Empty } from '../../ui/Empty';
import { FieldError } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { Pane } from '../../ui/Pane';
import { Group, Sheet } from '../../ui/Sheet';
import { Switch } from '../../ui/Switch';
import { block } from './actions';
import { NoContact } from './NoContact';
import { nameOf } from './names';
import styles from './Report.module.css';
import { ReportedMessages } from './ReportedMessages';
import { REASONS, type Reason, type Shown } from './reportedChat';

const TEXT_CHARACTERS_MAX = 1000;

/** Tells whoever runs this server about somebody: why, in own words, and with the messages that one chooses to show. */
export function Report() {
  const t = useT();
  const where = useStore(route);
  const account = where.name === 'report' ? where.account : ('' as AccountId);
  const { client } = useAccount();
  const contact = useLive(`contact-${account}`, async () => (await client.db.contacts.get(account)) ?? null);
  const [sent, setSent] = useState(false);
  const name = nameOf(contact ?? undefined, account);
  const back = () => goBack({ name: 'contact', account });
  return (
    <Pane
      title={contact === null ? '' : <h1>{t('report.title', { name })}</h1>}
      onBack={back}
      backLabel={t('app.back')}
    >
      {contact === null && <NoContact />}
      {sent ? (
        <Empty
          picture={<Icon name="check" size={48} />}
          title={t('report.sent.title')}
          text={t('report.sent.text')}
          action={<Button onClick={() => navigate({ name: 'contacts' })}>{t('contacts.title')}</Button>}
        />
      ) : (
        contact && (
          <Form
            account={account}
            name={name}
            blockable={contact.status === 'contact'}
            onSent={() => setSent(true)}
          />
        )
      )}
    </Pane>
  );
}

function Form({
  account,
  name,
  blockable,
  onSent,
}: {
  account: AccountId;
  name: string;
  blockable: boolean;
  onSent: () => void;
}) {
  const t = useT();
  const { client } = useAccount();
  const operator = useStore(health)?.operator ?? '';
  const [reason, setReason] = useState<Reason | null>(null);
  const [text, setText] = useState('');
  const [shown, setShown] = useState<ReadonlyMap<MessageId, Shown>>(new Map());
  const [alsoBlock, setAlsoBlock] = useState(true);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!reason) return;
    setBusy(true);
    setError(null);
    try {
      const messages = [...shown.values()].sort((a, b) => a.at - b.at);
      await api.reportPerson({
        account_id: account,
        reason,
        ...(text.trim() ? { text: text.trim() } : {}),
        ...(messages.length > 0 ? { messages } : {}),
      });
      if (blockable && alsoBlock) await block(client, account);
      onSent();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Sheet>
        <fieldset className={styles.reasons}>
          <legend className={styles.legend}>{t('report.why')}</legend>
          {REASONS.map((one) => (
            <label key={one.reason} className={styles.reason}>
              <input
                type="radio"
                name="reason"
                checked={reason === one.reason}
                onChange={() => setReason(one.reason)}
              />
              <span>{t(one.words)}</span>
            </label>
          ))}
        </fieldset>
        <label className={styles.words}>
          <span className={styles.legend}>{t('report.words')}</span>
          <textarea
            rows={3}
            maxLength={TEXT_CHARACTERS_MAX}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <ReportedMessages account={account} chosen={shown} onChange={setShown} />
        {blockable && (
          <Group hint={t('card.block_text')}>
            <Switch label={t('report.block', { name })} checked={alsoBlock} onChange={setAlsoBlock} />
          </Group>
        )}
        <p className={styles.who}>
          <Icon name="info" size={20} />
          <span>
            {t(shown.size > 0 ? 'report.who_messages' : 'report.who', { operator, count: shown.size, name })}
          </span>
        </p>
        <FieldError text={error ? explain(error, t) : null} />
        <Button kind="primary" type="submit" wide busy={busy} disabled={reason === null}>
          {t('report.send')}
        </Button>
      </Sheet>
    </form>
  );
}
