import type { Page } from '@playwright/test';

/** Asks the server to remind of the newest message that came, in so many milliseconds. */
export async function remind(page: Page, inMs: number): Promise<void> {
  await page.evaluate(async (inMs) => {
    const name = (await indexedDB.databases()).find((db) => db.name?.startsWith('billet-'))?.name ?? '';
    const answer = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const db = await answer(indexedDB.open(name));
    const all = await answer(db.transaction('messages').objectStore('messages').getAll());
    db.close();
    const { message, conversation } = all.filter((one) => one.state === 'received').at(-1);
    const body = JSON.stringify({ conversation: { account: conversation.slice(2) }, message, at: Date.now() + inMs });
    const made = await fetch('/v1/me/reminders', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    if (made.status !== 201) throw new Error(`${made.status} ${await made.text()}`);
  }, inMs);
}
