// Asks the server at the address given as OpenAI's JavaScript client does; prints what it saw as one JSON object.
import OpenAI from "openai";

const [baseURL, question] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "none", maxRetries: 0, timeout: 60_000 });
const said = (content) => [{ role: "user", content }];

async function refusal(messages, model = "dateline") {
  try {
    await client.chat.completions.create({ model, messages });
  } catch (error) {
    const { status, code, type, message } = error;
    return { name: error.constructor.name, status, code, type, message, retryAfter: error.headers?.get("retry-after") };
  }
  return null;
}

const models = [];
for await (const model of client.models.list()) models.push(model.id);

const whole = await client.chat.completions.create({ model: "dateline", messages: said(question) });

const stream = client.chat.completions.stream({
  model: "dateline",
  messages: said(question),
  stream_options: { include_usage: true },
});
const streamed = { text: "", citations: [], annotations: [], dateline: null };
for await (const chunk of stream) {
  const delta = chunk.choices[0]?.delta ?? {};
  streamed.text += delta.content ?? "";
  streamed.citations.push(...(delta.citations ?? []));
  streamed.annotations.push(...(delta.annotations ?? []));
  streamed.dateline = chunk.dateline ?? streamed.dateline;
}
const final = await stream.finalChatCompletion();

const badModel = await refusal(said(question), "other");
const tooLong = await refusal(said("x".repeat(4001)));
const noQuestion = await refusal([]);
let tooOften = null;
for (let asked = 0; asked < 50 && tooOften?.status !== 429; asked++) tooOften = await refusal(said(""));

console.log(JSON.stringify({
  models, whole, streamed, final: { text: final.choices[0].message.content, usage: final.usage },
  badModel, tooLong, noQuestion, tooOften,
}));
