import { type ReactNode, useEffect } from 'react';
import { useAccount } from '../../app/account';
import { useNow, useT } from '../../app/hooks';
import type { Translate } from '../../i18n/translate';
import { peerOf } from '../../sync/ids';
import { Avatar } from '../../ui/Avatar';
import { shortTime } from '../chats/times';
import { excerpt, highlighted, type Piece } from './highlight';
import type { Found, FoundMessage } from './messages';
import styles from './Results.module.css';
import type { Row } from './rows';

type Props = { id: string; rows: readonly Row[]; at: number; found: Found | null };

const GROUPS = [
  { group: 'person', title: 'search.group.person' },
  { group: 'chat', title: 'search.group.chat' },
  { group: 'message', title: 'search.group.message' },
] as const;

/** What was found, in groups; one list for the keyboard. */
export function Results({ id, rows, at, found }: Props) {
  const t = useT();
  useEffect(() => {
    document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: 'nearest' });
  }, [id, at]);
  return (
    <div id={id} role="listbox" aria-label={t('search.results')} className={styles.results}>
      {GROUPS.map(({ group, title }) => {
        const inGroup = rows.filter(
          (row) => row.type === group || (group === 'message' && row.type === 'more'),
        );
        if (inGroup.length === 0) return null;
        return (
          // biome-ignore lint/a11y/useSemanticElements: a group of options, not of fields.
          <div key={group} role="group" aria-labelledby={`${id}-${group}`}>
            <div id={`${id}-${group}`} className={styles.heading}>
              {t(title)}
              {group === 'message' && found && <span> · {t('search.messages', { count: found.total })}</span>}
            </div>
            {inGroup.map((row) => (
              <Option key={row.key} id={`${id}-${rows.indexOf(row)}`} row={row} chosen={rows[at] === row}>
                <RowContent row={row} terms={found?.terms ?? []} t={t} />
              </Option>
            ))}
          </div>
        );
      })}
    </div>
  );
}

function Option({
  id,
  row,
  chosen,
  children,
}: {
  id: string;
  row: Row;
  chosen: boolean;
  children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keyboard, as in every combobox.
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field; aria-activedescendant tells where it points.
    <div
      id={id}
      role="option"
      aria-selected={chosen}
      className={styles.row}
      data-kind={row.type}
      onClick={row.open}
    >
      {children}
    </div>
  );
}

function RowContent({ row, terms, t }: { row: Row; terms: readonly string[]; t: Translate }) {
  if (row.type === 'more') return <span className={styles.more}>{t('search.more')}</span>;
  if (row.type === 'message') return <MessageContent message={row.message} terms={terms} />;
  if (row.type === 'chat') {
    const { conversation, name, photo, count } = row.chat;
    return (
      <Line
        picture={<Avatar id={peerOf(conversation) ?? conversation} name={name} photo={photo} size={40} />}
        title={<bdi>{name}</bdi>}
        second={t('search.messages', { count })}
      />
    );
  }
  const { account, name, photo, matched } = row.person;
  return (
    <Line
      picture={<Avatar id={account} name={name} photo={photo} size={40} />}
      title={
        <bdi>
          <Marked pieces={highlighted(name, terms)} />
        </bdi>
      }
      second={
        matched && (
          <bdi>
            <Marked pieces={highlighted(matched, terms)} />
          </bdi>
        )
      }
    />
  );
}

function MessageContent({ message, terms }: { message: FoundMessage; terms: readonly string[] }) {
  const t = useT();
  const { me } = useAccount();
  const now = useNow(60_000);
  const { conversation, name, photo, from, at, text } = message;
  return (
    <Line
      picture={<Avatar id={peerOf(conversation) ?? conversation} name={name} photo={photo} size={40} />}
      title={<bdi>{name}</bdi>}
      titleEnd={<time>{shortTime(at, now, t)}</time>}
      second={
        <>
          {from === me.account_id && <span>{t('search.you')} </span>}
          <bdi>
            <Marked pieces={excerpt(text, terms)} />
          </bdi>
        </>
      }
    />
  );
}

type LineProps = { picture: ReactNode; title: ReactNode; titleEnd?: ReactNode; second?: ReactNode };

function Line({ picture, title, titleEnd, second }: LineProps) {
  return (
    <>
      {picture}
      <span className={styles.lines}>
        <span className={styles.first}>
          <span className={styles.title}>{title}</span>
          {titleEnd && <span className={styles.end}>{titleEnd}</span>}
        </span>
        {second && <span className={styles.second}>{second}</span>}
      </span>
    </>
  );
}

function Marked({ pieces }: { pieces: readonly Piece[] }) {
  return pieces.map((piece, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never change places.
    piece.hit ? <mark key={index}>{piece.text}</mark> : piece.text,
  );
}
