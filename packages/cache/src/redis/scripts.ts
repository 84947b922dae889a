import { createHash } from 'node:crypto';
import { HEAD_BYTES, TIMES_OFFSET, VALUE_KIND } from '../codec/record-front.ts';
import type { Failure } from './connection.ts';
import { AWAY } from './deadlines.ts';
import type { RedisLink } from './redis-link.ts';

/** A script that runs in Redis, on one key, so that it also runs on a cluster. */
export interface Script {
  readonly source: string;
  readonly digest: string;
}

function defineScript(source: string): Script {
  return { source, digest: createHash('sha1').update(source).digest('hex') };
}

const LAST_HEAD_BYTE = HEAD_BYTES - 1;

/** Takes the right to load an absent key: {1} taken, {0, ms} somebody else has it, {2, record} a value is there. */
export const acquireScript = defineScript(`
local head = redis.call('GETRANGE', KEYS[1], 0, 0)
if head == '' then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return {1}
end
if string.byte(head) == 0xD2 then return {0, redis.call('PTTL', KEYS[1])} end
return {2, redis.call('GET', KEYS[1])}`);

/** Stores a record if the key still holds what the fence saw. */
export const commitScript = defineScript(`
if redis.call('GETRANGE', KEYS[1], 0, ${LAST_HEAD_BYTE}) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`);

/** Gives the right back: removes the lease if it is still ours. */
export const releaseScript = defineScript(`
if redis.call('GETRANGE', KEYS[1], 0, ${LAST_HEAD_BYTE}) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`);

/** Keeps the right while the load runs. */
export const renewScript = defineScript(`
if redis.call('GETRANGE', KEYS[1], 0, ${LAST_HEAD_BYTE}) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`);

/** Rewrites the two times of a record in place. */
export const expireScript = defineScript(`
if redis.call('GETRANGE', KEYS[1], 0, 0) ~= string.char(${VALUE_KIND}) then return 0 end
redis.call('SETRANGE', KEYS[1], ${TIMES_OFFSET}, ARGV[1])
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`);

/** Adds to a counter, whose ttl starts with its first addition. */
export const incrementScript = defineScript(`
local isNew = redis.call('EXISTS', KEYS[1]) == 0
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
if isNew then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return count`);

/**
 * The version of a tag, made when absent. Versions are the server's microseconds, so that a tag that was lost and made
 * again never gets a version it had before.
 */
export const learnTagScript = defineScript(`
local known = redis.call('GET', KEYS[1])
if known then return known end
local time = redis.call('TIME')
local version = string.format('%.0f', time[1] * 1000000 + time[2])
redis.call('SET', KEYS[1], version, 'PX', ARGV[1])
return version`);

/** Gives a tag a new version, higher than any it had. */
export const bumpTagScript = defineScript(`
local time = redis.call('TIME')
local version = time[1] * 1000000 + time[2]
local known = tonumber(redis.call('GET', KEYS[1]) or '0')
if version <= known then version = known + 1 end
redis.call('SET', KEYS[1], string.format('%.0f', version), 'PX', ARGV[1])
return string.format('%.0f', version)`);

const SCRIPTS = [
  acquireScript,
  commitScript,
  releaseScript,
  renewScript,
  expireScript,
  incrementScript,
  learnTagScript,
  bumpTagScript,
] as const;

type Send = <Reply>(command: readonly (string | Buffer)[]) => Promise<Reply>;

/** Makes the scripts known to a server; done for each connection, because a restarted server has forgotten them. */
export async function loadScripts(send: Send): Promise<void> {
  await Promise.all(SCRIPTS.map(({ source }) => send(['SCRIPT', 'LOAD', source])));
}

/** Runs a script on one key. */
export function runScript<Reply>(
  link: RedisLink,
  call: { readonly script: Script; readonly key: string; readonly args: readonly (string | Buffer)[] },
  onFailure?: (why: Failure) => void,
): Promise<Reply | typeof AWAY> {
  return link.ask<Reply>(['EVALSHA', call.script.digest, '1', call.key, ...call.args], onFailure);
}

/** Runs a script on a connection that is being prepared. */
export function sendScript<Reply>(
  send: Send,
  call: { readonly script: Script; readonly key: string; readonly args: readonly (string | Buffer)[] },
): Promise<Reply> {
  return send<Reply>(['EVALSHA', call.script.digest, '1', call.key, ...call.args]);
}
