import { type KeyboardEvent, lazy, Suspense, useEffect, useLayoutEffect, useRef } from 'react';
import { isBlank } from '../../app/blank';
import { sayTextOnly } from '../../app/files';
import { useStore, useT } from '../../app/hooks';
import type { ConversationKey } from '../../sync/ids';
import { IconButton } from '../../ui/Button';
import styles from './Composer.module.css';
import type { ConversationModel } from './conversationModel';
import type { ConversationView } from './conversationView';
import { charactersTooMany } from './limit';
import { QuoteBar } from './QuoteBar';
import { useDraft } from './useDraft';
import { usePicker } from './usePicker';

const EmojiPicker = lazy(() => import('./emoji/EmojiPicker'));

export function Composer({
  model,
  view,
  conversation,
  name,
  away,
}: {
  model: ConversationModel;
  view: ConversationView;
  conversation: ConversationKey;
  name: string;
  /** Something else stands in its place for a while; what is being written stays. */
  away: boolean;
}) {
  const t = useT();
  const { text, type, take } = useDraft(conversation);
  const { quote } = useStore(view.state);
  const field = useRef<HTMLTextAreaElement>(null);
  const tooMany = charactersTooMany(text, quote);
  useHeight(field, text);
  useWriting(view, field, text, type);
  const picker = usePicker(field, text, type);
  useEffect(() => view.followQuote(), [view]);

  const send = () => {
    const trimmed = text.trim();
    if (isBlank(trimmed) || tooMany > 0) return;
    take();
    picker.close();
    const sent = model.send(trimmed, quote);
    view.quoteSent(sent);
    sent.catch(() => view.notSent(trimmed));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowUp' && !event.altKey && text === '') return toNewest(event);
    // Enter that chooses a word in an input method is not Enter.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || event.keyCode === 229)
      return;
    event.preventDefault();
    send();
  };
  return (
    <div className={styles.bar} hidden={away}>
      {tooMany > 0 && (
        <p className={styles.tooLong} role="status">
          {t('conversation.too_long', { count: tooMany })}
        </p>
      )}
      {quote && <QuoteBar quote={quote} name={name} onDrop={view.dropQuote} />}
      <form
        className={styles.composer}
        onSubmit={(event) => {
          event.preventDefault();
          send();
          field.current?.focus();
        }}
      >
        <textarea
          ref={field}
          className={styles.text}
          rows={1}
          dir="auto"
          value={text}
          placeholder={t('conversation.write')}
          aria-label={t('conversation.write')}
          enterKeyHint="send"
          onChange={(event) => type(event.target.value)}
          onKeyDown={onKeyDown}
          onPaste={(event) => sayTextOnly(event.clipboardData)}
          onFocus={picker.close}
        />
        <IconButton
          icon={picker.open && picker.inPlaceOfKeyboard ? 'keyboard' : 'smile'}
          label={t(picker.open && picker.inPlaceOfKeyboard ? 'emoji.keyboard' : 'emoji.title')}
          aria-expanded={picker.open}
          onClick={picker.toggle}
        />
        <IconButton
          icon="send"
          label={t('conversation.send')}
          primary
          type="submit"
          disabled={isBlank(text) || tooMany > 0}
        />
      </form>
      {picker.open && (
        <div className={styles.picker}>
          <Suspense fallback={<div className={styles.pickerComing} />}>
            <EmojiPicker
              onPick={picker.insert}
              onClose={picker.leave}
              searchFirst={!picker.inPlaceOfKeyboard}
            />
          </Suspense>
        </div>
      )}
    </div>
  );
}

type Field = { current: HTMLTextAreaElement | null };

function useHeight(field: Field, text: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text.
  useLayoutEffect(() => {
    const element = field.current;
    // Browsers that size fields by their content do so by themselves.
    if (!element || CSS.supports('field-sizing', 'content')) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);
}

/** Lets menus and pickers put something into the text; what is being written stays. */
function useWriting(view: ConversationView, field: Field, text: string, type: (text: string) => void): void {
  useEffect(() => {
    // A keyboard that would cover half the screen comes only when asked for.
    if (window.matchMedia('(min-width: 900px) and (hover: hover)').matches)
      field.current?.focus({ preventScroll: true });
  }, [field]);
  useEffect(() => {
    view.writing = {
      insert: (more) => {
        type(text === '' ? more : `${text}\n${more}`);
        field.current?.focus();
      },
      focus: () => field.current?.focus(),
    };
  }, [view, field, text, type]);
  useEffect(
    () => () => {
      view.writing = null;
    },
    [view],
  );
}

/** From an empty field one step up leads to the newest message. */
function toNewest(event: KeyboardEvent): void {
  const row = document.querySelector<HTMLElement>('[role=log] [data-key]:last-of-type');
  if (!row) return;
  event.preventDefault();
  row.focus();
}
