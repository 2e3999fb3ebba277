import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from 'react';
import styles from './Field.module.css';

type Common = { label: string; hint?: ReactNode; error?: string | null };

/** A labelled input with a hint below; an error takes the hint's place and is read out. */
export function Field({ label, hint, error, ...rest }: Common & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <input {...rest} {...wiring(id, hint, error)} className={styles.input} />
    </Frame>
  );
}

export function SelectField({
  label,
  hint,
  error,
  children,
  ...rest
}: Common & SelectHTMLAttributes<HTMLSelectElement>) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <select {...rest} {...wiring(id, hint, error)} className={styles.input}>
        {children}
      </select>
    </Frame>
  );
}

function wiring(id: string, hint: ReactNode, error?: string | null) {
  return {
    id,
    'aria-invalid': error ? true : undefined,
    'aria-describedby': error ? `${id}-error` : hint ? `${id}-hint` : undefined,
  };
}

function Frame({ id, label, hint, error, children }: Common & { id: string; children: ReactNode }) {
  return (
    <div className={styles.field} data-error={Boolean(error)}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      {children}
      <FieldError id={`${id}-error`} text={error} />
      {hint && !error && (
        <div id={`${id}-hint`} className={styles.hint}>
          {hint}
        </div>
      )}
    </div>
  );
}

/** Always in the page, so that a screen reader hears the text when it comes. */
export function FieldError({ id, text }: { id?: string; text: string | null | undefined }) {
  return (
    <div id={id} role="alert" className={text ? styles.error : undefined}>
      {text}
    </div>
  );
}
