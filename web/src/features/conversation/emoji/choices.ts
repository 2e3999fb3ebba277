import type { Emoji, Tone } from './emoji';

/** How many are kept at hand: four lines of eight. */
const RECENT_MOST = 32;
/** On this device alone; signing out forgets it. */
export const EMOJI_KEY = 'billet.emoji';

/** What was picked last, newest first and without its tone, and the tone that people are picked in. */
export type Choices = { recent: Emoji[]; tone: Tone };

export function readChoices(): Choices {
  try {
    const kept = JSON.parse(localStorage.getItem(EMOJI_KEY) ?? '{}') as Partial<Choices>;
    return { recent: Array.isArray(kept.recent) ? kept.recent : [], tone: kept.tone ?? 0 };
  } catch {
    return { recent: [], tone: 0 };
  }
}

export function keepChoices(choices: Choices): void {
  try {
    localStorage.setItem(EMOJI_KEY, JSON.stringify(choices));
  } catch {
    // A browser without storage keeps them for this visit.
  }
}

export function pick(choices: Choices, emoji: Emoji): Choices {
  const others = choices.recent.filter(({ plain }) => plain !== emoji.plain);
  return { ...choices, recent: [emoji, ...others].slice(0, RECENT_MOST) };
}
