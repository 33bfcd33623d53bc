// The framed page: one conversation. Answers are made by the server; the page around it may ask, clear and look on.

/** @typedef {import("./asking.js").Config} Config */
/** @typedef {import("./render.js").Answer} Answer */
/** @typedef {import("./render.js").Citation} Citation */
/** @typedef {{question: string, answer: Answer}} Turn */

const version = new URL(import.meta.url).search; // each file is loaded as of the same version, and kept for good
const [asking, outside, render] = await Promise.all([
  /** @type {Promise<typeof import("./asking.js")>} */ (import(`./asking.js${version}`)),
  /** @type {Promise<typeof import("./outside.js")>} */ (import(`./outside.js${version}`)),
  /** @type {Promise<typeof import("./render.js")>} */ (import(`./render.js${version}`)),
]);
const { element, button } = render;

/** @template {HTMLElement} [Kind=HTMLElement] @param {string} selector */
const found = (selector) => /** @type {Kind} */ (document.querySelector(selector));

const config = /** @type {Config} */ (JSON.parse(found("#dateline-config").textContent ?? ""));
const { language } = config;
const plural = new Intl.PluralRules(language);
/** @typedef {{text: string} & Record<string, Record<string, string>>} Counted a message with the forms of its numbers */
const messages = /** @type {Record<string, string | Counted>} */ (
  await (await fetch(new URL(`messages/${language}.json${version}`, import.meta.url))).json()
);

/** @type {import("./render.js").Say} */
const say = (key, values = {}) => {
  const message = messages[key] ?? key;
  const text = typeof message === "string" ? message : message.text;
  return text.replace(/\{(\w+)\}/g, (_, name) => {
    const form = typeof message === "string" ? undefined : message[name]?.[plural.select(Number(values[name]))];
    return form ? form.replace("{n}", String(values[name])) : String(values[name] ?? "");
  });
};

const log = found("#log");
const scroller = found("main");
const box = /** @type {HTMLTextAreaElement} */ (found("#question"));
const keepBox = /** @type {HTMLInputElement} */ (found("#keep"));
const server = asking.server(config);
const store = outside.keeping(config.site);
const host = outside.hostPage(config.parent_origins, (message) => {
  if (message.dateline === "options") adjust(message);
  else if (message.dateline === "ask") ask(String(message.question ?? ""));
  else if (message.dateline === "clear") clear();
  else if (message.dateline === "focus") box.focus();
});
/** @type {Turn[]} */
let turns = [];
/** @type {AbortController | null} */
let running = null;
/** @type {string[]} */
const waiting = [];

/** @param {string} question */
function ask(question) {
  const asked = question.trim().slice(0, box.maxLength);
  if (!asked) return;
  if (running) waiting.push(asked);
  else answer(asked);
}

/**
 * Shows a question and streams its answer; whatever ends it early is said, and it can be asked again.
 * @param {string} question
 */
async function answer(question) {
  const view = turnView(question);
  const controller = new AbortController();
  begin(controller, view.article);
  host.tell("question", { question });
  try {
    for await (const { name, data } of server.ask(question, history(), controller.signal)) {
      controller.signal.throwIfAborted();
      if (name === "token") view.add(data);
      else if (name === "citation") view.cite(data);
      else if (name === "answer") finish(view, question, data);
      else if (name === "error") fail(view, question, "failed", { detail: data.message });
    }
  } catch (error) {
    if (error instanceof asking.AskError) fail(view, question, error.code, error);
    else if (controller.signal.aborted) view.end(say("stopped"), () => again(view, question));
    else throw error;
  } finally {
    if (running === controller) end();
  }
}

/** @param {AbortController} controller @param {HTMLElement} article */
function begin(controller, article) {
  running = controller;
  found("#greeting").hidden = found("#starters").hidden = true;
  found("#clear").hidden = false;
  found("#stop").hidden = false;
  found("#send").hidden = true;
  log.append(article);
  article.scrollIntoView({ block: "start" });
}

function end() {
  const hadFocus = document.activeElement === found("#stop");
  running = null;
  found("#stop").hidden = true;
  found("#send").hidden = false;
  if (hadFocus) box.focus();
  const next = waiting.shift();
  if (next) answer(next);
}

/** @param {ReturnType<typeof turnView>} view @param {string} question @param {Answer} told */
function finish(view, question, told) {
  view.finish(told);
  const turn = { question, answer: told };
  turns.push(turn);
  if (keepBox.checked) store.keep(turns.map(kept));
  found("#announced").textContent = view.spoken();
  host.tell("answer", { question, answer: told.answer, status: told.status, citations: told.citations });
}

/** @param {Turn} turn @returns {object} without the passages that were only looked at */
const kept = ({ question, answer: whole }) => ({ question, answer: { ...whole, hits: [] } });

