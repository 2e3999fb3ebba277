import { expect, test } from '@playwright/test';
import { faults, motions } from './measure';

/** A page with one fault of each kind, and its twin without any: the measure of the gallery can fail. */
const FAULTY = `
  <style>button { height: 20px; width: 20px; padding: 0; border: 0; overflow: hidden; white-space: nowrap }
    @keyframes turn { to { rotate: 1turn } } i { display: block; animation: turn 1s infinite }</style>
  <button style="width: 60px">Much too long</button>
  <p style="width: 3000px">A line that is wider than the page</p>
  <div style="height: 30px; overflow: hidden"><p style="margin: 0; height: 200px; padding-top: 60px">Below the edge</p></div>
  <div style="overflow: auto; width: 100px"><div style="width: 300px">Scrolls sideways</div></div>
  <i>x</i>`;

const GOOD = `
  <style>button { min-height: 44px; min-width: 44px; padding: 4px } small { position: relative } input { margin: 0 }</style>
  <button>Long enough for what it says</button>
  <p>A line in a sentence with <a href="#a">a link</a> in it</p>
  <div style="height: 60px; overflow: auto"><p style="height: 200px">Scrolls down</p></div>
  <div style="width: 60px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap">Three dots say that there is more</div>
  <label style="display: inline-block; min-height: 44px; min-width: 90px"><input type="checkbox"> Label</label>`;

test('what is cut off, too wide, too small or moving is found, and what is well is not', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.setContent(FAULTY);
  const found = (await faults(page, { touch: true })).join('\n');
  for (const fault of ['text is cut off at the side', 'text is cut off above or below', 'the page is 30', 'scrolls sideways by 200', 'target of 60 x 20']) {
    expect(found).toContain(fault);
  }
  expect(await motions(page)).toEqual(['moves: turn']);
  await page.setContent(GOOD);
  expect(await faults(page, { touch: true })).toEqual([]);
  expect(await motions(page)).toEqual([]);
});
