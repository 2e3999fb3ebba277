import { type FormEvent, useEffect, useState } from 'react';
import { api } from '../../api/api';
import { useAccount } from '../../app/account';
import { explain } from '../../app/errors';
import { health } from '../../app/health';
import { useStore, useT } from '../../app/hooks';
import { notify } from '../../app/notices';
import { goBack } from '../../app/router';
import { deleteAccount } from '../../app/session';
import { useAction } from '../../app/useAction';
import type { TextKey } from '../../i18n/catalogue';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { Pane } from '../../ui/Pane';
import { Group, Sheet } from '../../ui/Sheet';
import { spaced } from '../registration/countries';
import { plainDigits } from '../registration/digits';
import styles from './Deletion.module.css';

const GOES: readonly TextKey[] = [
  'me.delete.goes.account',
  'me.delete.goes.messages',
  'me.delete.goes.people',
  'me.delete.goes.settings',
  'me.delete.goes.devices',
];
const STAYS: readonly TextKey[] = ['me.delete.stays.theirs', 'me.delete.stays.number'];

/** Deletes the account. Says what goes and what stays, and asks once: with a code to the account's own number. */
export function Deletion() {
  const t = useT();
  const { me } = useAccount();
  const { busy, run } = useAction();
  const [sent, setSent] = useState(false);
  const send = () =>
    run(async () => {
      await api.requestCode(me.phone, t.language);
      setSent(true);
    });
  return (
    <Pane title={<h1>{t('me.delete')}</h1>} onBack={() => goBack({ name: 'me' })} backLabel={t('app.back')}>
      <Sheet>
        <p className={styles.lead}>{t('me.delete.lead')}</p>
        <Group title={t('me.delete.goes')}>
          <Points icon="bin" texts={GOES} />
        </Group>
        <Group title={t('me.delete.stays')}>
          <Points icon="check" texts={STAYS} />
        </Group>
        {sent ? (
          <Proof phone={me.phone} />
        ) : (
          <div className={styles.ask}>
            <p>{t('me.delete.code', { phone: spaced(me.phone) })}</p>
            <Button busy={busy} onClick={send}>
              {t('register.number.next')}
            </Button>
          </div>
        )}
      </Sheet>
    </Pane>
  );
}

function Points({ icon, texts }: { icon: 'bin' | 'check'; texts: readonly TextKey[] }) {
  const t = useT();
  return (
    <ul className={styles.points} data-icon={icon}>
      {texts.map((text) => (
        <li key={text}>
          <Icon name={icon} size={20} />
          <span>{t(text)}</span>
        </li>
      ))}
    </ul>
  );
}

/** The code, and the one button that does it. */
function Proof({ phone }: { phone: string }) {
  const t = useT();
  const demo = useStore(health)?.demo ?? false;
  const [code, setCode] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const demoCode = useDemoCode(phone, demo);
  const digits = plainDigits(code).replace(/\D/g, '');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await deleteAccount(digits);
      notify('welcome.account_deleted');
    } catch (problem) {
      setError(explain(problem, t));
      setBusy(false);
    }
  };
  return (
    <form className={styles.ask} onSubmit={(event) => void submit(event)} noValidate>
      <Field
        label={t('register.code.label')}
        hint={
          demoCode
            ? t('register.demo.text', { code: demoCode })
            : t('register.code.text', { phone: spaced(phone) })
        }
        error={error}
        value={code}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={12}
        autoFocus
        onChange={(event) => {
          setError(null);
          setCode(event.target.value);
        }}
      />
      <Button kind="danger" type="submit" busy={busy} disabled={digits.length < 6}>
        {t('me.delete.do')}
      </Button>
    </form>
  );
}

/** A demo server sends no texts: it shows what it would have sent. */
function useDemoCode(phone: string, demo: boolean): string | null {
  const [code, setCode] = useState<string | null>(null);
  useEffect(() => {
    if (!demo) return;
    api.demoOutbox(phone).then(
      (items) => setCode(items[0]?.code ?? null),
      () => setCode(null),
    );
  }, [phone, demo]);
  return code;
}
