/** Signs that take room or none and show nothing: zero-width ones, the fillers of Hangul, the empty Braille cell. */
const UNSEEN = /^(?:\s|\p{Default_Ignorable_Code_Point}|\p{Cf}|\p{Cc}|\u2800)*$/u;

/** Nobody would see anything of it. */
export function isBlank(text: string): boolean {
  return UNSEEN.test(text);
}
