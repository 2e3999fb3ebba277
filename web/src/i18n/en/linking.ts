/** English: a second device by QR code. */
export const linking = {} as const;
