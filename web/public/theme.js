// Runs before the first paint, so that what was chosen does not flash. src/theme has the same rules for later.
(() => {
  const chosen = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };
  const root = document.documentElement.dataset;
  const theme = chosen('billet.theme');
  const dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.theme = dark ? 'dark' : 'light';
  root.text = chosen('billet.text') ?? 'normal';
  root.chatBack = chosen('billet.background') ?? 'plain';
})();
