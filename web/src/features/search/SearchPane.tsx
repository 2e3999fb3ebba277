import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useAccount } from '../../app/account';
import { useLive, useStore, useT } from '../../app/hooks';
import { peerOf } from '../../sync/ids';
import { IconButton } from '../../ui/Button';
import { Empty } from '../../ui/Empty';
import { Icon } from '../../ui/Icon';
import { Pane } from '../../ui/Pane';
import { nameOf } from '../contacts/names';
import { Results } from './Results';
import { rowsOf } from './rows';
import styles from './SearchPane.module.css';
import { closeSearch, searching, searchWithin, setQuery } from './searching';
import { useSearch } from './useSearch';

/** The search: a field, and below it who and what was found. Arrows choose, Enter opens, Esc leaves. */
export function SearchPane() {
  const t = useT();
  const { query, within, asked } = useStore(searching);
  const { found, reading, broken, more } = useSearch(query, within);
  const rows = found && query.trim() !== '' ? rowsOf(found, within, more) : [];
  const listId = useId();
  const [chosen, setChosen] = useState({ asked: '', at: -1 });
  const current = `${within ?? ''} ${query}`;
  const at = chosen.asked === current ? Math.min(chosen.at, rows.length - 1) : -1;
  const choose = (next: number) => setChosen({ asked: current, at: next });
  const field = useRef<HTMLInputElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for again, the field takes the focus again.
  useEffect(() => field.current?.focus({ preventScroll: true }), [asked]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      if (query !== '') setQuery('');
      else leave();
      return;
    }
    const target = nextRow(event.key, at, rows.length);
    if (target !== null) {
      event.preventDefault();
      choose(target);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      rows[Math.max(at, 0)]?.open();
    } else if (event.key === 'Backspace' && query === '' && within) searchWithin(null);
  };
  return (
    <Pane
      title={
        <Field
          inputRef={field}
          listId={listId}
          active={at >= 0 ? `${listId}-${at}` : undefined}
          expanded={rows.length > 0}
          onKeyDown={onKeyDown}
        />
      }
      actions={<IconButton icon="close" label={t('search.close')} onClick={leave} />}
    >
      {within && <Within />}
      <Status
        query={query}
        found={found?.query === query ? found.total + found.people.length : null}
        reading={reading}
        broken={broken}
      />
      <Results id={listId} rows={rows} at={at} found={found} />
    </Pane>
  );
}

/** Focus goes where one was before: to what is being written, and at once, or else to the list, once it stands there. */
function leave(): void {
  const keys = window.matchMedia('(min-width: 900px) and (hover: hover)').matches;
  const composer = keys ? document.querySelector('textarea') : null;
  composer?.focus({ preventScroll: true });
  closeSearch();
  if (composer) return;
  requestAnimationFrame(() => {
    if (document.activeElement === document.body)
      document.querySelector<HTMLElement>('a[data-row][tabindex="0"]')?.focus();
  });
}

function nextRow(key: string, at: number, count: number): number | null {
  if (count === 0) return null;
  if (key === 'ArrowDown') return Math.min(at + 1, count - 1);
  if (key === 'ArrowUp') return Math.max(at - 1, -1);
  if (key === 'PageDown') return Math.min(at + 8, count - 1);
  if (key === 'PageUp') return Math.max(at - 8, 0);
  return null;
}

function Field(props: {
  inputRef: React.RefObject<HTMLInputElement | null>;
  listId: string;
  active: string | undefined;
  expanded: boolean;
  onKeyDown: (event: KeyboardEvent) => void;
}) {
  const t = useT();
  const { query } = useStore(searching);
  return (
    <div className={styles.field}>
      <h1 className="visually-hidden">{t('search.open')}</h1>
      <Icon name="search" size={20} />
      <input
        ref={props.inputRef}
        type="search"
        role="combobox"
        aria-label={t('search.open')}
        aria-controls={props.listId}
        aria-expanded={props.expanded}
        aria-activedescendant={props.active}
        aria-autocomplete="list"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        enterKeyHint="search"
        dir="auto"
        placeholder={t('search.placeholder')}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={props.onKeyDown}
      />
    </div>
  );
}

/** Which chat alone is searched, and the way back to all. */
function Within() {
  const t = useT();
  const { client } = useAccount();
  const { within } = useStore(searching);
  const peer = within && peerOf(within);
  const name = useLive(`within-${within}`, async () =>
    peer ? nameOf(await client.db.contacts.get(peer), peer) : '',
  );
  return (
    <div className={styles.within}>
      <span>{t('search.within', { name: name ?? '' })}</span>
      <IconButton icon="close" label={t('search.everywhere')} onClick={() => searchWithin(null)} />
    </div>
  );
}

type StatusProps = {
  query: string;
  /** How much was found for this query; null while it is being looked for. */
  found: number | null;
  reading: { done: number; total: number } | null;
  broken: boolean;
};

/** What stands where no results are, and how far the first reading is. */
function Status({ query, found, reading, broken }: StatusProps) {
  const t = useT();
  const late = reading !== null && reading.total > 0;
  return (
    <div role="status">
      {broken && <p className={styles.line}>{t('search.broken')}</p>}
      {late && (
        <div className={styles.reading}>
          <span>{t('search.reading', { done: reading.done, total: reading.total })}</span>
          <progress max={reading.total} value={reading.done} aria-hidden="true" />
        </div>
      )}
      {query.trim() === '' && !broken && (
        <Empty
          picture={<Icon name="search" size={48} />}
          title={t('search.empty.title')}
          text={t('search.empty.text')}
        />
      )}
      {query.trim() !== '' && found === 0 && !late && (
        <Empty
          picture={<Icon name="search" size={48} />}
          title={t('search.none.title', { query: query.trim() })}
          text={t('search.none.text')}
        />
      )}
      {found !== null && found > 0 && (
        <span className="visually-hidden">{t('search.count', { count: found })}</span>
      )}
    </div>
  );
}
