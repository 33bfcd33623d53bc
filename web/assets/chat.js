// Markers jump to their source and back. A plain fragment link would reload the page,
// because Gradio's <base> makes it relative to another address.
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href*="#cite-"], a[href*="#answer-"]');
  if (!link) return;
  event.preventDefault();
  const target = document.getElementById(link.getAttribute("href").split("#")[1]);
  if (!target) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  target.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "nearest" });
  target.focus({ preventScroll: true });
});

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
// Gradio labels a message with its whole markup, which a screen reader would read out.
function label() {
  for (const [who, name] of [["bot", "Answer"], ["user", "Question"]]) {
    for (const message of document.querySelectorAll(`#chat [data-testid="${who}"]`)) {
      if (message.getAttribute("aria-label") !== name) message.setAttribute("aria-label", name);
    }
  }
}
// A marker tells its quote on hover and focus, and to a screen reader; the quote stands in its source.
function quoteMarkers() {
  for (const marker of document.querySelectorAll("a.marker:not([aria-label])")) {
    const card = document.getElementById(marker.getAttribute("href").split("#")[1]);
    const quote = card?.querySelector("mark");
    if (!quote) continue;
    const outlet = card.querySelector(".outlet strong").textContent;
    marker.setAttribute("aria-label", `source ${marker.textContent}, ${outlet}: ${quote.textContent}`);
  }
}
new MutationObserver(() => {
  const out = document.getElementById("outgoing");
  if (out) take(out.textContent.trim());
  label();
  quoteMarkers();
}).observe(document, { childList: true, subtree: true, characterData: true, attributeFilter: ["aria-label"] });
