import { defineConfig } from 'vitest/config';

const shared = {
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
};
const project = (name: string, include: string[], timeout: number, extra = {}) => ({
  ...shared,
  test: { name, include, testTimeout: timeout, hookTimeout: timeout, ...extra },
});
/** Tests that own network namespaces or boot a kernel run one file at a time. */
const alone = { fileParallelism: false };

export default defineConfig({
  test: {
    globalSetup: 'test/support/build.ts',
    projects: [
      project(
        'pure',
        ['test/**/*.test.ts', '!test/{netns,lab,interop,fuzz,bench,tutorials}/**'],
        60_000,
      ),
      project('fuzz', ['test/fuzz/**/*.test.ts'], 600_000),
      project(
        'netns',
        ['test/{netns,interop}/**/*.test.ts', 'test/tutorials/vrrp.test.ts'],
        240_000,
        alone,
      ),
      project('lab', ['test/lab/**/*.test.ts', 'test/tutorials/lvs.test.ts'], 600_000, alone),
      project('bench', ['test/bench/**/*.bench.ts'], 3_600_000, alone),
    ],
  },
});
