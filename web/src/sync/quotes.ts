import { conversationOf, messagesBetween } from './conversations';
import type { BilletDatabase, StoredMessage, StoredQuote } from './database';
import type { ConversationKey, MessageId } from './ids';

type Quoting = { quote?: { message?: unknown; text?: unknown } } | null;

/** The message whose words stand inside this content. */
function quotedBy(content: unknown): unknown {
  return (content as Quoting)?.quote?.message;
}

/** The same without these words: what its author took back stands in nobody's answer either. */
function emptied(content: unknown): unknown {
  const { quote, ...rest } = content as { quote: object };
  return { ...rest, quote: { ...quote, text: '' } };
}

/** Keeps what the message being written answers, until it is sent or the answer is dropped. */
export async function keepQuote(
  db: BilletDatabase,
  key: ConversationKey,
  quote: StoredQuote | null,
): Promise<void> {
  await db.transaction('rw', db.conversations, async () => {
    const { quote: _former, ...chat } = await conversationOf(db, key);
    await db.conversations.put(quote ? { ...chat, quote } : chat);
  });
}

/** Takes the words of a recalled message out of the answers to it: only what came after it can have them. */
export async function emptyQuotesOf(db: BilletDatabase, recalled: StoredMessage): Promise<void> {
  const after = await messagesBetween(
    db,
    recalled.conversation,
    recalled.sort,
    Number.POSITIVE_INFINITY,
  ).toArray();
  for (const message of after) {
    if (recalled.message === undefined || quotedBy(message.content) !== recalled.message) continue;
    await db.messages.put({ ...message, content: emptied(message.content) });
  }
  const chat = await db.conversations.get(recalled.conversation);
  if (chat?.quote && chat.quote.message === recalled.message) await keepQuote(db, chat.key, null);
}

/** The content of an answer that comes after what it quotes was recalled here. */
export async function withoutRecalled(db: BilletDatabase, content: unknown): Promise<unknown> {
  const quoted = quotedBy(content);
  if (typeof quoted !== 'string') return content;
  const original = await db.messages
    .where('message')
    .equals(quoted as MessageId)
    .first();
  return original?.kind === 'recalled' ? emptied(content) : content;
}
