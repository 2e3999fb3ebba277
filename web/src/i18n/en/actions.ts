/** English: what can be done with a message. */
export const actions = {
  'action.menu': 'Message actions',
  'action.copy': 'Copy',
  'action.copied': { one: 'Copied', other: '{count} messages copied' },
  'action.not_copied': 'This browser did not let us copy. Mark the text and copy it by hand.',
  'action.quote': 'Quote',
  'action.delete': 'Delete for me',
  'action.deleted': { one: 'Deleted on this device', other: '{count} messages deleted on this device' },
  'action.edit_again': 'Edit again',
  'quote.not_here': 'That message is not on this device any more.',
  'quote.drop': 'Do not quote',
  'quote.you': 'You',
} as const;
