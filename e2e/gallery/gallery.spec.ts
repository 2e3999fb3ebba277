import { type Browser, expect, type Page, test } from '@playwright/test';
import { FOLDER, HANDS, type Hand, pictureName, SIZES, type Size, STRAINS, type Strain, THEMES, type Theme, TONGUES, type Tongue } from './looks';
import { faults, motions } from './measure';
import { SHOTS } from './shots';
import type { Shot } from './shots/stage';
import { arrive, changed, violations, wear } from './visit';

/** axe looks at each screen in each theme, once narrow and once wide. */
const AXE: ReadonlySet<string> = new Set(['en 360 light', 'en 360 dark', 'zh 1280 dark']);

for (const tongue of TONGUES) {
  for (const hand of tongue === 'longest' ? HANDS.slice(0, 1) : HANDS) {
    for (const shot of SHOTS) test(`${shot.name} ${tongue} ${hand.name}`, ({ browser }) => see(browser, shot, tongue, hand));
  }
}

/** One place in one language: every size and theme, and what strains it. */
async function see(browser: Browser, shot: Shot, tongue: Tongue, hand: Hand): Promise<void> {
  const { page, strays, open } = await arrive(browser, shot, tongue, hand);
  const found: string[] = [];
  const stretched = tongue === 'longest';
  for (const size of stretched ? SIZES.slice(0, 1) : hand.sizes) {
    await page.setViewportSize(size);
    if (shot.each && size !== hand.sizes[0]) await open();
    for (const theme of stretched ? THEMES.slice(0, 1) : THEMES) found.push(...(await look(page, shot, tongue, size, theme, hand)));
    if (tongue === 'en' && size.width !== 768) for (const strain of STRAINS) found.push(...(await strained(page, shot, size, strain)));
  }
  await page.context().close();
  expect([...found, ...strays]).toEqual([]);
}

async function look(page: Page, shot: Shot, tongue: Tongue, size: Size, theme: Theme, hand: Hand): Promise<string[]> {
  await wear(page, theme);
  const where = `${size.width} ${theme}`;
  await page.screenshot({ path: `${FOLDER}/${pictureName(shot.name, size.width, theme, tongue)}` });
  const found = theme === 'light' ? await faults(page, { touch: hand.touch }) : [];
  found.push(...(await motions(page)));
  if (AXE.has(`${tongue} ${where}`)) found.push(...(await violations(page)));
  return found.map((fault) => `${where}: ${fault}`);
}

/** The same screen with text of twice the size, or from right to left; afterwards it is as before. */
async function strained(page: Page, shot: Shot, size: Size, strain: Strain): Promise<string[]> {
  await wear(page, 'light');
  const found = await changed(page, { [strain]: true }, async () => {
    await page.screenshot({ path: `${FOLDER}/${pictureName(shot.name, size.width, 'light', strain)}` });
    return faults(page, { touch: false });
  });
  return found.map((fault) => `${size.width} ${strain}: ${fault}`);
}
