import { type KeyboardEvent, useLayoutEffect, useRef } from 'react';
import { Icon, type IconName } from './Icon';
import styles from './Menu.module.css';

export type MenuEntry = {
  name: string;
  icon: IconName;
  label: string;
  danger?: boolean;
  onChoose: () => void;
};
/** Where a menu opens: the point that was pressed, or below (else above) the thing that opened it. */
export type MenuPlace = { x: number; y: number; above?: number };

/** Room between a menu and the edge of the window. */
const EDGE_PX = 8;

/** Few enough pixels and a finger: the menu comes from below, where the thumb is. */
export function opensAsSheet(): boolean {
  return window.matchMedia('(max-width: 599px) and (pointer: coarse)').matches;
}

/** A list of things to do. Arrows move, letters jump, Esc and a click beside it close it, and focus goes back. */
export function Menu({
  label,
  at,
  entries,
  onClose,
}: {
  label: string;
  at: MenuPlace;
  entries: readonly MenuEntry[];
  onClose: () => void;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  /** The press that opened it may end here: only one that began here counts. */
  const pressed = useRef(false);
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    if (!dialog.open) dialog.showModal();
    if (!opensAsSheet()) place(dialog, at);
    dialog.querySelector<HTMLElement>('[role=menuitem]')?.focus();
  }, [at]);
  // Before the page lets go of it: only then does the browser give focus back.
  useLayoutEffect(() => {
    const dialog = ref.current;
    const gone = () => onClose();
    window.addEventListener('resize', gone);
    return () => {
      window.removeEventListener('resize', gone);
      dialog?.close();
    };
  }, [onClose]);
  const choose = (entry: MenuEntry) => {
    // Closed first, so that focus is back before the entry moves it on.
    ref.current?.close();
    onClose();
    entry.onChoose();
  };
  return (
    <dialog
      ref={ref}
      className={styles.menu}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={() => {
        pressed.current = true;
      }}
      onClick={(event) => event.target === ref.current && pressed.current && onClose()}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => onKey(event, onClose)}
    >
      <div role="menu" aria-label={label} className={styles.entries}>
        {entries.map((entry) => (
          <button
            key={entry.name}
            type="button"
            role="menuitem"
            tabIndex={-1}
            className={styles.entry}
            data-danger={entry.danger ?? false}
            onClick={(event) => (pressed.current || event.detail === 0) && choose(entry)}
          >
            <Icon name={entry.icon} size={20} />
            <span>{entry.label}</span>
          </button>
        ))}
      </div>
    </dialog>
  );
}

function place(dialog: HTMLElement, at: MenuPlace): void {
  const { width, height } = dialog.getBoundingClientRect();
  const left = Math.min(at.x, window.innerWidth - width - EDGE_PX);
  const fits = at.y + height <= window.innerHeight - EDGE_PX;
  const top = fits ? at.y : Math.min((at.above ?? at.y) - height, window.innerHeight - height - EDGE_PX);
  dialog.style.left = `${Math.max(EDGE_PX, left)}px`;
  dialog.style.top = `${Math.max(EDGE_PX, top)}px`;
}

function onKey(event: KeyboardEvent<HTMLElement>, onClose: () => void): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=menuitem]')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (target !== undefined) {
    event.preventDefault();
    items.at(target % items.length)?.focus();
  } else if (event.key === 'Tab') {
    event.preventDefault();
    onClose();
  } else if (event.key.length === 1 && event.key !== ' ') {
    const after = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    const letter = event.key.toLocaleLowerCase();
    after.find((item) => item.innerText.trim().toLocaleLowerCase().startsWith(letter))?.focus();
  }
}
