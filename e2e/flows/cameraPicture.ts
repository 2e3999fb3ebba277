import { writeFile } from 'node:fs/promises';
import type { Locator } from '@playwright/test';
import { type Browser, chromium } from '@playwright/test';
import { launchOptions } from '../chromium';

const WIDTH = 640;
const HEIGHT = 480;

/** A browser whose camera sees this QR code: the very one that stands on a page, held before the lens. */
export async function browserThatSees(qr: Locator, file: string): Promise<Browser> {
  const rgba = Buffer.from(await photograph(qr), 'base64');
  await writeFile(file, y4m(rgba));
  return chromium.launch({
    ...launchOptions,
    args: [
      ...launchOptions.args,
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${file}`,
    ],
  });
}

/** What a camera would see: the drawn code on a grey table, a little askew. RGBA in base64. */
async function photograph(qr: Locator): Promise<string> {
  return qr.evaluate(
    (svg, { width, height }) => {
      const path = svg.querySelector('path')?.getAttribute('d') ?? '';
      const modules = (svg as SVGSVGElement).viewBox.baseVal.width;
      const canvas = document.createElement('canvas');
      canvas.width = width;
      canvas.height = height;
      const pen = canvas.getContext('2d');
      if (!pen) throw new Error('no canvas');
      pen.fillStyle = 'rgb(120 124 118)';
      pen.fillRect(0, 0, width, height);
      const side = height * 0.72;
      pen.translate(width / 2, height / 2);
      pen.rotate(0.12);
      pen.scale(side / modules, side / modules);
      pen.translate(-modules / 2, -modules / 2);
      pen.fillStyle = 'rgb(245 243 238)';
      pen.fillRect(0, 0, modules, modules);
      pen.fillStyle = 'rgb(40 38 44)';
      pen.fill(new Path2D(path));
      const { data } = pen.getImageData(0, 0, width, height);
      let text = '';
      for (let at = 0; at < data.length; at += 0x8000) text += String.fromCharCode(...data.subarray(at, at + 0x8000));
      return btoa(text);
    },
    { width: WIDTH, height: HEIGHT },
  );
}

/** RGBA as two frames of I420 (BT.601), in the plainest of video files. */
function y4m(rgba: Buffer): Buffer {
  const luma = Buffer.alloc(WIDTH * HEIGHT);
  const [blue, red] = [Buffer.alloc((WIDTH * HEIGHT) / 4), Buffer.alloc((WIDTH * HEIGHT) / 4)];
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const at = (y * WIDTH + x) * 4;
      const [r, g, b] = [rgba[at] ?? 0, rgba[at + 1] ?? 0, rgba[at + 2] ?? 0];
      luma[y * WIDTH + x] = 16 + 0.257 * r + 0.504 * g + 0.098 * b;
      if (x % 2 || y % 2) continue;
      const half = (y / 2) * (WIDTH / 2) + x / 2;
      blue[half] = 128 - 0.148 * r - 0.291 * g + 0.439 * b;
      red[half] = 128 + 0.439 * r - 0.368 * g - 0.071 * b;
    }
  }
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, blue, red]);
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F15:1 Ip A1:1 C420\n`), frame, frame]);
}
