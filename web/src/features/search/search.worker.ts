import { BilletDatabase } from '../../sync/database';
import type { AccountId } from '../../sync/ids';
import { Feed } from './feed';
import { find, type Question } from './finder';
import type { FromWorker, ToWorker } from './messages';
import { SearchIndex } from './searchIndex';

/** The index lives here, away from the page, for as long as its tab. */
const index = new SearchIndex();
let opened: { db: BilletDatabase; feed: Feed } | null = null;
/** The newest query: what came before it is of no interest any more. */
let wanted: Question | null = null;
let answering = false;

const say = (message: FromWorker) => self.postMessage(message);

self.onmessage = (event: MessageEvent<ToWorker>) => {
  const message = event.data;
  if (message.type === 'open') return open(message.account);
  wanted = message;
  if (!answering) void answer();
};

function open(account: AccountId): void {
  const db = new BilletDatabase(account);
  const feed = new Feed(db, index, (progress) => {
    say(progress ? { type: 'progress', ...progress } : { type: 'ready' });
  });
  // The account leaves this browser: its database is deleted, and must not come back by a late read.
  db.on('versionchange', () => {
    feed.stop();
    db.close();
    self.close();
  });
  opened = { db, feed };
  feed.start().catch(() => say({ type: 'broken' }));
}

async function answer(): Promise<void> {
  answering = true;
  while (wanted && opened) {
    const question = wanted;
    wanted = null;
    try {
      const found = await find(opened.db, index, question);
      if (!wanted) say({ type: 'found', ...found });
    } catch {
      say({ type: 'broken' });
    }
  }
  answering = false;
}
