import { useStore, useT } from '../../app/hooks';
import { goBack } from '../../app/router';
import { chooseLanguage, type LanguageChoice, languageChoice } from '../../i18n/language';
import { chooseTheme, type ThemeChoice, theme } from '../../theme/theme';
import { Choice } from '../../ui/Choice';
import { Pane } from '../../ui/Pane';
import { Sheet } from '../../ui/Sheet';

export function Appearance() {
  const t = useT();
  const chosenTheme = useStore(theme);
  const chosenLanguage = useStore(languageChoice);
  return (
    <Pane
      title={<h1>{t('me.appearance')}</h1>}
      onBack={() => goBack({ name: 'me' })}
      backLabel={t('app.back')}
    >
      <Sheet>
        <Choice<LanguageChoice>
          label={t('me.language')}
          value={chosenLanguage}
          onChange={chooseLanguage}
          options={[
            { value: 'system', label: t('me.language.system') },
            { value: 'en', label: t('me.language.en'), lang: 'en' },
            { value: 'zh', label: t('me.language.zh'), lang: 'zh-CN' },
          ]}
        />
        <Choice<ThemeChoice>
          label={t('me.theme')}
          value={chosenTheme}
          onChange={chooseTheme}
          options={[
            { value: 'system', label: t('me.theme.system') },
            { value: 'light', label: t('me.theme.light') },
            { value: 'dark', label: t('me.theme.dark') },
          ]}
        />
      </Sheet>
    </Pane>
  );
}
