import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootUml, labMissing, type Result, type UserModeLinux } from '../../packaging/lab/uml.mjs';

/** Why there is no kernel lab here, or undefined when there is; for `skipIf`. */
export const noLab: string | undefined = labMissing();

/**
 * A booted kernel with IPVS, for the tests of one file: boot in `beforeAll`, close in `afterAll`.
 *
 * Scripts run in the project's folder, one after the other; what they leave running or in the
 * kernel's tables stays for the next one. It has one slow CPU: leave tight timing outside.
 */
export class Lab {
  private readonly kernel: UserModeLinux;

  private constructor(kernel: UserModeLinux) {
    this.kernel = kernel;
  }

  static async boot(): Promise<Lab> {
    return new Lab(await bootUml());
  }

  /** Runs a bash script to its end, whatever its exit status. */
  run(script: string, seconds = 60): Promise<Result> {
    return this.kernel.run(script, { seconds });
  }

  /** The standard output of a script that must succeed. */
  async output(script: string, seconds = 60): Promise<string> {
    const { code, stdout, stderr } = await this.run(script, seconds);
    if (code !== 0) throw new Error(`exit status ${code} of: ${script}\n${stdout}${stderr}`);
    return stdout;
  }

  /** Writes a file that both sides see, and gives its path. */
  file(name: string, text: string): string {
    const path = join(this.kernel.directory, name);
    writeFileSync(path, text);
    return path;
  }

  close(): Promise<void> {
    return this.kernel.close();
  }
}
