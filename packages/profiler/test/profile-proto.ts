/**
 * A decoder of pprof files that shares no code with what writes them: messages and field numbers are those of
 * google/pprof, proto/profile.proto; the wire format is that of Protocol Buffers, Encoding.
 */

/** Fields by number: a number, a list of numbers (packed or not), bytes as text, or messages. */
interface Schema {
  readonly [fieldNumber: number]: readonly [name: string, kind: 'number' | 'numbers' | 'texts' | Schema];
}

const VALUE_TYPE: Schema = { 1: ['type', 'number'], 2: ['unit', 'number'] };
const LINE: Schema = { 1: ['functionId', 'number'], 2: ['line', 'number'] };
const PROFILE: Schema = {
  1: ['sampleType', VALUE_TYPE],
  2: ['sample', { 1: ['locationId', 'numbers'], 2: ['value', 'numbers'] }],
  4: ['location', { 1: ['id', 'number'], 3: ['address', 'number'], 4: ['line', LINE] }],
  5: [
    'function',
    { 1: ['id', 'number'], 2: ['name', 'number'], 3: ['systemName', 'number'], 4: ['filename', 'number'] },
  ],
  6: ['stringTable', 'texts'],
  9: ['timeNanos', 'number'],
  10: ['durationNanos', 'number'],
};

/** What a reader of pprof files sees. */
export interface DecodedProfile {
  readonly types: readonly { readonly type: string; readonly unit: string }[];
  /** Stacks as names, the innermost first, with one value for each type. */
  readonly samples: readonly { readonly stack: readonly string[]; readonly values: readonly number[] }[];
  readonly timeNanos: number;
  readonly durationNanos: number;
}

type Message = Record<string, unknown[]>;

/** @throws RangeError at bytes that are no such message. */
export function decodeProfile(bytes: Uint8Array): DecodedProfile {
  const profile = decode(bytes, PROFILE);
  const texts = (profile['stringTable'] ?? []) as string[];
  if (texts[0] !== '') throw new RangeError('The first text must be empty.');
  const textOf = (index: unknown): string => {
    const text = texts[Number(index ?? 0)];
    if (text === undefined) throw new RangeError(`There is no text ${String(index)}.`);
    return text;
  };
  const byId = (name: string): Map<unknown, Message> =>
    new Map(((profile[name] ?? []) as Message[]).map((message) => [message['id']?.[0], message]));
  const [functions, locations] = [byId('function'), byId('location')];
  const nameOf = (locationId: unknown): string => {
    const line = (locations.get(locationId)?.['line'] as Message[] | undefined)?.[0];
    const found = functions.get(line?.['functionId']?.[0]);
    if (found === undefined) throw new RangeError(`Location ${String(locationId)} names no function.`);
    return textOf(found['name']?.[0]);
  };
  return {
    types: ((profile['sampleType'] ?? []) as Message[]).map(({ type, unit }) => ({
      type: textOf(type?.[0]),
      unit: textOf(unit?.[0]),
    })),
    samples: ((profile['sample'] ?? []) as Message[]).map(({ locationId = [], value = [] }) => ({
      stack: locationId.map(nameOf),
      values: value.map(Number),
    })),
    timeNanos: Number(profile['timeNanos']?.[0] ?? 0),
    durationNanos: Number(profile['durationNanos']?.[0] ?? 0),
  };
}

function decode(bytes: Uint8Array, schema: Schema): Message {
  const message: Message = {};
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let place = 1; ; place *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('The bytes end within a number.');
      value += (byte % 128) * place;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const [name, kind] = schema[Math.floor(key / 8)] ?? [];
    const wireType = key % 8;
    if (wireType !== 0 && wireType !== 2) throw new RangeError(`Wire type ${wireType} does not occur in profiles.`);
    if (wireType === 0) {
      const value = varint();
      if (name !== undefined) (message[name] ??= []).push(value);
      continue;
    }
    const end = varint() + at;
    if (end > bytes.length) throw new RangeError('The bytes end within a field.');
    const part = bytes.subarray(at, end);
    if (name === undefined || kind === undefined) at = end;
    else if (kind === 'numbers') while (at < end) (message[name] ??= []).push(varint());
    else {
      (message[name] ??= []).push(kind === 'texts' ? new TextDecoder().decode(part) : decode(part, kind as Schema));
      at = end;
    }
  }
  return message;
}
