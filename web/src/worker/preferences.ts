/** What a notification may tell whoever sees the screen. */
export type Shows = 'text' | 'name' | 'nothing';
export type SoundKind = 'message' | 'request' | 'reminder';

/** Hours without notifications and sounds, as minutes of the day where this device is. */
export type QuietHours = { from: number; to: number };

/** How this device tells of news. Kept on it alone; the quiet hours also with the push subscription. */
export type Preferences = {
  /** Wanted by the person; the browser has its own say. */
  on: boolean;
  shows: Shows;
  sounds: Record<SoundKind, boolean>;
  /** Set even while `quiet` is off, so that switching on finds them again. */
  quietHours: QuietHours;
  quiet: boolean;
};

export const DEFAULTS: Preferences = {
  on: true,
  shows: 'text',
  sounds: { message: true, request: true, reminder: true },
  quietHours: { from: 22 * 60, to: 7 * 60 },
  quiet: false,
};

/** Fills what an older client did not store, and drops what is no longer known. */
export function preferencesFrom(stored: unknown): Preferences {
  if (typeof stored !== 'object' || stored === null) return DEFAULTS;
  const { on, shows, sounds, quietHours, quiet } = stored as Partial<Preferences>;
  return {
    on: on ?? DEFAULTS.on,
    shows: shows ?? DEFAULTS.shows,
    sounds: { ...DEFAULTS.sounds, ...sounds },
    quietHours: { ...DEFAULTS.quietHours, ...quietHours },
    quiet: quiet ?? DEFAULTS.quiet,
  };
}

/** Whether `minute` of the day lies in the quiet hours; they may run over midnight. Equal ends mean the whole day. */
export function isQuiet({ quiet, quietHours: { from, to } }: Preferences, minute: number): boolean {
  if (!quiet) return false;
  if (from === to) return true;
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

export function minuteOfDay(at: Date): number {
  return at.getHours() * 60 + at.getMinutes();
}
