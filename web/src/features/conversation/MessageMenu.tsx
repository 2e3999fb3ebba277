import { useT } from '../../app/hooks';
import { navigate } from '../../app/router';
import type { Translate } from '../../i18n/translate';
import type { StoredMessage } from '../../sync/database';
import type { AccountId } from '../../sync/ids';
import { isDeletable } from '../../sync/removals';
import { Menu, type MenuEntry, type MenuPlace } from '../../ui/Menu';
import { shownAs } from './content';
import type { ConversationView } from './conversationView';
import { quoteOf } from './quote';
import { recallableMs } from './recall';

/** What can be done with one message. */
export function MessageMenu({
  view,
  message,
  at,
  account,
  writable,
}: {
  view: ConversationView;
  message: StoredMessage;
  at: MenuPlace;
  account: AccountId;
  /** Something can be written here, so a message can be answered. */
  writable: boolean;
}) {
  const t = useT();
  return (
    <Menu
      label={t('action.menu')}
      at={at}
      entries={entriesFor(message, view, account, writable, t)}
      onClose={view.closeMenu}
    />
  );
}

function entriesFor(
  message: StoredMessage,
  view: ConversationView,
  account: AccountId,
  writable: boolean,
  t: Translate,
): MenuEntry[] {
  const shown = shownAs(message);
  const text = shown.kind === 'text' ? shown.text : null;
  const entries: (MenuEntry | false)[] = [
    text !== null && {
      name: 'copy',
      icon: 'copy',
      label: t('action.copy'),
      onChoose: () => void view.copy([message], text),
    },
    writable &&
      quoteOf(message) !== null && {
        name: 'quote',
        icon: 'quote',
        label: t('action.quote'),
        onChoose: () => view.quote(message),
      },
    text !== null && {
      name: 'forward',
      icon: 'pass',
      label: t('action.forward'),
      onChoose: () => view.forward([message]),
    },
    {
      name: 'choose',
      icon: 'select',
      label: t('action.choose'),
      onChoose: () => view.choose(message),
    },
    recallableMs(message, Date.now()) > 0 && {
      name: 'recall',
      icon: 'undo',
      label: t('message.recall'),
      onChoose: () => void view.recall(message),
    },
    message.message !== undefined &&
      message.kind !== 'recalled' && {
        name: 'remind',
        icon: 'clock',
        label: t('action.remind'),
        onChoose: () => view.remind(message),
      },
    {
      name: 'details',
      icon: 'info',
      label: t('action.details'),
      onChoose: () => navigate({ name: 'message', account, message: message.key }),
    },
    isDeletable(message) && {
      name: 'delete',
      icon: 'bin',
      label: t('action.delete'),
      danger: true,
      onChoose: () => void view.deleteForMe([message]),
    },
  ];
  return entries.filter((entry) => entry !== false);
}
