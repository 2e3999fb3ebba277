type Pair = {
  front: string;
  back: string;
  least: number;
  /** So many hundredths of ink lie over the back. */
  inked?: number;
};

/** Every pair of tokens that stand on each other, with the contrast each needs: 4.5 for text, 3 for the edge of a control. */
export const PAIRS: readonly Pair[] = [
  ...text('ink', ['paper', 'surface', 'tint', 'own']),
  ...text('muted', ['paper', 'surface', 'tint', 'own']),
  ...text('link', ['paper', 'surface', 'tint', 'own']),
  ...text('seal', ['paper', 'surface', 'tint']),
  // What stands on a chat's background, and on the lines of a patterned one.
  ...['ink', 'muted', 'link', 'seal'].flatMap((front) =>
    text(front, ['chat-sage', 'chat-mist', 'chat-rose', 'line']),
  ),
  ...text('on-seal', ['seal']),
  // A quiet badge.
  ...text('surface', ['muted']),
  // Buttons are ink with paper on it.
  ...text('paper', ['ink']),
  // Dark on light in both themes: cameras expect it.
  ...text('qr-dark', ['qr-light']),
  ...Array.from({ length: 12 }, (_, i) => ({ front: 'on-avatar', back: `avatar-${i + 1}`, least: 4.5 })),
  // A quote inside a bubble, and one that is pointed at.
  ...['surface', 'own'].flatMap((back) =>
    [6, 10].map((inked) => ({ front: 'ink', back, least: 4.5, inked })),
  ),
  ...['surface', 'own'].map((back) => ({ front: 'seal', back, least: 3 })),
  ...['paper', 'surface', 'tint', 'chat-sage', 'chat-mist', 'chat-rose'].map((back) => ({
    front: 'edge',
    back,
    least: 3,
  })),
  ...['paper', 'surface', 'tint', 'own'].map((back) => ({ front: 'link', back, least: 3 })),
];

function text(front: string, backs: string[]) {
  return backs.map((back) => ({ front, back, least: 4.5 }));
}
