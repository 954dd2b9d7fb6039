/* Before the first paint: dark or light as it was chosen here, else as the system says. */
(() => {
  const chosen = localStorage.getItem('keyledger scheme');
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.mantineColorScheme = dark ? 'dark' : 'light';
})();
