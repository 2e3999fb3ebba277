import { Store } from '../../sync/store';

/** How long a text that was taken back can be edited again. */
export const FORMER_TEXT_MS = 5 * 60 * 1000;

/** Texts that were recalled on this device, by the key of their message: in memory alone, for five minutes. */
export const formerTexts = new Store<ReadonlyMap<string, string>>(new Map());

export function keepFormerText(key: string, text: string): void {
  formerTexts.update((all) => new Map(all).set(key, text));
  setTimeout(() => {
    formerTexts.update((all) => new Map([...all].filter(([other]) => other !== key)));
  }, FORMER_TEXT_MS);
}
