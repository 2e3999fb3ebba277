import { useStore, useT } from '../../app/hooks';
import { navigate } from '../../app/router';
import { Button } from '../../ui/Button';
import type { RegistrationFlow } from './flow';
import styles from './Registration.module.css';

/** For somebody below the age of consent: what happens now, what was kept, and until when. */
export function WaitingPage({ flow }: { flow: RegistrationFlow }) {
  const t = useT();
  const { waiting } = useStore(flow.state);
  if (!waiting) return null;
  const date = new Intl.DateTimeFormat(t.locale, { dateStyle: 'long' }).format(waiting.goneAt);
  return (
    <div className={styles.step}>
      <h1>{t('register.waiting.title')}</h1>
      <p>{t('register.waiting.text', { age: waiting.age })}</p>
      <p>{t('register.waiting.kept', { date })}</p>
      <Button onClick={() => navigate({ name: 'welcome' })}>{t('register.waiting.back')}</Button>
    </div>
  );
}
