/** English: the list of chats. */
export const chats = {
  'chats.title': 'Chats',
  'chats.empty.title': 'No chats yet',
  'chats.empty.text': 'Add somebody you know. Once they accept, you can write to each other here.',
  'chats.empty.action': 'Add a contact',
  'chats.empty.ready': 'Choose one of your contacts and write the first message.',
  'chats.empty.choose': 'Choose a contact',
  'chats.draft': 'Draft:',
  'chats.typing': 'typing…',
  'chats.unread': { one: '{count} unread message', other: '{count} unread messages' },
  'chats.pick': 'Choose a chat to read it here',
  'chats.missed': {
    one: '{count} message expired before it reached you. Ask its sender to send it again.',
    other: '{count} messages expired before they reached you. Ask their senders to send them again.',
  },
  'chats.former': 'Not a contact any more',
  'chats.deleted': 'Account deleted',
} as const;
