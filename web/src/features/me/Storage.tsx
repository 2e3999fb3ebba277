import { useEffect, useState } from 'react';
import { useStore, useT } from '../../app/hooks';
import { goBack } from '../../app/router';
import { askToKeep, isNearlyFull, kept, learnRoom, room } from '../../app/storage';
import { Button } from '../../ui/Button';
import { Pane } from '../../ui/Pane';
import { Group, Sheet } from '../../ui/Sheet';
import styles from './Storage.module.css';
import { StorageChats } from './StorageChats';
import { StorageExport } from './StorageExport';
import { StorageImport } from './StorageImport';
import { bytes } from './storageWords';

/** What this device holds, whether the browser keeps it, and the way to take it along. */
export function Storage() {
  const t = useT();
  useEffect(() => void learnRoom(), []);
  return (
    <Pane
      title={<h1>{t('storage.title')}</h1>}
      onBack={() => goBack({ name: 'me' })}
      backLabel={t('app.back')}
    >
      <Sheet>
        <Used />
        <Kept />
        <StorageExport />
        <StorageImport />
        <StorageChats />
      </Sheet>
    </Pane>
  );
}

function Used() {
  const t = useT();
  const here = useStore(room);
  if (!here) return null;
  return (
    <Group title={t('storage.used')} hint={t('storage.used.hint')}>
      <div className={styles.block}>
        <p>{t('storage.used.of', { used: bytes(here.used, t), most: bytes(here.most, t) })}</p>
        <meter
          min={0}
          max={here.most}
          value={here.used}
          data-full={isNearlyFull(here)}
          aria-label={t('storage.used')}
        />
        {isNearlyFull(here) && (
          <p className={styles.warning} role="status">
            {t('storage.full')}
          </p>
        )}
      </div>
    </Group>
  );
}

/** Browsers may clear what a page keeps when the disk is full, unless they promised not to. */
function Kept() {
  const t = useT();
  const promised = useStore(kept);
  const [refused, setRefused] = useState(false);
  if (promised === null) return null;
  return (
    <Group title={t('storage.kept')}>
      <div className={styles.block}>
        <p className={styles.strong}>{t(promised ? 'storage.kept.yes' : 'storage.kept.no')}</p>
        <p>{t(promised ? 'storage.kept.yes_text' : 'storage.kept.no_text')}</p>
        {!promised && (
          <Button onClick={() => void askToKeep().then((yes) => setRefused(!yes))}>
            {t('storage.kept.ask')}
          </Button>
        )}
        <p role="status">{refused && t('storage.kept.refused')}</p>
      </div>
    </Group>
  );
}
