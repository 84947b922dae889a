import { createBatchRewriter } from '@dataguardian/database';
import { describe, expect, it } from 'vitest';

const rewriter = createBatchRewriter();
const textsOf = async (text: string): Promise<string[]> => (await rewriter.rewrite(text)).map((one) => one.text);

describe('the rewrite of a statement for one value into one for many', () => {
  it.each([
    ['select id, name from users where id = $1', 'select id, name from users where id = any($1)'],
    ['select * from users where id = $1', 'select * from users where id = any($1)'],
    ['select name from users where id = $1', 'select id as batch_key, name from users where id = any($1)'],
    [
      "select 'é' as e, u.name from users u where u.id = $1::uuid order by u.name",
      "select u.id as batch_key, 'é' as e, u.name from users u where u.id = any($1::uuid[]) order by u.name",
    ],
    ['select id, name from users where id = $1 limit 1', 'select id, name from users where id = any($1)'],
    [
      'select a.*, b.x from a join b on b.id = a.b_id where a.id = $1 and a.deleted = false',
      'select a.id as batch_key, a.*, b.x from a join b on b.id = a.b_id where a.id = any($1) and a.deleted = false',
    ],
    [
      'select "Name" from "Users" where "Id" = $1',
      'select "Id" as batch_key, "Name" from "Users" where "Id" = any($1)',
    ],
  ])('turns %s into %s', async (text, expected) => {
    expect(await textsOf(text)).toEqual([expected]);
  });

  it('offers each parameter that could become a list', async () => {
    const found = await rewriter.rewrite('select id from visits where organisation = $1 and person = $2');
    expect(found.map(({ parameter, column, table, needsUnique }) => [parameter, column, table, needsUnique])).toEqual([
      [0, 'organisation', '"visits"', false],
      [1, 'person', '"visits"', false],
    ]);
  });

  it.each([
    'select count(*) from users where id = $1',
    'select distinct name from users where id = $1',
    'select name from users where id = $1 or id = 3',
    'select name from users where id = $1 limit 5',
    'select name from users where id = $1 order by name limit 1',
    'select name from users where id = $1 for update',
    'select name from users where id > $1',
    'select name from users where id = $1 and other = $1',
    'select name from users where id = $1 union select name from others',
    'with u as (select 1) select name from users where id = $1',
    'select name, (select 1) from users where id = $1',
    'update users set name = $2 where id = $1',
    'select name from users where id = 5',
    'no sql at all',
  ])('leaves alone what would mean something else: %s', async (text) => {
    expect(await textsOf(text)).toEqual([]);
  });
});
