/** The square that is cut out of a picture, in the picture's own pixels: its middle and its side. */
export type Crop = { x: number; y: number; side: number };
export type Size = { width: number; height: number };

/** How far one can go in: beyond this a face is a handful of pixels. */
const ZOOM_MAX = 6;

const largest = ({ width, height }: Size) => Math.min(width, height);
const smallest = (size: Size) => largest(size) / ZOOM_MAX;

/** As much as fits, from the middle. */
export function wholeCrop(size: Size): Crop {
  return { x: size.width / 2, y: size.height / 2, side: largest(size) };
}

/** Moves the picture under the square by parts of the square's side: 1 is as far as the square is wide. */
export function moved(crop: Crop, size: Size, right: number, down: number): Crop {
  return inside({ ...crop, x: crop.x - right * crop.side, y: crop.y - down * crop.side }, size);
}

/** Comes nearer by this factor, to the middle of the square. */
export function zoomed(crop: Crop, size: Size, factor: number): Crop {
  return inside({ ...crop, side: crop.side / factor }, size);
}

/** How near it is, from 0 (all) to 1 (as near as can be): evenly for the eye. */
export function nearness(crop: Crop, size: Size): number {
  return Math.log(largest(size) / crop.side) / Math.log(ZOOM_MAX);
}

export function withNearness(crop: Crop, size: Size, nearness: number): Crop {
  return inside({ ...crop, side: largest(size) / ZOOM_MAX ** nearness }, size);
}

/** The square never leaves the picture. */
function inside({ x, y, side }: Crop, size: Size): Crop {
  const within = Math.max(smallest(size), Math.min(side, largest(size)));
  const keep = (at: number, length: number) => Math.max(within / 2, Math.min(at, length - within / 2));
  return { x: keep(x, size.width), y: keep(y, size.height), side: within };
}
