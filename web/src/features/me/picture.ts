import type { Crop } from './crop';

/** Large enough for every place it is shown, small enough to come at once. */
const SIDE_MAX_PX = 640;
/** What the server takes. */
const BYTES_MAX = 256 * 1024;
const QUALITIES = [0.85, 0.7, 0.5];

/** A picture file as it should be seen, turned by its own metadata; null when it is none. */
export async function openPicture(file: Blob): Promise<ImageBitmap | null> {
  return createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => null);
}

/** Draws the square into a canvas, as wide as the canvas is. */
export function drawCrop(canvas: HTMLCanvasElement, picture: ImageBitmap, { x, y, side }: Crop): void {
  const pen = canvas.getContext('2d');
  if (!pen) return;
  // What is see-through in the picture would be black in a JPEG.
  pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--qr-light');
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(picture, x - side / 2, y - side / 2, side, side, 0, 0, canvas.width, canvas.height);
}

/** The square as a JPEG that holds pixels and nothing else: no place, no time, no camera. */
export async function cutOut(picture: ImageBitmap, crop: Crop): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.min(SIDE_MAX_PX, Math.round(crop.side)));
  canvas.height = canvas.width;
  drawCrop(canvas, picture, crop);
  let last: Blob | null = null;
  for (const quality of QUALITIES) {
    last = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
    if (last && last.size <= BYTES_MAX) return last;
  }
  if (!last) throw new Error('no picture came out of the canvas');
  return last;
}
