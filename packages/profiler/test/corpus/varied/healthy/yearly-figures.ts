// A script that computes as soon as it is loaded, in its own lines, and ends: no loop that anybody waits for.
interface Booking {
  readonly month: number;
  readonly cents: number;
}

const bookings: Booking[] = [];
let state = 1;
for (let row = 0; row < 3_000_000; row++) {
  state = (state * 48_271) % 2_147_483_647;
  bookings.push({ month: state % 12, cents: state % 100_000 });
}
const totals = new Map<number, number>();
for (let turn = 0; turn < 20; turn++)
  for (const { month, cents } of bookings) totals.set(month, (totals.get(month) ?? 0) + cents);
process.stdout.write(`${JSON.stringify([...totals])}\n`);
