import { type ChangeEvent, useEffect, useRef, useState } from 'react';
import { useT } from '../../app/hooks';
import { goBack, navigate } from '../../app/router';
import type { TextKey } from '../../i18n/catalogue';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Pane } from '../../ui/Pane';
import { CameraError, type NoCamera, watchForCodes } from './camera';
import { readFile } from './readQr';
import styles from './Scanner.module.css';
import { readScanned } from './scanned';

const WHY: Record<NoCamera, TextKey> = {
  none: 'scan.none',
  denied: 'scan.denied',
  insecure: 'scan.insecure',
  busy: 'scan.busy',
};

type Said = { text: TextKey; host?: string } | null;

/** Reads the QR codes of this server: of people to add, and of devices that want to sign in. */
export function Scanner() {
  const t = useT();
  const [said, say] = useState<Said>(null);
  const [why, setWhy] = useState<NoCamera | null>(null);
  const [tries, setTries] = useState(0);
  const video = useRef<HTMLVideoElement>(null);
  const hear = (text: string) => {
    const scanned = readScanned(text, window.location.origin);
    if (scanned.kind === 'ours') navigate(scanned.route, { replace: true });
    else if (scanned.kind === 'elsewhere') say({ text: 'scan.elsewhere', host: scanned.host });
    else say({ text: 'scan.other' });
  };
  useCamera(video, tries, hear, setWhy);
  return (
    <Pane title={<h1>{t('scan.title')}</h1>} onBack={() => goBack({ name: 'add' })} backLabel={t('app.back')}>
      <div className={styles.page}>
        <div className={styles.frame} data-off={why !== null}>
          <video ref={video} className={styles.video} muted playsInline aria-label={t('scan.view')} />
          {why === null && <span className={styles.aim} aria-hidden="true" />}
          {why !== null && (
            <div className={styles.off}>
              <Icon name="camera" size={48} />
              <p role="alert">{t(WHY[why])}</p>
              {why !== 'insecure' && <Button onClick={() => setTries(tries + 1)}>{t('app.retry')}</Button>}
            </div>
          )}
        </div>
        <p className={styles.said} role="status" data-said={said !== null}>
          {said ? t(said.text, { host: said.host ?? '' }) : why === null && t('scan.hint')}
        </p>
        <FromFile onText={hear} onNothing={() => say({ text: 'scan.file_nothing' })} />
      </div>
    </Pane>
  );
}

/** The camera runs while this is on screen; what it sees goes to the latest `hear`. */
function useCamera(
  video: React.RefObject<HTMLVideoElement | null>,
  tries: number,
  hear: (text: string) => void,
  setWhy: (why: NoCamera | null) => void,
): void {
  const latest = useRef(hear);
  latest.current = hear;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new try is a reason to open it again.
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    let gone = false;
    let end: (() => void) | undefined;
    setWhy(null);
    watchForCodes(element, (text) => latest.current(text)).then(
      (stop) => {
        end = stop;
        if (gone) stop();
      },
      (error: unknown) => {
        if (!gone) setWhy(error instanceof CameraError ? error.why : 'none');
      },
    );
    return () => {
      gone = true;
      end?.();
    };
  }, [video, tries, setWhy]);
}

function FromFile({ onText, onNothing }: { onText: (text: string) => void; onNothing: () => void }) {
  const t = useT();
  const input = useRef<HTMLInputElement>(null);
  const read = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    event.target.value = '';
    if (!file) return;
    const text = await readFile(file);
    if (text === null) onNothing();
    else onText(text);
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        accept="image/*"
        className="visually-hidden"
        tabIndex={-1}
        aria-label={t('scan.file')}
        onChange={(event) => void read(event)}
      />
      <Button onClick={() => input.current?.click()}>{t('scan.file')}</Button>
    </>
  );
}
