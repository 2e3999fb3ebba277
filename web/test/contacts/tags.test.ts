import { describe, expect, test } from 'vitest';
import { cleanTag, TAGS_MAX, tagsInUse, withTag } from '../../src/features/contacts/tags';
import type { StoredContact } from '../../src/sync/database';

const contact = (tags: string[]) => ({ tags }) as StoredContact;

describe('a tag', () => {
  test('is kept without spaces around it and within its length', () => {
    expect(cleanTag('  choir \n on   Sundays ')).toBe('choir on Sundays');
    expect([...cleanTag('合'.repeat(40))]).toHaveLength(32);
    expect([...cleanTag('👩‍👧'.repeat(3) + 'x'.repeat(40))].length).toBeLessThanOrEqual(32);
  });

  test('is put on once, whatever its capitals', () => {
    expect(withTag(['Choir'], 'choir')).toEqual(['Choir']);
    expect(withTag(['Choir'], '  ')).toEqual(['Choir']);
    expect(withTag(['Choir'], 'work')).toEqual(['Choir', 'work']);
  });

  test('does not fit once there are as many as can be', () => {
    const full = Array.from({ length: TAGS_MAX }, (_, n) => `t${n}`);
    expect(withTag(full, 'one more')).toEqual(full);
  });

  test('that many have is suggested first', () => {
    const contacts = [contact(['work']), contact(['choir', 'work']), contact(['art']), contact([])];
    expect(tagsInUse(contacts)).toEqual(['work', 'art', 'choir']);
  });
});
