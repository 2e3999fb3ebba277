import { describe, expect, test } from 'vitest';
import type { Device } from '../../src/api/types';
import { compare, withoutExpected } from '../../src/app/signIns';
import type { DeviceId } from '../../src/sync/ids';

const id = (name: string) => name as DeviceId;
const device = (name: string, current = false): Device => ({
  device_id: id(name),
  name,
  platform: 'web',
  signed_in_at: 1,
  current,
});

describe('a list of devices', () => {
  test('that is seen for the first time is how things are, not news', () => {
    const devices = [device('phone'), device('this', true)];
    expect(compare(null, devices)).toEqual({ known: ['phone', 'this'], news: [] });
  });

  test('with one more tells of it until somebody answers', () => {
    const devices = [device('this', true), device('laptop')];
    const first = compare([id('this')], devices);
    expect(first.news.map((one) => one.name)).toEqual(['laptop']);
    expect(compare(first.known, devices).news.map((one) => one.name)).toEqual(['laptop']);
    expect(compare([...first.known, id('laptop')], devices).news).toEqual([]);
  });

  test('never tells of the device that looks', () => {
    expect(compare([id('phone')], [device('phone'), device('this', true)])).toEqual({
      known: ['phone', 'this'],
      news: [],
    });
  });

  test('forgets what is gone', () => {
    expect(compare([id('this'), id('old')], [device('this', true)]).known).toEqual(['this']);
  });
});

describe('a device that was let in from here', () => {
  const laptop = device('laptop');
  const again = { ...device('laptop'), device_id: id('laptop2') };

  test('is no news here, but any other is', () => {
    const { news, came } = withoutExpected([laptop, device('stranger')], { name: 'laptop', until: 100 }, 50);
    expect(came).toBe(laptop);
    expect(news.map((one) => one.name)).toEqual(['stranger']);
  });

  test('is one device, and only for a short while', () => {
    expect(withoutExpected([laptop, again], { name: 'laptop', until: 100 }, 50).news).toEqual([again]);
    expect(withoutExpected([laptop], { name: 'laptop', until: 100 }, 100).news).toEqual([laptop]);
    expect(withoutExpected([laptop], null, 50).news).toEqual([laptop]);
  });
});
