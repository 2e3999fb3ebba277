import decode from 'qr/decode.js';
import { describe, expect, test } from 'vitest';
import { qrShape } from '../../src/features/linking/qrShape';
import { readScanned } from '../../src/features/linking/scanned';

const ORIGIN = 'https://billet.example';
const TOKEN = 'r4nD0m-token_of_32_characters-xy';

/** The path as a camera would see it: each run of the path filled, a module eight pixels wide. */
function photograph(text: string) {
  const { size, path } = qrShape(text);
  const side = size * 8;
  const data = new Uint8Array(side * side * 4).fill(255);
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let row = Number(y) * 8; row < (Number(y) + 1) * 8; row += 1)
      for (let column = Number(x) * 8; column < (Number(x) + Number(width)) * 8; column += 1)
        data.fill(0, (row * side + column) * 4, (row * side + column) * 4 + 3);
  }
  return { width: side, height: side, data };
}

test('what is drawn is read again', () => {
  const text = `${ORIGIN}/add#${TOKEN}`;
  expect(decode(photograph(text))).toBe(text);
});

describe('a code that was scanned', () => {
  test('of this server leads to the person or the device', () => {
    expect(readScanned(`${ORIGIN}/add#${TOKEN}`, ORIGIN)).toEqual({
      kind: 'ours',
      route: { name: 'adding', token: TOKEN },
    });
    expect(readScanned(` ${ORIGIN}/link#${TOKEN}\n`, ORIGIN)).toEqual({
      kind: 'ours',
      route: { name: 'linking', token: TOKEN },
    });
  });

  test('of another server is said to be so, even when it differs in the port alone', () => {
    expect(readScanned(`https://other.example/add#${TOKEN}`, ORIGIN)).toEqual({
      kind: 'elsewhere',
      host: 'other.example',
    });
    expect(readScanned(`${ORIGIN}:8443/link#${TOKEN}`, ORIGIN)).toMatchObject({ kind: 'elsewhere' });
    expect(readScanned(`http://billet.example/add#${TOKEN}`, ORIGIN)).toMatchObject({ kind: 'elsewhere' });
  });

  test.each([
    'hello',
    'https://billet.example/',
    'https://billet.example/me/delete',
    `https://billet.example/add?token=${TOKEN}`,
    `javascript:alert(1)//add#${TOKEN}`,
    'WIFI:S:cafe;T:WPA;P:secret;;',
  ])('that is anything else is not followed: %s', (text) => {
    expect(readScanned(text, ORIGIN)).toEqual({ kind: 'other' });
  });
});
