import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { request } from './request.ts';
import type { Activity, AuditEntry, DeviceSession, NewUser, User, UserChange, UserWithPassword } from './types.ts';

/** The organisation's users; administrators only. */
export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: ({ signal }) => request<{ readonly items: readonly User[] }>('/api/users', { signal }),
});

/** Where the signed-in person is signed in. */
export const ownSessionsQuery = queryOptions({
  queryKey: ['own-sessions'],
  queryFn: ({ signal }) => request<{ readonly items: readonly DeviceSession[] }>('/api/me/sessions', { signal }),
});

/** Creates a user; the answer holds the first password, which is never shown again. */
export function createUser(user: NewUser): Promise<UserWithPassword> {
  return request('/api/users', { method: 'POST', body: user });
}

/** Changes a user's role or state, or sets a new password. */
export function changeUser(id: string, change: UserChange): Promise<UserWithPassword> {
  return request(`/api/users/${id}`, { method: 'PATCH', body: change });
}

/** Signs one of the person's own devices out. */
export function revokeOwnSession(id: string): Promise<void> {
  return request(`/api/me/sessions/${id}`, { method: 'DELETE' });
}

/** Signs all of the person's other devices out. */
export function revokeOtherSessions(): Promise<void> {
  return request('/api/me/sessions', { method: 'DELETE' });
}

/** Proves again who the signed-in person is; the code for who has a second factor. */
export function confirmIdentity(password: string, code: string): Promise<void> {
  return request('/api/auth/confirm', { method: 'POST', body: { password, ...(code === '' ? {} : { code }) } });
}

/** Where a user is signed in; administrators only. */
export function sessionsQuery(userId: string) {
  return queryOptions({
    queryKey: ['sessions', userId],
    queryFn: ({ signal }) =>
      request<{ readonly items: readonly DeviceSession[] }>(`/api/users/${userId}/sessions`, { signal }),
  });
}

/** What a user changed, latest first; administrators only. */
export function activityQuery(userId: string) {
  return queryOptions({
    queryKey: ['activity', userId],
    queryFn: ({ signal }) =>
      request<{ readonly items: readonly Activity[] }>(`/api/users/${userId}/activity`, { signal }),
  });
}

/** Signs one device of a user out, or all of them. */
export function revokeSessions(userId: string, sessionId?: string): Promise<void> {
  const path = `/api/users/${userId}/sessions`;
  return request(sessionId === undefined ? path : `${path}/${sessionId}`, { method: 'DELETE' });
}

/** Signs everybody of the organisation out, except this very session. */
export function revokeEverybody(): Promise<{ readonly endedCount: number }> {
  return request('/api/sessions', { method: 'DELETE' });
}

/** Who did what in the organisation, latest first. */
export const auditQuery = infiniteQueryOptions({
  queryKey: ['audit'],
  queryFn: ({ pageParam, signal }) =>
    request<{ readonly items: readonly AuditEntry[]; readonly nextCursor: string | null }>(
      `/api/audit${pageParam === '' ? '' : `?cursor=${encodeURIComponent(pageParam)}`}`,
      { signal },
    ),
  initialPageParam: '',
  getNextPageParam: ({ nextCursor }) => nextCursor,
});

/** Changes the signed-in person's password; other devices are signed out. */
export function changeOwnPassword(passwords: { currentPassword: string; newPassword: string }): Promise<void> {
  return request('/api/me/password', { method: 'POST', body: passwords });
}
