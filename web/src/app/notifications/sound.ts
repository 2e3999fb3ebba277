import type { SoundKind } from '../../worker/preferences';

/** Two soft notes of a wooden bar, in hertz; made here, so there is no file to fetch. */
const NOTES: Record<SoundKind, readonly [number, number]> = {
  message: [659.3, 880],
  request: [523.3, 784],
  reminder: [880, 659.3],
};
const LOUDNESS = 0.08;
const NOTE_S = 0.35;
/** Many messages at once are one sound. */
const REST_MS = 1_500;

let context: AudioContext | null = null;
let playedAt = Number.NEGATIVE_INFINITY;

/** Browsers let a page make sounds once somebody has pressed something in it. */
export function armSounds(): () => void {
  const arm = () => {
    context ??= new AudioContext();
    void context.resume();
  };
  window.addEventListener('pointerdown', arm);
  window.addEventListener('keydown', arm);
  return () => {
    window.removeEventListener('pointerdown', arm);
    window.removeEventListener('keydown', arm);
  };
}

/** False when the browser does not let this page be heard. */
export function play(kind: SoundKind): boolean {
  if (context?.state !== 'running') return false;
  if (performance.now() - playedAt < REST_MS) return true;
  playedAt = performance.now();
  for (const [at, frequency] of NOTES[kind].entries()) strike(context, frequency, at * 0.12);
  return true;
}

function strike(audio: AudioContext, frequency: number, afterS: number): void {
  const start = audio.currentTime + afterS;
  const tone = audio.createOscillator();
  const loudness = audio.createGain();
  tone.type = 'sine';
  tone.frequency.value = frequency;
  loudness.gain.setValueAtTime(0, start);
  loudness.gain.linearRampToValueAtTime(LOUDNESS, start + 0.01);
  loudness.gain.exponentialRampToValueAtTime(0.0001, start + NOTE_S);
  tone.connect(loudness).connect(audio.destination);
  tone.start(start);
  tone.stop(start + NOTE_S);
}
