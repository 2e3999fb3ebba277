/** Debian's Chromium, quiet: nothing but the tests may use the network. */
export const launchOptions = {
  executablePath: process.env.BILLET_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run', '--disable-gpu'],
};
