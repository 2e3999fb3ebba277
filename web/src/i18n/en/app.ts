/** English: the shell, the line to the server, and what is in the way. */
export const app = {
  'app.skip': 'Skip to content',
  'app.loading': 'Loading',
  'app.back': 'Back',
  'app.cancel': 'Cancel',
  'app.save': 'Save',
  'app.saved': 'Saved',
  'app.undo': 'Undo',
  'app.retry': 'Try again',
  'app.sections': 'Sections',
  'app.demo': 'Demo server: codes are shown on screen, and nothing here is kept for long.',
  'app.demo.short': 'Demo server',
  'line.connecting': 'Connecting…',
  'line.connecting.short': 'Connecting…',
  'line.offline': 'You are offline. You can read everything; messages wait here and leave by themselves.',
  'line.offline.short': 'Offline. Messages wait here.',
  'line.server_away':
    'The server is out of reach. You can read everything; messages wait here and leave by themselves.',
  'line.server_away.short': 'Server out of reach. Messages wait here.',
  'line.replaced': 'Billet is open with this sign-in somewhere else.',
  'line.replaced.short': 'Open somewhere else.',
  'line.replaced.action': 'Use it here',
  'line.storage':
    'This device could not save messages. Nothing is lost: they stay on the server until there is room here.',
  'line.storage.short': 'No room here. Messages stay on the server.',
  'crash.title': 'This page stopped working',
  'crash.text': 'Your messages are safe on this device. Load the page again to go on.',
  'crash.action': 'Load again',
  'insecure.title': 'This address is not secure',
  'insecure.text':
    'Browsers keep sign-ins and messages only on secure pages. Open Billet with https, or on this computer at 127.0.0.1.',
} as const;
