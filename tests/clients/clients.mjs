// What JavaScript clients of OpenAI's API make of a server, as JSON lines: `node clients.mjs URL`.
import { readFileSync } from "node:fs";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { ChatOpenAI } from "@langchain/openai";
import { generateObject, generateText, streamText } from "ai";
import OpenAI from "openai";
import { z } from "zod";

const baseURL = `${process.argv[2]}/v1`;
const question = "When did the Heron-2 satellite lift off?";
const asked = [{ role: "user", content: question }];
const conversation = [
  { role: "user", content: "Which satellite was launched in October?" },
  { role: "assistant", content: "Heron-2 was launched. [1]" },
  { role: "user", content: "When did it lift off?" },
];
const schema = z.object({ date: z.string() });
const maxRetries = 0;

function holds(text, words = "04:12") {
  if (!String(text).includes(words)) throw new Error(`${words} is not in ${String(text).slice(0, 200)}`);
}
async function refused(call, status, words) {
  try {
    await call();
  } catch (error) {
    if ((error.status ?? error.statusCode) !== status) throw error;
    return holds(error.message, words);
  }
  throw new Error("not refused");
}
function marked(text, places) {
  if (!places.length) throw new Error("no annotations");
  for (const place of places) holds(text.slice(place.start_index, place.end_index), "[");
}
async function joined(pieces, part = (piece) => piece) {
  let text = "";
  for await (const piece of pieces) text += part(piece) ?? "";
  return text;
}
const version = (name) => JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url))).version;

const openai = new OpenAI({ baseURL, apiKey: "none", maxRetries });
const chat = (model = "dateline", messages = asked, more = {}) => openai.chat.completions.create({ model, messages, ...more });
const message = async (...given) => (await chat(...given)).choices[0].message;
const respond = (model = "dateline", input = question, more = {}) => openai.responses.create({ model, input, ...more });
const compatible = createOpenAICompatible({ name: "dateline", baseURL, includeUsage: true });
const sdk = createOpenAI({ baseURL, apiKey: "none" });
const generated = (model, more = { prompt: question }) => generateText({ model, maxRetries, ...more });
const langchain = (model = "dateline") => new ChatOpenAI({ model, apiKey: "none", configuration: { baseURL }, maxRetries });

const aiSdk = (model, field) => ({
  plain: async () => holds((await generated(model("dateline"))).text),
  stream: async () => holds(await joined(streamText({ model: model("dateline"), prompt: question, maxRetries }).textStream)),
  history: async () => holds((await generated(model("dateline"), { messages: conversation })).text, "Heron-2"),
  errors: () => refused(() => generated(model("other")), 404, "dateline"),
  structured: () => refused(() => generateObject({ model: model("dateline"), prompt: question, schema, maxRetries }), 400, field),
});
const sources = (model) => async () => {
  const { sources: found } = await generated(model("dateline"));
  if (!found.length || !found.every((source) => source.url.startsWith("https://"))) throw new Error("no sources");
};
const clients = {
  "openai-node, chat": ["openai", {
    plain: async () => holds((await message()).content),
    stream: async () => holds(await joined(await chat("dateline", asked, { stream: true }), (chunk) => chunk.choices[0]?.delta.content)),
    helper: async () => {
      const stream = openai.chat.completions.stream({ model: "dateline", messages: asked });
      holds((await stream.finalChatCompletion()).choices[0].message.content);
    },
    history: async () => holds((await message("dateline", conversation)).content, "Heron-2"),
    errors: () => refused(() => chat("other"), 404, "dateline"),
    annotations: async () => {
      const { content, annotations } = await message();
      marked(content, annotations.map((each) => each.url_citation));
    },
    structured: () => refused(() => chat("dateline", asked, { response_format: { type: "json_object" } }), 400, "response_format"),
  }],
  "openai-node, responses": ["openai", {
    plain: async () => holds((await respond()).output_text),
    stream: async () => holds(await joined(await respond("dateline", question, { stream: true }), (event) => event.delta)),
    helper: async () => holds((await openai.responses.stream({ model: "dateline", input: question }).finalResponse()).output_text),
    history: async () => holds((await respond("dateline", conversation)).output_text, "Heron-2"),
    errors: () => refused(() => respond("other"), 404, "dateline"),
    annotations: async () => {
      const [{ text, annotations }] = (await respond()).output[0].content;
      marked(text, annotations);
    },
    structured: () => refused(() => respond("dateline", question, { text: { format: { type: "json_object" } } }), 400, "text.format"),
  }],
  "AI SDK, openai-compatible": ["@ai-sdk/openai-compatible", aiSdk((name) => compatible(name), "response_format")],
  "AI SDK, openai.chat": ["@ai-sdk/openai", { ...aiSdk(sdk.chat, "response_format"), annotations: sources(sdk.chat) }],
  "AI SDK, openai (responses)": ["@ai-sdk/openai", { ...aiSdk(sdk.responses, "text.format"), annotations: sources(sdk.responses) }],
  "LangChain (JavaScript)": ["@langchain/openai", {
    plain: async () => holds((await langchain().invoke(question)).content),
    stream: async () => holds(await joined(await langchain().stream(question), (chunk) => chunk.content)),
    helper: async () => {
      let whole;
      for await (const chunk of await langchain().stream(question)) whole = whole ? whole.concat(chunk) : chunk;
      holds(whole.content);
    },
    history: async () => holds((await langchain().invoke(conversation)).content, "Heron-2"),
    errors: () => refused(() => langchain("other").invoke(question), 404, "dateline"),
    structured: () => refused(() => langchain().withStructuredOutput(schema, { method: "jsonMode" }).invoke(question), 400, "response_format"),
  }],
};

for (const [client, [name, features]] of Object.entries(clients)) {
  for (const [feature, call] of Object.entries(features)) {
    let error = "";
    try {
      await call();
    } catch (raised) {
      error = `${raised.name}: ${raised.message}`;
    }
    console.log(JSON.stringify({ client, version: version(name), feature, error }));
  }
}
