import { liveQuery } from 'dexie';
import { useEffect, useRef, useState } from 'react';
import { useAccount } from '../../app/account';
import { noteWriting, takeWriting } from '../../app/journal';
import { saveBeforeReload } from '../../app/unsaved';
import type { ConversationKey } from '../../sync/ids';

/** How long after the last key a draft is kept on this device. */
const KEPT_AFTER_MS = 400;
/** Whoever pressed a key this recently is typing: what another device wrote meanwhile waits, and loses to the next key. */
const TYPING_MS = 5_000;

/** What is being written here, in step with the draft on disk and so with the other devices. */
export function useDraft(conversation: ConversationKey) {
  const { client } = useAccount();
  const [text, setText] = useState('');
  /** Typed and not on disk yet. */
  const unsaved = useRef<string | null>(null);
  const shown = useRef('');
  const stored = useRef('');
  const typedAt = useRef(Number.NEGATIVE_INFINITY);

  useEffect(() => {
    const adopt = () => {
      if (unsaved.current !== null || stored.current === draftOf(shown.current)) return;
      if (performance.now() - typedAt.current < TYPING_MS) return;
      shown.current = stored.current;
      setText(stored.current);
    };
    const subscription = liveQuery(
      async () => (await client.db.conversations.get(conversation))?.draft ?? '',
    ).subscribe({
      next: (draft) => {
        stored.current = draft;
        adopt();
      },
      error: () => {
        // The database was closed by signing out; the view goes with it.
      },
    });
    const keep = async (leaving: boolean) => {
      const typed = unsaved.current;
      if (typed === null) return;
      unsaved.current = null;
      // What is on disk from here on; the watch says so a little later.
      stored.current = draftOf(typed);
      await client.chats.keepDraft(conversation, typed, leaving);
    };
    const left = takeWriting(client.me, conversation);
    if (left !== null) {
      unsaved.current = left;
      shown.current = left;
      setText(left);
    }
    const stop = saveBeforeReload(() => keep(true));
    const tick = () => {
      void keep(false);
      adopt();
    };
    const leave = () => {
      if (unsaved.current === null) return client.chats.settled();
      // A page that goes may take an unfinished transaction with it; the note stays.
      noteWriting(client.me, conversation, unsaved.current);
      void keep(true).then(() => noteWriting(client.me, conversation, null));
    };
    const hidden = () => document.visibilityState === 'hidden' && leave();
    const timer = setInterval(tick, KEPT_AFTER_MS);
    window.addEventListener('pagehide', leave);
    document.addEventListener('visibilitychange', hidden);
    return () => {
      stop();
      subscription.unsubscribe();
      clearInterval(timer);
      window.removeEventListener('pagehide', leave);
      document.removeEventListener('visibilitychange', hidden);
      leave();
    };
  }, [client, conversation]);

  const type = (next: string) => {
    unsaved.current = next;
    shown.current = next;
    typedAt.current = performance.now();
    setText(next);
    if (next.trim() !== '') client.tellTyping(conversation);
  };
  /** The text leaves with the message, which also ends the draft on disk. */
  const take = () => {
    unsaved.current = null;
    shown.current = '';
    typedAt.current = performance.now();
    setText('');
  };
  return { text, type, take };
}

/** Blank text is no draft. */
function draftOf(text: string): string {
  return text.trim() === '' ? '' : text;
}
