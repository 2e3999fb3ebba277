import { describe, expect, test } from 'vitest';
import { pieces, shownAs } from '../../src/features/conversation/content';
import { charactersTooMany } from '../../src/features/conversation/limit';
import { toRows } from '../../src/features/conversation/rows';
import type { MessageState, StoredMessage } from '../../src/sync/database';
import type { AccountId } from '../../src/sync/ids';
import { colourOf, initialsOf } from '../../src/ui/Avatar';

const ME = 'ME' as AccountId;
const NOON = new Date('2026-11-23T12:00:00').getTime();
const MINUTE = 60_000;

function message(
  minute: number,
  own: boolean,
  state: MessageState = own ? 'delivered' : 'received',
): StoredMessage {
  const at = NOON + minute * MINUTE;
  const from = (own ? 'ME' : 'PEER') as AccountId;
  return {
    key: `${minute}`,
    conversation: 'a:PEER',
    sort: at,
    from,
    at,
    kind: 'text',
    content: { text: 'x' },
    state,
  };
}

/** Rows in short: `own:first:last:state` for messages, else the type. */
function shape(messages: StoredMessage[], newAfter: number | null = null): string[] {
  return toRows(messages, ME, newAfter).map((row) =>
    row.type === 'message'
      ? [row.own ? 'own' : 'other', row.first && 'first', row.last && 'tail', row.showState && 'state']
          .filter(Boolean)
          .join(' ')
      : row.type,
  );
}

describe('the rows of a conversation', () => {
  test('run together per person, with the tail on the last', () => {
    expect(shape([message(0, false), message(1, false), message(2, true)])).toEqual([
      'day',
      'other first',
      'other tail',
      'own first tail state',
    ]);
  });

  test('show the time after five minutes of silence and the day when it changes', () => {
    expect(shape([message(0, false), message(4, false), message(9, false), message(24 * 60, false)])).toEqual(
      ['day', 'other first', 'other tail', 'time', 'other first tail', 'day', 'other first tail'],
    );
  });

  test('draw one line before what is new, and never before one’s own', () => {
    const rows = [message(0, false), message(1, true), message(2, false), message(3, false)];
    expect(shape(rows, NOON)).toEqual([
      'day',
      'other first tail',
      'own first tail state',
      'new',
      'other first',
      'other tail',
    ]);
  });

  test('say the state of the last own message and of what went wrong', () => {
    expect(shape([message(0, true, 'failed'), message(1, true), message(2, true, 'sent')])).toEqual([
      'day',
      'own first state',
      'own',
      'own tail state',
    ]);
  });
});

describe('the text of a message', () => {
  test.each([
    ['no link', [{ text: 'no link' }]],
    [
      'see https://a.example/b?c=d.',
      [{ text: 'see ' }, { text: 'https://a.example/b?c=d', href: 'https://a.example/b?c=d' }, { text: '.' }],
    ],
    [
      '看https://a.example/b，好',
      [{ text: '看' }, { text: 'https://a.example/b', href: 'https://a.example/b' }, { text: '，好' }],
    ],
    [
      '(https://a.example/x_(y))',
      [{ text: '(' }, { text: 'https://a.example/x_(y)', href: 'https://a.example/x_(y)' }, { text: ')' }],
    ],
    // Nothing turns an address around, so that its end reads as its beginning.
    [
      'https://a.example/\u202egpj.exe',
      [{ text: 'https://a.example/', href: 'https://a.example/' }, { text: '\u202egpj.exe' }],
    ],
    ['javascript:alert(1)', [{ text: 'javascript:alert(1)' }]],
  ])('%s', (text, expected) => expect(pieces(text)).toEqual(expected));

  test('is shown for kinds that are known, and said to be unknown otherwise', () => {
    expect(shownAs({ kind: 'text', content: { text: 'hi' } })).toEqual({ kind: 'text', text: 'hi' });
    expect(shownAs({ kind: 'text', content: { text: 7 } })).toEqual({ kind: 'unknown' });
    expect(shownAs({ kind: 'hologram', content: null })).toEqual({ kind: 'unknown' });
  });

  test('is at most 16 KiB of JSON', () => {
    expect(charactersTooMany('x'.repeat(16_384 - 11))).toBe(0);
    expect(charactersTooMany('x'.repeat(16_384 - 10))).toBe(1);
    expect(charactersTooMany('好'.repeat(6_000))).toBe(6_000 - Math.floor((16_384 - 11) / 3));
  });
});

describe('avatars', () => {
  test.each([
    ['Ada Lovelace', 'AL'],
    ['ada', 'A'],
    ['欧阳海棠', '海棠'],
    ['林', '林'],
    ['🎉', '·'],
    ['Ana María de la Cruz', 'AC'],
  ])('%s has %s', (name, initials) => expect(initialsOf(name)).toBe(initials));

  test('use all twelve colours for ids that begin alike', () => {
    const colours = new Set(Array.from({ length: 400 }, (_, i) => colourOf(`01JDABCDEFGH000000000${i}`)));
    expect(colours.size).toBe(12);
  });
});
