/** English: what is searched for and found. */
export const search = {} as const;
