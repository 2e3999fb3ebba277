import { describe, expect, test } from 'vitest';
import { moved, nearness, wholeCrop, withNearness, zoomed } from '../../src/features/me/crop';

const WIDE = { width: 4000, height: 3000 };

describe('a crop', () => {
  test('begins with as much as fits, from the middle', () => {
    expect(wholeCrop(WIDE)).toEqual({ x: 2000, y: 1500, side: 3000 });
  });

  test('follows the hand, and stops at the edge of the picture', () => {
    const crop = wholeCrop(WIDE);
    expect(moved(crop, WIDE, 0.1, 0)).toEqual({ x: 1700, y: 1500, side: 3000 });
    expect(moved(crop, WIDE, 5, 5)).toEqual({ x: 1500, y: 1500, side: 3000 });
    expect(moved(crop, WIDE, -5, -5)).toEqual({ x: 2500, y: 1500, side: 3000 });
  });

  test('comes no nearer than six times, and goes no further away than the whole', () => {
    const crop = wholeCrop(WIDE);
    expect(zoomed(crop, WIDE, 2).side).toBe(1500);
    expect(zoomed(crop, WIDE, 100).side).toBe(500);
    expect(zoomed(crop, WIDE, 0.01)).toEqual(crop);
  });

  test('that goes away from a corner stays inside', () => {
    const corner = moved(zoomed(wholeCrop(WIDE), WIDE, 6), WIDE, 50, 50);
    expect(corner).toEqual({ x: 250, y: 250, side: 500 });
    expect(zoomed(corner, WIDE, 0.5)).toEqual({ x: 500, y: 500, side: 1000 });
  });

  test('of a tiny picture is the tiny picture', () => {
    expect(wholeCrop({ width: 1, height: 1 })).toEqual({ x: 0.5, y: 0.5, side: 1 });
  });

  test('tells how near it is', () => {
    const crop = wholeCrop(WIDE);
    expect(nearness(crop, WIDE)).toBeCloseTo(0);
    expect(nearness(withNearness(crop, WIDE, 0.4), WIDE)).toBeCloseTo(0.4);
    expect(nearness(withNearness(crop, WIDE, 1), WIDE)).toBeCloseTo(1);
  });
});
