/** English: what is searched for and found. */
export const search = {
  'search.open': 'Search',
  'search.placeholder': 'People and messages',
  'search.close': 'Close search',
  'search.results': 'Results',
  'search.group.person': 'People',
  'search.group.chat': 'Chats',
  'search.group.message': 'Messages',
  'search.messages': { one: '{count} message', other: '{count} messages' },
  'search.count': { one: '{count} result', other: '{count} results' },
  'search.more': 'Show more messages',
  'search.you': 'You:',
  'search.within': 'Only in the chat with {name}',
  'search.everywhere': 'Search in all chats',
  'search.in_chat': 'Search in this chat',
  'search.reading': 'Reading what is on this device: {done} of {total} messages',
  'search.broken': 'The search stopped working. Load the page again to go on; your messages are safe.',
  'search.empty.title': 'Find people and messages',
  'search.empty.text':
    'Names, remarks, Billet IDs, tags, and every message on this device. What you type stays here.',
  'search.none.title': 'Nothing found for “{query}”',
  'search.none.text': 'Only what is on this device can be found. Try fewer or other words.',
} as const;
