import { describe, expect, test } from 'vitest';
import { fold, saysEnough, termsOf } from '../../src/features/search/fold';
import { excerpt, highlighted } from '../../src/features/search/highlight';

const marked = (text: string, query: string) =>
  highlighted(text, termsOf(query))
    .map((piece) => (piece.hit ? `[${piece.text}]` : piece.text))
    .join('');

describe('what is the same when searched for', () => {
  test.each([
    ['ＢＩＬＬＥＴ　１２３', 'billet 123'],
    ['Crème Brûlée', 'creme brulee'],
    ['Ёлка', 'елка'],
    ['Straße', 'strasse'],
    ['ΟΔΥΣΣΕΥΣ', 'οδυσσευσ'],
    ['ｶﾞｲﾄﾞ', 'ガイド'],
    ['한국어', '한국어'],
  ])('%s is %s', (written, folded) => expect(fold(written)).toBe(fold(folded)));

  test('marks that make another letter stay: は is not ば, क is not कि', () => {
    expect(fold('ばば')).not.toContain(fold('はは'));
    expect(fold('कि')).not.toBe(fold('क'));
  });

  test('a query is its words, in any order; one Latin letter says too little, one Chinese character enough', () => {
    expect(termsOf('  Tea　TEA cake ')).toEqual(['tea', 'cake']);
    expect([saysEnough(['a']), saysEnough(['茶']), saysEnough(['te']), saysEnough(['1'])]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});

describe('what is marked', () => {
  test('stands as it is written', () => {
    expect(marked('Die STRASSE, die Straße', 'straße')).toBe('Die [STRASSE], die [Straße]');
    expect(marked('Une crème brûlée', 'BRULEE')).toBe('Une crème [brûlée]');
    expect(marked('末班车上几乎没有人', '班车')).toBe('末[班车]上几乎没有人');
    expect(marked('ｶﾞｲﾄﾞを読む', 'ガイド')).toBe('[ｶﾞｲﾄﾞ]を読む');
    expect(marked('ﬁne', 'fi')).toBe('[ﬁ]ne');
    expect(marked('aaa', 'aa')).toBe('[aa]a');
    expect(marked('tea cake', 'cake ea')).toBe('t[ea] [cake]');
    expect(marked('👨‍👩‍👧 and tea', 'tea')).toBe('👨‍👩‍👧 and [tea]');
  });

  test('is seen in a long text without scrolling', () => {
    const text = `${'before '.repeat(200)}the needle${' after'.repeat(200)}`;
    const line = excerpt(text, termsOf('needle'))
      .map((piece) => piece.text)
      .join('');
    expect(line.length).toBeLessThan(200);
    expect(line.indexOf('needle')).toBeLessThan(40);
    expect(line.startsWith('…')).toBe(true);
  });
});
