/** English: what can be done with a message. */
export const actions = {} as const;
