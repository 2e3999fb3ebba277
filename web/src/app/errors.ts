import { ApiError } from '../api/call';
import type { TextKey } from '../i18n/catalogue';
import type { Translate } from '../i18n/translate';

/** The server's stable codes in our words; a code that is not here gets a general text. */
const WORDS: Record<string, TextKey> = {
  offline: 'error.offline',
  unavailable: 'error.unavailable',
  clock_check: 'error.unavailable',
  internal: 'error.unavailable',
  not_signed_in: 'error.not_signed_in',
  invalid_phone: 'error.invalid_phone',
  other_operator: 'error.other_operator',
  number_refused: 'error.number_refused',
  sms_down: 'error.sms_down',
  wrong_code: 'error.wrong_code',
  invalid_text: 'error.invalid_text',
  invalid_birth_date: 'error.invalid_birth_date',
  invalid_region: 'error.invalid_region',
  invalid_handle: 'error.invalid_handle',
  handle_taken: 'error.handle_taken',
  handle_too_soon: 'error.handle_too_soon',
  too_slow: 'error.unavailable',
  account_gone: 'error.not_signed_in',
  unknown_account: 'error.unknown_account',
  unknown_request: 'error.gone',
  unknown_device: 'error.gone',
  not_a_contact: 'error.gone',
  already_contacts: 'error.already_contacts',
  too_many_contacts: 'error.too_many_contacts',
  too_many_blocks: 'error.too_many_blocks',
  yourself: 'error.yourself',
  blocked: 'error.blocked',
  invalid_photo: 'photo.unreadable',
  too_large: 'photo.unreadable',
};

export function explain(error: unknown, t: Translate): string {
  if (!(error instanceof ApiError)) return t('error.unknown');
  const words = WORDS[error.code];
  if (words) return t(words);
  if (error.status === 429) return t('error.too_many', { wait: waitFor(error.retryInS, t) });
  return t(error.status >= 500 ? 'error.unavailable' : 'error.unknown');
}

function waitFor(seconds: number | undefined, t: Translate): string {
  if (seconds === undefined) return t('error.wait.moment');
  if (seconds < 100) return t('error.wait.seconds', { count: seconds });
  return t('error.wait.minutes', { count: Math.ceil(seconds / 60) });
}
