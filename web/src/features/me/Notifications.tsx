import { useStore, useT } from '../../app/hooks';
import { choose, permission, preferences, turnOn } from '../../app/notifications/choices';
import { type PushState, pushState } from '../../app/notifications/push';
import { play } from '../../app/notifications/sound';
import { goBack } from '../../app/router';
import type { TextKey } from '../../i18n/catalogue';
import { Choice } from '../../ui/Choice';
import { Pane } from '../../ui/Pane';
import { Group, GroupRow, Sheet } from '../../ui/Sheet';
import { Switch } from '../../ui/Switch';
import type { Shows, SoundKind } from '../../worker/preferences';
import styles from './Notifications.module.css';
import { NotificationsQuiet } from './NotificationsQuiet';

/** How this device tells of news: whether, how much of it, with which sounds, and when not. */
export function Notifications() {
  const t = useT();
  const { shows } = useStore(preferences);
  return (
    <Pane
      title={<h1>{t('notifications.title')}</h1>}
      onBack={() => goBack({ name: 'me' })}
      backLabel={t('app.back')}
    >
      <Sheet>
        <Whether />
        <Choice<Shows>
          label={t('notifications.shows')}
          value={shows}
          onChange={(next) => choose({ shows: next })}
          options={[
            { value: 'text', label: t('notifications.shows.text') },
            { value: 'name', label: t('notifications.shows.name') },
            { value: 'nothing', label: t('notifications.shows.nothing') },
          ]}
        />
        <p className={styles.note}>{t('notifications.shows.hint')}</p>
        <Sounds />
        <NotificationsQuiet />
      </Sheet>
    </Pane>
  );
}

/** The switch shows what is the case: wanted here and allowed by the browser. */
function Whether() {
  const t = useT();
  const { on } = useStore(preferences);
  const allowed = useStore(permission);
  const push = useStore(pushState);
  const hints = {
    default: t('notifications.default'),
    granted: undefined,
    denied: t('notifications.denied'),
    unsupported: t('notifications.unsupported'),
  };
  const active = on && allowed === 'granted';
  return (
    <Group title={t('notifications.state')} hint={hints[allowed]}>
      <Switch
        label={t('notifications.on')}
        hint={t('notifications.on.hint')}
        checked={active}
        disabled={allowed === 'denied' || allowed === 'unsupported'}
        onChange={(wanted) => (wanted ? void turnOn() : choose({ on: false }))}
      />
      {active && (
        <div role="status">
          <GroupRow label={t('notifications.closed')} value={t(WHILE_CLOSED[push])} />
        </div>
      )}
    </Group>
  );
}

const WHILE_CLOSED: Record<PushState, TextKey> = {
  on: 'notifications.closed.on',
  off: 'notifications.closed.off',
  waiting: 'notifications.closed.waiting',
  failed: 'notifications.closed.failed',
  unsupported: 'notifications.closed.unsupported',
};

const SOUNDS: readonly [SoundKind, TextKey][] = [
  ['message', 'notifications.sounds.message'],
  ['request', 'notifications.sounds.request'],
  ['reminder', 'notifications.sounds.reminder'],
];

function Sounds() {
  const t = useT();
  const { sounds } = useStore(preferences);
  const set = (kind: SoundKind, on: boolean) => {
    choose({ sounds: { ...sounds, [kind]: on } });
    // So that one hears what one has chosen.
    if (on) play(kind);
  };
  return (
    <Group title={t('notifications.sounds')} hint={t('notifications.sounds.hint')}>
      {SOUNDS.map(([kind, words]) => (
        <Switch key={kind} label={t(words)} checked={sounds[kind]} onChange={(on) => set(kind, on)} />
      ))}
    </Group>
  );
}
