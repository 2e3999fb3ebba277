import { type ComponentType, lazy } from 'react';

/** Places that are not needed for the list of chats come behind it, or when they are looked at. */
export function later<Name extends string, P>(
  load: () => Promise<Record<Name, ComponentType<P>>>,
  name: Name,
) {
  return lazy<ComponentType<P>>(async () => ({ default: (await load())[name] }));
}
