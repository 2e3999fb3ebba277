import { describe, expect, test } from 'vitest';
import { pick } from '../../src/features/conversation/emoji/choices';
import {
  loadEmoji,
  nameOfEmoji,
  searchEmoji,
  type Tone,
  withTone,
} from '../../src/features/conversation/emoji/emoji';

describe('emoji', () => {
  test('stand in nine groups, each with a name in both languages', async () => {
    for (const language of ['en', 'zh'] as const) {
      const data = await loadEmoji(language);
      expect(data.groups).toHaveLength(9);
      const all = data.groups.flat();
      expect(all.length).toBeGreaterThan(1_700);
      expect(new Set(all.map(({ plain }) => plain)).size).toBe(all.length);
      for (const { plain } of all) expect(nameOfEmoji(data, plain).trim(), plain).not.toBe('');
    }
  });

  test('are found by words of either language, the closest first', async () => {
    const chinese = await loadEmoji('zh');
    const english = await loadEmoji('en');
    const first = (data: typeof chinese, typed: string) => searchEmoji(data, typed, 5).map((e) => e.plain);
    expect(first(english, 'red apple')[0]).toBe('🍎');
    expect(first(chinese, '苹果')).toContain('🍎');
    expect(first(chinese, 'red apple')).toContain('🍎');
    expect(first(english, 'Ｐｉｚｚａ')[0]).toBe('🍕');
    expect(first(english, 'no such thing')).toEqual([]);
    expect(nameOfEmoji(chinese, '🍎')).toMatch(/\p{Script=Han}/u);
  });

  test('take a skin tone where they can, and stay as they are elsewhere', async () => {
    const data = await loadEmoji('en');
    const find = (plain: string) => data.groups.flat().find((e) => e.plain === plain) ?? expect.fail(plain);
    expect(withTone(find('👋'), 1)).toBe('👋🏻');
    expect(withTone(find('👋'), 0)).toBe('👋');
    expect(withTone(find('🍎'), 3)).toBe('🍎');
    const toned = data.groups.flat().filter((e) => e.takesTone);
    expect(toned.length).toBeGreaterThan(200);
    for (const tone of [1, 2, 3, 4, 5] as Tone[])
      for (const emoji of toned)
        expect([...withTone(emoji, tone)].filter((sign) => /\p{Emoji_Modifier}/u.test(sign))).toHaveLength(1);
  });

  test('that were used come first, each once, and not too many', () => {
    const emoji = (plain: string) => ({ plain, takesTone: false });
    let choices = { recent: [], tone: 0 } as Parameters<typeof pick>[0];
    for (const plain of ['a', 'b', 'a']) choices = pick(choices, emoji(plain));
    expect(choices.recent.map((e) => e.plain)).toEqual(['a', 'b']);
    for (let n = 0; n < 50; n += 1) choices = pick(choices, emoji(`${n}`));
    expect(choices.recent).toHaveLength(32);
  });
});
