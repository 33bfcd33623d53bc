// The loader: a bubble (or an inline or full page frame) on a publisher's page.
// It opens /embed of its server alone. Options: docs/widget.md.
(() => {
  /** @typedef {ReturnType<typeof draw>} Widget */
  /** @typedef {ReturnType<typeof api>} Api */

  const script = /** @type {HTMLScriptElement} */ (
    document.currentScript ?? document.querySelector('script[data-site][src*="/widget"]')
  );
  // A pinned loader lies two folders deeper.
  const base = new URL(/\/widget\/v.+\//.test(script.src) ? "../../" : "./", script.src);
  const server = base.origin;
  const LONGEST_WAIT = 12000;
  const WAIT_AFTER_LOAD = 4000;
  const PHONE = "(max-width: 520px), (max-height: 460px)";
  /** @type {Record<string, string[]>} */
  const WORDS = {
    en: ["Ask the news", "Close", "Loading", "This cannot be shown inside this page.", "Open it in a new tab"],
    uk: ["Запитати новини", "Закрити", "Завантаження", "Це не можна показати на цій сторінці.", "Відкрити в новій вкладці"],
    ar: ["اسأل الأخبار", "إغلاق", "جارٍ التحميل", "لا يمكن عرض هذا داخل هذه الصفحة.", "افتحه في علامة تبويب جديدة"],
  };
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
svg{width:1.35em;height:1.35em;fill:none;stroke:currentColor;stroke-width:1.9;stroke-linecap:round;stroke-linejoin:round}
.x,.open .o,.open span{display:none}.open .x{display:block}.open{padding:0;width:3.2em;justify-content:center;margin-inline-start:auto}
dialog,section{box-sizing:border-box;padding:0;background:light-dark(#fff,#1b1918);color:light-dark(#1c1917,#f5f5f4)}
dialog{position:fixed;inset:auto max(1.25em,env(safe-area-inset-right)) 5.4em auto;margin:0;width:25.5em;max-width:none;
height:min(42em,100dvh - 7em);max-height:none;border:1px solid light-dark(#e0ddda,#3a3633);border-radius:.9em;overflow:hidden;
box-shadow:0 2px 6px #0000001a,0 16px 48px #00000038}
:host([data-position=bottom-left]) dialog{inset:auto auto 5.4em max(1.25em,env(safe-area-inset-left))}
section{height:100%;position:relative;overflow:hidden}
:host([data-mode=inline]) section{border:1px solid light-dark(#e0ddda,#3a3633);border-radius:.9em}
iframe{display:block;border:0;width:100%;height:100%;color-scheme:inherit;visibility:hidden}
.ready iframe{visibility:visible}
div{position:absolute;inset:0;display:flex;flex-direction:column;gap:1em;align-items:center;justify-content:center;
padding:2em;text-align:center}
.ready div{display:none}
p{margin:0;color:light-dark(#57534e,#b5afa9)}a{color:var(--a);font-weight:600}
@media ${PHONE}{dialog,:host([data-position=bottom-left]) dialog{inset:0;width:100%;height:100%;border:0;border-radius:0;
padding:env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom) env(safe-area-inset-left)}}
@media (prefers-reduced-motion:no-preference){dialog[open]{animation:in .16s ease-out}
@keyframes in{from{opacity:0;transform:translateY(.5em)}}}
@media (forced-colors:active){button{border:2px solid}}
@media print{:host{display:none!important}}`;

  /** @param {string} kind @param {string} path */
  const icon = (kind, path) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS(svg.namespaceURI, "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("class", kind);
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  };

  /** @param {DOMStringMap} given */
  const address = (given) => {
    const url = new URL("embed", base);
    url.searchParams.set("site", given.site ?? "");
    if (given.language) url.searchParams.set("language", given.language);
    if (given.articleUrl !== undefined) {
      const canonical = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel="canonical"]'));
      const here = canonical?.href || location.origin + location.pathname;
      url.searchParams.set("article", given.articleUrl || here);
    }
    return url;
  };

  /** @param {DOMStringMap} given @param {string} mode @param {Element} place */
  const draw = (given, mode, place) => {
    const site = given.site ?? "";
    const words = WORDS[(given.language || document.documentElement.lang || "en").slice(0, 2)] ?? WORDS.en ?? [];
    const bubble = mode === "bubble";
    const url = address(given);
    const host = document.createElement("dateline-widget");
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    Object.assign(host.dataset, { mode, theme: given.theme ?? "auto", position: given.position ?? "bottom-right" });
    const panel = document.createElement(bubble ? "dialog" : "section");
    const button = document.createElement("button");
    const label = document.createElement("span");
    const waiting = document.createElement("div");
    /** @type {HTMLIFrameElement | undefined} */
    let frame;
    let ready = false;
    let timer = 0;
    /** @type {object[]} */
    const held = [];

    /** @param {string} name @param {object} [detail] */
    const emit = (name, detail) =>
      document.dispatchEvent(new CustomEvent(`dateline:${name}`, { detail: { ...detail, site } }));

    /** @param {Record<string, string>} colours */
    const paint = (colours) => {
      for (const name in colours) host.style.setProperty(`--${name}`, colours[name] ?? "");
    };

    /** @param {object} message */
    const tell = (message) => {
      if (ready) frame?.contentWindow?.postMessage(message, server);
      else held.push(message);
    };

    const offerLink = () => {
      const text = document.createElement("p");
      const link = document.createElement("a");
      text.append(words[3] ?? "");
      link.append(words[4] ?? "");
      Object.assign(link, { href: url.href, target: "_blank", rel: "noopener" });
      waiting.replaceChildren(text, link);
      emit("error", { code: "blocked", message: "no answer: not an allowed origin, or no server" });
    };

    /** @param {number} time */
    const expectWithin = (time) => {
      clearTimeout(timer);
      if (!ready) timer = setTimeout(offerLink, time);
    };

    const load = () => {
      if (frame) return;
      const text = document.createElement("p");
      text.append(`${words[2]} …`);
      waiting.replaceChildren(text);
      frame = document.createElement("iframe");
      frame.title = label.textContent;
      frame.src = `${url.href}#from=${encodeURIComponent(location.origin)}`;
      frame.addEventListener("load", () => expectWithin(WAIT_AFTER_LOAD));
      panel.append(frame);
      expectWithin(LONGEST_WAIT);
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
      else if (name === "escape") close();
      else if (["question", "answer", "citation", "error"].includes(name)) emit(name, detail);
    };

    const open = (focus = true) => {
      load();
      if (!bubble || panel.hasAttribute("open")) return;
      const dialog = /** @type {HTMLDialogElement} */ (panel);
      if (matchMedia(PHONE).matches) dialog.showModal();
      else dialog.open = true; // unlike show(), keeps the focus
      button.classList.add("open");
      button.setAttribute("aria-expanded", "true");
      button.setAttribute("aria-label", words[1] ?? "");
      emit("open");
      if (!focus) return;
      frame?.focus();
      tell({ dateline: "focus" });
    };

    const close = () => {
      if (bubble && panel.hasAttribute("open")) /** @type {HTMLDialogElement} */ (panel).close();
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
    held.push({
      dateline: "options",
      mode,
      theme: given.theme,
      accent,
      greeting: given.greeting,
      starters: given.starters?.split("|").map((one) => one.trim()).filter(Boolean).slice(0, 6),
    });
    label.textContent = given.label || words[0] || "";
    button.type = "button";
    button.setAttribute("aria-expanded", "false");
    button.append(icon("o", "M4 5.5h16v11h-8.5L7 20v-3.5H4zM8 9.5h8M8 12.5h5"), icon("x", "M6 6l12 12M18 6L6 18"), label);
    button.addEventListener("click", () => (panel.hasAttribute("open") ? close() : open()));
    panel.append(waiting);
    panel.addEventListener("close", closed);
    root.addEventListener("keydown", (event) => {
      if (/** @type {KeyboardEvent} */ (event).key === "Escape") close();
    });
    root.append(...(bubble ? [button] : []), panel);
    place.append(host);
    addEventListener("message", heard);
    if (bubble && given.open !== undefined && given.open !== "false" && !matchMedia(PHONE).matches) open(false);
    if (!bubble) nearby(host, load);

    return {
      site,
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

  /** For the page; without a site, its first widget. */
  const api = () => {
    /** @type {Widget[]} */
    const widgets = [];
    /** @param {string} [site] */
    const pick = (site) => widgets.find((one) => !site || one.site === site);
    return {
      widgets,
      open: (/** @type {string=} */ site) => pick(site)?.open(),
      close: (/** @type {string=} */ site) => pick(site)?.close(),
      ask: (/** @type {string} */ question, /** @type {string=} */ site) => pick(site)?.ask(question),
      clear: (/** @type {string=} */ site) => pick(site)?.clear(),
      destroy: (/** @type {string=} */ site) => {
        for (let one; (one = pick(site)); widgets.splice(widgets.indexOf(one), 1)) one.destroy();
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
    const { widgets } = /** @type {Api} */ (page.Dateline ??= api());
    const own = script.dataset;
    const places = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-dateline]:not([data-dateline-drawn])")]);
    const mine = places.filter((one) => !one.dataset.site || one.dataset.site === own.site);
    for (const place of mine) {
      place.dataset.datelineDrawn = "";
      widgets.push(draw({ ...own, ...place.dataset }, place.dataset.dateline === "page" ? "page" : "inline", place));
    }
    const mode = own.mode ?? "bubble";
    if (mode === "page" || (mode === "inline" && !mine.length && script.parentElement?.closest("body"))) {
      widgets.push(draw(own, mode, mode === "page" ? document.body : script.parentElement ?? document.body));
    } else if (mode === "bubble" && (own.mode || !mine.length)) {
      widgets.push(draw(own, "bubble", document.body));
    }
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
