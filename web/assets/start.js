// Runs before the page's own scripts: has Gradio speak the page's language, and says why the page stays empty where the
// server refuses to send its scripts; nothing else would.
(() => {
  const { lang } = document.documentElement;
  Object.defineProperty(navigator, "language", { get: () => lang });
  const words = JSON.parse(document.currentScript.dataset.words).address.replaceAll("{origin}", location.origin);
  const explain = (event) => {
    if (event.target?.tagName !== "SCRIPT" || event.target.type !== "module") return;
    const note = document.createElement("p");
    note.setAttribute("role", "alert");
    note.style.cssText = "max-width:40em;margin:4em auto;padding:0 1em;font:1.1em/1.5 Georgia,serif";
    note.textContent = words;
    (document.body ?? document.documentElement).prepend(note);
  };
  addEventListener("error", explain, true); // errors of loading do not bubble
})();
