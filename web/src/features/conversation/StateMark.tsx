import { useT } from '../../app/hooks';
import type { TextKey } from '../../i18n/catalogue';
import type { MessageState } from '../../sync/database';
import { Icon, type IconName } from '../../ui/Icon';
import styles from './StateMark.module.css';

export const STATE_WORDS: Record<Exclude<MessageState, 'received'>, TextKey> = {
  queued: 'message.queued',
  sent: 'message.sent',
  delivered: 'message.delivered',
  expired: 'message.expired',
  failed: 'message.failed',
};

const ICONS: Record<Exclude<MessageState, 'received'>, IconName> = {
  queued: 'clock',
  sent: 'tick',
  delivered: 'ticks',
  expired: 'expired',
  failed: 'alert',
};

/** Clock, tick, two ticks, or what went wrong; with its word for screen readers. */
export function StateMark({
  state,
  silent = false,
  left = false,
}: {
  state: MessageState;
  silent?: boolean;
  /** The server's copy is gone. */
  left?: boolean;
}) {
  const t = useT();
  if (state === 'received') return null;
  return (
    <span className={styles.mark} data-state={state}>
      <Icon name={left ? 'gone' : ICONS[state]} size={16} />
      {!silent && <span className="visually-hidden">{t(STATE_WORDS[state])}</span>}
    </span>
  );
}
