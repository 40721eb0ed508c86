/** Loaded before a program: at its end tells how much memory it held at most, and its time. */
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const seconds = (userCPUTime + systemCPUTime) / 1e6;
  process.stderr.write(`peak ${Math.round(maxRSS / 1024)} MB, ${seconds.toFixed(2)} s\n`);
});
