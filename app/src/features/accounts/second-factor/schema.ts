import { z } from 'zod';

/** What an authenticator app shows, or a recovery code; spaces, hyphens and case do not matter. */
export const codeSchema = z.string().trim().min(6).max(40);

/** Answer of `GET /api/me/second-factor`. */
export const statusSchema = z.object({
  isOn: z.boolean(),
  isRequired: z.boolean(),
  recoveryCodesLeft: z.number().int(),
});

/** Answer of `POST /api/me/second-factor`: shown once. */
export const offerSchema = z.object({
  secret: z.string(),
  uri: z.string(),
  qr: z.object({ size: z.number().int(), path: z.string() }),
});

/** Recovery codes, shown once. */
export const recoverySchema = z.object({ recoveryCodes: z.array(z.string()).readonly() });
