// What lies outside the page: the page around the frame, the browser's storage, and the colours they ask for.

/** @typedef {{light: string, dark: string}} Accent */

const DAY = 86400000;
const GROUND = { light: "#ffffff", dark: "#1b1918" };
const OWN = { light: "#8f1d1d", dark: "#fca5a5" };
const HEX = /^#[0-9a-f]{6}$/i;

/**
 * The page around the frame: hears it, and speaks to it, only where its origin is allowed.
 * @param {string[]} allowed
 * @param {(message: Record<string, any>) => void} heard
 */
export function hostPage(allowed, heard) {
  // Older loaders say it behind the "#".
  const origin = new URLSearchParams(location.search + location.hash.replace("#", "&")).get("from") ?? "";
  const known = window.parent !== window && [...allowed, location.origin].includes(origin);
  window.addEventListener("message", (event) => {
    if (known && event.source === window.parent && event.origin === origin && event.data?.dateline) heard(event.data);
  });
  return {
    known,
    /** @param {string} name @param {object} [detail] */
    tell(name, detail) {
      if (known) window.parent.postMessage({ ...detail, dateline: name }, origin);
    },
  };
}

/**
 * The conversation as this browser keeps it for a day, if the reader agrees.
 * @param {string} site
 */
export function keeping(site) {
  const key = `dateline:${site}`;
  const store = storage();
  return {
    possible: store !== null,
    /** @returns {any[] | null} */
    kept() {
      const { until = 0, turns = null } = JSON.parse(store?.getItem(key) ?? "{}");
      if (turns && until > Date.now()) return turns;
      store?.removeItem(key);
      return null;
    },
    /** @param {object[]} turns */
    keep(turns) {
      try {
        store?.setItem(key, JSON.stringify({ until: Date.now() + DAY, turns }));
      } catch (error) {
        if (!(error instanceof DOMException)) throw error; // full: what was kept before stays
      }
    },
    forget: () => store?.removeItem(key),
  };
}

/** The browser's storage; none where it is denied, as it may be in a frame. */
function storage() {
  try {
    return window.localStorage;
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

/**
 * Sets theme and accent; the accent is darkened or lightened until it can be read.
 * @param {string | undefined} theme
 * @param {{light: string | null, dark: string | null}} accent
 * @returns {Record<string, string>} the colours, as the loader's bubble takes them
 */
export function dress(theme, accent) {
  const root = document.documentElement;
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  const light = readable(accent.light ?? OWN.light, GROUND.light, "#000000");
  const dark = readable(accent.dark ?? OWN.dark, GROUND.dark, "#ffffff");
  const colours = { al: light, ad: dark, ol: on(light), od: on(dark) };
  for (const [name, colour] of Object.entries(colours)) root.style.setProperty(`--${name}`, colour);
  return colours;
}

/** @param {string} colour @param {string} ground @param {string} towards */
function readable(colour, ground, towards) {
  if (!HEX.test(colour)) return readable(towards, ground, towards);
  let mixed = colour;
  for (let share = 0; share <= 1 && contrast(mixed, ground) < 4.8; share += 0.05) mixed = mix(colour, towards, share);
  return mixed;
}

/** @param {string} colour */
const on = (colour) => (contrast(colour, "#ffffff") >= contrast(colour, GROUND.dark) ? "#ffffff" : GROUND.dark);

/** @param {string} colour */
const parts = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

/** @param {string} one @param {string} other @param {number} share */
function mix(one, other, share) {
  const there = parts(other);
  const mixed = parts(one).map((part, at) => Math.round(part + ((there[at] ?? 0) - part) * share));
  return `#${mixed.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/**
 * Contrast ratio (WCAG 2.2, "contrast ratio" and "relative luminance").
 * @param {string} one @param {string} other
 */
function contrast(one, other) {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

/** @param {string} colour */
function luminance(colour) {
  const [red = 0, green = 0, blue = 0] = parts(colour)
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
