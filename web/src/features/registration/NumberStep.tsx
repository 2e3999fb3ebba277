import { type FormEvent, useMemo } from 'react';
import { explain } from '../../app/errors';
import { health } from '../../app/health';
import { useStore, useT } from '../../app/hooks';
import { Button } from '../../ui/Button';
import { Field, FieldError, SelectField } from '../../ui/Field';
import { callingCodeOf, namedCountries, presetRegion, readNumber, toE164 } from './countries';
import type { RegistrationFlow } from './flow';
import styles from './Registration.module.css';

type Props = {
  flow: RegistrationFlow;
  region: string | null;
  onRegion: (region: string) => void;
  national: string;
  onNational: (national: string) => void;
};

export function NumberStep({ flow, region: chosen, onRegion, national, onNational }: Props) {
  const t = useT();
  const { busy, error } = useStore(flow.state);
  const demo = useStore(health)?.demo ?? false;
  const region = chosen ?? presetRegion(navigator.languages);
  const countries = useMemo(() => namedCountries(t.locale), [t.locale]);

  const type = (text: string) => {
    flow.clearError();
    const read = readNumber(text, region);
    onNational(read.national);
    if (read.region !== region) onRegion(read.region);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onRegion(region);
    void flow.sendCode(toE164({ region, national }), demo);
  };
  return (
    <form className={styles.step} onSubmit={submit} noValidate>
      <h1>{t('register.number.title')}</h1>
      <p className={styles.lead}>{t('register.number.text')}</p>
      <SelectField
        label={t('register.number.country')}
        value={region}
        autoComplete="country"
        onChange={(event) => onRegion(event.target.value)}
      >
        {countries.map((country) => (
          <option key={country.region} value={country.region}>
            {country.name} (+{country.callingCode})
          </option>
        ))}
      </SelectField>
      <div className={styles.number}>
        <span className={styles.prefix} aria-hidden="true">
          +{callingCodeOf(region)}
        </span>
        <Field
          label={t('register.number.label')}
          type="tel"
          inputMode="tel"
          autoComplete="tel-national"
          autoFocus
          value={national}
          onChange={(event) => type(event.target.value)}
          aria-invalid={error ? true : undefined}
        />
      </div>
      <FieldError text={error ? explain(error, t) : null} />
      <Button kind="primary" type="submit" wide busy={busy} disabled={national.replace(/\D/g, '').length < 4}>
        {t('register.number.next')}
      </Button>
    </form>
  );
}
