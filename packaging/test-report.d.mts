/** What became of the tests of a file. */
export interface TestFile {
  passed: number;
  skipped: number;
  /** By their titles. */
  failures: string[];
}

/** As much of vitest's JSON report as is read. */
export interface Report {
  testResults?: {
    name: string;
    status: string;
    assertionResults: { ancestorTitles: string[]; title: string; status: string }[];
  }[];
}

export declare function filesOf(report: Report, root: string): Map<string, TestFile>;
export declare function failed(files: ReadonlyMap<string, TestFile>): string[];
export declare function strays(
  files: ReadonlyMap<string, TestFile>,
  status: number | null,
  errors: readonly string[],
): string[];
export declare function outcome(
  first: ReadonlyMap<string, TestFile>,
  second: ReadonlyMap<string, TestFile>,
): { totals: { passed: number; failed: number; skipped: number }; told: string[] };
