// What was chosen last is painted from the first frame on; the window confirms it once it runs.
const kept = localStorage.getItem("gantry.look");
if (kept) {
  try {
    const look = JSON.parse(kept);
    const root = document.documentElement;
    if (look.theme !== "system") root.dataset.theme = look.theme;
    root.dataset.density = look.density;
    root.style.fontSize = `${(16 * look.scale) / 100}px`;
  } catch {
    localStorage.removeItem("gantry.look");
  }
}

import("/gantry_ui.js").then(({ default: start }) => start({ module_or_path: "/gantry_ui_bg.wasm" }));
