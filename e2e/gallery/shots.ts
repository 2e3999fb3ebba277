import { CHATS } from './shots/chats';
import { CONTACTS } from './shots/contacts';
import { CONVERSATION } from './shots/conversation';
import { ME } from './shots/me';
import { OUTSIDE } from './shots/outside';
import type { Shot } from './shots/stage';
import { TROUBLE } from './shots/trouble';

/** Every screen and state. A new one is a line in its room. */
export const SHOTS: readonly Shot[] = [...OUTSIDE, ...CHATS, ...CONVERSATION, ...CONTACTS, ...ME, ...TROUBLE];
