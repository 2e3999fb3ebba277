import { type FormEvent, useId, useState } from 'react';
import { api } from '../../api/api';
import { useAccount } from '../../app/account';
import { explain } from '../../app/errors';
import { useT } from '../../app/hooks';
import { goBack, linkTo } from '../../app/router';
import { Button } from '../../ui/Button';
import { Choice } from '../../ui/Choice';
import { Field, FieldError } from '../../ui/Field';
import { Pane } from '../../ui/Pane';
import { Group, GroupLink, Sheet } from '../../ui/Sheet';
import { readNumber, toE164 } from '../registration/countries';
import styles from './AddContact.module.css';
import { RequestSent } from './RequestSent';

type By = 'phone' | 'handle';

/** Asks somebody to be a contact: by QR code, number or Billet ID. */
export function AddContact() {
  const t = useT();
  const [sent, setSent] = useState<By | null>(null);
  return (
    <Pane
      title={<h1>{t('add.title')}</h1>}
      onBack={() => goBack({ name: 'contacts' })}
      backLabel={t('app.back')}
    >
      {sent ? (
        <RequestSent byNumber={sent === 'phone'} />
      ) : (
        <Sheet>
          <Group>
            <GroupLink {...linkTo({ name: 'scan' })} icon="scan" label={t('scan.title')} />
            <GroupLink {...linkTo({ name: 'qr' })} icon="qr" label={t('add.show_mine')} />
          </Group>
          <AddForm onSent={setSent} />
        </Sheet>
      )}
    </Pane>
  );
}

function AddForm({ onSent }: { onSent: (by: By) => void }) {
  const t = useT();
  const { me, client } = useAccount();
  const [by, setBy] = useState<By>('phone');
  const [whom, setWhom] = useState('');
  const [note, setNote] = useState(() => t('add.note_preset', { name: me.alias }));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const errorId = useId();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const to = by === 'phone' ? { phone: toE164(readNumber(whom, me.region)) } : { handle: whom.trim() };
      await api.requestContact(to, note.trim());
      void client.refreshPeople().catch(() => {});
      onSent(by);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const change = (text: string) => {
    setError(null);
    setWhom(text);
  };
  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
      <Choice<By>
        label={t('add.how')}
        value={by}
        options={[
          { value: 'phone', label: t('add.by_number') },
          { value: 'handle', label: t('add.by_id') },
        ]}
        onChange={(next) => {
          setBy(next);
          change('');
        }}
      />
      {by === 'phone' ? (
        <Field
          label={t('add.by_number')}
          type="tel"
          inputMode="tel"
          autoComplete="off"
          placeholder="+44 7700 900123"
          value={whom}
          aria-describedby={errorId}
          onChange={(event) => change(event.target.value)}
        />
      ) : (
        <Field
          label={t('add.by_id')}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={whom}
          aria-describedby={errorId}
          onChange={(event) => change(event.target.value)}
        />
      )}
      <Field
        label={t('add.note')}
        hint={t('add.note_hint')}
        maxLength={200}
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
      <FieldError id={errorId} text={error ? explain(error, t) : null} />
      <Button kind="primary" type="submit" wide busy={busy} disabled={whom.trim().length < 4}>
        {t('add.send')}
      </Button>
      {me.handle && <p className={styles.share}>{t('add.share', { handle: me.handle })}</p>}
    </form>
  );
}
