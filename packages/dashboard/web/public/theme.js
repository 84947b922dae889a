// Runs before the first paint, so that a chosen theme never flashes the other one. A file of its own because the
// content policy forbids inline scripts.
(() => {
  const chosen = localStorage.getItem('dataguardian.theme') ?? 'auto';
  const dark = chosen === 'dark' || (chosen === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
