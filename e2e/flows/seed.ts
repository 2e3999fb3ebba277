import type { Page } from '@playwright/test';

/** Writes messages straight into the database of the account that is signed in, as if they had come over years. */
export async function seedMessages(page: Page, peer: string, count: number): Promise<void> {
  await page.evaluate(
    async ({ peer, count }) => {
      const me = JSON.parse(localStorage.getItem('billet.me') ?? '{}').account_id as string;
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(`billet-${me}`);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      const WORDS = 'the river walks slowly past our old house and nobody asks why it carries letters of people who left'.split(' ');
      const HAN = '末班车上几乎没有人我们周四在市场见面带上雨伞和昨天的信谢谢你今晚月色真好记得给奶奶打电话';
      const text = (n: number) => {
        const length = 4 + ((n * 7) % 17);
        if (n % 2 === 0) return Array.from({ length }, (_, i) => WORDS[(n * 31 + i * (1 + (n % 5))) % WORDS.length]).join(' ') + ` ${n}`;
        return Array.from({ length: length * 2 }, (_, i) => HAN[(n * 13 + i * (1 + (n % 7))) % HAN.length]).join('') + n;
      };
      const first = Date.UTC(2024, 0, 1);
      const write = (from: number, to: number) =>
        new Promise<void>((resolve, reject) => {
          const transaction = db.transaction('messages', 'readwrite', { durability: 'relaxed' });
          const store = transaction.objectStore('messages');
          for (let n = from; n < to; n += 1) {
            // Thirty chats; the first is with the real contact.
            const other = n % 30 === 0 ? peer : `01SEED${String(n % 30).padStart(20, '0')}`;
            const at = first + n * 240_000;
            const id = `01S${String(n).padStart(23, '0')}`;
            const own = n % 3 === 0;
            store.put({
              key: id, conversation: `a:${other}`, sort: at * 1000, message: id, from: own ? me : other, at,
              kind: 'text', content: { text: text(n) }, state: own ? 'delivered' : 'received',
            });
          }
          transaction.oncomplete = () => resolve();
          transaction.onabort = () => reject(transaction.error);
        });
      for (let n = 0; n < count; n += 5_000) await write(n, Math.min(n + 5_000, count));
      const transaction = db.transaction('conversations', 'readwrite');
      for (let n = 0; n < Math.min(30, count); n += 1) {
        const other = n === 0 ? peer : `01SEED${String(n).padStart(20, '0')}`;
        const last = count - 30 + n;
        const sort = (first + last * 240_000) * 1000;
        transaction.objectStore('conversations').put({
          key: `a:${other}`, lastSort: sort, lastKey: `01S${String(last).padStart(23, '0')}`, readSort: sort, unread: 0,
        });
      }
      await new Promise((resolve) => {
        transaction.oncomplete = resolve;
      });
      db.close();
    },
    { peer, count },
  );
}
