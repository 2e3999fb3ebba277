import { useStore, useT } from '../../app/hooks';
import { goBack } from '../../app/router';
import { chooseLanguage, type LanguageChoice, languageChoice } from '../../i18n/language';
import {
  BACKGROUNDS,
  background,
  chooseBackground,
  chooseTextSize,
  TEXT_SIZES,
  textSize,
} from '../../theme/looks';
import { chooseTheme, type ThemeChoice, theme } from '../../theme/theme';
import { Bubble } from '../../ui/Bubble';
import { Choice } from '../../ui/Choice';
import { Pane } from '../../ui/Pane';
import { Sheet } from '../../ui/Sheet';
import styles from './Appearance.module.css';

/** How Billet looks on this device; everything shows at once in the small chat above. */
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
        <Preview />
        <TextSizeChoice />
        <BackgroundChoice />
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
        <p className={styles.note}>{t('me.appearance.here')}</p>
      </Sheet>
    </Pane>
  );
}

function Preview() {
  const t = useT();
  return (
    <section className={styles.preview} aria-label={t('me.preview')}>
      <Bubble own={false} tail>
        {t('me.preview.theirs')}
      </Bubble>
      <Bubble own tail>
        {t('me.preview.own')}
      </Bubble>
    </section>
  );
}

function TextSizeChoice() {
  const t = useT();
  const size = useStore(textSize);
  const names = {
    small: t('me.text.small'),
    normal: t('me.text.normal'),
    large: t('me.text.large'),
    largest: t('me.text.largest'),
  };
  return (
    <label className={styles.text}>
      <span className={styles.label}>
        {t('me.text')} · {names[size]}
      </span>
      <span className={styles.slide}>
        <span className={styles.smallest} aria-hidden="true">
          A
        </span>
        <input
          type="range"
          min={0}
          max={TEXT_SIZES.length - 1}
          step={1}
          value={TEXT_SIZES.indexOf(size)}
          aria-valuetext={names[size]}
          onChange={(event) => chooseTextSize(TEXT_SIZES[Number(event.target.value)] ?? 'normal')}
        />
        <span className={styles.biggest} aria-hidden="true">
          A
        </span>
      </span>
    </label>
  );
}

function BackgroundChoice() {
  const t = useT();
  const chosen = useStore(background);
  const names = {
    plain: t('me.background.plain'),
    sage: t('me.background.sage'),
    mist: t('me.background.mist'),
    rose: t('me.background.rose'),
    ruled: t('me.background.ruled'),
    dots: t('me.background.dots'),
  };
  return (
    <fieldset className={styles.backgrounds}>
      <legend className={styles.label}>{t('me.background')}</legend>
      {BACKGROUNDS.map((one) => (
        <label key={one} className={styles.tile}>
          <input
            type="radio"
            name="background"
            checked={chosen === one}
            onChange={() => chooseBackground(one)}
          />
          <span className={styles.swatch} data-chat-back={one} />
          <span>{names[one]}</span>
        </label>
      ))}
    </fieldset>
  );
}
