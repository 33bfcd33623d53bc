// The demo page: shows the widget as the form says, and the lines that do the same on another page.

/** @template {HTMLElement} [Kind=HTMLElement] @param {string} selector */
const found = (selector) => /** @type {Kind} */ (document.querySelector(selector));

const config = JSON.parse(found("#dateline-config").textContent ?? "");
const form = /** @type {HTMLFormElement} */ (found("#options"));

/** @param {string} name @param {[string, string][]} choices */
function offer(name, choices) {
  const select = /** @type {HTMLSelectElement} */ (form.elements.namedItem(name));
  for (const [value, text] of choices) select.add(new Option(text, value));
}

/** The attributes that differ from what goes without saying. @returns {Record<string, string>} */
function chosen() {
  const usual = /** @type {Record<string, string>} */ ({ mode: "bubble", position: "bottom-right", theme: "auto" });
  const given = [...new FormData(form)].map(([name, value]) => [name, String(value).trim()]);
  return Object.fromEntries(given.filter(([name = "", value]) => value && name !== "pin" && usual[name] !== value));
}

/** @param {string} text */
const attribute = (text) => text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");

/** @param {Record<string, string>} options */
function snippet({ mode, ...options }) {
  const pinned = new FormData(form).has("pin");
  const written = Object.entries(options).map(([name, value]) => ` data-${name}="${attribute(value)}"`);
  const address = new URL(`.${pinned ? config.url : "/widget.js"}`, location.href).href;
  const check = pinned ? ` integrity="${config.integrity}" crossorigin` : "";
  const place = mode === "inline" ? '<div data-dateline="inline"></div>\n' : "";
  return `${place}<script src="${address}"${check}${written.join("")} async></script>`;
}

function show() {
  if (!form.checkValidity()) return;
  const { mode, ...options } = chosen();
  found("#snippet").textContent = snippet(chosen());
  /** @type {any} */ (window).Dateline?.destroy();
  const place = document.createElement("div");
  if (mode === "inline") place.dataset.dateline = "inline";
  found("#inline").replaceChildren(place);
  const script = document.createElement("script");
  script.src = `widget.js?v=${config.version}`;
  Object.assign(script.dataset, options);
  found("#inline").append(script);
}

offer("site", config.sites.map((/** @type {{id: string, title: string}} */ one) => [one.id, one.title]));
offer("lang", config.languages.map((/** @type {string} */ one) => [one, one]));
/** @type {HTMLSelectElement} */ (form.elements.namedItem("site")).value = config.site;
form.addEventListener("change", show);
form.addEventListener("submit", (event) => event.preventDefault());
found("#copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(found("#snippet").textContent ?? "");
  found("#copied").textContent = config.copied;
});
show();
export {};
