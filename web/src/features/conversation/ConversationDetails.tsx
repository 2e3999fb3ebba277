import { useEffect } from 'react';
import type { Protection } from '../../api/types';
import { useStore, useT } from '../../app/hooks';
import { learnProtection, protection } from '../../app/protection';
import { navigate } from '../../app/router';
import type { TextKey } from '../../i18n/catalogue';
import type { StoredContact } from '../../sync/database';
import { type AccountId, conversationWith } from '../../sync/ids';
import { Avatar } from '../../ui/Avatar';
import { Button, IconButton } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Pane } from '../../ui/Pane';
import { Group, GroupRow } from '../../ui/Sheet';
import { Way } from '../../ui/Way';
import { ChatActions } from '../chats/ChatActions';
import { openSearch } from '../search/searching';
import styles from './ConversationDetails.module.css';
import { span } from './span';

/** Beside a chat: with whom it is, and what stands between its messages and everybody else (D-66). */
export function ConversationDetails({
  account,
  contact,
  name,
  onClose,
}: {
  account: AccountId;
  contact: StoredContact | null;
  name: string;
  onClose: () => void;
}) {
  const t = useT();
  useEffect(() => void learnProtection(), []);
  return (
    <aside className={styles.panel} aria-label={t('conversation.details')}>
      <Pane
        title={<h1 className={styles.title}>{t('conversation.details')}</h1>}
        actions={<IconButton icon="close" label={t('conversation.details.close')} onClick={onClose} />}
      >
        <div className={styles.body}>
          <div className={styles.who}>
            <Avatar id={account} name={name} photo={contact?.photo} size={72} />
            <h2>
              <bdi>{name}</bdi>
            </h2>
            {contact?.handle && <p>{contact.handle}</p>}
          </div>
          <ChatActions account={account} name={name} />
          <Button wide onClick={() => openSearch(conversationWith(account))}>
            {t('search.in_chat')}
          </Button>
          <Protected contact={contact} />
          {contact && (
            <Button wide onClick={() => navigate({ name: 'contact', account })}>
              {t('conversation.contact')}
            </Button>
          )}
        </div>
      </Pane>
    </aside>
  );
}

const WORDS: Record<Protection, { title: TextKey; text: TextKey; limit: TextKey }> = {
  to_server: {
    title: 'protection.to_server.title',
    text: 'protection.to_server.text',
    limit: 'protection.to_server.limit',
  },
  end_to_end: {
    title: 'protection.end_to_end.title',
    text: 'protection.end_to_end.text',
    limit: 'protection.end_to_end.limit',
  },
};

/** In plain words, with the numbers as the server says them. */
function Protected({ contact }: { contact: StoredContact | null }) {
  const t = useT();
  const inForce = useStore(protection);
  const words = WORDS[contact?.protection ?? inForce?.protection ?? 'to_server'];
  return (
    <>
      <section className={styles.protection} aria-labelledby="protection">
        <h2 id="protection">
          <Icon name="lock" size={20} />
          {t(words.title)}
        </h2>
        <Way
          stops={[
            { icon: 'device', words: t('protection.way.you') },
            { icon: 'server', words: t('protection.way.server'), sealed: true },
            { icon: 'device', words: t('protection.way.them') },
          ]}
        />
        <p>{t(words.text)}</p>
        <p className={styles.limit}>{t(words.limit)}</p>
      </section>
      {inForce && (
        <Group title={t('protection.how_long')} hint={t('protection.how_long.hint')}>
          <GroupRow
            label={t('protection.delivered')}
            value={t('protection.at_most', { span: span(inForce.delivered_max_s, t) })}
          />
          <GroupRow
            label={t('protection.undelivered')}
            value={t('protection.at_most', { span: span(inForce.undelivered_max_s, t) })}
          />
          <GroupRow label={t('protection.recall')} value={span(inForce.recall_max_s, t)} />
        </Group>
      )}
    </>
  );
}
