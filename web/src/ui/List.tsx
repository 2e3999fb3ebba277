import {
  type FocusEvent,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useRef,
} from 'react';
import styles from './List.module.css';
import type { MenuPlace } from './Menu';
import { useRowMenu } from './useRowMenu';

const ROWS = 'a[data-row]';

/** The rest of a list that is longer than what is shown of it. */
export type Rest = {
  /** Nothing is left. */
  none: boolean;
  /** Shows more of it: the end is near. */
  grow: () => void;
  /** Shows all of it: the end is asked for. */
  growWhole: () => void;
};

/** This many rows before the last one, more are asked for. */
const NEAR = 20;

/** A list of places to go: one Tab stop, arrows move within, Home and End jump; rows may have a menu. */
export function List({
  label,
  children,
  onMenu,
  rest,
}: {
  label: string;
  children: ReactNode;
  /** Asked for with a right click, a long press or the menu key; a row is known by its `data-row`. */
  onMenu?: (row: string, at: MenuPlace) => void;
  rest?: Rest;
}) {
  const ref = useRef<HTMLUListElement>(null);
  const rows = () => [...(ref.current?.querySelectorAll<HTMLAnchorElement>(ROWS) ?? [])];
  const makeStop = (stop: HTMLAnchorElement | undefined) => {
    for (const row of rows()) {
      const tabIndex = row === stop ? 0 : -1;
      if (row.tabIndex !== tabIndex || !row.hasAttribute('tabindex')) row.tabIndex = tabIndex;
    }
  };
  const toEnd = useRest(ref, rest);
  // After every change exactly one row can be tabbed to: the one that was, else the open one, else the first.
  useEffect(() => {
    const all = rows();
    const focused = all.find((row) => row === document.activeElement);
    makeStop(focused ?? all.find((row) => row.ariaCurrent === 'true') ?? all[0]);
  });
  const { onMenuKey, ...menu } = useRowMenu(ROWS, onMenu && ((row, at) => onMenu(row.dataset.row ?? '', at)));
  const onKeyDown = (event: KeyboardEvent) => {
    onMenuKey?.(event);
    // With Alt the arrows open the next chat (app/shortcuts.ts).
    if (event.altKey) return;
    const all = rows();
    const at = all.indexOf(document.activeElement as HTMLAnchorElement);
    const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (at === -1 || target === undefined) return;
    event.preventDefault();
    if (event.key === 'End' && toEnd()) return;
    all[Math.max(0, Math.min(target, all.length - 1))]?.focus();
  };
  const onFocus = (event: FocusEvent) => {
    if (event.target.matches(ROWS)) makeStop(event.target as HTMLAnchorElement);
  };
  return (
    <ul
      ref={ref}
      className={styles.list}
      aria-label={label}
      onKeyDown={onKeyDown}
      onFocus={onFocus}
      {...menu}
    >
      {children}
    </ul>
  );
}

/** Shows more when the end comes near. What it gives goes to the very end; false when that is on the page already. */
function useRest(list: RefObject<HTMLUListElement | null>, rest: Rest | undefined): () => boolean {
  const ending = useRef(false);
  useEffect(() => {
    const rows = list.current?.querySelectorAll<HTMLAnchorElement>(ROWS) ?? [];
    if (ending.current && rest?.none) {
      ending.current = false;
      rows[rows.length - 1]?.focus();
    }
    const [near, last] = [rows[Math.max(0, rows.length - NEAR)], rows[rows.length - 1]];
    if (!rest || rest.none || !near || !last) return;
    const observer = new IntersectionObserver((seen) => {
      if (seen.some((one) => one.isIntersecting)) rest.grow();
    });
    observer.observe(near);
    // Whoever scrolls fast passes the other one between two frames.
    observer.observe(last);
    return () => observer.disconnect();
  });
  return () => {
    if (!rest || rest.none) return false;
    ending.current = true;
    rest.growWhole();
    return true;
  };
}

/** One row, 64 px: picture, title, second line, and what stands at its end. */
export function ListRow({
  href,
  onOpen,
  current = false,
  raised = false,
  name = '',
  picture,
  title,
  titleEnd,
  second,
  secondEnd,
}: {
  href: string;
  onOpen: () => void;
  current?: boolean;
  /** Stands apart from the rows below it. */
  raised?: boolean;
  /** What `onMenu` knows the row by. */
  name?: string;
  picture: ReactNode;
  title: ReactNode;
  titleEnd?: ReactNode;
  second?: ReactNode;
  secondEnd?: ReactNode;
}) {
  return (
    <li>
      <a
        data-row={name}
        className={styles.row}
        data-raised={raised}
        href={href}
        aria-current={current ? 'true' : undefined}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          onOpen();
        }}
      >
        {picture}
        <span className={styles.lines}>
          <span className={styles.line}>
            <span className={styles.title}>{title}</span>
            {titleEnd && <span className={styles.end}>{titleEnd}</span>}
          </span>
          {(second || secondEnd) && (
            <span className={styles.line}>
              <span className={styles.second}>{second}</span>
              {secondEnd}
            </span>
          )}
        </span>
      </a>
    </li>
  );
}

/** A round place for an icon where other rows have a picture. */
export function RowIcon({ children }: { children: ReactNode }) {
  return <span className={styles.icon}>{children}</span>;
}
