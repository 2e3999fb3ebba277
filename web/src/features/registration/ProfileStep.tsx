import { type FormEvent, useMemo, useState } from 'react';
import { isBlank } from '../../app/blank';
import { explain } from '../../app/errors';
import { useStore, useT } from '../../app/hooks';
import { Button } from '../../ui/Button';
import { Field, FieldError, SelectField } from '../../ui/Field';
import { namedCountries, presetRegion } from './countries';
import type { RegistrationFlow } from './flow';
import styles from './Registration.module.css';

/** What somebody has said of themselves so far; `region` is null until it is chosen. */
export type Typed = { alias: string; region: string | null; birthDate: string; accepted: boolean };

export const NOTHING_TYPED: Typed = { alias: '', region: null, birthDate: '', accepted: false };

type Props = {
  flow: RegistrationFlow;
  region: string | null;
  typed: Typed;
  onType: (typed: Typed) => void;
};

export function ProfileStep({ flow, region: preset, typed, onType }: Props) {
  const t = useT();
  const { busy, error } = useStore(flow.state);
  const { alias, birthDate, accepted } = typed;
  const region = typed.region ?? preset ?? presetRegion(navigator.languages);
  const type = (more: Partial<Typed>) => onType({ ...typed, ...more });
  const [asked, setAsked] = useState(false);
  const countries = useMemo(() => namedCountries(t.locale), [t.locale]);
  const [before, after] = t('register.profile.policy').split('{link}');

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (!accepted || isBlank(alias) || birthDate === '') return;
    void flow.submitProfile({ alias: alias.trim(), birth_date: birthDate, region });
  };
  return (
    <form className={styles.step} onSubmit={submit} noValidate>
      <h1>{t('register.profile.title')}</h1>
      <Field
        label={t('register.profile.alias')}
        hint={t('register.profile.alias_hint')}
        error={asked && isBlank(alias) ? t('error.invalid_alias') : null}
        autoComplete="nickname"
        autoFocus
        maxLength={64}
        value={alias}
        onChange={(event) => type({ alias: event.target.value })}
      />
      <SelectField
        label={t('register.profile.region')}
        value={region}
        onChange={(event) => type({ region: event.target.value })}
      >
        {countries.map((country) => (
          <option key={country.region} value={country.region}>
            {country.name}
          </option>
        ))}
      </SelectField>
      <Field
        label={t('register.profile.birth')}
        hint={t('register.profile.birth_hint')}
        error={asked && birthDate === '' ? t('error.invalid_birth_date') : null}
        type="date"
        autoComplete="bday"
        min="1900-01-01"
        max={new Date().toISOString().slice(0, 10)}
        value={birthDate}
        onChange={(event) => type({ birthDate: event.target.value })}
      />
      <div>
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={accepted}
            onChange={(event) => type({ accepted: event.target.checked })}
          />
          <span>
            {before}
            <a href={`/policy/${t.language}`} target="_blank" rel="noreferrer">
              {t('register.profile.policy_link')}
            </a>
            {after}
          </span>
        </label>
        <FieldError text={asked && !accepted ? t('register.profile.policy_needed') : null} />
      </div>
      <FieldError text={error ? explain(error, t) : null} />
      <Button kind="primary" type="submit" wide busy={busy}>
        {t('register.profile.done')}
      </Button>
    </form>
  );
}