/**
 * @param {ReturnType<typeof turnView>} view @param {string} question @param {string} code
 * @param {{wait?: number, detail?: string}} why
 */
function fail(view, question, code, { wait = 0, detail = "" }) {
  const text = say(`error_${code}`, { seconds: wait, detail });
  view.end(text, () => again(view, question));
  found("#announced").textContent = text;
  host.tell("error", { code, message: text });
}

/** @param {ReturnType<typeof turnView>} view @param {string} question */
function again(view, question) {
  if (running) return;
  view.article.remove();
  box.focus();
  answer(question);
}

/** What was said, for questions that point back. @returns {import("./asking.js").Said[]} */
function history() {
  return turns.slice(-10).flatMap(({ question, answer: told }) => [
    { role: "user", content: question },
    { role: "assistant", content: told.answer.slice(0, 20000) },
  ]);
}

/**
 * One question and its answer on the page.
 * @param {string} question
 */
function turnView(question) {
  const asked = element("h2", "question", question);
  asked.dir = "auto";
  const body = element("div", "answer");
  const below = element("div", "below");
  const stage = element("p", "stage", say("looking"));
  body.append(stage);
  const article = element("article", "turn", asked, body, below);
  /** @type {Map<number, Citation>} */
  const cited = new Map();
  let text = "";
  /** @type {Answer["claims"]} */
  let claims = [];

  /** @param {number} marker */
  const show = (marker) => {
    const details = /** @type {HTMLDetailsElement | null} */ (below.querySelector(`[data-source="${marker}"]`));
    if (!details) return;
    details.open = true;
    const summary = /** @type {HTMLElement} */ (details.querySelector("summary"));
    summary.focus({ preventScroll: true });
    details.scrollIntoView({ block: "nearest", behavior: calm() ? "auto" : "smooth" });
  };
  /** @param {number} marker */
  const markerButton = (marker) => /** @type {HTMLElement | null} */ (body.querySelector(`[data-marker="${marker}"]`));
  const draw = () => {
    const focused = /** @type {HTMLElement | null} */ (body.querySelector(":focus"))?.dataset.marker;
    body.replaceChildren(...render.paragraphs(text, cited, { claims, say, show }));
    if (focused) markerButton(Number(focused))?.focus();
  };

  return {
    article,
    spoken: () => body.textContent ?? "",
    /** @param {{text: string, claims: Answer["claims"]}} piece */
    add(piece) {
      text += piece.text;
      claims.push(...piece.claims);
      draw();
    },
    /** @param {Citation} citation */
    cite(citation) {
      cited.set(citation.marker, citation);
      draw();
    },
    /** @param {Answer} told */
    finish(told) {
      ({ answer: text, claims } = told);
      for (const citation of told.citations) cited.set(citation.marker, citation);
      draw();
      body.prepend(...render.doubts(told, say));
      body.append(...render.standing(told, say, language));
      body.classList.toggle("declined", told.status === "not_found");
      if (told.citations.length) below.append(render.sources(told.citations, sourcesHow(told, markerButton)));
      if (config.feedback_days !== null) below.append(feedbackForm(question, told.answer, config.feedback_days));
    },
    /** @param {string} reason @param {() => void} retry */
    end(reason, retry) {
      stage.remove();
      body.classList.toggle("unfinished", text !== "");
      const why = element("p", "ended", reason);
      below.replaceChildren(why, button("quiet", say("again"), retry));
    },
  };
}

/** @param {Answer} told @param {(marker: number) => HTMLElement | null} markerButton */
function sourcesHow(told, markerButton) {
  return {
    say,
    language,
    target: config.links,
    disputed: new Set(told.conflicts.flat()),
    back: (/** @type {number} */ marker) => markerButton(marker)?.focus(),
    opened: (/** @type {Citation} */ { marker, link, article }) => host.tell("citation", { marker, link, title: article.title }),
  };
}

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * Asks what the reader thinks of an answer; it is sent with consent only, and can be erased.
 * @param {string} question @param {string} told @param {number} days
 */
