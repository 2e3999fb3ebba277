/** English: notifications, sounds and reminders. */
export const notifications = {
  'update.ready': 'A new version is ready.',
  'update.take': 'Update',
} as const;
