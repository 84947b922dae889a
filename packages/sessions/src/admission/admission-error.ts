import { SessionError } from '../errors.ts';

/** A refused request: 429 when the user's own requests fill the queue, 503 when the server has too much to do. */
export class AdmissionError extends SessionError {
  readonly statusCode: 429 | 503;
  readonly retryAfterSeconds: number;

  constructor(statusCode: 429 | 503, retryAfterSeconds: number) {
    super(
      statusCode === 429 ? 'ADMISSION_USER_QUEUE_FULL' : 'ADMISSION_OVERLOADED',
      statusCode === 429 ? 'You have too many requests waiting.' : 'The server is busy.',
    );
    this.name = 'AdmissionError';
    this.statusCode = statusCode;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
