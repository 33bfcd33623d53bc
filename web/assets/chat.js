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
  const tall = target.offsetHeight > innerHeight / 2;
  (tall ? target.querySelector("mark") : target).scrollIntoView({ behavior, block: tall ? "center" : "nearest" });
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

const words = JSON.parse(document.getElementById("dateline-start").dataset.words);
const filled = (template, value) => template.replace(/\{(\w+)\}/g, (_, name) => value(name));

// The browser would cut a text that is too long without a word. Here it says how long it is, and is not sent.
const SENDERS = { question: "#question .submit-button", reason: "#send-feedback" };
const most = {};
const lengthOf = (id) => [...(document.querySelector(`#${id} textarea`)?.value ?? "")].length;
function count() {
  for (const id of Object.keys(SENDERS)) {
    const field = document.querySelector(`#${id} textarea`);
    if (!field) continue;
    if (field.maxLength > 0) {
      most[id] = field.maxLength;
      field.removeAttribute("maxlength");
    }
    let counter = document.querySelector(`#${id} .counter`);
    if (!counter) {
      counter = document.createElement("p");
      counter.className = "counter";
      document.getElementById(id).append(counter);
    }
    const over = lengthOf(id) - most[id];
    const template = over > 0 ? words.over : over > -most[id] / 5 ? words.used : "";
    const numbers = { length: lengthOf(id), most: most[id], over };
    // With the digits that the catalogue's own numbers have.
    const text = filled(template, (name) => numbers[name].toLocaleString(`${document.documentElement.lang}-u-nu-latn`));
    if (counter.textContent === text) continue;
    counter.textContent = text;
    counter.classList.toggle("over", over > 0);
    counter.ariaLive = over > 0 ? "polite" : "off";
  }
}
document.addEventListener("input", count);
// Half a character, as scripts and some keyboards leave it, cannot be sent as text.
document.addEventListener("input", ({ target }) => {
  if (target.value?.isWellFormed?.() === false) target.value = target.value.toWellFormed();
}, true);
function hold(event, id) {
  if (!(lengthOf(id) > most[id])) return;
  event.stopPropagation();
  event.preventDefault();
  document.querySelector(`#${id} textarea`).focus();
}
for (const pressed of ["keydown", "keypress"]) {
  document.addEventListener(pressed, (event) => {
    if (event.key === "Enter" && !event.shiftKey && event.target.closest?.("#question")) hold(event, "question");
  }, true);
}
document.addEventListener("click", (event) => {
  for (const [id, sender] of Object.entries(SENDERS)) if (event.target.closest(sender)) hold(event, id);
}, true);

// Enter that ends the input of a character by an input method asks nothing. Gradio does not look for it.
for (const pressed of ["keydown", "keypress"]) {
  document.addEventListener(pressed, (event) => {
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.stopPropagation();
  }, true);
}

// What was made of an answer whose connection is cut says so, and its question can be sent once more.
document.addEventListener("dateline:cut", () => drawn(() => {
  const making = document.querySelector("#chat .making");
  const box = document.querySelector("#question textarea");
  if (!making) return;
  making.className = "note";
  making.role = "status";
  making.textContent = words.errors.cut;
  if (box.value) return;
  const asked = [...document.querySelectorAll("#chat .user-row .message-content")].at(-1).cloneNode(true);
  asked.querySelector("summary")?.remove();
  box.value = asked.textContent.trim();
  box.dispatchEvent(new Event("input", { bubbles: true }));
}));

