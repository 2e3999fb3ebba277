import type { Connection } from './connection';
import type { History } from './history';
import type { MessageId } from './ids';
import { isPassing } from './sender';

/** Asks the server for every message that its author wants back and has no answer about. */
export async function askBack(history: History, connection: Connection): Promise<void> {
  for (const message of await history.recalls()) connection.send({ op: 'recall', message });
}

/** The server refused: the message stays, unless the reason is one that passes by itself. */
export async function refusedBack(history: History, message: MessageId, code: string): Promise<void> {
  if (!isPassing(code)) await history.recallRefused(message, code);
}
