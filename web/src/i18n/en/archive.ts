/** English: storage on this device, export and import of history. */
export const archive = {
  'opening.newer.title': 'A newer Billet was here',
  'opening.newer.text':
    'Your messages on this device were saved by a newer version, and this one leaves them alone. Load the page again to get the newer version. Nothing is lost.',
  'opening.blocked.title': 'Billet is open in another tab',
  'opening.blocked.text':
    'That tab runs an older version and has to be closed first. Close it, and this page goes on by itself. Nothing is lost.',
  'opening.refused.title': 'This browser gives no room',
  'opening.refused.text':
    'Billet keeps your messages in this browser, and the browser does not let it. Private windows and full disks do that. Messages that have not arrived stay on the server meanwhile.',
  'storage.title': 'Storage',
  'storage.asking':
    'Your messages live in this browser. It may ask now whether Billet may keep them here: say yes.',
  'storage.used': 'On this device',
  'storage.used.of': '{used} used; this browser gives up to {most}.',
  'storage.used.hint':
    'Messages that have arrived are here and on your other devices. The server has no copy to bring them back from.',
  'storage.full':
    'There is little room left. Export your history or clear chats, or new messages cannot be saved here.',
  'storage.full.short': 'Little room left on this device.',
  'storage.full.action': 'See storage',
  'storage.kept': 'Will it stay here',
  'storage.kept.yes': 'This browser keeps your messages',
  'storage.kept.yes_text':
    'It promised not to clear them by itself, not even when the disk is full. They go when you clear this site or sign out.',
  'storage.kept.no': 'This browser gives no promise',
  'storage.kept.no_text':
    'It may clear your messages when the disk is full or after weeks without a visit. Installing Billet helps; an export is safe.',
  'storage.kept.ask': 'Ask the browser to keep them',
  'storage.kept.refused':
    'The browser said no for now. It often agrees after some visits or once Billet is installed.',
  'storage.chats': { one: '{count} message here', other: '{count} messages here' },
  'storage.clear': 'Clear',
  'storage.clear_of': 'Clear the chat with {name}',
  'storage.all_chats': 'Show all chats',
  'archive.export': 'Export history',
  'archive.export.hint':
    'A file with all messages of this device, sealed with a passphrase. You can read it into Billet on another device with the same account.',
  'archive.export.open': 'Export history',
  'archive.export.do': 'Save the file',
  'archive.export.done': {
    one: '{count} message was saved. Keep the file and the passphrase apart.',
    other: '{count} messages were saved. Keep the file and the passphrase apart.',
  },
  'archive.passphrase': 'Passphrase',
  'archive.passphrase.again': 'The same passphrase again',
  'archive.passphrase.show': 'Show the passphrase',
  'archive.passphrase.different': 'These two are not the same.',
  'archive.passphrase.lost':
    'Whoever has the file and the passphrase can read everything. Without the passphrase nobody can, and nobody can replace it.',
  'archive.strength.few':
    'At least 10 characters. Four or five words that do not belong together are easy to keep in mind.',
  'archive.strength.weak': 'This can be guessed. Make it longer, for example with another word.',
  'archive.strength.good': 'This is hard to guess.',
  'archive.import': 'Import history',
  'archive.import.hint':
    'Messages that are here already stay as they are. What you deleted or cleared here stays away.',
  'archive.import.choose': 'Choose a file',
  'archive.import.do': 'Import',
  'archive.import.done': { one: '{count} message was added.', other: '{count} messages were added.' },
  'archive.import.held': {
    one: '{count} was here already or stays away.',
    other: '{count} were here already or stay away.',
  },
  'archive.preparing': 'Getting ready…',
  'archive.progress': '{done} of {total} messages.',
  'archive.seconds_left': { one: '{count} second left', other: '{count} seconds left' },
  'archive.minutes_left': { one: '{count} minute left', other: '{count} minutes left' },
  'archive.problem.not_archive': 'This file is not a history of Billet.',
  'archive.problem.newer_version':
    'A newer Billet wrote this file. Load the page again to get the newer version.',
  'archive.problem.wrong_passphrase': 'This is not the passphrase of this file. Nothing was changed.',
  'archive.problem.damaged':
    'This file is damaged or not complete. What stood before that place was read; what comes after it cannot be. The file was not changed.',
  'archive.problem.other_account':
    'This file belongs to another account. A history can only be read into the account it comes from.',
  'archive.problem.cancelled': 'Stopped. What was added until then stays; you can start again at any time.',
} as const;
