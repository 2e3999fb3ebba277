import type { BilletDatabase } from './database';
import { Store } from './store';

/** Why the database of this device cannot be used. */
export type OpeningTrouble =
  /** A newer Billet wrote it: this one does not know what it may change. */
  | 'newer'
  /** Another tab holds the old version and does not let go. */
  | 'blocked'
  /** The browser gives no access to it. */
  | 'refused';

/** IndexedDB counts Dexie's versions by ten. */
const STEP = 10;

export class NewerDatabase extends Error {
  constructor() {
    super('this database was written by a newer version');
  }
}

/** Opens the database of an account and says what is in the way; nothing is read or written before that is settled. */
export function openDatabase(db: BilletDatabase, giveWay: () => Promise<void>): Store<OpeningTrouble | null> {
  const trouble = new Store<OpeningTrouble | null>(null);
  const ours = db.verno;
  // Dexie itself would open a newer database and write to it as if it were its own.
  db.on('ready', () => {
    const found = Math.floor(db.backendDB().version / STEP);
    if (found <= ours) return;
    trouble.set('newer');
    throw new NewerDatabase();
  });
  db.on('blocked', () => trouble.set('blocked'));
  db.on('versionchange', (event) => {
    // Deleted by signing out: let go at once, as Dexie does by itself.
    if (event.newVersion === null) return;
    // A newer Billet in another tab waits for this one: what is only on screen is written down first.
    void giveWay().finally(() => db.close());
    return false;
  });
  db.open().then(
    () => trouble.set(null),
    (error: unknown) => {
      if (trouble.get() !== 'newer' && !isClosed(error)) trouble.set('refused');
    },
  );
  return trouble;
}

/** Closed meanwhile: the account was left, or another tab took over. */
function isClosed(error: unknown): boolean {
  return error instanceof Error && error.name === 'DatabaseClosedError';
}
