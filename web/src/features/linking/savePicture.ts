import { qrShape } from './qrShape';

const SIDE_PX = 1024;
const CAPTION_PX = 120;

/** Puts the code with a name below it into the person's downloads. */
export async function savePicture(text: string, caption: string, file: string): Promise<void> {
  const canvas = document.createElement('canvas');
  canvas.width = SIDE_PX;
  canvas.height = SIDE_PX + CAPTION_PX;
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('no canvas');
  const style = getComputedStyle(document.documentElement);
  const { size, path } = qrShape(text);
  pen.fillStyle = style.getPropertyValue('--qr-light');
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = style.getPropertyValue('--qr-dark');
  pen.font = `600 52px ${getComputedStyle(document.body).fontFamily}`;
  pen.textAlign = 'center';
  pen.fillText(caption, SIDE_PX / 2, SIDE_PX + CAPTION_PX / 3, SIDE_PX - 96);
  // Whole pixels a module, or scanners see soft edges.
  const module = Math.floor(SIDE_PX / size);
  const margin = Math.floor((SIDE_PX - module * size) / 2);
  pen.setTransform(module, 0, 0, module, margin, margin);
  pen.fill(new Path2D(path));
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error('no picture');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
