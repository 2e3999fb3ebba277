/** English: storage on this device, export and import of history. */
export const archive = {} as const;
