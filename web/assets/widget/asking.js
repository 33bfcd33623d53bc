// Asks the server, as events, and gives it feedback. A token that is over is renewed once.

/** @typedef {{url: string, title: string | null}} About */
/**
 * What the server tells the page.
 * @typedef {{site: string, title: string, greeting: string, starters: string[], language: string, languages: string[],
 *   accent: {light: string | null, dark: string | null}, links: string, token: string, token_expires: number,
 *   article: About | null, parent_origins: string[], feedback_days: number | null, version: string,
 *   how_url: string, problems: string[]}} Config
 */
/** @typedef {{role: "user" | "assistant", content: string}} Said */
/** @typedef {{name: string, data: any}} Told */

/** Where the server's own paths begin; a proxy may have put something before them. */
const root = new URL("../../", import.meta.url);

/** Why there is no answer; `code` names one of the messages. */
export class AskError extends Error {
  /**
   * @param {"unreachable" | "cut" | "busy" | "rate" | "expired" | "refused"} code
   * @param {{wait?: number, detail?: string}} [more]
   */
  constructor(code, { wait = 0, detail = "" } = {}) {
    super(detail || code);
    this.code = code;
    this.wait = wait;
    this.detail = detail;
  }
}

/**
 * The server, as the page of one site sees it.
 * @param {Config} config
 */
export function server(config) {
  let token = config.token;

  /** @param {string} path @param {RequestInit} options */
  const send = async (path, options) => {
    try {
      return await fetch(new URL(path, root), { credentials: "omit", ...options });
    } catch (error) {
      if (error instanceof TypeError) throw new AskError("unreachable");
      throw error;
    }
  };

  const renew = async () => {
    const body = JSON.stringify({ site: config.site });
    const response = await send("embed/token", { method: "POST", headers: { "content-type": "application/json" }, body });
    if (!response.ok) throw new AskError("expired");
    token = (await response.json()).token;
  };

  /** @param {string} path @param {string} method @param {object} [body] @param {AbortSignal} [signal] */
  const request = async (path, method, body, signal) => {
    const attempt = () =>
      send(path, {
        method,
        signal,
        headers: { "content-type": "application/json", "x-dateline-token": token },
        body: body && JSON.stringify(body),
      });
    let response = await attempt();
    if (response.status === 401) {
      await renew();
      response = await attempt();
    }
    if (!response.ok) throw await refusal(response);
    return response;
  };

  return {
    /**
     * The events of one answer; ends with `answer` or `error`, or throws.
     * @param {string} question @param {Said[]} history @param {AbortSignal} signal
     */
    async *ask(question, history, signal) {
      const article = config.article?.url;
      yield* events(await request("api/ask", "POST", { question, history, article, language: config.language }, signal));
    },
    /** @param {{question: string, answer: string, thumb: string, reason: string, consent: boolean}} given */
    async feedback(given) {
      return /** @type {{receipt: string, until: string}} */ (await (await request("api/feedback", "POST", given)).json());
    },
    /** @param {string} receipt */
    async erase(receipt) {
      await request(`api/feedback/${encodeURIComponent(receipt)}`, "DELETE");
    },
  };
}

/** @param {Response} response */
async function refusal(response) {
  if (response.status === 401) return new AskError("expired");
  if (response.status === 429) return new AskError("rate", { wait: Number(response.headers.get("retry-after")) || 60 });
  if (response.status === 503) return new AskError("busy");
  if (response.status !== 422) return new AskError("unreachable");
  const body = await response.json();
  return new AskError("refused", { detail: String(body.detail) });
}

/**
 * Server-sent events; a stream that ends without its last one was cut.
 * @param {Response} response
 * @returns {AsyncGenerator<Told>}
 */
async function* events(response) {
  const reader = /** @type {ReadableStream<any>} */ (response.body).pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await piece(reader);
    if (done) throw new AskError("cut");
    text += value;
    const whole = text.split("\n\n");
    text = whole.pop() ?? "";
    for (const one of whole) {
      const told = event(one);
      yield told;
      if (told.name === "answer" || told.name === "error") return;
    }
  }
}

/** @param {ReadableStreamDefaultReader<string>} reader */
async function piece(reader) {
  try {
    return await reader.read();
  } catch (error) {
    if (error instanceof TypeError) throw new AskError("cut");
    throw error;
  }
}

/** @param {string} text @returns {Told} */
function event(text) {
  const [, name = "", data = "null"] = /^event: (\w+)\ndata: (.*)$/s.exec(text) ?? [];
  return { name, data: JSON.parse(data) };
}
