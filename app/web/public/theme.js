// Runs before the first paint, so a chosen theme never flashes the other one. A file of its own because the
// content security policy forbids inline scripts.
(() => {
  const chosen = localStorage.getItem('dataguardian.theme') ?? 'auto';
  const dark = chosen === 'dark' || (chosen === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.mantineColorScheme = dark ? 'dark' : 'light';
})();
