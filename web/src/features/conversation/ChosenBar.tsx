import { useAccount } from '../../app/account';
import { useEscape } from '../../app/escape';
import { useT } from '../../app/hooks';
import type { Translate } from '../../i18n/translate';
import type { StoredMessage } from '../../sync/database';
import { IconButton } from '../../ui/Button';
import styles from './Composer.module.css';
import { plainText } from './content';
import type { ConversationView } from './conversationView';

/** Stands where one writes while messages are being chosen: how many, and what can be done with them. */
export function ChosenBar({ view, name, count }: { view: ConversationView; name: string; count: number }) {
  const t = useT();
  const { me } = useAccount();
  useEscape(true, view.leaveChoosing, true);
  const nameIn = (message: StoredMessage) => (message.from === me.account_id ? me.alias : name);
  const withChosen = (act: (messages: StoredMessage[]) => void, stay = false) => {
    void view.chosenMessages().then((messages) => {
      act(messages);
      if (!stay) view.leaveChoosing();
    });
  };
  const texts = (messages: StoredMessage[]) => messages.filter((message) => plainText(message) !== null);
  return (
    <div className={styles.bar}>
      <div className={styles.chosen} role="toolbar" aria-label={t('chosen.bar')}>
        <span role="status">{t('chosen.count', { count })}</span>
        <IconButton
          icon="copy"
          label={t('action.copy')}
          disabled={count === 0}
          onClick={() => withChosen((all) => void view.copy(texts(all), written(texts(all), nameIn, t)))}
        />
        <IconButton
          icon="pass"
          label={t('action.forward')}
          disabled={count === 0}
          onClick={() => withChosen((all) => texts(all).length > 0 && view.forward(texts(all)), true)}
        />
        <IconButton
          icon="bin"
          label={t('action.delete')}
          disabled={count === 0}
          onClick={() => withChosen((all) => void view.deleteForMe(all))}
        />
        <IconButton icon="close" label={t('chosen.leave')} onClick={view.leaveChoosing} />
      </div>
    </div>
  );
}

/** One message is its text; several are told apart by who and when. */
export function written(
  messages: readonly StoredMessage[],
  nameIn: (message: StoredMessage) => string,
  t: Translate,
): string {
  if (messages.length === 1 && messages[0]) return plainText(messages[0]) ?? '';
  const when = new Intl.DateTimeFormat(t.locale, { dateStyle: 'medium', timeStyle: 'short' });
  return messages
    .map((message) => `${nameIn(message)} · ${when.format(message.at)}\n${plainText(message) ?? ''}`)
    .join('\n\n');
}
