import { queryOptions } from '@tanstack/react-query';
import { request } from './request.ts';
import type { NewUser, OwnSession, User, UserChange, UserWithPassword } from './types.ts';

/** The organisation's users; administrators only. */
export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: ({ signal }) => request<{ readonly items: readonly User[] }>('/api/users', { signal }),
});

/** Where the signed-in person is signed in. */
export const ownSessionsQuery = queryOptions({
  queryKey: ['own-sessions'],
  queryFn: ({ signal }) => request<{ readonly items: readonly OwnSession[] }>('/api/me/sessions', { signal }),
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

/** Changes the signed-in person's password; other devices are signed out. */
export function changeOwnPassword(passwords: { currentPassword: string; newPassword: string }): Promise<void> {
  return request('/api/me/password', { method: 'POST', body: passwords });
}
