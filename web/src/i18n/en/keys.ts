/** English: keyboard shortcuts. */
export const keys = {
  'keys.title': 'Keyboard shortcuts',
  'keys.everywhere': 'Everywhere',
  'keys.here': 'Where you are',
  'keys.help': 'Show this list',
  'keys.search': 'Search',
  'keys.close': 'Close, or go back to the list',
  'keys.above': 'Open the chat above',
  'keys.below': 'Open the chat below',
  'keys.move': 'Move in a list',
  'keys.ends': 'First or last of a list',
  'keys.open': 'Open what is chosen',
  'keys.menu': 'What can be done with it',
  'keys.send': 'Send',
  'keys.break': 'New line',
  'keys.close_help': 'Close',
} as const;
