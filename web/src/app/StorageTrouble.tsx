import type { TextKey } from '../i18n/catalogue';
import type { OpeningTrouble } from '../sync/opening';
import { Button } from '../ui/Button';
import { Empty } from '../ui/Empty';
import { Mark } from '../ui/Mark';
import { useT } from './hooks';

const WORDS: Record<OpeningTrouble, { title: TextKey; text: TextKey }> = {
  newer: { title: 'opening.newer.title', text: 'opening.newer.text' },
  blocked: { title: 'opening.blocked.title', text: 'opening.blocked.text' },
  refused: { title: 'opening.refused.title', text: 'opening.refused.text' },
};

/** Instead of everything else while the messages on this device cannot be opened: says why, and that nothing is lost. */
export function StorageTrouble({ trouble }: { trouble: OpeningTrouble }) {
  const t = useT();
  return (
    <main>
      <Empty
        whole
        picture={<Mark size={56} />}
        title={t(WORDS[trouble].title)}
        text={t(WORDS[trouble].text)}
        action={
          <Button kind="primary" onClick={() => window.location.reload()}>
            {t('crash.action')}
          </Button>
        }
      />
    </main>
  );
}
