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

// A browser drops what it is loading when the computer's networks change, as they may when a
// container starts: then the page begins again, a few times.
const again = (error) => {
  const times = Number(sessionStorage.getItem("gantry.again")) + 1;
  console.error(error);
  if (times > 9) return;
  sessionStorage.setItem("gantry.again", times);
  setTimeout(() => location.reload(), 200 * times);
};
const styled = new Promise((resolve, reject) => {
  addEventListener("load", () => {
    const styles = [...document.querySelectorAll("link[rel=stylesheet]")];
    const missing = styles.find((link) => !link.sheet);
    if (missing) reject(new Error(`${missing.href} did not arrive`));
    else resolve();
  });
});
const started = import("./gantry_ui.js").then(({ default: start }) =>
  start({ module_or_path: "gantry_ui_bg.wasm" }),
);
Promise.all([styled, started]).then(() => sessionStorage.removeItem("gantry.again"), again);
