import type { Catalogue } from '../catalogue';
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

/** 中文。平实、简短、友善；不用感叹号，不责怪人；一物一名（见 glossary.ts）。 */
export const zh: Catalogue = {
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
};
