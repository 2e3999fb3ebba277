import { expect, test } from '@playwright/test';
import { script } from './scriptedPage';

const MESSAGES = 10_000;

test('ten thousand messages: arrive, open at once, scroll to the first and back, never many on the page', async ({ page }) => {
  test.setTimeout(120_000);
  await page.setViewportSize({ width: 1280, height: 800 });
  await script(page, { language: 'en', long: MESSAGES });
  await page.goto('/chats');
  const started = Date.now();
  await expect(page.locator('a[data-row]').first()).toContainText(`number ${MESSAGES}`, { timeout: 60_000 });
  const arrivedMs = Date.now() - started;

  process.stdout.write(`${MESSAGES} messages arrived in ${arrivedMs} ms\n`);
  await page.locator('a[data-row]').first().click();
  const rows = page.locator('[data-key]');
  await expect(rows.first()).toBeVisible();
  // The chat opens at the line before what is new; from there to the end and back.
  await page.getByRole('button', { name: /Go to/ }).click();
  await expect(rows.last()).toContainText(`number ${MESSAGES}`);
  const { seen, most, frames, slow, ms } = await page.evaluate(scrollToTheFirst, 60_000);
  process.stdout.write(`${seen} messages passed by in ${Math.round(ms)} ms and ${frames} frames, ${slow} of them over 50 ms\n`);
  expect(most).toBeLessThan(320);
  expect(seen).toBeGreaterThanOrEqual(MESSAGES);

  await page.getByRole('button', { name: /Go to/ }).click();
  await expect(rows.last()).toContainText(`number ${MESSAGES}`);
  await page.goto('/chats');
  await page.locator('a[data-row]').first().waitFor();
  const openMs = await page.evaluate(async () => {
    const start = performance.now();
    document.querySelector<HTMLElement>('a[data-row]')?.click();
    while (!document.querySelector('[data-key]')) await new Promise(requestAnimationFrame);
    return performance.now() - start;
  });
  test.info().annotations.push({ type: 'figures', description: `arrived in ${arrivedMs} ms, opened in ${Math.round(openMs)} ms, at most ${most} rows` });
  process.stdout.write(`10,000 messages arrived in ${arrivedMs} ms; opening took ${Math.round(openMs)} ms; at most ${most} rows\n`);
});

/** Runs in the page: scrolls up as a quick hand does, frame by frame. */
async function scrollToTheFirst(withinMs: number) {
  const log = document.querySelector<HTMLElement>('[role=log]');
  const keys = new Set<string>();
  const start = performance.now();
  let [most, frames, slow, last] = [0, 0, 0, start];
  while (log && !keys.has('L1') && performance.now() - start < withinMs) {
    const rows = log.querySelectorAll<HTMLElement>('[data-key]');
    most = Math.max(most, rows.length);
    for (const row of rows) keys.add(row.dataset.key ?? '');
    log.scrollTop = Math.max(0, log.scrollTop - 900);
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    if (now - last > 50) slow += 1;
    last = now;
    frames += 1;
  }
  return { seen: keys.size, most, frames, slow, ms: performance.now() - start };
}
