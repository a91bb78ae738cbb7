(() => {
  "use strict";
  // Airflow shows this page in a frame, from which (3.3: sandbox without allow-top-navigation and allow-popups) no link leads
  // out, neither to Airflow's own pages nor to an article. So such a link is followed by the page around the frame.
  let outer = null;
  try { outer = window.parent === window ? null : window.parent.document; } catch { outer = null; }
  if (outer) {
    const follow = () => {
      const names = outer.documentElement.classList;
      document.documentElement.dataset.theme = names.contains("dark") ? "dark" : names.contains("light") ? "light" : "";
    };
    follow();
    new MutationObserver(follow).observe(outer.documentElement, { attributes: true, attributeFilter: ["class"] });
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[target]");
      if (!link) return;
      event.preventDefault();
      const aside = link.target === "_blank" || event.ctrlKey || event.metaKey || event.shiftKey;
      const copy = outer.createElement("a");
      copy.href = link.href;
      copy.target = aside ? "_blank" : "_self";
      copy.rel = "noopener noreferrer";
      outer.body.append(copy);
      copy.click();
      copy.remove();
    });
  }
  let touched = false;
  for (const name of ["pointerdown", "keydown", "wheel", "focusin"]) {
    addEventListener(name, () => { touched = true; }, { passive: true });
  }
  setInterval(() => { if (!touched && !document.hidden) location.reload(); }, 60000);
})();
