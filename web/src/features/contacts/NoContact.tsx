import { useT } from '../../app/hooks';
import { Empty } from '../../ui/Empty';
import { Icon } from '../../ui/Icon';

/** Instead of what a place would show of somebody who is not here. */
export function NoContact() {
  const t = useT();
  return (
    <Empty
      whole
      picture={<Icon name="contacts" size={48} />}
      title={t('card.gone.title')}
      text={t('card.gone.text')}
    />
  );
}
