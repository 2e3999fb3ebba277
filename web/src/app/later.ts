import { type ComponentType, lazy } from 'react';

const ahead: (() => Promise<unknown>)[] = [];

/**
 * Places that are not needed for the list of chats come behind it: 'ahead' while it is read, else when they are looked at.
 * React keeps a fallback on screen for 300 ms however soon its place is there, so what was fetched is given without waiting.
 */
export function later<Name extends string, P>(
  load: () => Promise<Record<Name, ComponentType<P>>>,
  name: Name,
  when: 'ahead' | 'asked' = 'asked',
) {
  type Place = { default: ComponentType<P> };
  let here: Place | undefined;
  const fetch = async () => {
    here ??= { default: (await load())[name] };
    return here;
  };
  if (when === 'ahead') ahead.push(fetch);
  return lazy<ComponentType<P>>(() => (here ? given(here) : fetch()));
}

/** What one opens next is fetched while nothing else is to be done: one place after the other, so that none of it is felt. */
export async function readAhead(): Promise<void> {
  for (const fetch of ahead) {
    await idle();
    // Without a network it comes when it is asked for.
    await fetch().catch(() => undefined);
  }
}

function idle(): Promise<unknown> {
  // Safari has no idle callbacks.
  if (!window.requestIdleCallback) return new Promise((resolve) => setTimeout(resolve, 200));
  return new Promise((resolve) => window.requestIdleCallback(resolve, { timeout: 1_000 }));
}

/** React asks a thenable that answers within its `then` no second time. */
function given<T>(value: T): Promise<T> {
  const thenable: PromiseLike<T> = {
    // biome-ignore lint/suspicious/noThenProperty: being thenable is what it is for.
    then: (take) => {
      take?.(value);
      return thenable as never;
    },
  };
  return thenable as Promise<T>;
}
