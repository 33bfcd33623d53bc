// The loader: a bubble, or a frame, on a publisher's page; docs/widget.md.
(() => {
  /** @typedef {ReturnType<typeof draw>} Widget */
  /** @typedef {ReturnType<typeof api>} Api */

  const script = /** @type {HTMLScriptElement} */ (
    document.currentScript ?? document.querySelector('script[data-site][src*="/widget"]')
  );
  // A pinned one lies deeper.
  const base = new URL(/\/widget\/v.+\//.test(script.src) ? "../../" : "./", script.src);
  const server = base.origin;
  const PHONE = "(max-width: 520px), (max-height: 460px)";
  /** @type {Record<string, string[]>} */
  const WORDS = {}; // of the catalogue; the server fills them in
  const STYLE = `
:host{all:initial!important;color-scheme:light dark!important;font:medium/1.4 system-ui,sans-serif!important;
--a:light-dark(var(--al,#8f1d1d),var(--ad,#fca5a5));--on:light-dark(var(--ol,#fff),var(--od,#1c1917))}
:host([data-theme=light]){color-scheme:light!important}:host([data-theme=dark]){color-scheme:dark!important}
:host([data-mode=bubble]){position:fixed!important;z-index:2147483000!important;
inset:auto max(1.25em,env(safe-area-inset-right)) max(1.25em,env(safe-area-inset-bottom)) auto!important}
:host([data-mode=bubble][data-position=bottom-left]){
inset:auto auto max(1.25em,env(safe-area-inset-bottom)) max(1.25em,env(safe-area-inset-left))!important}
:host([data-mode=inline]){display:block!important;position:relative!important;
height:var(--dateline-height,38em)!important;max-height:100vh!important}
:host([data-mode=page]){display:block!important;position:fixed!important;inset:0!important;z-index:2147483000!important}
button{font:600 .94em/1 system-ui,sans-serif;display:flex;align-items:center;gap:.55em;height:3.2em;padding:0 1.2em 0 1em;
border:0;border-radius:1.6em;background:var(--a);color:var(--on);cursor:pointer;
box-shadow:0 1px 2px #0003,0 6px 20px #0003}
button:focus-visible,a:focus-visible{outline:3px solid var(--a);outline-offset:3px}
button::before{content:"";width:.95em;height:.7em;border:.14em solid;border-radius:.3em .3em .3em 0}
.open::before{content:"✕";width:auto;height:auto;border:0}
.wrong:not(.open)::after{content:"!"}
.open span{display:none}.open{padding:0;width:3.2em;justify-content:center;margin-inline-start:auto}
dialog,section{box-sizing:border-box;padding:0;background:light-dark(#fff,#1b1918);color:light-dark(#1c1917,#f5f5f4)}
dialog{position:absolute;inset:auto 0 4.15em auto;margin:0;width:25.5em;max-width:none;
height:min(42em,100dvh - 7em);max-height:none;border:1px solid light-dark(#e0ddda,#3a3633);border-radius:.9em;overflow:hidden;
box-shadow:0 2px 6px #0000001a,0 16px 48px #00000038}
:host([data-position=bottom-left]) dialog{inset:auto auto 4.15em 0}
section{height:100%;position:relative;overflow:hidden}
:host([data-mode=inline]) section{border:1px solid light-dark(#e0ddda,#3a3633);border-radius:.9em}
iframe{display:block;border:0;width:100%;height:100%;color-scheme:inherit;visibility:hidden}
.ready iframe{visibility:visible}
div{position:absolute;inset:0;display:flex;flex-direction:column;gap:1em;align-items:center;justify-content:center;
padding:2em;text-align:center}
.ready div{display:none}
p{margin:0;color:light-dark(#57534e,#b5afa9)}a{color:var(--a);font-weight:600}
@media ${PHONE}{dialog,:host([data-position=bottom-left]) dialog{position:fixed;inset:0;width:100%;height:100%;border:0;border-radius:0;
padding:env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom) env(safe-area-inset-left)}}
@media (prefers-reduced-motion:no-preference){dialog[open]{animation:in .16s ease-out}
@keyframes in{from{opacity:0;transform:translateY(.5em)}}}
@media (forced-colors:active){button{border:2px solid}}
@media print{:host{display:none!important}}`;

  /** @param {DOMStringMap} given */
  const address = (given) => {
    const url = new URL("embed", base);
    url.searchParams.set("site", given.site ?? "");
    const lang = given.lang || given.language;
    if (lang) url.searchParams.set("lang", lang);
    if (given.articleUrl !== undefined) {
      const canonical = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel="canonical"]'));
      const here = canonical?.href || location.origin + location.pathname;
      url.searchParams.set("article", given.articleUrl || here);
    }
    return url.href;
  };

  /** @param {DOMStringMap} given @param {string} mode @param {Element} place */
  const draw = (given, mode, place) => {
    const site = given.site ?? "";
    const wanted = [given.lang || given.language || "", ...navigator.languages, "en"].map((one) => one.slice(0, 2).toLowerCase());
    const words = WORDS[wanted.find((one) => WORDS[one]) ?? ""] ?? [];
    const bubble = mode === "bubble";
    const url = address(given);
    const host = document.createElement("dateline-widget");
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    Object.assign(host.dataset, { mode, theme: given.theme ?? "auto", position: given.position ?? "bottom-right" });
    const panel = /** @type {HTMLDialogElement} */ (document.createElement(bubble ? "dialog" : "section"));
    const form = document.createElement("form");
    const button = document.createElement("button");
    const label = document.createElement("span");
    const waiting = document.createElement("div");
    /** @type {HTMLIFrameElement | undefined} */
    let frame;
    let ready = false;
    let timer = 0;
    const wrong = !site ? "data-site is missing." : origin === "null" ? "The page is sandboxed without allow-same-origin." : "";
    /** @type {object[]} */
    let held = [];

    /** @param {string} name @param {object} [detail] */
    const emit = (name, detail) =>
      document.dispatchEvent(new CustomEvent(`dateline:${name}`, { detail: { ...detail, site } }));

    /** @param {Record<string, string>} colours */
    const paint = (colours) => {
      for (const [name, colour] of Object.entries(colours)) host.style.setProperty(`--${name}`, colour);
    };

    /** @param {object} message */
    const tell = (message) => {
      if (ready) frame?.contentWindow?.postMessage(message, server);
      else held.push(message);
    };

    /** Tells the publisher, and no reader who does not look for it. @param {string} why */
    const mark = (why) => {
      button.classList.add("wrong");
      button.title = why;
      console.error(`Dateline: ${why}`);
    };

    /** @param {string} why */
    const refuse = (why) => {
      clearTimeout(timer);
      const text = document.createElement("p");
      const link = document.createElement("a");
      text.append(why);
      link.append(label.textContent);
      Object.assign(link, { href: url, target: "_blank", rel: "noopener" });
      waiting.replaceChildren(text, link);
      mark(why);
      emit("error", { code: "blocked", message: why });
    };

    /** @param {number} time */
    const expectWithin = (time) => {
      clearTimeout(timer);
      if (!ready) timer = setTimeout(refuse, time, words[2]);
    };

    const load = () => {
      if (frame || wrong) return;
      waiting.replaceChildren("…");
      held = [options, ...held];
      frame = document.createElement("iframe");
      frame.title = label.textContent;
      frame.src = `${url}&from=${encodeURIComponent(origin)}`;
      frame.onload = () => waiting.firstElementChild || expectWithin(4000);
      panel.append(frame);
      expectWithin(12000);
    };

    /** @param {Record<string, any>} told */
    const begin = (told) => {
      ready = true;
      clearTimeout(timer);
      panel.classList.add("ready");
      panel.setAttribute("aria-label", told.title);
      if (frame) frame.title = told.title;
      paint(told.colours);
      for (const message of held.splice(0)) tell(message);
      emit("ready", { title: told.title });
    };

    /** @param {MessageEvent} event */
    const heard = (event) => {
      if (!frame || event.source !== frame.contentWindow || event.origin !== server) return;
      const { dateline: name, ...detail } = event.data ?? {};
      if (name === "ready") begin(detail);
      else if (name === "refused") refuse(detail.why);
      else if (name === "escape") close();
      else if (["question", "answer", "citation", "error"].includes(name)) emit(name, detail);
    };

    const open = (focus = true) => {
      load();
      if (!bubble || panel.open) return;
      if (matchMedia(PHONE).matches) panel.showModal();
      else panel.open = true; // unlike show(), keeps the focus
      button.classList.add("open");
      button.setAttribute("aria-expanded", "true");
      button.setAttribute("aria-label", words[1] ?? "");
      emit("open");
      if (!focus) return;
      frame?.focus();
      tell({ dateline: "focus" });
    };

    const close = () => {
      if (panel.open) panel.close();
    };

    const closed = () => {
      button.classList.remove("open");
      button.setAttribute("aria-expanded", "false");
      button.removeAttribute("aria-label");
      button.focus();
      emit("close");
    };

    const accent = /^#[0-9a-f]{6}$/i.test(given.accent ?? "") ? given.accent ?? "" : "";
    if (accent) {
      const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => parseInt(accent.slice(at, at + 2), 16));
      const on = red * 0.3 + green * 0.6 + blue * 0.1 > 140 ? "#1c1917" : "#fff";
      paint({ al: accent, ad: accent, ol: on, od: on });
    }
    const options = {
      dateline: "options",
      mode,
      theme: given.theme,
      accent,
      greeting: given.greeting,
      starters: given.starters?.split("|").map((one) => one.trim()).filter(Boolean).slice(0, 6),
    };
    label.textContent = given.label || words[0] || "";
    button.setAttribute("aria-expanded", "false");
    button.append(label);
    // Where the page lets no click through to it, the button still submits.
    form.append(button);
    /** @param {Event} event */
    const toggle = (event) => (event.preventDefault(), panel.open ? close() : open());
    button.onclick = form.onsubmit = toggle;
    panel.append(waiting);
    panel.addEventListener("close", closed);
    root.addEventListener("keydown", (event) => {
      if (/** @type {KeyboardEvent} */ (event).key === "Escape") close();
    });
    root.append(...(bubble ? [form] : []), panel);
    // Outside of the body, which pages transform, blur and replace.
    (mode === "inline" ? place : document.documentElement).append(host);
    addEventListener("message", heard);
    if (bubble && given.open !== undefined && given.open !== "false" && !matchMedia(PHONE).matches) open(false);
    if (!bubble) nearby(host, load);
    if (wrong) refuse(wrong);
    // The publisher is told at once, whoever opens it or not; where that cannot be asked, opening it tells why.
    else {
      import(`${new URL("embed/check.js", base)}?site=${encodeURIComponent(site)}&from=${encodeURIComponent(origin)}`).then(
        ({ default: problems }) => {
          for (const problem of problems) mark(problem);
        },
        () => {},
      );
    }

    return {
      site,
      mode,
      place,
      stays: () => host.isConnected,
      open,
      close,
      ask: (/** @type {string} */ question) => (open(), tell({ dateline: "ask", question })),
      clear: () => tell({ dateline: "clear" }),
      destroy: () => {
        removeEventListener("message", heard);
        clearTimeout(timer);
        host.remove();
      },
    };
  };

  /** @param {Element} element @param {() => void} act */
  const nearby = (element, act) => {
    const watch = new IntersectionObserver((seen) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      watch.disconnect();
      act();
    }, { rootMargin: "300px" });
    watch.observe(element);
  };

  const api = () => {
    /** @type {Widget[]} */
    const widgets = [];
    /** @type {Map<string, () => void>} of each site and mode; pages add what they like to every plain object */
    const starts = new Map();
    /** @param {Widget} one */
    const drop = (one) => (one.destroy(), widgets.splice(widgets.indexOf(one), 1));
    const draw = () => {
      for (const one of [...widgets]) if (!one.stays()) drop(one);
      for (const one of document.querySelectorAll("dateline-widget")) if (!one.shadowRoot) one.remove(); // a copy
      for (const begin of starts.values()) begin();
    };
    let due = 0;
    new MutationObserver(() => {
      due ||= setTimeout(() => ((due = 0), draw()), 100);
    }).observe(document, { childList: true, subtree: true });
    /** @param {string} [site] */
    const pick = (site) => {
      draw();
      const found = widgets.find((one) => !site || one.site === site);
      if (!found) console.warn(`Dateline: no widget ${site ?? ""} in this page`);
      return found;
    };
    /** @param {"open" | "close" | "clear"} act */
    const call = (act) => (/** @type {string=} */ site) => pick(site)?.[act]();
    return {
      widgets,
      starts,
      draw,
      open: call("open"),
      close: call("close"),
      clear: call("clear"),
      ask: (/** @type {string} */ question, /** @type {string=} */ site) => pick(site)?.ask(question),
      destroy: (/** @type {string=} */ site) => {
        for (const key of [...starts.keys()]) if (!site || key.startsWith(`${site} `)) starts.delete(key);
        for (const one of [...widgets]) if (!site || one.site === site) drop(one);
      },
      on: (/** @type {string} */ name, /** @type {(detail: any) => void} */ listener) => {
        const heard = (/** @type {any} */ event) => listener(event.detail);
        document.addEventListener(`dateline:${name}`, heard);
        return () => document.removeEventListener(`dateline:${name}`, heard);
      },
    };
  };

  const start = () => {
    const page = /** @type {any} */ (window);
    // An element of that id is under the same name.
    const { widgets, starts, draw: drawAll } = /** @type {Api} */ (page.Dateline?.starts ? page.Dateline : (page.Dateline = api()));
    const own = script.dataset;
    const mode = own.mode ?? "bubble";
    /** Unless it is there. @param {DOMStringMap} given @param {string} how @param {Element} place */
    const add = (given, how, place) => {
      const there = widgets.some((one) => (how === "inline" ? one.place === place : one.mode === how && one.site === (given.site ?? "")));
      if (!there) widgets.push(draw(given, how, place));
    };
    starts.set(`${own.site} ${mode}`, () => {
      const places = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-dateline]")]);
      const mine = places.filter((one) => !one.dataset.site || one.dataset.site === own.site);
      for (const place of mine) add({ ...own, ...place.dataset }, place.dataset.dateline === "page" ? "page" : "inline", place);
      const where = mode === "inline" ? script.parentElement : document.body;
      if (where && document.body.contains(where) && (own.mode === "bubble" || mode === "page" || !mine.length)) add(own, mode, where);
    });
    drawAll();
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
