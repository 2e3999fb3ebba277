import { useEffect, useState } from 'react';
import type { SyncClient } from '../sync/client';
import type { LineState } from '../sync/engine';
import { Icon } from '../ui/Icon';
import styles from './Banners.module.css';
import { demo } from './health';
import { useStore, useT } from './hooks';
import { navigate, route } from './router';
import { session } from './session';
import { isNearlyFull, learnRoom, room } from './storage';
import { takeUpdate, updateReady } from './updates';

/** Thin lines above everything: what kind of server this is, and how the line to it stands. */
export function Banners() {
  const t = useT();
  const trial = useStore(demo);
  const who = useStore(session);
  return (
    <header>
      {trial && (
        <p className={styles.banner} data-kind="demo">
          <span className={styles.long}>{t('app.demo')}</span>
          <span className={styles.short}>{t('app.demo.short')}</span>
        </p>
      )}
      <UpdateBanner />
      {who.name === 'in' && <LineBanner client={who.client} />}
      {who.name === 'in' && <RoomBanner />}
    </header>
  );
}

function UpdateBanner() {
  const t = useT();
  const ready = useStore(updateReady);
  return (
    <div role="status">
      {ready && (
        <p className={styles.banner} data-kind="update">
          <span>{t('update.ready')}</span>
          <button type="button" className={styles.action} onClick={takeUpdate}>
            {t('update.take')}
          </button>
        </p>
      )}
    </div>
  );
}

/** How often the browser is asked how much room is left. */
const ROOM_EVERY_MS = 10 * 60 * 1000;

/** Before messages cannot be saved any more, there is time to export or clear. */
function RoomBanner() {
  const t = useT();
  const here = useStore(room);
  const where = useStore(route);
  useEffect(() => {
    const look = () => void learnRoom().catch(() => {});
    look();
    const timer = setInterval(look, ROOM_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const full = here !== null && isNearlyFull(here) && where.name !== 'storage';
  return (
    <div role="status">
      {full && (
        <p className={styles.banner} data-kind="line">
          <Icon name="info" size={16} />
          <span className={styles.long}>{t('storage.full')}</span>
          <span className={styles.short}>{t('storage.full.short')}</span>
          <button type="button" className={styles.action} onClick={() => navigate({ name: 'storage' })}>
            {t('storage.full.action')}
          </button>
        </p>
      )}
    </div>
  );
}

/** A line that is lost for a moment is nobody's business. */
const QUIET_MS = 1_500;

function LineBanner({ client }: { client: SyncClient }) {
  const t = useT();
  const line = useStore(client.line);
  const well = line.name === 'online' || line.name === 'syncing';
  const settled = useSettled(well, QUIET_MS);
  const text = well || !settled ? null : lineText(line);
  return (
    <div role="status">
      {text && (
        <p className={styles.banner} data-kind="line">
          <Icon name={line.name === 'connecting' ? 'clock' : 'info'} size={16} />
          <span className={styles.long}>{t(text)}</span>
          <span className={styles.short}>{t(`${text}.short`)}</span>
          {line.name === 'replaced' && (
            <button type="button" className={styles.action} onClick={() => client.wake()}>
              {t('line.replaced.action')}
            </button>
          )}
        </p>
      )}
    </div>
  );
}

function lineText(line: LineState) {
  if (line.name === 'replaced') return 'line.replaced' as const;
  if (line.name === 'storage_broken') return 'line.storage' as const;
  if (!navigator.onLine) return 'line.offline' as const;
  return line.name === 'offline' ? ('line.server_away' as const) : ('line.connecting' as const);
}

/** True once `well` has been false for `ms`. */
function useSettled(well: boolean, ms: number): boolean {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    if (well) return setSettled(false);
    const timer = setTimeout(() => setSettled(true), ms);
    return () => clearTimeout(timer);
  }, [well, ms]);
  return settled;
}
