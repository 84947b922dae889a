/**
 * Failed sign-ins, counted over all processes. Keys are hashes; nothing here outlives its window for long. Unlogged: a
 * crash of the database forgets the failures, and no sign-in waits for the disk.
 */
export const migration: { readonly id: string; readonly up: string } = {
  id: '0007-sign-in-attempts',
  up: `
create unlogged table sign_in_attempts (
  key varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);
create index sign_in_attempts_by_expiry on sign_in_attempts (expire);
grant select, insert, update, delete on sign_in_attempts to dataguardian_app;
`,
};
