import { useEffect } from 'react';
import { useAccount } from '../../app/account';
import { useLive, useNow, useStore, useT } from '../../app/hooks';
import { protection } from '../../app/protection';
import type { TextKey } from '../../i18n/catalogue';
import type { Translate } from '../../i18n/translate';
import type { StoredMessage } from '../../sync/database';
import { IconButton } from '../../ui/Button';
import { Icon, type IconName } from '../../ui/Icon';
import { Pane } from '../../ui/Pane';
import { type Stop, Way } from '../../ui/Way';
import panelStyles from './ConversationDetails.module.css';
import { plainText } from './content';
import styles from './MessageDetails.module.css';
import { useHeld } from './useHeld';
import { type OnServer, type OnTheirs, onServer, onTheirs } from './whereabouts';

/** Beside a chat: where one message is now, until when, and why. */
export default function MessageDetails({
  id,
  name,
  onClose,
}: {
  id: string;
  name: string;
  onClose: () => void;
}) {
  const t = useT();
  const { client } = useAccount();
  const message = useLive(`message-${id}`, async () => (await client.db.messages.get(id)) ?? null);
  useEffect(() => {
    // Deleted or unknown: there is nothing to tell.
    if (message === null) onClose();
  }, [message, onClose]);
  return (
    <aside className={panelStyles.panel} aria-label={t('where.panel')}>
      <Pane
        still
        title={<h1 className={panelStyles.title}>{t('where.panel')}</h1>}
        actions={<IconButton icon="close" label={t('where.close')} onClick={onClose} />}
      >
        {message && <Whereabouts message={message} name={name} />}
      </Pane>
    </aside>
  );
}

function Whereabouts({ message, name }: { message: StoredMessage; name: string }) {
  const t = useT();
  const now = useNow(30_000);
  const periods = useStore(protection);
  const held = useHeld(message);
  const server = onServer(message, periods, held, now);
  const theirs = onTheirs(message);
  const own = message.state !== 'received';
  const when = new Intl.DateTimeFormat(t.locale, { dateStyle: 'long', timeStyle: 'short' }).format(
    message.at,
  );
  const places = [
    <Place key="here" icon="device" title={t('where.here')} text={t('where.here.text')} />,
    <Place
      key="server"
      icon={server.name === 'gone' ? 'gone' : 'server'}
      title={t('where.server')}
      text={serverWords(server, now, t)}
      marked={server.name === 'gone'}
    />,
    <Place
      key="theirs"
      icon="device"
      title={t('where.theirs', { name })}
      text={theirWords(theirs, now, t)}
    />,
  ];
  return (
    <div className={panelStyles.body}>
      <figure className={styles.message}>
        <blockquote dir="auto">{plainText(message) ?? t('message.recalled')}</blockquote>
        <figcaption>{t(own ? 'where.sent' : 'where.from', { name, time: when })}</figcaption>
      </figure>
      <section className={styles.way} aria-labelledby="where">
        <h2 id="where">{t('where.title')}</h2>
        <Way stops={own ? stops(server, theirs, t) : stops(server, theirs, t).toReversed()} />
        <ul className={styles.places}>{own ? places : places.toReversed()}</ul>
      </section>
    </div>
  );
}

function Place({
  icon,
  title,
  text,
  marked = false,
}: {
  icon: IconName;
  title: string;
  text: string;
  marked?: boolean;
}) {
  return (
    <li className={styles.place} data-marked={marked}>
      <Icon name={icon} size={20} />
      <div>
        <h3>
          <bdi>{title}</bdi>
        </h3>
        <p>{text}</p>
      </div>
    </li>
  );
}

function stops(server: OnServer, theirs: OnTheirs, t: Translate): Stop[] {
  const there = server.name === 'undelivered' || server.name === 'delivered';
  const arrived = theirs.name === 'delivered' || theirs.name === 'theirs';
  return [
    { icon: 'device', words: t('protection.way.you') },
    {
      icon: server.name === 'gone' ? 'gone' : 'server',
      words: t(there ? 'protection.way.server' : 'where.way.nothing'),
      sealed: there,
      empty: !there,
    },
    { icon: 'device', words: t(arrived ? 'protection.way.them' : 'where.way.nothing'), empty: !arrived },
  ];
}

function serverWords(server: OnServer, now: number, t: Translate): string {
  if (server.name === 'undelivered' || server.name === 'delivered') {
    if (server.until === null)
      return t(server.name === 'delivered' ? 'where.server.soon' : 'where.server.waits');
    const key: TextKey = server.name === 'delivered' ? 'where.server.delivered' : 'where.server.undelivered';
    return t(key, { time: moment(server.until, now, t) });
  }
  if (server.name === 'gone') return t('where.server.gone');
  return t(server.name === 'refused' ? 'where.server.refused' : 'where.server.not_yet');
}

function theirWords(theirs: OnTheirs, now: number, t: Translate): string {
  if (theirs.name === 'delivered') {
    if (theirs.at === null) return t('where.theirs.arrived');
    return t('where.theirs.delivered', { time: moment(theirs.at, now, t) });
  }
  const words: Record<Exclude<OnTheirs['name'], 'delivered'>, TextKey> = {
    not_yet: 'where.theirs.not_yet',
    expired: 'where.theirs.expired',
    recalled: 'where.theirs.recalled',
    theirs: 'where.theirs.author',
  };
  return t(words[theirs.name]);
}

/** The time of today, else with its day. */
function moment(at: number, now: number, t: Translate): string {
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString();
  const format: Intl.DateTimeFormatOptions = sameDay
    ? { timeStyle: 'short' }
    : { weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' };
  return new Intl.DateTimeFormat(t.locale, format).format(at);
}
