import type { Clock } from '@dataguardian/telemetry';
import type { Profiler } from '@dataguardian/profiler';
import type { DashboardDatabase } from './database.ts';
import { createIncidentRecorder } from './incidents/incident-recorder.ts';
import { createDatabaseIncidentStore, type IncidentStore } from './incidents/incident-store.ts';
import { createDatabaseRecordingStore } from './recordings/database-recording-store.ts';
import { createRecordingRecorder, type RecordingRecorder } from './recordings/recording-recorder.ts';
import type { RecordingStore } from './recordings/recording-store.ts';

/** Something that writes by itself what is due. */
export interface Keeper {
  /** For the log. */
  readonly name: string;
  flush(): Promise<void>;
  /** Writes everything that it has. */
  finish(): Promise<void>;
  /** Removes what is too old. */
  expire(now: number): Promise<void>;
}

/** What the database keeps for the pages of all processes beyond history and rankings. */
export interface Kept {
  readonly recordings: { readonly store: RecordingStore; readonly recorder: RecordingRecorder };
  readonly incidents: IncidentStore;
  readonly keepers: readonly Keeper[];
}

/** What is kept, and of whom. */
export interface KeptParts {
  readonly database: DashboardDatabase;
  readonly profiler: Profiler;
  readonly clock: Clock;
  readonly instance: string;
}

export function createKept({ database, ...of }: KeptParts): Kept {
  const recordings = createDatabaseRecordingStore(database);
  const recordingRecorder = createRecordingRecorder({ ...of, store: recordings });
  const incidents = createDatabaseIncidentStore(database);
  const incidentRecorder = createIncidentRecorder({ ...of, store: incidents });
  const toKeeper = (
    name: string,
    recorder: Pick<Keeper, 'flush' | 'finish'>,
    store: Pick<Keeper, 'expire'>,
  ): Keeper => ({
    name,
    flush: () => recorder.flush(),
    finish: () => recorder.finish(),
    expire: (now) => store.expire(now),
  });
  return {
    recordings: { store: recordings, recorder: recordingRecorder },
    incidents,
    keepers: [
      toKeeper('recordings', recordingRecorder, recordings),
      toKeeper('slow requests', incidentRecorder, incidents),
    ],
  };
}
