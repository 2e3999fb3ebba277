/** Writes the list of files into `dist/sw.js`; answers with the digest of the build. */
export function writePrecache(dist: string): string;
