/** English: notifications, sounds and reminders. */
export const notifications = {} as const;
