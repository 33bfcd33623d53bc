// Markers open their source, and its last link leads back. A plain fragment link would reload the page,
// because Gradio's <base> makes it relative to another address.
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href*="#cite-"], a[href*="#answer-"]');
  if (!link) return;
  event.preventDefault();
  const target = document.getElementById(link.getAttribute("href").split("#")[1]);
  if (!target) return;
  const behavior = calm() ? "auto" : "smooth";
  if (!target.matches("details")) {
    target.scrollIntoView({ behavior, block: "start" });
    target.focus({ preventScroll: true });
    return;
  }
  target.open = true;
  target.scrollIntoView({ behavior, block: "nearest" });
  target.querySelector("summary").focus({ preventScroll: true });
});

// Gradio draws an answer anew as it grows; what the reader opened stays open.
const opened = new Set();
document.addEventListener("toggle", ({ target }) => {
  if (target.isConnected && target.id) opened[target.open ? "add" : "delete"](target.id);
}, true);
function keepOpen() {
  if (!document.querySelector(".message-row")) opened.clear(); // the numbers begin again
  for (const id of opened) {
    const details = document.getElementById(id);
    if (details && !details.open) details.open = true;
  }
}

// A question is shown from its beginning, and so is its answer once it is whole, unless the reader went elsewhere.
let asked = 0;
let follows = false;
for (const moving of ["wheel", "touchmove", "pointerdown", "keydown"]) {
  addEventListener(moving, () => (follows = false), { capture: true, passive: true });
}
function showBeginning() {
  const questions = document.querySelectorAll("#chat .user-row");
  const grown = questions.length > asked;
  asked = questions.length;
  const whole = !document.querySelector(".making") && document.querySelector("#chat .bot-row:last-of-type .answer");
  if (!asked || !(grown || (follows && whole))) return;
  follows = grown;
  const question = questions[asked - 1];
  requestAnimationFrame(() => question.scrollIntoView({ behavior: "auto", block: "start" }));
}

// The tooltip of a marker stays inside of the window.
const WIDEST = 352;
function place({ target }) {
  const marker = target.closest?.("a.marker");
  if (!marker) return;
  const { left, bottom } = marker.getBoundingClientRect();
  const seen = document.documentElement.clientWidth;
  const shift = Math.min(0, seen - 16 - Math.min(WIDEST, seen - 32) - left);
  marker.style.setProperty("--shift", `${Math.max(shift, 16 - left)}px`);
  marker.classList.toggle("rising", bottom + 330 > innerHeight);
}
document.addEventListener("pointerover", place);
document.addEventListener("focusin", place);

// Enter that ends the input of a character by an input method asks nothing. Gradio does not look for it.
for (const pressed of ["keydown", "keypress"]) {
  document.addEventListener(pressed, (event) => {
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.stopPropagation();
  }, true);
}

// What the server hands over to be copied or saved: `what:once:base64` in a hidden component.
const taken = new Set();
function take(text) {
  const [, what, once, data] = /^(copy|markdown|json):([\da-f]+):([\w+/]+=*)$/.exec(text) ?? [];
  if (!data || taken.has(once)) return;
  taken.add(once);
  const plain = new TextDecoder().decode(Uint8Array.from(atob(data), (one) => one.charCodeAt(0)));
  if (what === "copy") {
    navigator.clipboard.writeText(plain);
    return;
  }
  const kinds = { markdown: ["text/markdown", "md"], json: ["application/json", "json"] };
  const [type, ending] = kinds[what];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([plain], { type }));
  link.download = `dateline.${ending}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
const words = JSON.parse(document.getElementById("dateline-start").dataset.words);
// Gradio labels a message with its whole markup, which a screen reader would read out.
function label() {
  for (const [who, name] of [["bot", words.answer], ["user", words.question]]) {
    for (const message of document.querySelectorAll(`#chat [data-testid="${who}"]`)) {
      if (message.getAttribute("aria-label") !== name) message.setAttribute("aria-label", name);
    }
  }
}
// Gradio has each choice tell its value on hover, which is no word of the page's language.
function withoutValues() {
  for (const choice of document.querySelectorAll("#page label input[title]")) choice.removeAttribute("title");
}
// A marker tells its quote on hover and focus, and to a screen reader; the quote stands in its source.
function quoteMarkers() {
  for (const marker of document.querySelectorAll("a.marker:not([aria-label])")) {
    const card = document.getElementById(marker.getAttribute("href").split("#")[1]);
    const quote = card?.querySelector("mark");
    if (!quote) continue;
    const heard = { number: marker.textContent, quote: quote.textContent, outlet: card.querySelector(".outlet strong").textContent };
    marker.setAttribute("aria-label", words.marker.replace(/\{(\w+)\}/g, (_, name) => heard[name]));
  }
}
new MutationObserver(() => {
  const out = document.getElementById("outgoing");
  if (out) take(out.textContent.trim());
  label();
  withoutValues();
  quoteMarkers();
  keepOpen();
  showBeginning();
}).observe(document, { childList: true, subtree: true, characterData: true, attributeFilter: ["aria-label"] });
