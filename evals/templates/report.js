const outcome = document.getElementById("outcome");
const words = document.getElementById("words");
const cases = [...document.querySelectorAll(".case")];
function show() {
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const one of cases) {
    const text = wanted.length ? one.textContent.toLowerCase() : "";
    one.hidden = (outcome.value && one.dataset.outcome !== outcome.value) || !wanted.every((word) => text.includes(word));
    shown += one.hidden ? 0 : 1;
  }
  document.getElementById("shown").textContent = `${shown} of ${cases.length} cases`;
}
outcome.addEventListener("change", show);
words.addEventListener("input", show);
show();
// A link to a case opens it, whatever the filters hide.
function open() {
  const one = document.getElementById(location.hash.slice(1));
  if (one?.matches(".case")) {
    outcome.value = words.value = "";
    show();
    one.open = true;
    one.scrollIntoView();
  }
}
addEventListener("hashchange", open);
open();
