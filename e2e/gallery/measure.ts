import type { Page } from '@playwright/test';

/** The least side of what a finger is to hit, less what rounding takes. */
const HIT = 43.5;

/** What is wrong with the layout as it stands: text cut off, things beside the page, targets too small for a finger. */
export async function faults(page: Page, options: { touch: boolean }): Promise<string[]> {
  return page.evaluate(measure, { hit: options.touch ? HIT : 0 });
}

/** Runs in the page. */
function measure({ hit }: { hit: number }): string[] {
  const found = new Set<string>();
  const name = (element: Element) => {
    const text = (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 30);
    return `<${element.tagName.toLowerCase()}> "${text}" in ${element.parentElement?.className || element.parentElement?.tagName}`;
  };
  // Cut to nothing: what is for screen readers and the keyboard alone.
  const unseen = (element: Element) => element.closest('.visually-hidden') !== null || getComputedStyle(element).clipPath === 'inset(50%)';
  const hidden = (element: Element) => unseen(element) || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const dialog = [...document.querySelectorAll('dialog[open]')].at(-1);
  const scope = dialog ?? document.body;

  sideways();
  cutOff();
  if (hit) targets();
  return [...found];

  /** Nothing scrolls sideways but what says so with `data-sideways`. */
  function sideways() {
    const page = document.documentElement;
    if (page.scrollWidth > innerWidth + 1) found.add(`the page is ${page.scrollWidth} px wide in ${innerWidth}`);
    for (const element of scope.querySelectorAll('*')) {
      if (element.scrollWidth <= element.clientWidth + 1 || hidden(element) || element.closest('[data-sideways]')) continue;
      const { overflowX } = getComputedStyle(element);
      if (overflowX === 'auto' || overflowX === 'scroll') found.add(`scrolls sideways by ${element.scrollWidth - element.clientWidth} px: ${name(element)}`);
    }
  }

  /** No text lies outside what shows it, unless three dots say so; none hangs out of its button. */
  function cutOff() {
    const walker = document.createTreeWalker(scope, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (!node.textContent?.trim() || !parent || parent.closest('option, script, style, svg') || hidden(parent)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const text = range.getBoundingClientRect();
      if (text.width > 0) clippedBy(parent, text);
    }
  }

  function clippedBy(parent: Element, text: DOMRect) {
    let [x, y] = [true, true];
    for (let box: Element | null = parent; box && box !== document.body; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (style.textOverflow === 'ellipsis' && style.overflowX !== 'visible') x = false;
      if (style.webkitLineClamp !== 'none') y = false;
      if (/auto|scroll/.test(style.overflowY)) y = false;
      if (/auto|scroll/.test(style.overflowX) && box.scrollWidth > box.clientWidth) x = false;
      const area = box.getBoundingClientRect();
      const cuts = style.overflowX !== 'visible' || box.matches('button, a[data-row], [role=menuitem], [role=tab]');
      if (cuts && x && (text.left < area.left - 1.5 || text.right > area.right + 1.5)) return found.add(`text is cut off at the side: ${name(parent)}`);
      if (cuts && y && (text.top < area.top - 4 || text.bottom > area.bottom + 4)) return found.add(`text is cut off above or below: ${name(parent)}`);
      if (style.position === 'fixed' || box === dialog) return;
    }
  }

  /** A finger that comes down anywhere in 44 px about the middle hits it. Links within a sentence are as high as the line. */
  function targets() {
    for (const element of scope.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary, [role=menuitem], [role=tab], [role=option], [role=switch], [role=radio]')) {
      if (hidden(element) || element.matches(':disabled') || inSentence(element)) continue;
      const wide = element.closest('label') ?? (element.id ? document.querySelector(`label[for="${CSS.escape(element.id)}"]`) : null) ?? element;
      const box = element.getBoundingClientRect();
      if (box.width === 0 || box.height === 0 || box.bottom < 0 || box.top > innerHeight || box.right < 0 || box.left > innerWidth) continue;
      if (Math.min(box.width, box.height) >= hit || reaches(element, wide, box)) continue;
      found.add(`target of ${Math.round(box.width)} x ${Math.round(box.height)} px: ${name(element)}`);
    }
  }

  function reaches(element: Element, label: Element, box: DOMRect): boolean {
    const own = label.getBoundingClientRect();
    if (own.width >= hit && own.height >= hit && label !== element) return true;
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const reach = hit / 2 - 1;
    const corners = [[Math.min(-reach, -box.width / 2 + 1), 0], [Math.max(reach, box.width / 2 - 1), 0], [0, -reach], [0, reach]] as const;
    return corners.every(([dx, dy]) => {
      if (box.width >= hit && dx !== 0) return true;
      if (y + dy < 0 || y + dy >= innerHeight) return true;
      const at = document.elementFromPoint(x + dx, y + dy);
      return at !== null && (element.contains(at) || label.contains(at));
    });
  }

  function inSentence(element: HTMLElement): boolean {
    if (!element.matches('a, button') || !getComputedStyle(element).display.startsWith('inline')) return false;
    const around = element.parentElement;
    return around?.closest('p, li, aside, label, [dir=auto]') !== null && (around?.textContent ?? '').trim() !== (element.textContent ?? '').trim();
  }
}

/** Nothing moves for somebody who asked for no motion. */
export async function motions(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    document
      .getAnimations()
      .filter((animation) => Number(animation.effect?.getComputedTiming().duration) > 0 && animation.playState === 'running')
      .map((animation) => `moves: ${(animation as CSSAnimation).animationName ?? (animation as CSSTransition).transitionProperty}`),
  );
}
