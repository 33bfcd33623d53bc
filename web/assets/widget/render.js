// An answer with its citations, as elements. All text is set as text; the only links are http and https.

/**
 * @typedef {{marker: number, quote: string, start: number, end: number, passage_id: string, link: string | null, held: string,
 *   article: {id: string, url: string | null, title: string | null, source: string | null, authors: string[], published_at: string | null,
 *   updated_at: string | null, kind: string, correction: string | null}}} Citation
 */
/** @typedef {{text: string, markers: number[], support: string, answering: string[]}} Claim */
/**
 * @typedef {{answer: string, status: string, as_of: string, newest_source: string | null, claims: Claim[],
 *   citations: Citation[], model: string, stale: boolean, conflicts: number[][], notes: string[]}} Answer
 */
/** @typedef {(key: string, values?: Record<string, string | number>) => string} Say */

const OLD_DAYS = 30;
const DAY = 86400000;
/** What stands for the model of small talk, and of other answers that no language model wrote. */
const PHRASES = "phrases";
const OWN = ["quotes", PHRASES];

/**
 * An element with its class and children; strings become text.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag @param {string} [name] @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, name = "", ...children) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.append(...children);
  return made;
}

/**
 * A button.
 * @param {string} name @param {string} text @param {() => void} act
 */
