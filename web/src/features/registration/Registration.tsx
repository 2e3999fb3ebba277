import { useEffect, useState } from 'react';
import { useStore, useT } from '../../app/hooks';
import { coverPlace, navigate } from '../../app/router';
import { signedIn } from '../../app/session';
import { IconButton } from '../../ui/Button';
import { Mark } from '../../ui/Mark';
import { CodeStep } from './CodeStep';
import { RegistrationFlow } from './flow';
import { NumberStep } from './NumberStep';
import { NOTHING_TYPED, ProfileStep } from './ProfileStep';
import styles from './Registration.module.css';
import { WaitingPage } from './WaitingPage';

/** From a phone number to being signed in: number, code, and for a new number a few words about oneself. */
export function Registration() {
  const t = useT();
  const [flow] = useState(() => new RegistrationFlow(signedIn));
  const [region, setRegion] = useState<string | null>(null);
  // Typed here and not lost by going back and forth between the steps.
  const [national, setNational] = useState('');
  const [typed, setTyped] = useState(NOTHING_TYPED);
  const { step } = useStore(flow.state);
  const further = step !== 'number';
  useEffect(() => {
    if (further) return coverPlace(() => flow.changeNumber());
  }, [further, flow]);
  const back = () =>
    step === 'number' || step === 'waiting' ? navigate({ name: 'welcome' }) : window.history.back();
  return (
    <main className={styles.page}>
      <div className={styles.top}>
        <IconButton icon="back" label={t('app.back')} onClick={back} />
        <Mark size={28} />
        <span className={styles.balance} />
      </div>
      <div className={styles.sheet} key={step}>
        {step === 'number' && (
          <NumberStep
            flow={flow}
            region={region}
            onRegion={setRegion}
            national={national}
            onNational={setNational}
          />
        )}
        {step === 'code' && <CodeStep flow={flow} />}
        {step === 'profile' && <ProfileStep flow={flow} region={region} typed={typed} onType={setTyped} />}
        {step === 'waiting' && <WaitingPage flow={flow} />}
      </div>
    </main>
  );
}
