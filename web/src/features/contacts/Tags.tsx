import { type FormEvent, useState } from 'react';
import { useAccount } from '../../app/account';
import { useLive, useT } from '../../app/hooks';
import { useAction } from '../../app/useAction';
import type { StoredContact } from '../../sync/database';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { Group } from '../../ui/Sheet';
import { changeTags } from './actions';
import styles from './Tags.module.css';
import { TAG_CHARACTERS_MAX, TAGS_MAX, tagsInUse, withTag } from './tags';

/** A contact's tags: taken off and put on at once; what other contacts have is suggested. */
export function Tags({ contact }: { contact: StoredContact }) {
  const t = useT();
  const { client } = useAccount();
  const { run } = useAction();
  const [text, setText] = useState('');
  const used = useLive('tags', async () => tagsInUse(await client.db.contacts.toArray()));
  const tags = contact.tags ?? [];
  const change = (how: (tags: readonly string[]) => string[]) =>
    run(() => changeTags(client, contact.account_id, how));
  const add = (tag: string) => change((now) => withTag(now, tag));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add(text);
    setText('');
  };
  const suggested = (used ?? []).filter((tag) => !tags.includes(tag)).slice(0, 8);
  return (
    <Group title={t('tags.title')} hint={t('tags.hint')}>
      <div className={styles.body}>
        {tags.length > 0 && (
          <ul className={styles.tags} aria-label={t('tags.title')}>
            {tags.map((tag) => (
              <li key={tag}>
                <button
                  type="button"
                  className={styles.tag}
                  aria-label={t('tags.remove', { tag })}
                  onClick={() => change((now) => now.filter((one) => one !== tag))}
                >
                  <bdi>{tag}</bdi>
                  <Icon name="close" size={16} />
                </button>
              </li>
            ))}
          </ul>
        )}
        {tags.length < TAGS_MAX && (
          <form className={styles.add} onSubmit={submit}>
            <Field
              label={t('tags.add')}
              value={text}
              maxLength={TAG_CHARACTERS_MAX}
              autoComplete="off"
              enterKeyHint="done"
              onChange={(event) => setText(event.target.value)}
            />
            <Button type="submit" disabled={text.trim() === ''}>
              {t('tags.add_button')}
            </Button>
          </form>
        )}
        {suggested.length > 0 && tags.length < TAGS_MAX && (
          <ul className={styles.tags} aria-label={t('tags.suggested')}>
            {suggested.map((tag) => (
              <li key={tag}>
                <button type="button" className={styles.tag} data-suggested="" onClick={() => add(tag)}>
                  <Icon name="plus" size={16} />
                  <bdi>{tag}</bdi>
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Group>
  );
}
