import { type FormEvent, useState } from 'react';
import { useAccount } from '../../app/account';
import { useLive, useT } from '../../app/hooks';
import { notify } from '../../app/notices';
import { goBack, linkTo, navigate } from '../../app/router';
import { useAction } from '../../app/useAction';
import type { StoredContact } from '../../sync/database';
import type { AccountId } from '../../sync/ids';
import { Avatar } from '../../ui/Avatar';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { Pane } from '../../ui/Pane';
import { Group, GroupButton, GroupLink, GroupRow, Sheet } from '../../ui/Sheet';
import { AskAgain } from './AskAgain';
import { block, remove, setRemark, unblock } from './actions';
import styles from './ContactCard.module.css';
import { NoContact } from './NoContact';
import { nameOf } from './names';
import { Tags } from './Tags';

/** Everything about one contact, and what can be done. */
export function ContactCard({ account }: { account: AccountId }) {
  const t = useT();
  const { client } = useAccount();
  const contact = useLive(`contact-${account}`, async () => (await client.db.contacts.get(account)) ?? null);
  return (
    <Pane title="" onBack={() => goBack({ name: 'contacts' })} backLabel={t('app.back')}>
      {contact === null && <NoContact />}
      {contact && <Card contact={contact} />}
    </Pane>
  );
}

function Card({ contact }: { contact: StoredContact }) {
  const t = useT();
  const { client } = useAccount();
  const { run } = useAction();
  const name = nameOf(contact, contact.account_id);
  const { account_id: account, status } = contact;
  return (
    <Sheet>
      <div className={styles.head}>
        <Avatar id={account} name={name} photo={contact.photo} size={72} />
        <div className={styles.who}>
          <h1>
            <bdi>{name}</bdi>
          </h1>
          {status === 'former' && <p>{t('chats.former')}</p>}
          {status === 'deleted' && <p>{t('chats.deleted')}</p>}
          {status === 'blocked' && <p className={styles.blocked}>{t('contacts.blocked')}</p>}
        </div>
      </div>
      {status === 'former' && <AskAgain account={account} primary />}
      {(status === 'contact' || status === 'blocked') && (
        <Button kind="primary" onClick={() => navigate({ name: 'chat', account })}>
          {t('card.message')}
        </Button>
      )}
      {status !== 'deleted' && (
        <Group>
          {contact.remark && <GroupRow label={t('card.alias')} value={<bdi>{contact.alias}</bdi>} />}
          <GroupRow label={t('card.id')} value={contact.handle ?? t('me.id.none')} />
        </Group>
      )}
      {status === 'contact' && <Remark contact={contact} key={contact.remark ?? ''} />}
      {status === 'contact' && <Tags contact={contact} />}
      {(status === 'contact' || status === 'blocked') && (
        <Group hint={t('card.block_text')}>
          <GroupLink {...linkTo({ name: 'report', account })} icon="flag" label={t('report.open')} />
          <BlockRow account={account} name={name} blocked={status === 'blocked'} />
        </Group>
      )}
      {status === 'contact' && <Removal name={name} onRemove={() => run(() => remove(client, account))} />}
    </Sheet>
  );
}

function Remark({ contact }: { contact: StoredContact }) {
  const t = useT();
  const { client } = useAccount();
  const { busy, run } = useAction();
  const [remark, setText] = useState(contact.remark ?? '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    run(async () => {
      await setRemark(client, contact.account_id, remark.trim());
      notify('app.saved');
    });
  };
  return (
    <form className={styles.remark} onSubmit={submit}>
      <Field
        label={t('card.remark')}
        hint={t('card.remark_hint')}
        value={remark}
        maxLength={64}
        placeholder={contact.alias}
        onChange={(event) => setText(event.target.value)}
      />
      <Button type="submit" busy={busy} disabled={remark.trim() === (contact.remark ?? '')}>
        {t('app.save')}
      </Button>
    </form>
  );
}

/** Blocking can be undone, so it is done without a question. */
function BlockRow({ account, name, blocked }: { account: AccountId; name: string; blocked: boolean }) {
  const t = useT();
  const { client } = useAccount();
  const { run } = useAction();
  const toggle = (to: boolean) =>
    run(async () => {
      notify(to ? 'card.blocked' : 'card.unblocked', { name }, () => toggle(!to));
      await (to ? block(client, account) : unblock(client, account));
    });
  return (
    <GroupButton
      icon="block"
      label={t(blocked ? 'card.unblock' : 'card.block')}
      onClick={() => toggle(!blocked)}
    />
  );
}

/** Being contacts is lost until both agree again, so this asks, and says what goes. */
function Removal({ name, onRemove }: { name: string; onRemove: () => void }) {
  const t = useT();
  const [asking, setAsking] = useState(false);
  return (
    <Group>
      <GroupButton icon="bin" label={t('card.remove')} danger onClick={() => setAsking(true)} />
      {asking && (
        <Dialog
          title={t('card.remove.title', { name })}
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>{t('app.cancel')}</Button>
              <Button
                kind="danger"
                onClick={() => {
                  setAsking(false);
                  onRemove();
                  notify('card.removed', { name });
                }}
              >
                {t('card.remove')}
              </Button>
            </>
          }
        >
          <p>{t('card.remove.text')}</p>
        </Dialog>
      )}
    </Group>
  );
}
