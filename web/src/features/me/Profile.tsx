import { type FormEvent, useState } from 'react';
import { api } from '../../api/api';
import { useAccount } from '../../app/account';
import { isBlank } from '../../app/blank';
import { explain } from '../../app/errors';
import { useT } from '../../app/hooks';
import { notify } from '../../app/notices';
import { goBack } from '../../app/router';
import { remember } from '../../app/session';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Pane } from '../../ui/Pane';
import { Group, GroupRow, Sheet } from '../../ui/Sheet';
import { spaced } from '../registration/countries';
import { Photo } from './Photo';
import styles from './Profile.module.css';

export function Profile() {
  const t = useT();
  const { me } = useAccount();
  const region = new Intl.DisplayNames(t.locale, { type: 'region' }).of(me.region) ?? me.region;
  const since = new Intl.DateTimeFormat(t.locale, { dateStyle: 'long' }).format(me.created_at);
  return (
    <Pane title={<h1>{t('me.profile')}</h1>} onBack={() => goBack({ name: 'me' })} backLabel={t('app.back')}>
      <Sheet>
        <Photo />
        <OneField
          label={t('card.alias')}
          hint={t('me.profile.alias_hint')}
          value={me.alias}
          maxLength={64}
          save={(alias) => api.changeMe({ alias }).then(remember)}
        />
        <OneField
          label={t('me.id')}
          hint={t('me.id.hint')}
          value={me.handle ?? ''}
          maxLength={20}
          check={(handle) =>
            /^[A-Za-z][A-Za-z0-9_-]{5,19}$/.test(handle) ? null : t('error.invalid_handle')
          }
          save={(handle) => api.changeMe({ handle }).then(remember)}
        />
        <Group hint={t('me.profile.since', { date: since })}>
          <GroupRow label={t('me.profile.phone')} value={spaced(me.phone)} />
          <GroupRow label={t('me.profile.region')} value={region} />
        </Group>
      </Sheet>
    </Pane>
  );
}

/** One thing that is typed and saved by itself. */
function OneField({
  label,
  hint,
  value,
  maxLength,
  check,
  save,
}: {
  label: string;
  hint: string;
  value: string;
  maxLength: number;
  check?: (text: string) => string | null;
  save: (text: string) => Promise<void>;
}) {
  const t = useT();
  const [text, setText] = useState(value);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const clean = text.trim();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const wrong = check?.(clean) ?? null;
    setError(wrong);
    if (wrong) return;
    setBusy(true);
    try {
      await save(clean);
      setText(clean);
      notify('app.saved');
    } catch (problem) {
      setError(explain(problem, t));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className={styles.one} onSubmit={(event) => void submit(event)} noValidate>
      <Field
        label={label}
        hint={hint}
        error={error}
        value={text}
        maxLength={maxLength}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          setError(null);
          setText(event.target.value);
        }}
      />
      <Button type="submit" busy={busy} disabled={isBlank(clean) || clean === value}>
        {t('app.save')}
      </Button>
    </form>
  );
}
