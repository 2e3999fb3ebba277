import type { Page } from '@playwright/test';
import type { TextKey } from '../../../web/src/i18n/catalogue';
import type { Scene, ScriptedServer } from '../scriptedPage';
import type { Language } from '../story';

/** The words on screen, in whatever language is shown. */
export type Say = (key: TextKey) => string;
export type Stage = { page: Page; say: Say; server: ScriptedServer; touch: boolean; language: Language };

/** One picture: where, with a server that is how, after what was done there. */
export type Shot = {
  name: string;
  path: string;
  scene?: Partial<Scene>;
  act?: (stage: Stage) => Promise<unknown>;
  /** What was done hangs on the width, as the place of a menu does: it is done anew for each. */
  each?: true;
  /** What the page rightly complains of. */
  complains?: RegExp;
};

export const person = (n: number) => `01PEOPLE0000000000000000${n}${n}`;
/** A chat of some length, a very long name, a name from right to left, and somebody who is blocked. */
export const FIRST = person(0);
export const LONG_NAME = person(3);
export const RTL_NAME = person(4);
export const BLOCKED = person(5);
export const CHAT = `/chats/${FIRST}`;
export const NOBODY = '01NOBODY0000000000000000NO';

export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Presses a button by what is written on it. */
export const press =
  (key: TextKey) =>
  ({ page, say }: Stage): Promise<void> =>
    button(page, say(key)).first().click();

/** The line is lost, and long enough for the page to say so. */
export async function loseLine({ page, server }: Stage): Promise<void> {
  await server.goAway();
  await page.waitForTimeout(2_200);
}

export async function loseNetwork(stage: Stage): Promise<void> {
  await stage.page.context().setOffline(true);
  await loseLine(stage);
}

export const alerted = (page: Page) => page.getByRole('alert').filter({ hasText: /./ }).first().waitFor();
