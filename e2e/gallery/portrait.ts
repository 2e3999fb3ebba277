/** Where the picture of one of the people lies. */
export const PORTRAIT = '/v1/photos/portrait';

/** Somebody before a window, drawn with few strokes. */
export const portrait = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96">
<rect width="96" height="96" fill="#cfdcd2"/><rect x="56" width="40" height="60" fill="#e9efe4"/>
<path d="M12 96c2-24 16-34 36-34s34 10 36 34z" fill="#7c4a4a"/><path d="M40 56h16v12c-4 5-12 5-16 0z" fill="#d9a98a"/>
<ellipse cx="48" cy="44" rx="16" ry="19" fill="#e6b999"/><path d="M30 44c-3-24 12-30 20-28 14-1 20 12 16 28-1-9-5-13-9-15-8 4-20 4-23 3-2 3-3 7-4 12z" fill="#d8d4cc"/>
<path d="M38 43h7m6 0h7M42 54c3 3 9 3 12 0" stroke="#5a3a30" stroke-width="1.6" fill="none" stroke-linecap="round"/>
</svg>`;
