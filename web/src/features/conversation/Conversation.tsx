import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { useAccount } from '../../app/account';
import { useLive, useStore, useT } from '../../app/hooks';
import { goBack, navigate } from '../../app/router';
import { type AccountId, type ConversationKey, conversationWith } from '../../sync/ids';
import { Avatar } from '../../ui/Avatar';
import { IconButton } from '../../ui/Button';
import { Empty } from '../../ui/Empty';
import { Mark } from '../../ui/Mark';
import { Pane } from '../../ui/Pane';
import { nameOf } from '../contacts/names';
import { ChosenBar } from './ChosenBar';
import { Composer } from './Composer';
import styles from './Conversation.module.css';
import { ConversationDetails } from './ConversationDetails';
import { ConversationModel } from './conversationModel';
import { ConversationView } from './conversationView';
import { jump } from './jump';
import { MessageList } from './MessageList';
import { MessageMenu } from './MessageMenu';
import { NoComposer } from './NoComposer';
import { useLeaving } from './useLeaving';

const MessageDetails = lazy(() => import('./MessageDetails'));
const RemindDialog = lazy(() => import('./RemindDialog'));
const ForwardDialog = lazy(() => import('./ForwardDialog'));

/** One chat: who it is with, its messages, where the next one is written, and beside it what protects it. */
export function Conversation({
  account,
  details,
  message,
}: {
  account: AccountId;
  details: boolean;
  /** The message whose details stand beside the chat. */
  message: string | null;
}) {
  const t = useT();
  const { client } = useAccount();
  const key = conversationWith(account);
  const [model] = useState(() => new ConversationModel(client, key));
  const [view] = useState(() => new ConversationView(client, key, model));
  const { menu, chosen, forwarding, reminding } = useStore(view.state);
  const contact = useLive(`contact-${account}`, async () => (await client.db.contacts.get(account)) ?? null);
  const { loaded, messages } = useStore(model.state);
  const typing = useStore(client.typing).has(key);
  useLeaving(key);
  useEffect(() => {
    void model.start(taken(key));
    const asked = jump.subscribe(() => {
      const message = taken(key);
      if (message !== undefined) void model.openAt(message);
    });
    return () => {
      asked();
      model.stop();
    };
  }, [model, key]);

  const toChat = useCallback(() => navigate({ name: 'chat', account }), [account]);
  const name = nameOf(contact ?? undefined, account);
  const writable = contact?.status === 'contact';
  const back = () => goBack({ name: 'chats' });
  if (contact === null && loaded && messages.length === 0) {
    return (
      <Pane title="" onBack={back} backLabel={t('app.back')}>
        <Empty
          whole
          picture={<Mark size={48} plain />}
          title={t('conversation.gone.title')}
          text={t('conversation.gone.text')}
        />
      </Pane>
    );
  }
  const toggle = () => navigate({ name: details ? 'chat' : 'details', account });
  const title = (
    <button type="button" className={styles.who} title={t('conversation.details')} onClick={toggle}>
      <Avatar id={account} name={name} photo={contact?.photo} size={40} />
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
  const info = (
    <IconButton icon="info" label={t('conversation.details')} aria-expanded={details} onClick={toggle} />
  );
  return (
    <div className={styles.frame} data-details={details || message !== null}>
      <div className={styles.chat}>
        <Pane
          title={contact === undefined ? '' : title}
          onBack={back}
          backLabel={t('app.back')}
          actions={contact === undefined ? null : info}
          scroll={false}
        >
          <MessageList model={model} view={view} name={name} writable={writable} />
          {chosen && <ChosenBar view={view} name={name} count={chosen.size} />}
          {writable && (
            <Composer model={model} view={view} conversation={key} name={name} away={chosen !== null} />
          )}
          {contact !== undefined && !writable && !chosen && (
            <NoComposer account={account} name={name} status={contact?.status ?? 'former'} />
          )}
        </Pane>
      </div>
      {forwarding && (
        <Suspense>
          <ForwardDialog
            messages={forwarding}
            onClose={() => view.forward(null)}
            onDone={view.leaveChoosing}
          />
        </Suspense>
      )}
      {reminding && (
        <Suspense>
          <RemindDialog message={reminding} onClose={() => view.remind(null)} />
        </Suspense>
      )}
      {message !== null && (
        <Suspense>
          <MessageDetails id={message} name={name} onClose={toChat} />
        </Suspense>
      )}
      {menu && <MessageMenu view={view} {...menu} account={account} writable={writable} />}
      {details && contact !== undefined && (
        <ConversationDetails account={account} contact={contact} name={name} onClose={toggle} />
      )}
    </div>
  );
}

/** The message this chat is to be opened at, asked for once. */
function taken(conversation: ConversationKey): string | undefined {
  const wish = jump.get();
  if (wish?.conversation !== conversation) return undefined;
  jump.set(null);
  return wish.message;
}
