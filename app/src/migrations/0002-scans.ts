/**
 * Uploads, scans, their chunks, findings and what belongs to them.
 *
 * Every table carries the organisation and is closed by row-level security, forced for the owner too. An analyst sees
 * own scans and those shared with the analyst. The owner, as which workers claim chunks and retention deletes, has a
 * policy of its own: it works for every organisation.
 */
export const migration: { readonly id: string; readonly up: string } = {
  id: '0002-scans',
  up: `
create table uploads (
  id uuid primary key,
  organisation_id uuid not null references organisations on delete cascade,
  created_by uuid references users on delete set null,
  file_count integer not null,
  total_bytes bigint not null,
  created_at timestamptz not null default now(),
  deleted_at timestamptz
);
create index uploads_by_age on uploads (created_at) where deleted_at is null;

create table scans (
  id uuid primary key,
  organisation_id uuid not null references organisations on delete cascade,
  created_by uuid references users on delete set null,
  name text not null,
  source_kind text not null check (source_kind in ('upload', 'path', 'repository', 'database', 'website')),
  source_label text not null,
  source_sealed bytea not null,
  upload_id uuid references uploads on delete set null,
  options jsonb not null default '{}',
  status text not null default 'queued'
    check (status in ('queued', 'planning', 'running', 'paused', 'completed', 'failed', 'cancelled')),
  error jsonb,
  total_bytes bigint not null default 0,
  total_items bigint not null default 0,
  done_bytes bigint not null default 0,
  done_items bigint not null default 0,
  skipped_items bigint not null default 0,
  failed_chunks integer not null default 0,
  counts jsonb not null default '{"severity":{},"category":{},"type":{}}',
  finding_count bigint not null default 0,
  risk_score integer,
  risk jsonb,
  revision bigint not null default 0,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz
);
create index scans_by_organisation on scans (organisation_id, created_at desc, id desc);
create index scans_by_creator on scans (created_by);
create index scans_by_upload on scans (upload_id) where upload_id is not null;
create index scans_unfinished on scans (created_at) where status in ('queued', 'planning', 'running');

create table scan_shares (
  scan_id uuid not null references scans on delete cascade,
  user_id uuid not null references users on delete cascade,
  organisation_id uuid not null references organisations on delete cascade,
  created_at timestamptz not null default now(),
  primary key (scan_id, user_id)
);
create index scan_shares_by_user on scan_shares (user_id);

create table scan_chunks (
  scan_id uuid not null references scans on delete cascade,
  ordinal integer not null,
  organisation_id uuid not null references organisations on delete cascade,
  payload_sealed bytea not null,
  payload_digest bytea not null,
  estimated_bytes bigint not null default 0,
  item_count integer not null default 0,
  status text not null default 'pending' check (status in ('pending', 'running', 'done', 'failed', 'cancelled')),
  attempts integer not null default 0,
  crashes integer not null default 0,
  not_before timestamptz not null default '-infinity',
  lease_token bigint not null default 0,
  lease_owner text,
  lease_until timestamptz,
  progress_bytes bigint not null default 0,
  progress_items bigint not null default 0,
  finding_count integer,
  error jsonb,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (scan_id, ordinal)
);
create index scan_chunks_open on scan_chunks (scan_id, ordinal) where status in ('pending', 'running');

create table staged_findings (
  id bigint generated always as identity primary key,
  organisation_id uuid not null references organisations on delete cascade,
  scan_id uuid not null,
  ordinal integer not null,
  lease_token bigint not null,
  batch jsonb not null,
  foreign key (scan_id, ordinal) references scan_chunks on delete cascade
);
create index staged_findings_by_chunk on staged_findings (scan_id, ordinal, lease_token);

create table findings (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null references organisations on delete cascade,
  scan_id uuid not null references scans on delete cascade,
  batch bigint not null,
  type text not null,
  category text not null,
  severity smallint not null check (severity between 1 and 4),
  score double precision not null,
  reasons text[] not null,
  item text not null,
  location jsonb not null,
  location_key bytea not null,
  masked text not null,
  fingerprint bytea not null,
  context text not null,
  status text not null default 'open'
    check (status in ('open', 'confirmed', 'false_positive', 'accepted_risk', 'fixed')),
  status_reason text,
  status_by uuid references users on delete set null,
  status_at timestamptz,
  created_at timestamptz not null default now(),
  unique (scan_id, fingerprint, location_key)
);
create index findings_worst_first on findings (scan_id, severity desc, score desc, id desc);
create index findings_by_type on findings (scan_id, type);
create index findings_by_item on findings (scan_id, item, id);
create index findings_by_batch on findings (scan_id, batch);
create index findings_of_organisation on findings (organisation_id, severity desc, score desc, id desc);
create index findings_by_value on findings (organisation_id, fingerprint);
create index findings_by_decider on findings (status_by) where status_by is not null;

create table finding_verdicts (
  organisation_id uuid not null references organisations on delete cascade,
  fingerprint bytea not null,
  type text not null,
  status text not null check (status in ('false_positive', 'accepted_risk')),
  reason text,
  decided_by uuid references users on delete set null,
  decided_at timestamptz not null default now(),
  primary key (organisation_id, fingerprint, type)
);
create index finding_verdicts_by_decider on finding_verdicts (decided_by) where decided_by is not null;

create table skipped_items (
  id bigint generated always as identity primary key,
  organisation_id uuid not null references organisations on delete cascade,
  scan_id uuid not null references scans on delete cascade,
  item text not null,
  code text not null,
  reason text not null
);
create index skipped_items_by_scan on skipped_items (scan_id, id);

create table scan_coverage (
  id bigint generated always as identity primary key,
  organisation_id uuid not null references organisations on delete cascade,
  scan_id uuid not null references scans on delete cascade,
  item text not null,
  rows_read bigint not null,
  rows_total bigint not null,
  clear_columns integer not null,
  upper_bound_ratio double precision not null
);
create index scan_coverage_by_scan on scan_coverage (scan_id, id);

create table organisation_settings (
  organisation_id uuid primary key references organisations on delete cascade,
  retention_days integer check (retention_days between 1 and 3650),
  keep_uploads boolean not null default false,
  scan_roots text[] not null default '{}',
  allow_private_addresses boolean not null default false,
  updated_at timestamptz not null default now()
);

do $$
declare
  name text;
  same_organisation constant text := 'organisation_id = nullif(current_setting(''app.organisation_id'', true), '''')::uuid';
  reads_all constant text := 'coalesce(current_setting(''app.role'', true), '''') <> ''analyst''';
  requester constant text := 'nullif(current_setting(''app.user_id'', true), '''')::uuid';
  condition text;
begin
  foreach name in array array['uploads', 'scans', 'scan_shares', 'scan_chunks', 'staged_findings', 'findings',
    'finding_verdicts', 'skipped_items', 'scan_coverage', 'organisation_settings']
  loop
    condition := same_organisation;
    if name = 'scans' then
      condition := format('%s and (%s or created_by = %s or id in (select scan_id from scan_shares where user_id = %s))',
        same_organisation, reads_all, requester, requester);
    elsif name = 'uploads' then
      condition := format('%s and (%s or created_by = %s)', same_organisation, reads_all, requester);
    elsif name in ('findings', 'skipped_items', 'scan_coverage', 'scan_chunks') then
      condition := format('%s and (%s or scan_id in (select id from scans))', same_organisation, reads_all);
    end if;
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy %I on %I to dataguardian_app using (%s) with check (%s)',
      name || '_tenant', name, condition, same_organisation);
    execute format('create policy %I on %I to current_user using (true) with check (true)', name || '_owner', name);
    execute format('grant select, insert, update, delete on %I to dataguardian_app', name);
  end loop;
end
$$;
`,
};
