import { expect, test } from '@playwright/test';
import { HANDS, type Tongue } from './looks';
import { faults, motions } from './measure';
import { SHOTS } from './shots';
import { arrive, changed, violations, wear } from './visit';

/** Every screen once, on a phone: what the gallery would find there, without its pictures. */
const [PHONE] = HANDS;

for (const shot of SHOTS) {
  test(`${shot.name} can be read, reached and used in both themes, and from right to left`, async ({ browser }) => {
    const { page, strays } = await arrive(browser, shot, 'en', PHONE, { within: true });
    await wear(page, 'light');
    const found = [
      ...(await faults(page, { touch: true })),
      ...(await motions(page)),
      ...(await violations(page)),
      ...(await changed(page, { rtl: true }, () => faults(page, { touch: false }))).map((fault) => `from right to left: ${fault}`),
    ];
    await wear(page, 'dark');
    found.push(...(await violations(page, ['color-contrast'])).map((fault) => `dark: ${fault}`));
    await page.context().close();
    expect([...found, ...strays]).toEqual([]);
  });

  test(`${shot.name} has room for the longest words`, async ({ browser }) => {
    const tongue: Tongue = 'longest';
    const { page, strays } = await arrive(browser, shot, tongue, PHONE, { within: true });
    const found = await faults(page, { touch: true });
    await page.context().close();
    expect([...found, ...strays]).toEqual([]);
  });
}
