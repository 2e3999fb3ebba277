import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import { beforeEach, describe, expect, test } from 'vitest';
import { BilletDatabase, databaseName } from '../../src/sync/database';
import type { AccountId, ConversationKey } from '../../src/sync/ids';
import { openDatabase } from '../../src/sync/opening';
import { until } from './harness';

let number = 0;
let account: AccountId;
beforeEach(() => {
  number += 1;
  account = `01OPEN${number}` as AccountId;
});

/** The same database as a later Billet would declare it. */
function later(): Dexie {
  const now = new BilletDatabase(account) as BilletDatabase & {
    _versions: { _cfg: { version: number; storesSource: Record<string, string> } }[];
  };
  const db = new Dexie(databaseName(account));
  for (const { _cfg } of now._versions) db.version(_cfg.version).stores(_cfg.storesSource);
  db.version(now.verno + 1).stores({ future: 'id' });
  return db;
}
const CHAT = 'a:01ADA' as ConversationKey;

describe('opening', () => {
  test('a database that a newer Billet wrote is neither read nor written, and stays whole', async () => {
    const newer = later();
    await newer.open();
    await newer.table('conversations').add({ key: CHAT, lastSort: 1, readSort: 0, unread: 0, draft: 'kept' });
    newer.close();
    const db = new BilletDatabase(account);
    const trouble = openDatabase(db, async () => {});
    await until('the trouble', () => trouble.get() === 'newer');
    await expect(db.conversations.put({ key: CHAT, lastSort: 2, readSort: 0, unread: 0 })).rejects.toThrow();
    db.close();
    const again = later();
    expect(await again.table('conversations').get(CHAT)).toMatchObject({ draft: 'kept', lastSort: 1 });
    again.close();
  });

  test('a newer Billet in another tab gets its turn, after this one has written down what is only on screen', async () => {
    const db = new BilletDatabase(account);
    const steps: string[] = [];
    openDatabase(db, async () => {
      await db.conversations.put({
        key: CHAT,
        lastSort: 0,
        readSort: 0,
        unread: 0,
        draft: 'in the middle of a wor',
      });
      steps.push('written down');
    });
    await db.conversations.count();
    const newer = later();
    await newer.open();
    steps.push('upgraded');
    expect(steps).toEqual(['written down', 'upgraded']);
    expect(await newer.table('conversations').get(CHAT)).toMatchObject({ draft: 'in the middle of a wor' });
    newer.close();
  });

  test('a tab that does not let go is named, and the page goes on once it is closed', async () => {
    const old = new Dexie(databaseName(account));
    old.version(1).stores({ meta: 'name' });
    await old.open();
    // A tab of an earlier Billet that is frozen in the background.
    old.on('versionchange', () => false);
    const db = new BilletDatabase(account);
    const trouble = openDatabase(db, async () => {});
    await until('the trouble', () => trouble.get() === 'blocked');
    old.close();
    await until('the way to be free', () => trouble.get() === null && db.isOpen());
    db.close();
  });
});
