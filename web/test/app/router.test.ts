import { describe, expect, test } from 'vitest';
import { isDetail, parseRoute, pathOf, type Route, sectionOf } from '../../src/app/router';
import type { AccountId } from '../../src/sync/ids';

const account = '01AN4Z07BY79KA1307SR9X4MV3' as AccountId;

describe('an address', () => {
  const places: Route[] = [
    { name: 'chat', account },
    { name: 'details', account },
    { name: 'contact', account },
    { name: 'report', account },
    { name: 'scan' },
    { name: 'adding', token: 'x0Bq-f_9aaaaaaaaaaaaaa' },
    { name: 'linking', token: 'x0Bq-f_9aaaaaaaaaaaaaa' },
    { name: 'qr' },
    { name: 'privacy' },
    { name: 'about' },
  ];
  test.each(places)('of $name leads back to the same place', (place) => {
    const url = new URL(pathOf(place), 'https://billet.example');
    expect(parseRoute(url.pathname, url.hash)).toEqual(place);
    expect(isDetail(place)).toBe(true);
  });

  test('without a token, or with something else behind the #, adds nobody, and can be said to be broken', () => {
    for (const hash of ['', '#', '#main', '#<script>alert(1)</script>', `#${'a'.repeat(200)}`])
      expect(parseRoute('/add', hash), hash).toEqual({ name: 'adding', token: '' });
    expect(pathOf({ name: 'adding', token: '' })).toBe('/add');
  });

  test('belongs to one of three sections', () => {
    expect(sectionOf({ name: 'adding', token: 'abcdefgh' })).toBe('contacts');
    expect(sectionOf({ name: 'linking', token: 'abcdefgh' })).toBe('me');
    expect(sectionOf({ name: 'chat', account })).toBe('chats');
  });
});
