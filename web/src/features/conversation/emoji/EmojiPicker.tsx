import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useEscape } from '../../../app/escape';
import { useT } from '../../../app/hooks';
import type { TextKey } from '../../../i18n/catalogue';
import { keepChoices, pick, readChoices } from './choices';
import styles from './EmojiPicker.module.css';
import {
  type Emoji,
  type EmojiData,
  loadEmoji,
  nameOfEmoji,
  searchEmoji,
  TONES,
  type Tone,
  withTone,
} from './emoji';

/** Most that a search shows: what is wanted stands among the first. */
const FOUND_MOST = 96;

/** Each with a sign that stands for it; the first is what was picked here before. */
const CATEGORIES: readonly { sign: string; name: TextKey }[] = [
  { sign: '🕘', name: 'emoji.recent' },
  { sign: '🙂', name: 'emoji.smileys' },
  { sign: '👋', name: 'emoji.people' },
  { sign: '🌿', name: 'emoji.nature' },
  { sign: '🍎', name: 'emoji.food' },
  { sign: '🚲', name: 'emoji.travel' },
  { sign: '⚽', name: 'emoji.activities' },
  { sign: '💡', name: 'emoji.objects' },
  { sign: '❤️', name: 'emoji.symbols' },
  { sign: '🏳️', name: 'emoji.flags' },
];

export default function EmojiPicker({
  onPick,
  onClose,
  searchFirst,
}: {
  onPick: (emoji: string) => void;
  onClose: () => void;
  /** There is a real keyboard: one can type at once. */
  searchFirst: boolean;
}) {
  const t = useT();
  const data = useEmoji();
  const [choices, setChoices] = useState(readChoices);
  const [category, setCategory] = useState(() => (choices.recent.length > 0 ? 0 : 1));
  const [typed, setTyped] = useState('');
  useEscape(true, onClose, true);
  const searching = typed.trim() !== '';
  const shown = !data
    ? []
    : searching
      ? searchEmoji(data, typed, FOUND_MOST)
      : category === 0
        ? choices.recent
        : (data.groups[category - 1] ?? []);
  const choose = (emoji: Emoji) => {
    onPick(withTone(emoji, choices.tone));
    const next = pick(choices, emoji);
    keepChoices(next);
    // What lies under the finger stays there: the new order shows next time.
    if (category !== 0 || searching) setChoices(next);
  };
  const setTone = (tone: Tone) => {
    const next = { ...choices, tone };
    keepChoices(next);
    setChoices(next);
  };
  return (
    <section className={styles.picker} aria-label={t('emoji.title')}>
      <input
        type="search"
        className={styles.search}
        // biome-ignore lint/a11y/noAutofocus: it was opened to pick one, and only where no keyboard would jump up.
        autoFocus={searchFirst}
        placeholder={t('emoji.search')}
        aria-label={t('emoji.search')}
        value={typed}
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          const first = shown[0];
          if (event.key !== 'Enter' || event.nativeEvent.isComposing || !searching || !first) return;
          event.preventDefault();
          choose(first);
        }}
      />
      {data && <Grid data={data} shown={shown} tone={choices.tone} onChoose={choose} />}
      {data && shown.length === 0 && (
        <p className={styles.none}>{t(searching ? 'emoji.none' : 'emoji.recent.none')}</p>
      )}
      <div className={styles.foot}>
        <div className={styles.categories} role="toolbar" data-sideways="" aria-label={t('emoji.categories')}>
          {CATEGORIES.map(({ sign, name }, index) => (
            <button
              key={name}
              type="button"
              className={styles.category}
              title={t(name)}
              aria-label={t(name)}
              aria-pressed={!searching && category === index}
              onClick={() => {
                setTyped('');
                setCategory(index);
              }}
            >
              {sign}
            </button>
          ))}
        </div>
        <Tones tone={choices.tone} onTone={setTone} />
      </div>
    </section>
  );
}

function useEmoji(): EmojiData | null {
  const { language } = useT();
  const [data, setData] = useState<EmojiData | null>(null);
  useEffect(() => {
    let wanted = true;
    void loadEmoji(language).then((loaded) => wanted && setData(loaded));
    return () => {
      wanted = false;
    };
  }, [language]);
  return data;
}

/** One Tab stop; arrows move as on paper. */
function Grid({
  data,
  shown,
  tone,
  onChoose,
}: {
  data: EmojiData;
  shown: readonly Emoji[];
  tone: Tone;
  onChoose: (emoji: Emoji) => void;
}) {
  const t = useT();
  const grid = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other emoji begin at the top.
  useEffect(() => {
    if (grid.current) grid.current.scrollTop = 0;
  }, [shown[0]?.plain, shown.length]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a field set would be one more thing read out.
    <div ref={grid} className={styles.grid} role="group" aria-label={t('emoji.grid')} onKeyDown={move}>
      {shown.map((emoji, index) => (
        <button
          key={emoji.plain}
          type="button"
          className={styles.emoji}
          tabIndex={index === 0 ? 0 : -1}
          title={nameOfEmoji(data, emoji.plain)}
          aria-label={nameOfEmoji(data, emoji.plain)}
          onClick={() => onChoose(emoji)}
        >
          {withTone(emoji, tone)}
        </button>
      ))}
    </div>
  );
}

function move(event: KeyboardEvent<HTMLElement>): void {
  const grid = event.currentTarget;
  const columns = getComputedStyle(grid).gridTemplateColumns.split(' ').length;
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
  const cells = [...grid.querySelectorAll<HTMLElement>('button')];
  const at = cells.indexOf(document.activeElement as HTMLElement);
  const target =
    { Home: 0, End: cells.length - 1 }[event.key] ?? (step === undefined ? undefined : at + step);
  if (target === undefined || at === -1) return;
  event.preventDefault();
  cells[Math.max(0, Math.min(target, cells.length - 1))]?.focus();
}

/** A hand in each tone; the chosen one is remembered. */
function Tones({ tone, onTone }: { tone: Tone; onTone: (tone: Tone) => void }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const hand = { plain: '✋', takesTone: true };
  if (!open) {
    return (
      <button
        type="button"
        className={styles.category}
        title={t('emoji.tone')}
        aria-label={t('emoji.tone')}
        onClick={() => setOpen(true)}
      >
        {withTone(hand, tone)}
      </button>
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a field set would be one more thing read out.
    <div className={styles.tones} role="group" aria-label={t('emoji.tone')}>
      {TONES.map((one) => (
        <button
          key={one}
          type="button"
          className={styles.category}
          aria-label={t('emoji.tone.one', { number: one })}
          aria-pressed={one === tone}
          onClick={() => {
            onTone(one);
            setOpen(false);
          }}
        >
          {withTone(hand, one)}
        </button>
      ))}
    </div>
  );
}
