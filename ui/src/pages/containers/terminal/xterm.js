// Brings xterm.js in with the first terminal: it is as large as the rest of the window.
const vendored = (file) => import(new URL(`vendor/xterm/${file}`, document.baseURI).href);
const library = () =>
  Promise.all([
    vendored("xterm.js"),
    vendored("addon-fit.js"),
    vendored("addon-unicode11.js"),
    vendored("addon-web-links.js"),
  ]);

export async function make(look, openLink) {
  const [{ Terminal }, { FitAddon }, { Unicode11Addon }, { WebLinksAddon }] = await library();
  const terminal = new Terminal({
    ...look,
    // The widths of letters are asked for below.
    allowProposedApi: true,
    lineHeight: 1.2,
    minimumContrastRatio: 4.5,
    scrollback: 10000,
    linkHandler: { activate: (_, address) => openLink(address) },
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.loadAddon(new Unicode11Addon());
  terminal.unicode.activeVersion = "11";
  terminal.loadAddon(new WebLinksAddon((_, address) => openLink(address)));
  return { terminal, fit };
}

export function put(terminal, look) {
  Object.assign(terminal.options, look);
}
