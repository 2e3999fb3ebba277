import { useEffect, useId, useRef, useState } from 'react';
import { explain } from '../../app/errors';
import { health } from '../../app/health';
import { useNow, useStore, useT } from '../../app/hooks';
import { Button } from '../../ui/Button';
import { FieldError } from '../../ui/Field';
import { codeFromText } from './codeFromText';
import { spaced } from './countries';
import { plainDigits } from './digits';
import type { RegistrationFlow } from './flow';
import styles from './Registration.module.css';

const DIGITS = 6;
const PLACES = ['1', '2', '3', '4', '5', '6'] as const;

/** One real input lies over six drawn cells: pasting, filling in from a text message and screen readers work as ever. */
export function CodeStep({ flow }: { flow: RegistrationFlow }) {
  const t = useT();
  const { busy, error, phone, sent } = useStore(flow.state);
  const demo = useStore(health)?.demo ?? false;
  const [code, setCode] = useState('');
  const id = useId();

  const type = (text: string) => {
    flow.clearError();
    const digits = plainDigits(text).replace(/\D/g, '').slice(0, DIGITS);
    setCode(digits);
    if (digits.length === DIGITS && digits !== code) void flow.submitCode(digits);
  };
  useCodeFromText(sent, type);
  return (
    <form
      className={styles.step}
      onSubmit={(event) => {
        event.preventDefault();
        if (code.length === DIGITS) void flow.submitCode(code);
      }}
    >
      <h1>{t('register.code.title')}</h1>
      <p className={styles.lead}>
        {t('register.code.text', { phone: spaced(phone) })} {sent > 1 && t('register.code.sent_again')}
      </p>
      <div className={styles.cells} data-error={Boolean(error)}>
        {PLACES.map((place, index) => (
          <span
            className={styles.cell}
            key={place}
            data-here={index === Math.min(code.length, DIGITS - 1)}
            aria-hidden="true"
          >
            {code[index]}
          </span>
        ))}
        <input
          className={styles.code}
          aria-label={t('register.code.label')}
          aria-describedby={id}
          aria-invalid={error ? true : undefined}
          inputMode="numeric"
          autoComplete="one-time-code"
          // biome-ignore lint/a11y/noAutofocus: the page is this one field, and people come to it by pressing a button.
          autoFocus
          value={code}
          readOnly={busy}
          onChange={(event) => type(event.target.value)}
        />
      </div>
      <FieldError id={id} text={error ? explain(error, t) : null} />
      {demo && <DemoCard flow={flow} onFill={type} />}
      <div className={styles.below}>
        {busy ? <span role="status">{t('register.code.checking')}</span> : <Resend flow={flow} />}
        <Button kind="quiet" onClick={() => window.history.back()}>
          {t('register.code.change')}
        </Button>
      </div>
    </form>
  );
}

/** Where the browser can read the text message for this address, nobody has to type; asked for anew with each code. */
function useCodeFromText(sent: number, onCode: (code: string) => void): void {
  const latest = useRef(onCode);
  latest.current = onCode;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each code that is sent is waited for.
  useEffect(() => {
    const left = new AbortController();
    void codeFromText(left.signal).then((code) => code !== null && latest.current(code));
    return () => left.abort();
  }, [sent]);
}

function Resend({ flow }: { flow: RegistrationFlow }) {
  const t = useT();
  const { resendAt, phone } = useStore(flow.state);
  const demo = useStore(health)?.demo ?? false;
  const left = Math.ceil((resendAt - useNow(500)) / 1000);
  if (left > 0) return <span>{t('register.code.resend_in', { count: left })}</span>;
  return (
    <Button kind="quiet" onClick={() => void flow.sendCode(phone, demo)}>
      {t('register.code.resend')}
    </Button>
  );
}

/** A demo server sends no texts: it shows what it would have sent. */
function DemoCard({ flow, onFill }: { flow: RegistrationFlow; onFill: (code: string) => void }) {
  const t = useT();
  const { demoCode, busy } = useStore(flow.state);
  const [before, after] = t('register.demo.text').split('{code}');
  return (
    <section className={styles.demo} data-testid="demo-code">
      <h2>{t('register.demo.title')}</h2>
      {demoCode ? (
        <p>
          {before}
          <b>{demoCode}</b>
          {after}
        </p>
      ) : (
        <p>{t('register.demo.waiting')}</p>
      )}
      <Button disabled={!demoCode || busy} onClick={() => demoCode && onFill(demoCode)}>
        {t('register.demo.fill')}
      </Button>
    </section>
  );
}
