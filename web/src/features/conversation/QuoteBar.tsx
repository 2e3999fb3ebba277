import { useAccount } from '../../app/account';
import { useEscape } from '../../app/escape';
import { useT } from '../../app/hooks';
import { IconButton } from '../../ui/Button';
import styles from './Quote.module.css';
import type { Quote } from './quote';

/** Above the field: what the next message answers, and the way to let go of it. */
export function QuoteBar({ quote, name, onDrop }: { quote: Quote; name: string; onDrop: () => void }) {
  const t = useT();
  useEscape(true, onDrop);
  return (
    <div className={styles.bar}>
      <div className={styles.quoted}>
        <QuotedText quote={quote} name={name} />
      </div>
      <IconButton icon="close" label={t('quote.drop')} onClick={onDrop} />
    </div>
  );
}

/** Who said it and its first lines. */
export function QuotedText({ quote, name }: { quote: Quote; name: string }) {
  const t = useT();
  const { me } = useAccount();
  return (
    <>
      <span className={styles.who}>
        <bdi>{quote.from === me.account_id ? t('quote.you') : name}</bdi>
      </span>
      <span className={styles.text}>{quote.text || t('message.recalled')}</span>
    </>
  );
}
