/**
 * A reporter of vitest that writes the errors outside of any test, which the JSON report leaves out:
 * an array of their messages, into the file that STRAY_ERRORS names.
 */
import { writeFileSync } from 'node:fs';

/** vitest asks for a default export. */
export default class StrayErrors {
  onTestRunEnd(_modules, errors) {
    const messages = errors.map(({ message }) => String(message));
    writeFileSync(process.env.STRAY_ERRORS, JSON.stringify(messages));
  }
}
