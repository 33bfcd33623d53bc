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
