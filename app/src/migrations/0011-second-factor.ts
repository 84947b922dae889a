/**
 * Second factors: a sealed secret per user, the step of the latest code that was used, and hashes of recovery codes.
 * Whether an organisation requires one of its administrators is a setting.
 */
export const migration: { readonly id: string; readonly up: string } = {
  id: '0011-second-factor',
  up: `
create table second_factors (
  user_id uuid primary key references users on delete cascade,
  organisation_id uuid not null references organisations on delete cascade,
  secret_sealed bytea not null,
  created_at timestamptz not null default now(),
  confirmed_at timestamptz,
  last_step bigint not null default 0,
  recovery_hashes bytea[] not null default '{}'
);
create index second_factors_by_organisation on second_factors (organisation_id);
alter table organisation_settings add column admins_need_second_factor boolean not null default false;

do $$
declare
  same_organisation constant text := 'organisation_id = nullif(current_setting(''app.organisation_id'', true), '''')::uuid';
begin
  alter table second_factors enable row level security;
  alter table second_factors force row level security;
  execute format('create policy second_factors_tenant on second_factors to dataguardian_app using (%s) with check (%s)',
    same_organisation, same_organisation);
  execute 'create policy second_factors_owner on second_factors to current_user using (true) with check (true)';
  grant select, insert, update, delete on second_factors to dataguardian_app;
end
$$;
`,
};
