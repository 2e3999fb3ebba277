import { parseRoute, pathOf, type Route } from './router';

/** Where somebody wanted to go who has to sign in first; for this tab alone. */
const KEY = 'billet.pending';

export type Pending = Route & { name: 'adding' | 'linking' };

/** Places that were opened from outside and are worth coming back to after signing in. */
export function isPending(route: Route): route is Pending {
  return route.name === 'adding' || route.name === 'linking';
}

export function keepPending(route: Route): void {
  try {
    sessionStorage.setItem(KEY, pathOf(route));
  } catch {
    // Without storage the link has to be opened once more.
  }
}

export function pending(): Pending | null {
  try {
    const path = sessionStorage.getItem(KEY);
    if (path === null) return null;
    const [place = '', token = ''] = path.split('#');
    const route = parseRoute(place, `#${token}`);
    return isPending(route) ? route : null;
  } catch {
    return null;
  }
}

/** The place, once. */
export function takePending(): Pending | null {
  const route = pending();
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
  return route;
}
