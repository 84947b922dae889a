// node run.mjs FILE SCENARIO VARIANT: prints what one scenario saw of one variant, as JSON.
import { createWorld } from './variants.mjs';

const [file, scenario, variant] = process.argv.slice(2);
const world = createWorld(variant, process.env.DATABASE_URL);
const uncaught = [];
for (const event of ['uncaughtException', 'unhandledRejection'])
  process.on(event, (error) => uncaught.push(String(error)));
process.on('warning', () => undefined);
let outcome;
try {
  const scenarios = await import(`./${file}.mjs`);
  const seen = await scenarios[scenario](world);
  outcome = { seen: { ...seen, uncaught: JSON.stringify(uncaught) }, hits: world.hits() };
} catch (error) {
  outcome = { seen: { failed: error.stack }, hits: 0 };
}
process.stdout.write(JSON.stringify(outcome), () => {
  // What a pool that was closed leaves open keeps the process alive: that is seen from outside.
  void world.close();
});
