import { AdvisorError } from '../errors.ts';

/** An endpoint that speaks the chat-completions protocol: a local Ollama or llama.cpp, vLLM, or a provider. */
export interface ChatEndpointOptions {
  /** Base address, for example `http://127.0.0.1:11434/v1`. */
  readonly url: string;
  /** Name of the model there. */
  readonly model: string;
  /** @defaultValue none */
  readonly key?: string | undefined;
  /** @defaultValue 30_000 */
  readonly timeoutMs?: number;
}

/** Asks a language model one question and reads one JSON answer. */
export interface ChatEndpoint {
  readonly model: string;
  /** @throws AdvisorError ADVISOR_MODEL_FAILED */
  ask(instructions: string, question: string, schema: Readonly<Record<string, unknown>>): Promise<unknown>;
}

const TIMEOUT_MS = 30_000;
const LONGEST_ANSWER = 40_000;

/**
 * Creates an endpoint; nothing is sent before it is asked.
 * @throws AdvisorError ADVISOR_OPTIONS_INVALID
 */
export function createChatEndpoint({ url, model, key, timeoutMs = TIMEOUT_MS }: ChatEndpointOptions): ChatEndpoint {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new AdvisorError('ADVISOR_OPTIONS_INVALID', 'The address of the language model must be an http(s) URL.');
  if (model === '') throw new AdvisorError('ADVISOR_OPTIONS_INVALID', 'The language model needs a name.');
  const address = `${url.replace(/\/$/, '')}/chat/completions`;
  return {
    model,
    async ask(instructions, question, schema) {
      try {
        const response = await fetch(address, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
          },
          body: JSON.stringify({
            model,
            temperature: 0,
            messages: [
              { role: 'system', content: instructions },
              { role: 'user', content: question },
            ],
            response_format: { type: 'json_schema', json_schema: { name: 'wording', strict: true, schema } },
          }),
          // An endpoint that sends elsewhere would carry the evidence to where nobody meant it to go.
          redirect: 'error',
          signal: AbortSignal.timeout(timeoutMs),
        });
        if (!response.ok) throw new Error(`the endpoint answered ${response.status}`);
        const text = await readAtMost(response, LONGEST_ANSWER);
        return JSON.parse(contentOf(JSON.parse(text)));
      } catch (cause) {
        throw new AdvisorError('ADVISOR_MODEL_FAILED', 'The language model gave no usable answer.', { cause });
      }
    },
  };
}

/** An endpoint that never stops must not fill the memory. */
async function readAtMost(response: Response, mostBytes: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > mostBytes) throw new Error('the answer is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function contentOf(answer: unknown): string {
  const choices = isRecord(answer) && Array.isArray(answer['choices']) ? answer['choices'] : [];
  const first: unknown = choices[0];
  const message = isRecord(first) ? first['message'] : undefined;
  const content = isRecord(message) ? message['content'] : undefined;
  if (typeof content !== 'string') throw new Error('the answer has no content');
  return content;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
