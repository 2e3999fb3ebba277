import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { useT } from './hooks';
import styles from './KeyboardHelp.module.css';
import { helpOpen, keyCaps, SHORTCUTS } from './shortcuts';

/** Every shortcut with its keys, as `pressed` knows them. */
export function KeyboardHelp() {
  const t = useT();
  const close = () => helpOpen.set(false);
  const mac = /Mac|iP(hone|ad|od)/.test(navigator.platform);
  const all = Object.entries(SHORTCUTS);
  const groups = [
    { title: t('keys.everywhere'), rows: all.filter(([, shortcut]) => !shortcut.here) },
    { title: t('keys.here'), rows: all.filter(([, shortcut]) => shortcut.here) },
  ];
  return (
    <Dialog
      title={t('keys.title')}
      onClose={close}
      actions={<Button onClick={close}>{t('keys.close_help')}</Button>}
    >
      {groups.map(({ title, rows }) => (
        <section key={title}>
          <h3 className={styles.title}>{title}</h3>
          <dl className={styles.keys}>
            {rows.map(([name, { keys, words }]) => (
              <div key={name} className={styles.row}>
                <dt>{t(words)}</dt>
                <dd>
                  {keys.map((way) => (
                    <span key={way} className={styles.way}>
                      {keyCaps(way, mac).map((cap) => (
                        <kbd key={cap}>{cap}</kbd>
                      ))}
                    </span>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
