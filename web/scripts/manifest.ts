import { readFileSync } from 'node:fs';
import type { TextKey } from '../src/i18n/catalogue';
import { CATALOGUES } from '../src/i18n/translate';

/** What a browser needs to install the client: words from the catalogues, colours from the tokens. */
export function manifest(): Record<string, unknown> {
  const tokens = readFileSync(new URL('../src/ui/tokens.css', import.meta.url), 'utf8');
  const paper = tokens.match(/--paper: (#\w+)/)?.[1];
  const icon = (file: string, size: number, purpose: 'any' | 'maskable') => ({
    src: `/${file}`,
    sizes: `${size}x${size}`,
    type: 'image/png',
    purpose,
  });
  return {
    id: '/',
    name: 'Billet',
    short_name: 'Billet',
    ...words('description', 'welcome.what'),
    lang: 'en',
    dir: 'ltr',
    start_url: '/chats',
    scope: '/',
    display: 'standalone',
    theme_color: paper,
    background_color: paper,
    categories: ['social'],
    icons: [
      icon('icon-192.png', 192, 'any'),
      icon('icon-512.png', 512, 'any'),
      icon('icon-maskable-192.png', 192, 'maskable'),
      icon('icon-maskable-512.png', 512, 'maskable'),
    ],
    shortcuts: [
      { ...words('name', 'contacts.add'), url: '/contacts/add', icons: [icon('icon-192.png', 192, 'any')] },
      { ...words('name', 'contacts.title'), url: '/contacts', icons: [icon('icon-192.png', 192, 'any')] },
    ],
  };
}

/** A member in English, and in Chinese for browsers that read `*_localized`. */
function words(member: string, key: TextKey): Record<string, unknown> {
  return {
    [member]: CATALOGUES.en[key],
    [`${member}_localized`]: { zh: { value: CATALOGUES.zh[key], lang: 'zh-CN' } },
  };
}
