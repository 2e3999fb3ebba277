import { actions } from './actions';
import { app } from './app';
import { archive } from './archive';
import { chats } from './chats';
import { contacts } from './contacts';
import { conversation } from './conversation';
import { errors } from './errors';
import { keys } from './keys';
import { linking } from './linking';
import { me } from './me';
import { notifications } from './notifications';
import { privacy } from './privacy';
import { registration } from './registration';
import { search } from './search';

/**
 * English. Plain, short, friendly; no exclamation marks, no blame; one noun for one thing (glossary.ts).
 * A text with `one` and `other` is chosen by the parameter `count`.
 */
export const en = {
  ...actions,
  ...app,
  ...archive,
  ...chats,
  ...contacts,
  ...conversation,
  ...errors,
  ...keys,
  ...linking,
  ...me,
  ...notifications,
  ...privacy,
  ...registration,
  ...search,
} as const;
