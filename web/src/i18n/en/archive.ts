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
} as const;
