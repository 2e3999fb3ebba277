/** English: the policy, what protects a chat, and what goes with an account. */
export const privacy = {
  'policy.title': 'The privacy policy changes',
  'policy.changes': 'The privacy policy changes on {date}. {summary}',
  'policy.look': 'Read it',
  'policy.done': 'Got it',
  'message.recalling': 'Recalling',
  'message.recall_late': 'Not recalled: more than two minutes had passed',
  'protection.to_server.title': 'Protected to this server',
  'protection.to_server.text':
    'Messages are protected on their way to this server, and sealed there under a key that dies after delivery.',
  'protection.to_server.limit':
    'Not end-to-end encrypted: while a message passes through, whoever runs the server could read it.',
  'protection.end_to_end.title': 'Protected from end to end',
  'protection.end_to_end.text':
    'Messages are encrypted on your device and opened on theirs. On the server they are sealed once more, under a key that dies after delivery.',
  'protection.end_to_end.limit': 'Whoever runs the server sees who writes to whom and when, not what.',
  'protection.way.you': 'Your device',
  'protection.way.server': 'This server, sealed',
  'protection.way.them': 'Their device',
  'protection.how_long': 'How long the server has a message',
  'protection.how_long.hint': 'After that its key is destroyed, and no copy of it opens any more.',
  'protection.delivered': 'Once delivered',
  'protection.undelivered': 'If never fetched',
  'protection.recall': 'You can recall it for',
  'protection.at_most': 'at most {span}',
  'me.delete': 'Delete account',
  'me.delete.lead':
    'This deletes your account at once and for good. Nobody can bring it back, not even whoever runs this server.',
  'me.delete.goes': 'What goes, at once',
  'me.delete.goes.account':
    'Your account, name, picture, Billet ID, QR code and phone number, and the key that opens whatever is left of them.',
  'me.delete.goes.messages': 'Messages of yours that have not arrived, and those that wait for you.',
  'me.delete.goes.people':
    'Your contacts, requests, remarks, tags, blocks and reports. Your contacts see that this account is gone.',
  'me.delete.goes.settings':
    'The settings of your chats, drafts, reminders, and the addresses for notifications on your devices.',
  'me.delete.goes.devices': 'The chats on this device. Your other devices are signed out.',
  'me.delete.stays': 'What stays',
  'me.delete.stays.theirs':
    'Messages that have arrived stay on the devices of those you wrote to. They are theirs.',
  'me.delete.stays.number':
    'Your phone number is free: you can begin anew with it, as somebody nobody knows.',
  'me.delete.code': 'To be sure that it is you, we send a code to {phone}.',
  'me.delete.do': 'Delete my account',
} as const;
