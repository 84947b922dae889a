import { sessionsMigrationSql, toSessionsGrantSql } from '@dataguardian/performance';

/**
 * Organisations, users, the audit log, sessions, and the role that row-level security binds.
 *
 * Signing in happens before an organisation is known: `find_user_for_sign_in` alone looks across organisations, for
 * one e-mail address.
 */
export const migration: { readonly id: string; readonly up: string } = {
  id: '0001-foundation',
  up: `
do $$
begin
  if not exists (select 1 from pg_roles where rolname = 'dataguardian_app') then
    begin
      create role dataguardian_app nologin nosuperuser nobypassrls;
    exception
      when duplicate_object or unique_violation then
        null; -- another database of the same server was migrated at this moment
      when insufficient_privilege then
        raise exception 'this account may not create the role under which row-level security works; have an administrator of PostgreSQL run: create role dataguardian_app nologin; grant dataguardian_app to %', current_user;
    end;
  end if;
  if current_setting('is_superuser') = 'off' then
    begin
      execute format('grant dataguardian_app to %I', current_user);
    exception when insufficient_privilege then
      if not pg_has_role(current_user, 'dataguardian_app', 'member') then
        raise exception 'this account may not take the role under which row-level security works; have an administrator of PostgreSQL run: grant dataguardian_app to %', current_user;
      end if;
    end;
  end if;
  grant usage on schema public to dataguardian_app;
end
$$;

create table organisations (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  is_root boolean not null default false,
  created_at timestamptz not null default now()
);
create unique index organisations_one_root on organisations (is_root) where is_root;

create table users (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null references organisations on delete cascade,
  email text not null check (email = lower(email) and length(email) <= 320),
  name text check (length(name) <= 200),
  password_hash text not null,
  role text not null check (role in ('admin', 'manager', 'analyst', 'auditor')),
  status text not null default 'active' check (status in ('active', 'disabled')),
  locale text not null default 'en' check (locale in ('en', 'nl')),
  created_at timestamptz not null default now(),
  last_sign_in_at timestamptz
);
create unique index users_email on users (email);
create index users_by_organisation on users (organisation_id, email);

create table audit_log (
  id bigint generated always as identity primary key,
  organisation_id uuid references organisations on delete cascade,
  user_id uuid,
  action text not null,
  subject text,
  details jsonb not null default '{}',
  at timestamptz not null default now()
);
create index audit_log_by_organisation on audit_log (organisation_id, at desc);

${sessionsMigrationSql}${toSessionsGrantSql('dataguardian_app', ['sessions'])}

do $$
declare
  name text;
  same_organisation constant text := 'organisation_id = nullif(current_setting(''app.organisation_id'', true), '''')::uuid';
begin
  alter table organisations enable row level security;
  alter table organisations force row level security;
  create policy organisations_tenant on organisations to dataguardian_app
    using (id = nullif(current_setting('app.organisation_id', true), '')::uuid);
  create policy organisations_owner on organisations to current_user using (true) with check (true);
  grant select on organisations to dataguardian_app;
  foreach name in array array['users', 'audit_log'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy %I on %I to dataguardian_app using (%s) with check (%s)',
      name || '_tenant', name, same_organisation, same_organisation);
    execute format('create policy %I on %I to current_user using (true) with check (true)', name || '_owner', name);
  end loop;
  grant select, insert, update, delete on users to dataguardian_app;
  grant select, insert on audit_log to dataguardian_app;
end
$$;

create function find_user_for_sign_in(wanted text)
returns table (id uuid, organisation_id uuid, password_hash text, role text, status text, is_root boolean)
language sql stable security definer set search_path = public, pg_temp
as $$
  select u.id, u.organisation_id, u.password_hash, u.role, u.status, o.is_root
  from users u join organisations o on o.id = u.organisation_id where u.email = lower(wanted)
$$;
revoke all on function find_user_for_sign_in(text) from public;
grant execute on function find_user_for_sign_in(text) to dataguardian_app;
`,
};
