import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { hashPassword } from '../../src/features/accounts/password.ts';
import { insertOrganisation, insertUser } from '../../src/features/accounts/repository.ts';
import { type AppWorld, appWorld, PASSWORD, type Visitor } from './app-world.ts';

/** As many as one person may have waiting; all of them are let in before the first is charged. */
const AT_ONCE = 60;
let world: AppWorld;
let address: string;
let count = 0;

afterEach(() => world.close());

/** A server that listens, with the budgets that the test sets. */
async function serve(env: Readonly<Record<string, string>>): Promise<void> {
  world = await appWorld({ env });
  await world.app.listen({ host: '127.0.0.1', port: 0 });
  address = `http://127.0.0.1:${(world.app.server.address() as AddressInfo).port}`; // listens on TCP
}

/** Somebody who is signed in and has used nothing; signing in is free. */
async function somebody(organisationId?: string): Promise<Visitor & { readonly organisationId: string }> {
  const owner = world.context.ownerDatabase;
  const own = organisationId ?? (await insertOrganisation(owner, { name: 'Own', isRoot: false })).id;
  const email = `person${(count += 1)}@${own}.example`;
  await insertUser(owner, {
    organisationId: own,
    email,
    name: undefined,
    role: 'analyst',
    passwordHash: await hashPassword(PASSWORD),
  });
  return { ...(await world.signIn(email, PASSWORD)), organisationId: own };
}

/** A machine with much else to do refuses some of many at once: asked again, as a client would. */
async function askUntilServed(visitor: Visitor): Promise<number> {
  let status = await statusFor(visitor);
  for (; status === 503; status = await statusFor(visitor)) await new Promise((resolve) => setTimeout(resolve, 50));
  return status;
}

async function ask({ cookie }: Visitor): Promise<Response> {
  const answer = await fetch(`${address}/api/scans`, { headers: { cookie } });
  await answer.clone().arrayBuffer();
  return answer;
}

const statusFor = async (visitor: Visitor): Promise<number> => (await ask(visitor)).status;

/** Takes all that there is, many times over: it takes minutes until there is some again, however few were let in. */
async function exhaust(visitor: Visitor): Promise<void> {
  const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => statusFor(visitor)));
  expect(answers).toContain(200);
  await expect.poll(() => statusFor(visitor)).toBe(429);
}

for (const [what, name, amount] of [
  // Less than one request takes.
  ['processor time', 'CPU_MS_PER_MINUTE', '1'],
  ['bytes', 'BYTES_PER_MINUTE', '100'],
] as const) {
  it(`who has used up the ${what} of a person gets no more of it on another device, and takes nothing from colleagues`, async () => {
    await serve({ [`DATAGUARDIAN_USER_${name}`]: amount });
    const attacker = await somebody();
    const colleague = await somebody(attacker.organisationId);
    const again = await world.signIn(attacker.email, PASSWORD);
    await exhaust(attacker);
    expect(await statusFor(again)).toBe(429);
    expect(await statusFor(colleague)).toBe(200);
    // Nobody is locked in: signing out is never refused.
    expect((await again.send('POST', '/api/auth/logout')).status).toBe(204);
  });

  it(`who has used up the ${what} of an organisation gets no more of it as somebody else there, and takes nothing from other organisations`, async () => {
    await serve({ [`DATAGUARDIAN_ORGANISATION_${name}`]: amount });
    const attacker = await somebody();
    const accomplice = await somebody(attacker.organisationId);
    const stranger = await somebody();
    await exhaust(attacker);
    expect(await statusFor(accomplice)).toBe(429);
    expect(await statusFor(stranger)).toBe(200);
  });
}

it('says when there is some again', async () => {
  await serve({ DATAGUARDIAN_USER_CPU_MS_PER_MINUTE: '1' });
  const attacker = await somebody();
  await exhaust(attacker);
  const answer = await ask(attacker);
  expect(await answer.json()).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
});

it('requests of a whole organisation at once leave room for others, however many people it sends', async () => {
  await serve({ DATAGUARDIAN_USER_REQUESTS: '4', DATAGUARDIAN_ORGANISATION_REQUESTS: '2' });
  const first = await somebody();
  const crowd = [first, ...(await Promise.all(Array.from({ length: 5 }, () => somebody(first.organisationId))))];
  const stranger = await somebody();
  const flood = crowd.flatMap((member) => Array.from({ length: 20 }, () => askUntilServed(member)));
  let most = 0;
  const watching = setInterval(() => {
    most = Math.max(most, world.app.admissionStatistics().running);
  }, 1);
  expect(await askUntilServed(stranger)).toBe(200);
  const answers = await Promise.all(flood);
  clearInterval(watching);
  expect(new Set(answers)).toEqual(new Set([200]));
  // Two of the crowd and one other.
  expect(most).toBeLessThanOrEqual(3);
});
