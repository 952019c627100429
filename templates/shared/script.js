(() => {
  "use strict";
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  for (const tools of all(".tools")) tools.hidden = false;
  for (const button of all("button[data-expand]")) {
    const section = button.closest("section") || document;
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-pressed") !== "true";
      for (const d of all("details", section)) d.open = open;
      button.setAttribute("aria-pressed", String(open));
      button.textContent = open ? "Collapse all" : "Expand all";
    });
  }
  const filter = document.getElementById("timeline-filter");
  if (filter) {
    const entries = all("#timeline li.entry");
    const text = entries.map((e) => e.textContent.toLowerCase());
    const count = document.getElementById("timeline-count");
    filter.addEventListener("input", () => {
      const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      entries.forEach((e, i) => {
        const hit = words.every((w) => text[i].includes(w));
        e.hidden = !hit;
        if (hit) shown += 1;
      });
      for (const fold of all("#timeline li.folded")) {
        const some = all("li.entry", fold).some((e) => !e.hidden);
        fold.hidden = !some;
        fold.querySelector("details").open = words.length > 0 && some;
      }
      count.textContent = words.length ? shown + " of " + entries.length : "";
    });
  }
  window.addEventListener("beforeprint", () => { for (const d of all("details.fold")) d.open = true; });
})();