// A kept conversation is opened by its owner's secret, which is in the fragment of the page's address: no server is
// sent that, and no other page. The field goes along with each question, and a hidden button opens what it names.
const secret = () => /^#talk=([\w-]{20,64})$/.exec(location.hash)?.[1] ?? "";
const address = () => location.pathname + location.search;
const addressField = () => document.querySelector("#address textarea, #address input");
const drawn = (then) => requestAnimationFrame(() => requestAnimationFrame(then));
function putAddress(text) {
  addressField().value = text;
  addressField().dispatchEvent(new Event("input", { bubbles: true }));
}
let isOpened = false;
function openAddress() {
  if (!isOpened || addressField().value === secret()) return;
  putAddress(secret());
  drawn(() => document.getElementById("open-address").click());
}
function openFirst() {
  if (isOpened || !addressField() || !document.getElementById("open-address")) return;
  isOpened = true;
  drawn(openAddress); // right before, Gradio sets its fields to what they begin with
}
addEventListener("popstate", openAddress);
addEventListener("hashchange", openAddress);
document.addEventListener("click", ({ target }) => {
  if (target.closest("#clear") && secret()) {
    history.pushState(null, "", address()); // "back" leads to what was kept
    putAddress("");
  }
  if (target.closest("#copy-shared")) copy(document.querySelector("#kept a").href, "copy-shared");
});

// Copies, and shows that at the button. Browsers have `clipboard` only where the page comes from HTTPS or loopback.
async function copy(text, button) {
  if (navigator.clipboard) await navigator.clipboard.writeText(text);
  else {
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    const isCopied = document.execCommand("copy");
    field.remove();
    if (!isCopied) throw new Error("the browser does not let this page copy");
  }
  const { classList } = document.getElementById(button);
  classList.add("done");
  setTimeout(() => classList.remove("done"), 2000);
}

// What the server hands over to be copied, saved or put into the address: `what:once:base64` in a hidden component.
const taken = new Set();
function take(text) {
  const [, what, once, data] = /^(copy|markdown|json|address):([\da-f]+):([\w+/]*=*)$/.exec(text) ?? [];
  if (!once || taken.has(once)) return;
  taken.add(once);
  if (what === "address") {
    history.replaceState(null, "", data ? `${address()}#talk=${atob(data)}` : address());
    putAddress(secret());
    return;
  }
  const plain = new TextDecoder().decode(Uint8Array.from(atob(data), (one) => one.charCodeAt(0)));
  if (what === "copy") {
    copy(plain, "copy");
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
// Gradio labels a message with its whole markup, which a screen reader would read out.
function label() {
  for (const [who, name] of [["bot", words.answer], ["user", words.question]]) {
    for (const message of document.querySelectorAll(`#chat [data-testid="${who}"]`)) {
      if (message.getAttribute("aria-label") !== name) message.setAttribute("aria-label", name);
    }
  }
}
// What Gradio says in a corner has an English title and an English button.
function entitle() {
  for (const { firstChild: title } of document.querySelectorAll(".toast-title")) {
    if (title.data !== "Dateline ") title.data = "Dateline ";
  }
  for (const button of document.querySelectorAll('[data-testid="toast-close"]')) {
    if (button.ariaLabel !== words.close) button.ariaLabel = words.close;
  }
}
// Gradio has each choice tell its value on hover, which is no word of the page's language.
function withoutValues() {
  for (const choice of document.querySelectorAll("#page label input[title]")) choice.removeAttribute("title");
}
// Questions are English, whatever the page's language is.
function inEnglish() {
  for (const question of document.querySelectorAll(":is(.examples, .follow-ups) button:not([lang])")) question.lang = "en";
}
// A marker tells its quote on hover and focus, and to a screen reader; the quote stands in its source.
const isolated = (text) => (document.documentElement.dir === "rtl" ? `\u2068${text}\u2069` : text);
function quoteMarkers() {
  for (const marker of document.querySelectorAll("a.marker[href]:not([aria-label])")) {
    const card = document.getElementById(marker.getAttribute("href").split("#")[1]);
    if (!card) marker.removeAttribute("href"); // only the last answers keep their sources
    const quote = card?.querySelector("mark");
    if (!quote) continue;
    const heard = { number: marker.textContent, quote: quote.textContent, outlet: card.querySelector(".outlet strong").textContent };
    marker.setAttribute("aria-label", filled(words.marker, (name) => isolated(heard[name])));
  }
}
new MutationObserver(() => {
  const out = document.getElementById("outgoing");
  if (out) take(out.textContent.trim());
  label();
  entitle();
  withoutValues();
  inEnglish();
  quoteMarkers();
  keepOpen();
  showBeginning();
  count();
  openFirst();
}).observe(document, { childList: true, subtree: true, characterData: true, attributeFilter: ["aria-label"] });
