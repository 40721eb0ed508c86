export interface Result {
  /** Exit status; 124 when it ran out of time. */
  code: number;
  stdout: string;
  stderr: string;
}

export declare class UserModeLinux {
  readonly directory: string;
  run(script: string, options?: { seconds?: number }): Promise<Result>;
  stream(script: string, output: (chunk: string) => void, seconds?: number): Promise<number>;
  kill(): void;
  close(): Promise<void>;
}

export declare function labMissing(): string | undefined;
export declare function bootUml(options?: { memory?: string }): Promise<UserModeLinux>;
export declare function runInUml(
  script: string,
  options?: { memory?: string; seconds?: number; output?: (chunk: string) => void },
): Promise<number>;
