import { useState } from 'react';
import { api } from '../../api/api';
import { useAccount } from '../../app/account';
import { useT } from '../../app/hooks';
import { linkTo } from '../../app/router';
import { remember } from '../../app/session';
import { useAction } from '../../app/useAction';
import { Group, GroupLink } from '../../ui/Sheet';
import { Switch } from '../../ui/Switch';

type By = 'by_phone' | 'by_handle';

/** By what others can find this person. The switch moves at once and goes back when the server refuses. */
export function Findable() {
  const t = useT();
  const { me } = useAccount();
  const { run } = useAction();
  const [wanted, setWanted] = useState<Partial<Record<By, boolean>>>({});
  const change = (by: By, to: boolean) => {
    setWanted((now) => ({ ...now, [by]: to }));
    run(async () => {
      try {
        remember(await api.changeMe({ findable: { [by]: to } }));
      } finally {
        setWanted(({ [by]: _, ...rest }) => rest);
      }
    });
  };
  const stands = (by: By) => wanted[by] ?? me.findable?.[by] ?? true;
  return (
    <Group title={t('privacy.find')} hint={t('privacy.find_hint')}>
      <Switch
        label={t('privacy.find.phone')}
        checked={stands('by_phone')}
        onChange={(to) => change('by_phone', to)}
      />
      <Switch
        label={t('privacy.find.handle')}
        hint={me.handle ?? t('me.id.none')}
        checked={stands('by_handle')}
        onChange={(to) => change('by_handle', to)}
      />
      <GroupLink {...linkTo({ name: 'qr' })} icon="qr" label={t('qr.title')} />
    </Group>
  );
}
