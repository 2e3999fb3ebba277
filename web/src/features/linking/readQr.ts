/** Reads a QR code from pixels: by the browser where it can, else by a decoder in plain script, which our CSP allows. */
export type QrReader = (picture: ImageBitmapSource & CanvasImageSource, size: Size) => Promise<string | null>;
type Size = { width: number; height: number };

type Detector = { detect(source: ImageBitmapSource): Promise<{ rawValue: string }[]> };
type DetectorClass = {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
};

/** Larger pictures of a camera say no more about a code and cost time. */
const FRAME_SIDE_MAX_PX = 720;
/** A picture from a file may hold a small code in a corner. */
const FILE_SIDE_MAX_PX = 2400;

export async function cameraReader(): Promise<QrReader> {
  const native = await nativeDetector();
  if (native) return async (picture) => (await native.detect(picture))[0]?.rawValue ?? null;
  const { default: decode } = await import('qr/decode.js');
  const pixels = pixelReader(FRAME_SIDE_MAX_PX);
  return async (picture, size) => attempt(() => decode(pixels(picture, size)));
}

/** The code in a picture file; null when there is none that can be read. */
export async function readFile(file: Blob): Promise<string | null> {
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return null;
  try {
    const native = await nativeDetector();
    const found = native ? await native.detect(picture).catch(() => []) : [];
    if (found[0]) return found[0].rawValue;
    const { default: decode } = await import('qr/decode.js');
    const image = pixelReader(FILE_SIDE_MAX_PX)(picture, picture);
    return attempt(() => decode(image, { effort: Number.POSITIVE_INFINITY, timeLimit: 3_000 }));
  } finally {
    picture.close();
  }
}

/** The decoder throws where there is no code: for us that is an answer. */
function attempt(decode: () => string): string | null {
  try {
    return decode();
  } catch {
    return null;
  }
}

async function nativeDetector(): Promise<Detector | null> {
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: DetectorClass };
  if (!BarcodeDetector) return null;
  const formats = await BarcodeDetector.getSupportedFormats().catch((): string[] => []);
  return formats.includes('qr_code') ? new BarcodeDetector({ formats: ['qr_code'] }) : null;
}

function pixelReader(sideMaxPx: number): (picture: CanvasImageSource, size: Size) => ImageData {
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  return (picture, { width, height }) => {
    if (!pen) throw new Error('no canvas');
    const scale = Math.min(1, sideMaxPx / Math.max(width, height));
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return pen.getImageData(0, 0, canvas.width, canvas.height);
  };
}
