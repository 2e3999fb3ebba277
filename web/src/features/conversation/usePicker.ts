import { useCallback, useLayoutEffect, useRef, useState } from 'react';

type Field = { current: HTMLTextAreaElement | null };

/** Opens what puts signs into the text, where the cursor stands. Under a finger it takes the keyboard's place. */
export function usePicker(field: Field, text: string, type: (text: string) => void) {
  const [open, setOpen] = useState(false);
  const cursor = useRef<number | null>(null);
  const inPlaceOfKeyboard = window.matchMedia('(pointer: coarse)').matches;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new text puts the cursor at its end.
  useLayoutEffect(() => {
    if (cursor.current !== null) field.current?.setSelectionRange(cursor.current, cursor.current);
    cursor.current = null;
  }, [field, text]);

  const insert = (sign: string) => {
    const { selectionStart: from, selectionEnd: to } = field.current ?? {
      selectionStart: 0,
      selectionEnd: 0,
    };
    cursor.current = from + sign.length;
    type(text.slice(0, from) + sign + text.slice(to));
  };
  const close = useCallback(() => setOpen(false), []);
  const leave = useCallback(() => {
    setOpen(false);
    field.current?.focus();
  }, [field]);
  const toggle = () => {
    if (open) return leave();
    if (inPlaceOfKeyboard) field.current?.blur();
    setOpen(true);
  };
  return { open, inPlaceOfKeyboard, insert, close, leave, toggle };
}
