import { type MessageState, PENDING_SORT_BASE, type StoredMessage } from '../database';
import type { AccountId, ConversationKey, MessageId } from '../ids';
import type { Bytes } from './sealing';

/** What lies in an exported history, one JSON object a line: head, names, messages in order, end. No session, no draft. */
export type ArchiveRecord =
  | { head: { version: 1; account: AccountId; exported_at: number; messages: number } }
  | { contact: { account_id: AccountId; alias: string; remark: string | null } }
  | { message: ArchivedMessage }
  | { end: { messages: number } };

export type ArchivedMessage = {
  message: MessageId;
  conversation: ConversationKey;
  sort: number;
  from: AccountId;
  at: number;
  kind: string;
  content: unknown;
  state: MessageState;
  left_server_at?: number;
};

/** Only what the server has given an id and a place; what still waits or failed belongs to its device. */
export function archived(row: StoredMessage): ArchivedMessage | null {
  if (row.message === undefined || row.state === 'queued' || row.state === 'failed') return null;
  const { message, conversation, sort, from, at, kind, content, state, leftServerAt } = row;
  const left = leftServerAt === undefined ? {} : { left_server_at: leftServerAt };
  return { message, conversation, sort, from, at, kind, content, state, ...left };
}

const STATES: ReadonlySet<string> = new Set(['received', 'sent', 'delivered', 'expired']);

/** Whether a record is a message as this version writes it; anything else in its place is damage. */
export function isMessage(message: ArchivedMessage): boolean {
  const texts = [message.message, message.conversation, message.from, message.kind];
  return (
    texts.every((text) => typeof text === 'string' && text !== '') &&
    Number.isSafeInteger(message.sort) &&
    message.sort < PENDING_SORT_BASE &&
    Number.isFinite(message.at) &&
    STATES.has(message.state)
  );
}

export function restored(message: ArchivedMessage): StoredMessage {
  const { left_server_at, ...rest } = message;
  const left = left_server_at === undefined ? {} : { leftServerAt: left_server_at };
  return { key: message.message, ...rest, ...left };
}

/** Lines behind each other as compressed bytes. */
export function packed(records: AsyncIterable<ArchiveRecord[]>): AsyncIterable<Bytes> {
  const encoder = new TextEncoder();
  const iterator = records[Symbol.asyncIterator]();
  const lines = new ReadableStream<Bytes>({
    async pull(controller) {
      const { value, done } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value.map((record) => `${JSON.stringify(record)}\n`).join('')));
    },
  });
  return through(lines.pipeThrough(new CompressionStream('gzip') as ReadableWritablePair<Bytes, Bytes>));
}

/** The records of compressed lines, some at a time. */
export async function* unpacked(bytes: AsyncIterable<Bytes>): AsyncGenerator<ArchiveRecord[]> {
  const iterator = bytes[Symbol.asyncIterator]();
  const source = new ReadableStream<Bytes>({
    async pull(controller) {
      const { value, done } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
  const plain = source.pipeThrough(new DecompressionStream('gzip') as ReadableWritablePair<Bytes, Bytes>);
  const decoder = new TextDecoder();
  let rest = '';
  for await (const part of through(plain)) {
    const lines = (rest + decoder.decode(part, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (lines.length > 0) yield lines.map((line) => JSON.parse(line) as ArchiveRecord);
  }
}

/** A stream as what `for await` takes: not every browser's streams are that by themselves. */
export async function* through(stream: ReadableStream<Bytes>): AsyncGenerator<Bytes> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
