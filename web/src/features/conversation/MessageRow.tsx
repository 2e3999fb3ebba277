import { memo } from 'react';
import { useAccount } from '../../app/account';
import { useStore, useT } from '../../app/hooks';
import type { TextKey } from '../../i18n/catalogue';
import type { StoredMessage } from '../../sync/database';
import { Bubble } from '../../ui/Bubble';
import { Icon } from '../../ui/Icon';
import { dateAndTime } from '../chats/times';
import { pieces, plainText, shownAs } from './content';
import type { ConversationView } from './conversationView';
import { formerTexts } from './formerTexts';
import styles from './MessageRow.module.css';
import quoteStyles from './Quote.module.css';
import { QuotedText } from './QuoteBar';
import { quoteIn } from './quote';
import type { MessageRow as RowOfMessage } from './rows';
import { STATE_WORDS, StateMark } from './StateMark';

type Props = {
  row: RowOfMessage;
  name: string;
  view: ConversationView;
  /** Something can be sent here. */
  writable: boolean;
  /** Chosen, not chosen, or null while nothing is being chosen. */
  chosen: boolean | null;
};

export const MessageRow = memo(
  function MessageRow({ row, name, view, writable, chosen }: Props) {
    const t = useT();
    const { message, own } = row;
    const whose = own ? t('conversation.you_said') : t('conversation.said', { name });
    const box = chosen === null ? null : choiceOf(chosen, `${whose} ${plainText(message) ?? ''}`);
    return (
      // biome-ignore lint/a11y/useSemanticElements: an article cannot be a check box, which it is while one chooses.
      <div
        role="article"
        className={styles.row}
        data-key={row.key}
        data-own={own}
        data-first={row.first}
        // One walks through the log by arrows (useLog).
        tabIndex={-1}
        {...box}
      >
        {box && <span className={styles.box}>{chosen && <Icon name="check" size={16} />}</span>}
        <div className={styles.message} title={dateAndTime(message.at, t)} inert={chosen !== null}>
          <span className="visually-hidden">{whose} </span>
          <Content message={message} own={own} tail={row.last} view={view} name={name} />
          <button
            type="button"
            className={styles.more}
            data-more=""
            tabIndex={-1}
            aria-label={t('action.menu')}
          >
            <Icon name="more" size={20} />
          </button>
        </div>
        {row.showState && <StateLine message={message} writable={writable} />}
      </div>
    );
  },
  (a, b) =>
    a.name === b.name &&
    a.writable === b.writable &&
    a.chosen === b.chosen &&
    a.row.message.state === b.row.message.state &&
    a.row.message.sort === b.row.message.sort &&
    a.row.message.kind === b.row.message.kind &&
    a.row.message.recallAskedAt === b.row.message.recallAskedAt &&
    a.row.message.recallRefused === b.row.message.recallRefused &&
    a.row.message.at === b.row.message.at &&
    a.row.message.leftServerAt === b.row.message.leftServerAt &&
    a.row.first === b.row.first &&
    a.row.last === b.row.last &&
    a.row.showState === b.row.showState,
);

/** While messages are being chosen each one is a check box, and nothing inside it can be pressed. */
function choiceOf(chosen: boolean, label: string) {
  return { role: 'checkbox', 'aria-checked': chosen, 'aria-label': label, 'data-chosen': chosen };
}

function Content({
  message,
  own,
  tail,
  view,
  name,
}: {
  message: StoredMessage;
  own: boolean;
  tail: boolean;
  view: ConversationView;
  name: string;
}) {
  const t = useT();
  const shown = shownAs(message);
  if (shown.kind !== 'text') {
    const instead =
      shown.kind === 'unknown' ? 'message.unknown' : own ? 'message.recalled_own' : 'message.recalled';
    return (
      <Bubble own={own} tail={tail} quiet>
        {t(instead)}
        {own && shown.kind === 'recalled' && <EditAgain message={message} view={view} />}
      </Bubble>
    );
  }
  const quote = quoteIn(message.content);
  const words = pieces(shown.text).map((piece, index) =>
    piece.href ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never change places.
      <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
        {piece.text}
      </a>
    ) : (
      piece.text
    ),
  );
  return (
    <Bubble own={own} tail={tail}>
      {quote && (
        <button type="button" className={quoteStyles.inside} onClick={() => void view.showQuoted(quote)}>
          <QuotedText quote={quote} name={name} />
        </button>
      )}
      {quote ? <span>{words}</span> : words}
    </Bubble>
  );
}

/** Whoever took a message back here may have wanted to say it better. */
function EditAgain({ message, view }: { message: StoredMessage; view: ConversationView }) {
  const t = useT();
  const text = useStore(formerTexts).get(message.key);
  if (text === undefined || view.writing === null) return null;
  return (
    <>
      {' · '}
      <button
        type="button"
        className={styles.again}
        // A double click means it once.
        onClick={(event) => event.detail < 2 && view.writing?.insert(text)}
      >
        {t('action.edit_again')}
      </button>
    </>
  );
}

/** What each refusal of a send means; anything else is just not sent. */
const FAILURES: Record<string, TextKey> = {
  not_a_contact: 'message.failed.not_a_contact',
  blocked: 'message.failed.blocked',
  too_large: 'message.failed.too_large',
  too_old: 'message.failed.too_old',
  not_confirmed: 'message.failed.not_confirmed',
};

function StateLine({ message, writable }: { message: StoredMessage; writable: boolean }) {
  const t = useT();
  const { client } = useAccount();
  const line = useStore(client.line).name;
  const { state } = message;
  if (state === 'received' || message.kind === 'recalled') return null;
  let words: TextKey = STATE_WORDS[state];
  if (state === 'failed') words = FAILURES[message.error ?? ''] ?? words;
  if (state === 'queued' && line !== 'online' && line !== 'syncing') words = 'message.waiting';
  if (message.leftServerAt !== undefined) words = 'message.left';
  if (message.recallRefused !== undefined) words = 'message.recall_late';
  if (message.recallAskedAt !== undefined) words = 'message.recalling';
  return (
    <div className={styles.state} data-state={state} role="status">
      <StateMark state={state} silent left={message.leftServerAt !== undefined} />
      <span>{t(words)}</span>
      {state === 'failed' && (
        <span className={styles.actions}>
          {writable && (
            <button type="button" onClick={() => void client.retry(message.key)}>
              {t('message.retry')}
            </button>
          )}
          <button type="button" onClick={() => void client.discard(message.key)}>
            {t('message.delete')}
          </button>
        </span>
      )}
    </div>
  );
}
