import { z } from 'zod';
import { ROLES } from '../../server/principal.ts';
import { codeSchema } from './second-factor/schema.ts';

/** A role in bodies and answers. */
export const roleSchema = z.enum(ROLES);

/** An e-mail address, in lower case: it names an account whatever its case. */
export const emailSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(320)
  .regex(/^[^\s@]+@[^\s@]+$/, 'must be an e-mail address');

/** NIST SP 800-63B-4: length is what counts; no composition rules. */
export const newPasswordSchema = z.string().min(12, 'must have at least 12 characters').max(256);

/** Languages of the pages. */
export const localeSchema = z.enum(['en', 'nl']);

/** Body of `POST /api/auth/login`. A password longer than any allowed one is not worth hashing. */
export const loginSchema = z.object({
  email: emailSchema,
  password: z.string().min(1).max(1_024),
  code: codeSchema.optional(),
});

/** Body of `POST /api/auth/confirm`; the code for who has a second factor. */
export const confirmSchema = z.strictObject({ password: z.string().min(1).max(1_024), code: codeSchema.optional() });

/** What needs a recent proof is open until then. */
export const confirmedSchema = z.object({ freshUntil: z.iso.datetime() });

/** Who is signed in. */
export const meSchema = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string().nullable(),
  role: roleSchema,
  locale: localeSchema,
  organisation: z.object({ id: z.uuid(), name: z.string(), isRoot: z.boolean() }),
});

/** A user as administrators see it. */
export const userSchema = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string().nullable(),
  role: roleSchema,
  disabled: z.boolean(),
  hasSecondFactor: z.boolean(),
  createdAt: z.iso.datetime(),
  lastSignInAt: z.iso.datetime().nullable(),
});

/** A user, with the password that was generated: shown once, stored nowhere. */
export const userWithPasswordSchema = userSchema.extend({ password: z.string().optional() });

/** Body of `POST /api/users`. */
export const newUserSchema = z.strictObject({
  email: emailSchema,
  role: roleSchema,
  name: z.string().trim().min(1).max(200).optional(),
  password: newPasswordSchema.optional(),
});

/** Body of `PATCH /api/users/:id`; what is left out stays. */
export const userChangeSchema = z
  .strictObject({
    role: roleSchema.optional(),
    disabled: z.boolean().optional(),
    name: z.string().trim().max(200).nullable().optional(),
    resetPassword: z.literal(true).optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'must change something');

/** One place where a person is signed in; `id` opens nothing. */
export const ownSessionSchema = z.object({
  id: z.uuid(),
  userAgent: z.string(),
  address: z.string(),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  isCurrent: z.boolean(),
});

/** An organisation as operators see it. */
export const organisationSchema = z.object({ id: z.uuid(), name: z.string(), createdAt: z.iso.datetime() });

/** Path parameter `:id`. */
export const idParamsSchema = z.object({ id: z.uuid() });

/** See {@link meSchema}. */
export type Me = z.infer<typeof meSchema>;
/** See {@link userSchema}. */
export type User = z.infer<typeof userSchema>;
/** See {@link newUserSchema}. */
export type NewUser = z.infer<typeof newUserSchema>;
/** See {@link userChangeSchema}. */
export type UserChange = z.infer<typeof userChangeSchema>;
/** See {@link userWithPasswordSchema}. */
export type UserWithPassword = z.infer<typeof userWithPasswordSchema>;

/** Something that was done, by whom, to what. */
export const auditEntrySchema = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  action: z.string(),
  userId: z.uuid().nullable(),
  /** Absent for users who were removed. */
  email: z.string().nullable(),
  subject: z.string().nullable(),
  /** What people call the subject, where it is a user or a scan that is still there. */
  subjectName: z.string().nullable(),
});

/** See {@link auditEntrySchema}. */
export type AuditRow = z.infer<typeof auditEntrySchema>;

/** Something done in a session: method, route and status, or a word. */
export const activitySchema = z.object({ at: z.iso.datetime(), sessionId: z.uuid(), what: z.string() });
