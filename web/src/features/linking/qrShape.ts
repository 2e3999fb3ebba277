import encodeQR from 'qr';

/** Light modules around a code, which scanners need to find it. */
const QUIET = 4;

/** A QR code as one SVG path on a square grid: every dark module is a unit square. */
export type QrShape = { size: number; path: string };

export function qrShape(text: string): QrShape {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: QUIET });
  let path = '';
  rows.forEach((row, y) => {
    // Runs of dark modules in one go keep the path short.
    let start = -1;
    for (let x = 0; x <= row.length; x += 1) {
      if (row[x] && start < 0) start = x;
      if (row[x] || start < 0) continue;
      path += `M${start} ${y}h${x - start}v1h${start - x}z`;
      start = -1;
    }
  });
  return { size: rows.length, path };
}
