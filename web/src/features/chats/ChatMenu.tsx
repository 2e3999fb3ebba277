import { useAccount } from '../../app/account';
import { useT } from '../../app/hooks';
import { Menu, type MenuPlace } from '../../ui/Menu';
import { chatEntries } from './chatActions';
import type { ChatRow } from './chatsQuery';

/** What can be done with one row of the list. */
export function ChatMenu({
  row,
  at,
  onClose,
  onClear,
}: {
  row: ChatRow;
  at: MenuPlace;
  onClose: () => void;
  onClear: () => void;
}) {
  const t = useT();
  const { client } = useAccount();
  const entries = chatEntries(client, { ...row, filled: row.last !== null, listed: true }, t, onClear);
  return <Menu label={t('chats.menu', { name: row.name })} at={at} entries={entries} onClose={onClose} />;
}
