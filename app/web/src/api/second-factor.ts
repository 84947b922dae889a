import { queryOptions } from '@tanstack/react-query';
import { request } from './request.ts';

/** How the person's second factor stands. */
export interface SecondFactorStatus {
  readonly isOn: boolean;
  readonly isRequired: boolean;
  readonly recoveryCodesLeft: number;
}

/** A secret for an authenticator app, shown once. */
export interface SecondFactorOffer {
  readonly secret: string;
  readonly qr: { readonly size: number; readonly path: string };
}

/** Codes for who has lost the authenticator, shown once. */
export interface RecoveryCodes {
  readonly recoveryCodes: readonly string[];
}

const PATH = '/api/me/second-factor';

/** How the own second factor stands. */
export const secondFactorQuery = queryOptions({
  queryKey: ['second-factor'],
  queryFn: ({ signal }) => request<SecondFactorStatus>(PATH, { signal }),
});

/** Asks for a secret; it is in force once its first code was sent. */
export function offerSecondFactor(): Promise<SecondFactorOffer> {
  return request(PATH, { method: 'POST' });
}

/** Sends the first code. */
export function turnSecondFactorOn(code: string): Promise<RecoveryCodes> {
  return request(`${PATH}/confirm`, { method: 'POST', body: { code } });
}

/** Makes new recovery codes; the former ones open nothing. */
export function renewRecoveryCodes(): Promise<RecoveryCodes> {
  return request(`${PATH}/recovery-codes`, { method: 'POST' });
}

/** Turns the own second factor off. */
export function turnSecondFactorOff(): Promise<void> {
  return request(PATH, { method: 'DELETE' });
}

/** Turns the second factor of a user off who has lost it; administrators only. */
export function resetSecondFactor(userId: string): Promise<void> {
  return request(`/api/users/${userId}/second-factor`, { method: 'DELETE' });
}