export function button(name, text, act) {
  const made = element("button", name, text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

/** @param {string} text */
const pattern = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/**
 * Where the markers stand that an answer set itself, right behind its claims, and their numbers; a number in brackets
 * anywhere else is no marker.
 * @param {string} text @param {Claim[]} claims in the order of the text
 */
function ownMarkers(text, claims) {
  /** @type {Map<number, number>} */
  const places = new Map();
  let position = 0;
  for (const claim of claims) {
    const start = text.indexOf(claim.text, position);
    if (start < 0) continue;
    position = start + claim.text.length;
    for (const number of claim.markers) {
      const written = ` [${number}]`;
      if (!text.startsWith(written, position)) continue;
      places.set(position + 1, number);
      position += written.length;
    }
  }
  return places;
}

/**
 * Text of an answer, whole or in the making; markers whose citation has come are buttons.
 * @param {string} text
 * @param {Map<number, Citation>} cited
 * @param {{claims: Claim[], say: Say, show: (marker: number) => void}} how
 */
export function paragraphs(text, cited, { claims, say, show }) {
  const own = ownMarkers(text, claims);
  return [...text.matchAll(/\S(?:(?!\n\n).)*/gs)].map(({ 0: part, index }) => {
    const quote = part.search(/[“"]/);
    const answering = claims.filter((claim) => part.includes(claim.text)).flatMap((claim) => claim.answering);
    const words = [...new Set(answering)].sort((a, b) => b.length - a.length).map(pattern).join("|");
    const cut = String.raw`\[\d{1,3}\]${words && String.raw`|(?<![\p{L}\p{N}_])(?:${words})(?![\p{L}\p{N}_])`}`;
    const made = element("p");
    made.dir = "auto";
    let end = 0;
    for (const { 0: found, index: at } of part.matchAll(new RegExp(cut, "gu"))) {
      const citation = cited.get(own.get(index + at) ?? 0);
      if (!citation && (found.startsWith("[") || at < quote)) continue;
      const before = part.slice(end, at);
      if (!citation) made.append(before, element("strong", "", found));
      // The space before a marker goes with it, so that no line begins with a marker.
      else made.append(before.replace(/ $/, ""), element("span", "joined", " ", marker(citation, say, show)));
      end = at + found.length;
    }
    made.append(part.slice(end));
    return made;
  });
}

/** @param {Citation} citation @param {Say} say @param {(marker: number) => void} show */
function marker(citation, say, show) {
  const made = button("marker", String(citation.marker), () => show(citation.marker));
  made.dataset.marker = String(citation.marker);
  made.setAttribute("aria-label", `${say("source", { number: citation.marker })}: ${outlet(citation, say)}`);
  made.title = `${outlet(citation, say)}: ${citation.quote}`;
  return made;
}

/** @param {Citation} citation @param {Say} say */
const outlet = ({ article: { source, url } }, say) =>
  source || (url && URL.canParse(url) && new URL(url).hostname.replace(/^www\./, "")) || capital(say("unknown_outlet"));

/** @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * What is doubtful about an answer, in words.
 * @param {Answer} answer @param {Say} say
 */
export function doubts(answer, say) {
  const unverified = answer.claims.filter((claim) => claim.support === "unverified").length;
  const said = [
    answer.status === "partial" ? say("partial") : "",
    answer.stale ? say("stale") : "",
    ...answer.conflicts.map((markers) => say("disputed", { markers: markers.join(", ") })),
    unverified ? say("unverified", { count: unverified, all: answer.claims.length }) : "",
  ];
  return said.filter(Boolean).map((text) => element("p", "doubt", text));
}

/**
 * Until when an answer holds, and what was noted about it.
 * @param {Answer} answer @param {Say} say @param {string} language
 */
export function standing(answer, say, language) {
  const parts = [say("as_of", { date: day(answer.as_of, language) })];
  if (answer.newest_source) {
    parts.push(say("newest", { date: day(answer.newest_source, language) }));
    if (Date.parse(answer.as_of) - Date.parse(answer.newest_source) > OLD_DAYS * DAY) parts.push(say("older"));
  }
  if (!OWN.includes(answer.model)) parts.push(say("written", { model: answer.model }));
  const notes = answer.notes.map((note) => element("p", "note", note));
  for (const note of notes) note.dir = "auto";
  if (answer.model === PHRASES) return notes; // it holds at any time
  return [...notes, element("p", "as-of", parts.join(" · "))];
}

/**
 * The sources of an answer: a line each, which opens to a card with the quote.
 * @param {Citation[]} citations
 * @param {{say: Say, language: string, target: string, disputed: Set<number>, back: (marker: number) => void,
 *   opened: (citation: Citation) => void}} how
 */
export function sources(citations, how) {
  const list = element("ol", "sources", ...citations.map((citation) => source(citation, how)));
  return element("section", "cited", element("h3", "", how.say("sources")), list);
}

/** @param {Citation} citation @param {Parameters<typeof sources>[1]} how */
function source(citation, how) {
  const { say, language, disputed, opened } = how;
  const { article } = citation;
  const title = element("span", "headline", element("bdi", "", article.title || capital(say("untitled"))));
  const line = element("span", "line", element("bdi", "", outlet(citation, say)), ` · ${dates(article, say, language)}`);
  if (article.kind !== "news") line.append(` · ${say(`kind_${article.kind}`)}`);
  if (disputed.has(citation.marker)) line.append(" · ", element("strong", "", say("disputed_source")));
  const number = element("span", "number", String(citation.marker));
  const summary = element("summary", "", number, element("span", "", line, title));
  const made = element("details", "", summary, card(citation, how));
  made.dataset.source = String(citation.marker);
  made.addEventListener("toggle", () => made.open && opened(citation));
  return element("li", "", made);
}

/** @param {Citation} citation @param {Parameters<typeof sources>[1]} how */
function card(citation, { say, target, back }) {
  const { article, quote } = citation;
  const made = element("div", "card");
  if (article.authors.length) made.append(element("p", "byline", say("by", { names: article.authors.join(", ") })));
  const quoted = element("blockquote", "", element("mark", "", quote));
  quoted.dir = "auto";
  made.append(quoted);
  if (article.correction) made.append(element("p", "note", article.correction));
  const links = element("p", "links");
  if (citation.link && isWeb(citation.link)) links.append(link(citation.link, say("original"), target));
  // A conversation that the frame kept from before such links were signed has none.
  if (citation.held) links.append(link(citation.held, say("held"), target));
  links.append(button("plain", say("back"), () => back(citation.marker)));
  made.append(links);
  return made;
}

/** @param {string} address */
function isWeb(address) {
  return URL.canParse(address) && ["http:", "https:"].includes(new URL(address).protocol);
}

/** @param {string} address @param {string} text @param {string} target */
function link(address, text, target) {
  const made = element("a", "", text);
  Object.assign(made, { href: address, target, rel: "noopener noreferrer" });
  return made;
}

/** @param {Citation["article"]} article @param {Say} say @param {string} language */
function dates({ published_at: published, updated_at: updated }, say, language) {
  const text = published ? day(published, language) : say("undated");
  const changed = updated && (!published || Date.parse(updated) > Date.parse(published)) ? day(updated, language) : text;
  return changed === text ? text : `${text}, ${say("updated", { date: changed })}`;
}

/**
 * A day as readers of the language write it.
 * @param {string} iso @param {string} language
 */
export function day(iso, language) {
  const locale = { en: "en-GB", ar: "ar-u-nu-latn" }[language] ?? language;
  const written = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(new Date(iso));
  return written.replace(/\sр\.$/, ""); // Ukrainian for "year", which would end each sentence
}
