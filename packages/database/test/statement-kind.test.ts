import { describe, expect, it } from 'vitest';
import { toStatementKind } from '../src/statement-kind.ts';

describe('the kind of a statement', () => {
  it.each([
    'select 1',
    '  -- hello\n SELECT * from t where id = $1;',
    '/* a; */ select 1',
    'with x as (select 1) select * from x',
    '(select 1) union (select 2)',
    'values (1), (2)',
    'table t',
  ])('lets a read share: %s', (text) => {
    expect(toStatementKind(text)).toBe('read');
  });

  it.each([
    'insert into t values (1)',
    'update t set n = 1',
    'delete from t',
    'merge into t using s on true when matched then delete',
    'select * from t for update',
    'select * from t FOR NO KEY UPDATE skip locked',
    'with gone as (delete from t returning *) select * from gone',
    'select * into copy from t',
    "select set_config('a.b', 'c', false)",
    "select nextval('s')",
    'select pg_sleep(1)',
    'select pg_advisory_lock(1)',
    "select pg_notify('a', 'b')",
  ])('gives a session of its own to what may write, lock or wait: %s', (text) => {
    expect(toStatementKind(text)).toBe('exclusive');
  });

  it.each([
    'begin',
    'set role x',
    'select 1; select 2',
    'create table t ()',
    'listen a',
    'vacuum',
    '',
    'do $$ $$',
    'explain select 1',
  ])('leaves everything else to pg: %s', (text) => {
    expect(toStatementKind(text)).toBe('other');
  });
});
