import type { ButtonHTMLAttributes, ReactNode } from 'react';
import styles from './Button.module.css';
import { Icon, type IconName } from './Icon';

type Kind = 'primary' | 'plain' | 'quiet' | 'danger';

/** `busy` keeps the width and says so to screen readers; the button cannot be pressed twice meanwhile. */
export function Button({
  kind = 'plain',
  busy = false,
  wide = false,
  children,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & {
  kind?: Kind;
  busy?: boolean;
  wide?: boolean;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      {...rest}
      className={styles.button}
      data-kind={kind}
      data-wide={wide}
      data-busy={busy}
      aria-busy={busy}
      disabled={rest.disabled || busy}
    >
      <span>{children}</span>
    </button>
  );
}

/** A button that is one icon; `label` is what it is called. */
export function IconButton({
  icon,
  label,
  filled,
  primary = false,
  ...rest
}: Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> & {
  icon: IconName;
  label: string;
  filled?: boolean;
  primary?: boolean;
}) {
  return (
    <button
      type="button"
      title={label}
      {...rest}
      className={styles.icon}
      data-primary={primary}
      aria-label={label}
    >
      <Icon name={icon} filled={filled ?? false} />
    </button>
  );
}
