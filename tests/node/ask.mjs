// Asks with OpenAI's SDK for Node and prints what came as one line of JSON.
//
//   OPENAI_BASE_URL=… OPENAI_API_KEY=… node ask.mjs HOW '{"model": …, "messages": …}'
// HOW is one of the functions below. What it sends has no messages where it embeds.
import OpenAI, { APIError } from "openai";

const [how, request] = [process.argv[2], JSON.parse(process.argv[3])];
const client = new OpenAI({ maxRetries: 0, timeout: 20_000 });

async function loop() {
  let text = "";
  const statuses = [];
  for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
    text += chunk.choices[0].delta.content ?? "";
    if (chunk.status) statuses.push(chunk.status);
  }
  return { text, statuses };
}

async function helper() {
  const final = await client.chat.completions.stream(request).finalChatCompletion();
  return { text: final.choices[0].message.content, usage: final.usage };
}

async function leave() {
  const stream = await client.chat.completions.create({ ...request, stream: true });
  for await (const chunk of stream) if (chunk.choices[0].delta.content) break;
  return { left: stream.controller.signal.aborted };
}

async function models() {
  const ids = [];
  for await (const model of client.models.list()) ids.push(model.id);
  return { ids };
}

async function whole() {
  const answer = await client.chat.completions.create(request);
  return { text: answer.choices[0].message.content, usage: answer.usage };
}

async function embed() {
  const { messages: _, ...rest } = request;
  const made = await client.embeddings.create(rest);
  return { vectors: made.data.map((one) => one.embedding), usage: made.usage, backend: made.backend };
}

const error = () => failureOf(loop);
const embed_error = () => failureOf(embed);

async function failureOf(asking) {
  try {
    return await asking();
  } catch (failure) {
    if (!(failure instanceof APIError)) throw failure;
    return { kind: failure.constructor.name, status: failure.status, code: failure.code, message: failure.message };
  }
}

console.log(JSON.stringify(await { whole, loop, helper, models, leave, error, embed, embed_error }[how]()));
