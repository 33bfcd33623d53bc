// Gradio takes no further question once a connection broke; it waits for the server to load the page anew, without what
// was said. So each break and each refusal reaches it as the failure of one event, which says in the page's language
// what happened; the next question is asked as ever.
(() => {
  const { errors } = JSON.parse(document.currentScript.dataset.words);
  const send = window.fetch;
  const codes = { 429: "rate", 503: "busy", 500: "unreachable", 502: "unreachable", 504: "unreachable" };

  // What the page does not understand any more comes from a newer server.
  const reason = (response) => {
    const words = errors[codes[response.status] ?? "expired"];
    if (typeof words === "string") return words;
    const wait = Number(response.headers.get("retry-after")) || 60;
    const form = new Intl.PluralRules(document.documentElement.lang).select(wait);
    return words.text.replace("{seconds}", words.seconds[form].replace("{n}", wait));
  };

  // The end of all that is being made; chat.js says of an answer that it is not whole.
  const ending = (error) => {
    const output = { error, visible: !document.querySelector(".making"), duration: 10 };
    const told = [{ msg: "process_completed", success: false, output }, { msg: "close_stream" }];
    return told.map((one) => `data: ${JSON.stringify(one)}\n\n`).join("");
  };

  // Answers as events, whose stream has an end whatever happens to the connection.
  const whole = (response) => {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const encoder = new TextEncoder();
    const copy = async (controller) => {
      let text = "";
      let isOver = false;
      try {
        while (!isOver) {
          const { value, done } = await reader.read();
          if (done) break;
          text += value;
          const end = text.lastIndexOf("\n\n") + 2;
          if (end < 2) continue;
          isOver = text.slice(0, end).includes('"close_stream"');
          controller.enqueue(encoder.encode(text.slice(0, end)));
          text = text.slice(end);
        }
      } catch (error) {
        if (error.name === "AbortError") return; // Gradio does not want it any more
        if (!(error instanceof TypeError)) throw error;
      }
      if (!isOver) {
        controller.enqueue(encoder.encode(ending(errors.cut)));
        document.dispatchEvent(new Event("dateline:cut"));
      }
      controller.close();
    };
    return new Response(new ReadableStream({ start: (controller) => void copy(controller) }), response);
  };

  window.fetch = async (input, options) => {
    const { pathname } = new URL(input.url ?? input, document.baseURI);
    const streams = pathname.endsWith("/gradio_api/queue/data");
    if (!streams && !pathname.endsWith("/gradio_api/queue/join")) return send(input, options);
    let why = errors.unreachable;
    try {
      const response = await send(input, options);
      if (response.ok) return streams ? whole(response) : response;
      why = reason(response);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    return streams ? new Response(ending(why)) : Response.json({ detail: why }, { status: 500 });
  };
})();
