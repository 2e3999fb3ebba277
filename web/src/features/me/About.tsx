import { useEffect } from 'react';
import { useAccount } from '../../app/account';
import { health, learnHealth } from '../../app/health';
import { useStore, useT } from '../../app/hooks';
import { controllerFor, learnPolicyFacts, type PolicyFacts, policyFacts } from '../../app/policyFacts';
import { learnProtection, protection } from '../../app/protection';
import { goBack } from '../../app/router';
import { Icon } from '../../ui/Icon';
import { Mark } from '../../ui/Mark';
import { Pane } from '../../ui/Pane';
import { Group, GroupLink, GroupRow, Sheet } from '../../ui/Sheet';
import { SkeletonRows } from '../../ui/Skeleton';
import styles from './About.module.css';

/** What this is, who answers for it, and what it can and cannot promise. */
export function About() {
  const t = useT();
  const server = useStore(health);
  const facts = useStore(policyFacts);
  useEffect(() => {
    void learnHealth();
    void learnPolicyFacts();
    void learnProtection();
  }, []);
  return (
    <Pane title={<h1>{t('me.about')}</h1>} onBack={() => goBack({ name: 'me' })} backLabel={t('app.back')}>
      <Sheet>
        <div className={styles.head}>
          <Mark size={56} />
          <div>
            <h2>Billet</h2>
            {server && <p>{t('about.version', { version: server.version })}</p>}
          </div>
        </div>
        <Promises />
        {facts ? <Answers facts={facts} /> : <SkeletonRows label={t('app.loading')} rows={2} />}
        <Group hint={t('about.digest_hint')}>
          {server && (
            <GroupRow
              label={t('about.policy_version')}
              value={`${server.policy_version}${facts?.draft ? ` · ${t('about.draft')}` : ''}`}
            />
          )}
          {server && (
            <GroupRow
              label={t('about.digest')}
              value={<code className={styles.digest}>{server.policy_digest}</code>}
            />
          )}
          <GroupLink icon="shield" label={t('me.policy')} href={`/policy/${t.language}`} />
        </Group>
        <p className={styles.licence}>{t('about.licence')}</p>
      </Sheet>
    </Pane>
  );
}

/** Three lines: what holds, what does not, and what no server can. */
function Promises() {
  const t = useT();
  const endToEnd = useStore(protection)?.protection === 'end_to_end';
  return (
    <Group title={t('about.promise')}>
      <ul className={styles.points}>
        <li>
          <Icon name="check" size={20} />
          <span>{t('about.promise.can')}</span>
        </li>
        <li data-not="">
          <Icon name="close" size={20} />
          <span>{t(endToEnd ? 'protection.end_to_end.limit' : 'protection.to_server.limit')}</span>
        </li>
        <li data-not="">
          <Icon name="close" size={20} />
          <span>{t('about.promise.theirs')}</span>
        </li>
      </ul>
    </Group>
  );
}

/** Operator, controller and contact, from the policy itself. */
function Answers({ facts }: { facts: PolicyFacts }) {
  const t = useT();
  const { me } = useAccount();
  const controller = controllerFor(facts, me.region);
  const { contact, legal_name } = facts.operator;
  return (
    <Group title={t('about.who')}>
      <GroupRow label={t('about.operator')} value={legal_name} />
      {controller && (
        <GroupRow
          label={t('about.controller')}
          value={
            <>
              {controller.legal_name}
              <br />
              {controller.post}
            </>
          }
        />
      )}
      <GroupRow
        label={t('about.contact')}
        value={
          <>
            <a href={`mailto:${contact.email}`}>{contact.email}</a>
            <br />
            {contact.post}
          </>
        }
      />
    </Group>
  );
}
