// Runs before the first paint, so that a chosen theme does not flash. src/theme/theme.ts is the same rule for later.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('billet.theme');
  } catch {}
  const dark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
