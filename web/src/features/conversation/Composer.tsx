import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from 'react';
import { useT } from '../../app/hooks';
import type { ConversationKey } from '../../sync/ids';
import { IconButton } from '../../ui/Button';
import styles from './Composer.module.css';
import type { ConversationModel } from './conversationModel';
import { charactersTooMany } from './limit';
import { useDraft } from './useDraft';

export function Composer({
  model,
  conversation,
}: {
  model: ConversationModel;
  conversation: ConversationKey;
}) {
  const t = useT();
  const { text, type, take } = useDraft(conversation);
  const tooMany = charactersTooMany(text);
  const field = useRef<HTMLTextAreaElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text.
  useLayoutEffect(() => {
    const element = field.current;
    // Browsers that size fields by their content do so by themselves.
    if (!element || CSS.supports('field-sizing', 'content')) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);
  useEffect(() => {
    // A keyboard that would cover half the screen comes only when asked for.
    if (window.matchMedia('(min-width: 900px) and (hover: hover)').matches)
      field.current?.focus({ preventScroll: true });
  }, []);

  const send = () => {
    const trimmed = text.trim();
    if (trimmed === '' || tooMany > 0) return;
    take();
    void model.send(trimmed);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter that chooses a word in an input method is not Enter.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || event.keyCode === 229)
      return;
    event.preventDefault();
    send();
  };
  return (
    <div className={styles.bar}>
      {tooMany > 0 && (
        <p className={styles.tooLong} role="status">
          {t('conversation.too_long', { count: tooMany })}
        </p>
      )}
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
        />
        <IconButton
          icon="send"
          label={t('conversation.send')}
          primary
          type="submit"
          disabled={text.trim() === '' || tooMany > 0}
        />
      </form>
    </div>
  );
}
