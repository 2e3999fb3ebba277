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
  // Five seconds as a hand scrolls: up and down, a third of a screen in each tenth of a second.
  const trace = await page.evaluate(scrollAndTrace, 5_000);
  process.stdout.write(`scrolling for 5 s: ${told(trace)}\n`);
  expect(trace.length).toBeGreaterThan(30);

  const opened: number[] = [];
  for (let n = 0; n < 7; n += 1) {
    await page.goto('/chats');
    await page.locator('a[data-row]').first().waitFor();
    await page.waitForTimeout(500);
    opened.push(await page.evaluate(openFirstChat));
  }
  opened.sort((a, b) => a - b);
  const figures = `opened in ${opened.map(Math.round).join(', ')} ms`;
  test.info().annotations.push({ type: 'figures', description: `arrived in ${arrivedMs} ms, ${figures}, at most ${most} rows; ${told(trace)}` });
  process.stdout.write(`10,000 messages arrived in ${arrivedMs} ms; ${figures}; at most ${most} rows\n`);
});

/** Runs in the page: from the press to the frame that shows messages. */
async function openFirstChat(): Promise<number> {
  const start = performance.now();
  document.querySelector<HTMLElement>('a[data-row]')?.click();
  while (!document.querySelector('[data-key]')) await new Promise(requestAnimationFrame);
  return performance.now() - start;
}

/** Runs in the page: how long each frame took while somebody scrolls. */
async function scrollAndTrace(forMs: number): Promise<number[]> {
  const log = document.querySelector<HTMLElement>('[role=log]');
  const frames: number[] = [];
  const start = await new Promise(requestAnimationFrame);
  let last = start;
  while (log && last - start < forMs) {
    const now = await new Promise(requestAnimationFrame);
    const down = Math.floor((now - start) / 1_000) % 3 === 2;
    log.scrollTop += (down ? 2.4 : -2.4) * (now - last);
    frames.push(now - last);
    last = now;
  }
  return frames;
}

function told(frames: readonly number[]): string {
  const sorted = frames.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1);
  const seconds = frames.reduce((sum, ms) => sum + ms, 0) / 1_000;
  const late = frames.filter((ms) => ms > 20).length;
  return `${(frames.length / seconds).toFixed(1)} frames a second, a frame ${at(0.5)} ms in the middle, ${at(0.95)} at 95 %, ${at(0.99)} at 99 %, ${at(1)} at most, ${late} of ${frames.length} over 20 ms`;
}

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
