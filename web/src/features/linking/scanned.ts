import { parseRoute, type Route } from '../../app/router';

/** What a QR code says to us. */
export type Scanned =
  /** Somebody to add, or a device that wants to sign in, here. */
  | { kind: 'ours'; route: Route & { name: 'adding' | 'linking' } }
  /** The same of another Billet server, or what looks like it. */
  | { kind: 'elsewhere'; host: string }
  /** Anything else: never opened, only said. */
  | { kind: 'other' };

/** Understands the addresses of this origin alone: a code must not be able to lead anybody away. */
export function readScanned(text: string, origin: string): Scanned {
  if (!URL.canParse(text.trim())) return { kind: 'other' };
  const url = new URL(text.trim());
  if (!/^https?:$/.test(url.protocol)) return { kind: 'other' };
  const route = parseRoute(url.pathname, url.hash);
  if ((route.name !== 'adding' && route.name !== 'linking') || route.token === '') return { kind: 'other' };
  return url.origin === origin ? { kind: 'ours', route } : { kind: 'elsewhere', host: url.host };
}
