import { useEffect, useState } from 'react';
import { useAccount } from '../../app/account';
import { useLive, useStore, useT } from '../../app/hooks';
import { goBack, navigate } from '../../app/router';
import { type AccountId, conversationWith } from '../../sync/ids';
import { Avatar } from '../../ui/Avatar';
import { Empty } from '../../ui/Empty';
import { Mark } from '../../ui/Mark';
import { Pane } from '../../ui/Pane';
import { nameOf } from '../contacts/names';
import { Composer } from './Composer';
import styles from './Conversation.module.css';
import { ConversationModel } from './conversationModel';
import { MessageList } from './MessageList';
import { NoComposer } from './NoComposer';

/** One chat: who it is with, its messages, and where the next one is written. */
export function Conversation({ account }: { account: AccountId }) {
  const t = useT();
  const { client } = useAccount();
  const key = conversationWith(account);
  const [model] = useState(() => new ConversationModel(client, key));
  const contact = useLive(`contact-${account}`, async () => (await client.db.contacts.get(account)) ?? null);
  const { loaded, messages } = useStore(model.state);
  const typing = useStore(client.typing).has(key);
  useEffect(() => {
    void model.start();
    return () => model.stop();
  }, [model]);

  const name = nameOf(contact ?? undefined, account);
  const back = () => goBack({ name: 'chats' });
  if (contact === null && loaded && messages.length === 0) {
    return (
      <Pane title="" onBack={back} backLabel={t('app.back')}>
        <Empty
          picture={<Mark size={48} plain />}
          title={t('conversation.gone.title')}
          text={t('conversation.gone.text')}
        />
      </Pane>
    );
  }
  const title = (
    <button
      type="button"
      className={styles.who}
      title={t('conversation.details')}
      onClick={() => navigate({ name: 'contact', account })}
    >
      <Avatar id={account} name={name} size={40} />
      <span className={styles.name}>
        <h1>
          <bdi>{name}</bdi>
        </h1>
        <span className={styles.typing} role="status">
          {typing && t('chats.typing')}
        </span>
      </span>
    </button>
  );
  return (
    <Pane title={contact === undefined ? '' : title} onBack={back} backLabel={t('app.back')} scroll={false}>
      <MessageList model={model} account={account} name={name} />
      {contact?.status === 'contact' && <Composer model={model} conversation={key} />}
      {(contact === null || contact?.status === 'blocked' || contact?.status === 'former') && (
        <NoComposer account={account} name={name} blocked={contact?.status === 'blocked'} />
      )}
    </Pane>
  );
}
