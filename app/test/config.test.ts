import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../src/config.ts';

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(loadConfig({})).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      databaseUrl: undefined,
      redisUrl: undefined,
      adminEmail: 'admin@dataguardian.local',
      adminPassword: undefined,
      secret: undefined,
      logLevel: 'info',
      expectedUsers: 1_000,
    });
  });

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true);
  });

  it('takes an empty variable for an absent one', () => {
    expect(loadConfig({ PORT: ' ', DATABASE_URL: '' })).toMatchObject({ port: 3000, databaseUrl: undefined });
  });

  it('names every problem at once, each with what to do', () => {
    const problems = problemsOf({
      PORT: '70000',
      DATABASE_URL: 'mysql://x',
      REDIS_URL: 'here',
      DATAGUARDIAN_SECRET: 'short',
      DATAGUARDIAN_ADMIN_EMAIL: 'nobody',
      DATAGUARDIAN_ADMIN_PASSWORD: 'short',
      LOG_LEVEL: 'loud',
      DATAGUARDIAN_EXPECTED_USERS: 'many',
      DATAGUARDIAN_USER_REQUESTS: '0',
      DATAGUARDIAN_ORGANISATION_BYTES_PER_MINUTE: '1.5',
    });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'PORT',
      'LOG_LEVEL',
      'DATAGUARDIAN_EXPECTED_USERS',
      'DATAGUARDIAN_USER_REQUESTS',
      'DATAGUARDIAN_ORGANISATION_BYTES_PER_MINUTE',
      'DATAGUARDIAN_SECRET',
      'DATAGUARDIAN_ADMIN_EMAIL',
      'DATAGUARDIAN_ADMIN_PASSWORD',
      'DATABASE_URL',
      'REDIS_URL',
    ]);
  });

  it('takes a language model when it has both an address and a name', () => {
    const both = { DATAGUARDIAN_MODEL_URL: 'http://127.0.0.1:11434/v1', DATAGUARDIAN_MODEL: 'small' };
    expect(loadConfig(both).model).toEqual({
      url: 'http://127.0.0.1:11434/v1',
      model: 'small',
      key: undefined,
      suggestsPatches: false,
    });
    expect(loadConfig({ ...both, DATAGUARDIAN_MODEL_PATCHES: 'on' }).model?.suggestsPatches).toBe(true);
    expect(() => loadConfig({ ...both, DATAGUARDIAN_MODEL_PATCHES: 'yes' })).toThrow(/on or off/);
    expect(loadConfig({}).model).toBeUndefined();
    expect(problemsOf({ DATAGUARDIAN_MODEL: 'small' })).toEqual([expect.stringContaining('together')]);
  });

  it('repeats no secret in its problems', () => {
    const text = problemsOf({
      DATABASE_URL: 'mysql://root:hunter2@db/x',
      DATAGUARDIAN_SECRET: 'tiny-secret',
      DATAGUARDIAN_ADMIN_PASSWORD: 'tiny-pass',
    }).join();
    expect(text).not.toMatch(/hunter2|tiny/);
  });
});
