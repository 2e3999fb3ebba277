import { useEffect } from 'react';
import { useStore, useT } from '../../app/hooks';
import { learnProtection, protection } from '../../app/protection';
import { goBack } from '../../app/router';
import { Icon } from '../../ui/Icon';
import { Pane } from '../../ui/Pane';
import { Group, GroupLink, Sheet } from '../../ui/Sheet';
import { Blocked } from './Blocked';
import { Findable } from './Findable';
import styles from './Privacy.module.css';

/** Who can find and reach this person, and what protects what they write. */
export function Privacy() {
  const t = useT();
  return (
    <Pane title={<h1>{t('me.privacy')}</h1>} onBack={() => goBack({ name: 'me' })} backLabel={t('app.back')}>
      <Sheet>
        <Findable />
        <Blocked />
        <Protected />
      </Sheet>
    </Pane>
  );
}

/** How messages are protected here, in the words of the chats themselves. */
function Protected() {
  const t = useT();
  const kind = useStore(protection)?.protection ?? 'to_server';
  useEffect(() => void learnProtection(), []);
  return (
    <Group title={t('privacy.protection')}>
      <div className={styles.protection}>
        <Icon name="lock" size={20} />
        <div>
          <p className={styles.strong}>{t(`protection.${kind}.title`)}</p>
          <p>{t(`protection.${kind}.text`)}</p>
          <p>{t(`protection.${kind}.limit`)}</p>
        </div>
      </div>
      <GroupLink icon="info" label={t('me.policy')} href={`/policy/${t.language}`} />
    </Group>
  );
}
