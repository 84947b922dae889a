// One side of the comparison in database-indexes.ts: reads by primary key with none, one or several statement statistics,
// in a process that lives for all rounds. Told how many rounds of a hundred reads to do, it answers with the processor
// time of one read in microseconds.
import { createDatabase, createStatementStatistics } from '../packages/database/src/index.ts';
import { queries } from '../packages/telemetry/src/index.ts';

const [connectionString = '', copies = '0'] = process.argv.slice(2);
const AT_ONCE = 100;

// Telemetry is listened to on both sides: the profiler listens in any case. Only the statistics differ.
queries.subscribe(() => undefined);
const statistics = Array.from({ length: Number(copies) }, () => createStatementStatistics());
const database = createDatabase({
  connectionString,
  minConnections: 2,
  maxConnections: 4,
  statementObservers: statistics.map(({ observer }) => observer),
});

async function measure(rounds: number): Promise<number> {
  const from = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1)
    await Promise.all(
      Array.from({ length: AT_ONCE }, (_, n) => database.query('select name from thing where id = $1', [n + 1])),
    );
  const { user, system } = process.cpuUsage(from);
  return (user + system) / (rounds * AT_ONCE);
}

process.on('message', (rounds: number) => {
  void measure(rounds).then((micros) => process.send?.(micros));
});
process.on('disconnect', () => process.exit(0));
