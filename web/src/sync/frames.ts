import type { Schema } from '../api/branded';

/** What the server says on the socket. */
export type ServerFrame = Schema<'ServerFrame'>;
/** What this client says. */
export type ClientFrame = Schema<'ClientFrame'>;

type Frame<Op extends ServerFrame['op']> = Extract<ServerFrame, { op: Op }>;
export type SentFrame = Frame<'sent'>;
export type EnvelopeFrame = Frame<'envelope'>;
export type ReceiptFrame = Frame<'receipt'>;
export type RecalledFrame = Frame<'recalled'>;
/** `about` says what changed; `seq` 0 means that it waits nowhere and is not acknowledged. */
export type NoticeFrame = Frame<'notice'>;

/** Frames with a place in the inbox: they must be stored before they are acknowledged. */
export type InboxFrame = EnvelopeFrame | ReceiptFrame | RecalledFrame | NoticeFrame;

/** The socket's own close codes. */
export const CLOSE_SESSION_ENDED = 4001;
export const CLOSE_TOO_SLOW = 4008;
export const CLOSE_REPLACED = 4009;

/** Reads one text frame; null for what is no object with an `op`. Unknown ops pass and are ignored by the engine. */
export function parseFrame(text: string): ServerFrame | null {
  try {
    const frame: unknown = JSON.parse(text);
    if (typeof frame === 'object' && frame !== null && typeof (frame as { op?: unknown }).op === 'string') {
      return frame as ServerFrame;
    }
  } catch {
    // Falls through: a broken frame is the same as none.
  }
  return null;
}

export function isInboxFrame(frame: ServerFrame): frame is InboxFrame {
  return (
    frame.op === 'envelope' ||
    frame.op === 'receipt' ||
    frame.op === 'recalled' ||
    (frame.op === 'notice' && frame.seq > 0)
  );
}
