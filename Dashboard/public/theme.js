// Before anything is painted: the colours that were chosen, so that the page does not flash in others.
(() => {
  try {
    for (const name of ['theme', 'money']) {
      const chosen = localStorage.getItem(name);
      if (/^(light|dark|red-up|blue-orange)$/.test(chosen)) document.documentElement.dataset[name] = chosen;
    }
  } catch {
    // Storage may be forbidden; the defaults will do.
  }
})();
