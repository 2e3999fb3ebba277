import { useMemo } from 'react';
import { useAccount } from '../../app/account';
import { useNow, useStore, useT } from '../../app/hooks';
import { Badge } from '../../ui/Badge';
import { Icon } from '../../ui/Icon';
import { clock, dayName } from '../chats/times';
import type { ConversationModel } from './conversationModel';
import type { ConversationView } from './conversationView';
import styles from './MessageList.module.css';
import { MessageRow } from './MessageRow';
import { toRows } from './rows';
import { useLog } from './useLog';
import { useScroll } from './useScroll';

/** The messages as a log; keeps its place, follows the end while one is there, and says how many are new below. */
export function MessageList({
  model,
  view,
  name,
  writable,
}: {
  model: ConversationModel;
  view: ConversationView;
  name: string;
  /** Something can be sent here. */
  writable: boolean;
}) {
  const t = useT();
  const { me } = useAccount();
  const snapshot = useStore(model.state);
  const { messages, newAfter, unread, loaded } = snapshot;
  const now = useNow(60_000);
  const rows = useMemo(() => toRows(messages, me.account_id, newAfter), [messages, me.account_id, newAfter]);
  const { scroller, content, away } = useScroll(model, snapshot);
  const { chosen } = useStore(view.state);
  const log = useLog(scroller, model, view);
  return (
    <div className={styles.frame}>
      <div
        className={styles.scroller}
        ref={scroller}
        role="log"
        data-choosing={chosen !== null}
        aria-label={t('conversation.log', { name })}
        {...log}
      >
        <div className={styles.content} ref={content}>
          {loaded && messages.length === 0 && (
            <div className={styles.empty}>
              <p>{t('conversation.empty', { name })}</p>
              <p>{t('conversation.empty_text')}</p>
            </div>
          )}
          {rows.map((row) => {
            if (row.type === 'message')
              return (
                <MessageRow
                  key={row.key}
                  row={row}
                  name={name}
                  view={view}
                  writable={writable}
                  chosen={chosen?.has(row.key) ?? (chosen ? false : null)}
                />
              );
            if (row.type === 'new') {
              return (
                <div className={styles.fresh} key={row.key} data-row="new">
                  <span>{t('conversation.new')}</span>
                </div>
              );
            }
            return (
              <div className={styles.time} key={row.key}>
                {row.type === 'day' && <strong>{dayName(row.at, now, t)}</strong>}{' '}
                <time>{clock(row.at, t)}</time>
              </div>
            );
          })}
        </div>
      </div>
      {away && (
        <button type="button" className={styles.jump} onClick={() => void model.toEnd()}>
          <Icon name="down" size={20} />
          <span className="visually-hidden">
            {unread > 0 ? t('conversation.jump_new', { count: unread }) : t('conversation.jump')}
          </span>
          <span className={styles.count} aria-hidden="true">
            <Badge count={unread} label="" />
          </span>
        </button>
      )}
    </div>
  );
}