function feedbackForm(question, told, days) {
  const form = element("div", "feedback");
  /** @param {"up" | "down"} thumb */
  const opened = (thumb) => {
    const reason = element("textarea");
    const consent = element("input");
    consent.type = "checkbox";
    reason.maxLength = 2000;
    reason.rows = 2;
    reason.setAttribute("aria-label", say("reason"));
    reason.placeholder = say("reason");
    const said = element("p", "fine");
    said.setAttribute("role", "status");
    const send = button("quiet", say("send_feedback"), async () => {
      if (!consent.checked) return void (said.textContent = say("consent_needed"));
      try {
        thanks(await server.feedback({ question, answer: told, thumb, reason: reason.value, consent: true }));
      } catch (error) {
        if (!(error instanceof asking.AskError)) throw error;
        said.textContent = say("feedback_failed");
      }
    });
    form.replaceChildren(reason, element("label", "fine", consent, " ", say("consent", { days })), send, said);
    reason.focus();
  };
  /** @param {{receipt: string, until: string}} kept */
  const thanks = ({ receipt, until }) => {
    const said = element("p", "fine", say("thanks", { date: render.day(until, language) }));
    const erase = button("plain", say("erase"), async () => {
      try {
        await server.erase(receipt);
        form.replaceChildren(element("p", "fine", say("erased")));
      } catch (error) {
        if (!(error instanceof asking.AskError)) throw error;
        said.textContent = say("feedback_failed");
      }
    });
    form.replaceChildren(said, erase);
    erase.focus();
  };
  form.append(
    element("span", "", say("helpful")),
    button("plain", say("yes"), () => opened("up")),
    button("plain", say("no"), () => opened("down")),
  );
  return form;
}

function clear() {
  running?.abort();
  waiting.length = 0;
  turns = [];
  store.forget();
  log.replaceChildren();
  found("#announced").textContent = "";
  found("#greeting").hidden = found("#starters").hidden = false;
  found("#clear").hidden = true;
}

/** @param {string[]} questions */
function offer(questions) {
  found("#starters").replaceChildren(
    ...questions.map((one) => {
      const made = button("starter", one, () => ask(one));
      made.dir = "auto";
      return element("li", "", made);
    }),
  );
}

/** What the page around the frame asks for. @param {Record<string, any>} options */
function adjust({ mode, theme, accent, greeting, starters }) {
  outside.dress(theme, accent ? { light: accent, dark: accent } : config.accent);
  found("#close").hidden = mode !== "bubble";
  if (typeof greeting === "string") found("#greeting").textContent = greeting;
  if (Array.isArray(starters)) offer(starters.map(String));
}

/** An icon beside words that are only heard. @param {string} selector @param {string} words @param {string} path */
function name(selector, words, path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS(svg.namespaceURI, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  found(selector).replaceChildren(svg);
  found(selector).setAttribute("aria-label", words);
  found(selector).title = words;
}

function write() {
  name("#clear", say("clear"), "M4 4v6h6M5 10a8 8 0 1 1-1 5");
  name("#close", say("close"), "M6 6l12 12M18 6L6 18");
  name("#send", say("send"), "M12 19V5M6 11l6-6 6 6");
  name("#stop", say("stop"), "M7 7h10v10H7z");
  scroller.setAttribute("aria-label", say("conversation"));
  found("form label").textContent = say("question");
  box.placeholder = say("question");
  found("#greeting").textContent = config.greeting || say("greeting");
  found("#made").textContent = say("made");
  const how = /** @type {HTMLAnchorElement} */ (found("#how"));
  how.textContent = say("how");
  how.href = config.how_url;
  found("#keeping span").textContent = say("keep");
  found("#keeping").hidden = !store.possible;
  if (config.article) {
    found("#about").textContent = say("about", { title: config.article.title || config.article.url });
    found("#about").hidden = false;
  }
  offer(config.article && !config.starters.length ? [say("about_question")] : config.starters);
}

function restore() {
  const before = store.kept();
  if (!before) return;
  keepBox.checked = true;
  for (const { question, answer: told } of /** @type {Turn[]} */ (before)) {
    const view = turnView(question);
    log.append(view.article);
    view.finish(told);
    turns.push({ question, answer: told });
  }
  found("#greeting").hidden = found("#starters").hidden = turns.length > 0;
  found("#clear").hidden = !turns.length;
  scroller.scrollTop = scroller.scrollHeight;
}

function listen() {
  found("form").addEventListener("submit", (event) => {
    event.preventDefault();
    ask(box.value);
    box.value = "";
  });
  box.addEventListener("keydown", (event) => {
    // 229: what ends the input of a character by an input method, also where the browser says it after its end.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    /** @type {HTMLFormElement} */ (found("form")).requestSubmit();
  });
  found("#stop").addEventListener("click", () => running?.abort());
  found("#clear").addEventListener("click", () => (clear(), box.focus()));
  found("#close").addEventListener("click", () => host.tell("escape"));
  keepBox.addEventListener("change", () => (keepBox.checked ? store.keep(turns.map(kept)) : store.forget()));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") host.tell("escape");
  });
}

const colours = outside.dress(undefined, config.accent);
write();
restore();
listen();
for (const problem of config.problems) {
  if (!host.known) console.warn(`Dateline: ${problem}`); // else the loader has
  scroller.prepend(element("p", "problem", problem));
}
document.body.classList.remove("starting");
host.tell("ready", { title: config.title, colours });
export {};
