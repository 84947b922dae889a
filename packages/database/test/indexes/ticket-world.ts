import type { PlantedWorld } from './planted-world.ts';

const TICKETS = 90_000;
const COMMENTS = 200_000;
const TRAIL = 150_000;
const WATCHERS = 90_000;
const AGENTS = 2_000;

const rows = (count: number, scale: number): number => Math.round(count * scale);

/** A help desk: another schema, other habits; nothing of the advisor was tuned on it. */
export const ticketWorld: PlantedWorld = {
  name: 'tickets',
  setUp: (scale) => [
    'create extension if not exists pg_trgm',
    'create table agents (id int primary key, handle text not null, team_id int not null)',
    `insert into agents select n, 'Agent.' || n, 1 + n % 40 from generate_series(1, ${AGENTS}) n`,
    `create table tickets (id int primary key, project_id int not null, assignee_id int references agents,
       state text not null, priority int not null, subject text not null, labels text[] not null, meta jsonb not null,
       opened_at timestamptz not null, closed_at timestamptz, due_at timestamptz,
       search tsvector generated always as (to_tsvector('simple', subject)) stored)`,
    `insert into tickets (id, project_id, assignee_id, state, priority, subject, labels, meta, opened_at, closed_at, due_at)
       select n, 1 + (n * 53) % 120, case when n % 9 > 0 then 1 + (n * 17) % ${AGENTS} end,
         case when n % 25 = 0 then 'open' when n % 40 = 1 then 'waiting' else 'closed' end, 1 + n % 4,
         'problem w' || n % 3000 || ' with w' || n % 1700 || ' and w' || n % 911, array['l' || n % 700, 'm' || n % 20],
         jsonb_build_object('external_id', 'X' || n, 'channel', (array['mail','web','phone'])[1 + n % 3]),
         '2025-06-01'::timestamptz + n * interval '4 minutes',
         case when n % 25 > 0 and n % 40 <> 1 then '2025-06-02'::timestamptz + n * interval '4 minutes' end,
         case when n % 3 > 0 then '2025-06-05'::timestamptz + (n * 7 % ${rows(TICKETS, scale)}) * interval '4 minutes' end
       from generate_series(1, ${rows(TICKETS, scale)}) n`,
    `create table comments (id int primary key, ticket_id int not null references tickets on delete cascade, author_id int not null,
       is_internal bool not null, body text not null, written_at timestamptz not null)`,
    `insert into comments select n, 1 + (n * 9973) % ${rows(TICKETS, scale)}, 1 + n % ${AGENTS}, n % 6 = 0, 'comment ' || md5(n::text),
       '2025-06-01'::timestamptz + n * interval '2 minutes' from generate_series(1, ${rows(COMMENTS, scale)}) n`,
    'create table attachments (id int primary key, comment_id int not null references comments on delete cascade, file text not null)',
    `insert into attachments select n, 1 + (n * 131) % ${rows(COMMENTS, scale)}, 'file' || n from generate_series(1, ${rows(40_000, scale)}) n`,
    'create table watchers (ticket_id int not null, agent_id int not null, since date not null, primary key (ticket_id, agent_id))',
    `insert into watchers select n, 1 + (n * 29) % ${AGENTS}, '2025-06-01' from generate_series(1, ${rows(WATCHERS, scale)}) n`,
    `create table trail (id bigint primary key, entity text not null, entity_id int not null, actor_id int not null,
       at timestamptz not null, change jsonb not null)`,
    `insert into trail select n, (array['ticket','comment','agent'])[1 + n % 3], 1 + (n * 61) % ${rows(TICKETS, scale)}, 1 + n % ${AGENTS},
       '2025-06-01'::timestamptz + n * interval '2 minutes', '{"from": 1, "to": 2}' from generate_series(1, ${rows(TRAIL, scale)}) n`,
    'create sequence row_ids start 100000000',
    'vacuum analyze',
  ],
  faults: [
    { sql: 'create index comments_author on comments (author_id)' },
    { sql: 'create index comments_author_written on comments (author_id, written_at)' },
    { sql: 'create index trail_actor on trail (actor_id)' },
    { sql: 'create index trail_actor_again on trail using btree (actor_id)' },
    { sql: 'create index comments_body on comments (body)' },
    { sql: 'create index tickets_subject_priority on tickets (subject, priority)' },
    { sql: 'create unique index concurrently tickets_subject_unique on tickets (project_id)', fails: true },
    { sql: 'create unique index agents_handle on agents (handle)' },
    { sql: 'create index tickets_assignee on tickets (assignee_id)' },
    { sql: "create index watchers_since on watchers (since) where since > '2030-01-01'" },
  ],
  wrongIndexes: [
    'comments_author',
    'trail_actor_again',
    'comments_body',
    'tickets_subject_priority',
    'tickets_subject_unique',
  ],
  touches: [
    `select count(*) from watchers where since > '2030-01-01'`,
    `select count(*) from comments where author_id = 5 and written_at > '2025-07-01'`,
    'select count(*) from trail where actor_id = 5',
  ],
  statements: [
    {
      name: 'board of a project',
      weight: 120,
      text: `select id, subject, priority, opened_at from tickets where project_id = $1 and state in ('open', 'waiting')
        order by priority desc, opened_at limit 50`,
      values: (pick) => [pick(120)],
    },
    {
      name: 'my open tickets',
      weight: 150,
      text: 'select id, subject, due_at from tickets where assignee_id = $1 and closed_at is null order by due_at nulls last limit 20',
      values: (pick) => [pick(AGENTS)],
    },
    {
      name: 'search in a project',
      weight: 40,
      text: `select id, subject from tickets where search @@ websearch_to_tsquery('simple', $1) and project_id = $2 limit 20`,
      values: (pick) => [`w${pick(900)} w${pick(900)}`, pick(120)],
    },
    {
      name: 'tickets with a label',
      weight: 25,
      text: 'select id, subject from tickets where labels @> array[$1]::text[] order by opened_at desc limit 30',
      values: (pick) => [`l${pick(690)}`],
    },
    {
      name: 'thread of a ticket',
      weight: 200,
      text: `select c.id, c.body, c.written_at, a.handle from comments c join agents a on a.id = c.author_id
        where c.ticket_id = $1 and not c.is_internal order by c.written_at`,
      values: (pick, scale) => [pick(rows(TICKETS, scale))],
    },
    {
      name: 'latest answers',
      weight: 20,
      text: `select t.id, last.body from tickets t cross join lateral (select body from comments c where c.ticket_id = t.id
        order by c.written_at desc limit 1) last where t.assignee_id = $1 limit 10`,
      values: (pick) => [pick(AGENTS)],
    },
    {
      name: 'watched by an agent',
      weight: 50,
      text: `select t.id, t.subject from watchers w join tickets t on t.id = w.ticket_id where w.agent_id = $1 limit 25`,
      values: (pick) => [pick(AGENTS)],
    },
    {
      name: 'trail of a ticket',
      weight: 80,
      text: `select at, actor_id, change from trail where entity = 'ticket' and entity_id = $1 order by at desc limit 30`,
      values: (pick, scale) => [pick(rows(TICKETS, scale))],
    },
    {
      name: 'by external number',
      weight: 60,
      text: `select id, state from tickets where meta->>'external_id' = $1`,
      values: (pick, scale) => [`X${pick(rows(TICKETS, scale))}`],
    },
    {
      name: 'overdue',
      weight: 30,
      text: 'select count(*) from tickets where closed_at is null and due_at < $1',
      values: (pick) => [new Date(Date.UTC(2025, 5, pick(28)))],
    },
    {
      name: 'files of a ticket',
      weight: 60,
      text: `select f.id, f.file from attachments f join comments c on c.id = f.comment_id where c.ticket_id = $1`,
      values: (pick, scale) => [pick(rows(TICKETS, scale))],
    },
    {
      name: 'agent by handle',
      weight: 80,
      text: 'select id, team_id from agents where lower(handle) = lower($1)',
      values: (pick) => [`agent.${pick(AGENTS)}`],
    },
    {
      name: 'closed in a period',
      weight: 10,
      text: `select date_trunc('day', closed_at) as day, count(*) from tickets
        where project_id = $1 and closed_at >= $2 and closed_at < $3 group by 1 order by 1`,
      values: (pick) => [pick(120), new Date(Date.UTC(2025, 5, pick(20))), new Date(Date.UTC(2025, 6, pick(20)))],
    },
    {
      name: 'a ticket',
      weight: 250,
      text: 'select * from tickets where id = $1',
      values: (pick, scale) => [pick(rows(TICKETS, scale))],
    },
    {
      name: 'comment',
      weight: 60,
      writes: true,
      text: `insert into comments (id, ticket_id, author_id, is_internal, body, written_at)
        values (nextval('row_ids'), $1, $2, false, $3, $4)`,
      values: (pick, scale) => [
        pick(rows(TICKETS, scale)),
        pick(AGENTS),
        `said ${pick(1e9)}`,
        new Date(Date.UTC(2026, 6, 1)),
      ],
    },
    {
      name: 'move a ticket',
      weight: 50,
      writes: true,
      text: 'update tickets set state = $2, priority = $3 where id = $1',
      values: (pick, scale) => [pick(rows(TICKETS, scale)), ['open', 'waiting', 'closed'][pick(3) - 1], pick(4)],
    },
    {
      name: 'note in the trail',
      weight: 80,
      writes: true,
      text: `insert into trail (id, entity, entity_id, actor_id, at, change) values (nextval('row_ids'), 'ticket', $1, $2, $3, '{}')`,
      values: (pick, scale) => [pick(rows(TICKETS, scale)), pick(AGENTS), new Date(Date.UTC(2026, 6, 1))],
    },
    {
      name: 'remove a comment',
      weight: 8,
      writes: true,
      text: 'delete from comments where id = $1',
      values: (pick, scale) => [pick(rows(COMMENTS, scale))],
    },
  ],
};
